import datetime as dt
from pathlib import Path

from sqlalchemy import func, select, update

from bot.state import Forgotten, SharedCard, State, Tidied
from bot.state.tables import metadata, suggestions

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def card(message: int, guild: int = 1, age: dt.timedelta = dt.timedelta(0)) -> SharedCard:
    return SharedCard(guild, 10, message, ("a", "b"), "hash", {}, NOW - age)


async def fill(state: State, guild: int) -> None:
    await state.guilds.set(guild, private=False, bot_channels=frozenset({1, 2}))
    await state.lists.add(guild, "one", "a", create=True)
    await state.lists.create(guild, "two")
    await state.cards.add(card(guild * 100, guild))
    await state.trees.set(7, "hash", guild_id=guild)


async def rows(state: State) -> int:
    async with state.database.read() as connection:
        counts = [
            await connection.scalar(select(func.count()).select_from(t)) for t in metadata.sorted_tables
        ]
    return sum(count or 0 for count in counts)


async def test_what_a_server_left_is_erased_whole_and_nothing_else_is(state: State) -> None:
    await fill(state, 1)
    before = await rows(state)
    await fill(state, 2)
    assert await state.forget(2) == Forgotten(settings=1, lists=2, cards=1, trees=1)
    assert await rows(state) == before
    assert not (await state.guilds.get(1)).private


def on_disk(url: str) -> bytes:
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


async def test_what_was_erased_is_gone_from_the_disk(sqlite_url: str) -> None:
    async with await State.open(sqlite_url) as state:
        first = await state.suggestions.add(what="my diagnosis", contact="me@example.org")
        await state.lists.create(5, "of a secret server")
        assert b"my diagnosis" in on_disk(sqlite_url)
        await state.suggestions.close(first.number)
        assert b"me@example.org" not in on_disk(sqlite_url)
        await state.suggestions.erase(first.number)
        assert b"my diagnosis" not in on_disk(sqlite_url)
        await state.forget(5)
        assert b"secret server" not in on_disk(sqlite_url)


async def test_to_forget_a_server_that_left_nothing_is_no_error(state: State) -> None:
    assert not await state.forget(2)
    await fill(state, 2)
    assert await state.forget(2)
    assert not await state.forget(2)


async def test_cards_are_dropped_after_a_year(state: State) -> None:
    await state.cards.add(card(1, age=365 * DAY + DAY / 24))
    await state.cards.add(card(2, age=364 * DAY))
    assert await state.tidy(NOW) == Tidied(cards=1, suggestions=0)
    assert [one.message_id for one in await state.cards.page()] == [2]


async def test_suggestions_are_dropped_a_year_after_they_were_closed_and_open_ones_never(
    state: State,
) -> None:
    for _ in range(3):
        await state.suggestions.add(what="x")
    await state.suggestions.close(1)
    await state.suggestions.close(2)
    async with state.database.write() as connection:
        for number, age in ((1, 366), (2, 364)):
            closed = (NOW - age * DAY).date()
            await connection.execute(
                update(suggestions).where(suggestions.c.number == number).values(closed=closed)
            )
        await connection.execute(update(suggestions).values(created=(NOW - 3_000 * DAY).date()))
    assert await state.tidy(NOW) == Tidied(cards=0, suggestions=1)
    assert [one.number async for one in state.suggestions.export()] == [2, 3]


async def test_a_check_changes_nothing(state: State) -> None:
    await fill(state, 1)
    before = await rows(state)
    await state.check()
    assert await rows(state) == before


async def test_to_close_twice_is_no_error(url: str) -> None:
    state = await State.open(url, patience=30)
    await state.close()
    await state.close()
