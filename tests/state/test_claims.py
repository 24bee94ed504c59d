"""Claims on sharing, in both engines: one at a time, let go at the end, at the latest after a minute."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import func, select

from bot.state import State, UnusableValueError
from bot.state.claims import HELD
from bot.state.tables import share_claims

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


async def claimed(state: State) -> int:
    async with state.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(share_claims)) or 0


async def test_of_many_who_share_the_same_card_at_once_one_may(state_url: str) -> None:
    done = asyncio.Event()
    told: list[bool] = []

    async def share(state: State) -> None:
        async with state.claims.sharing(1, 10, "a") as mine:
            told.append(mine)
            if len(told) == 8:
                done.set()
            if mine:
                await done.wait()

    async with (
        await State.open(state_url, patience=30) as one,
        await State.open(state_url, patience=30) as two,
    ):
        async with asyncio.timeout(30):
            await asyncio.gather(*(share(state) for _ in range(4) for state in (one, two)))
        assert sorted(told) == [False] * 7 + [True]
        async with two.claims.sharing(1, 10, "a") as mine:
            assert mine


async def test_another_card_and_another_channel_are_free(state: State) -> None:
    async with (
        state.claims.sharing(1, 10, "a") as first,
        state.claims.sharing(1, 10, "b") as second,
        state.claims.sharing(1, 11, "a") as third,
    ):
        assert (first, second, third) == (True, True, True)
    assert await claimed(state) == 0


async def test_a_claim_is_let_go_when_sharing_fails(state: State) -> None:
    with pytest.raises(ZeroDivisionError):
        async with state.claims.sharing(1, 10, "a"):
            raise ZeroDivisionError
    assert await claimed(state) == 0


async def test_a_claim_of_a_process_that_died_ends_after_a_minute(state: State) -> None:
    await state.claims._claim({"channel_id": 10, "entry_id": "a"}, 1, NOW)
    async with state.claims.sharing(1, 10, "a", now=NOW + HELD - dt.timedelta(seconds=1)) as mine:
        assert not mine
    async with state.claims.sharing(1, 10, "a", now=NOW + HELD) as mine:
        assert mine


async def test_a_server_that_goes_takes_its_claims_along(state: State) -> None:
    await state.claims._claim({"channel_id": 10, "entry_id": "a"}, 1, NOW)
    await state.claims._claim({"channel_id": 20, "entry_id": "a"}, 2, NOW)
    await state.forget(1)
    assert await claimed(state) == 1


async def test_what_cannot_be_an_entry_is_refused(state: State) -> None:
    with pytest.raises(UnusableValueError):
        async with state.claims.sharing(1, 10, "a\0"):
            pytest.fail("it was claimed")
