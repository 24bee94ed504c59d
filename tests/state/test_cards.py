import dataclasses
import datetime as dt

import pytest

from bot.state import SharedCard, State, UnusableValueError, limits
from bot.state.cards import Json

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
SAID: dict[str, Json] = {
    "retraction": None,
    "badge": "unclear",
    "limits": ["small", "ü\0\ud800"],
    "n": {"a": 1.5},
}
HOUR = dt.timedelta(hours=1)


def card(message: int = 100, **changes: object) -> SharedCard:
    return dataclasses.replace(
        SharedCard(
            guild_id=1,
            channel_id=10,
            message_id=message,
            entry_ids=("b-2", "a-1"),
            content_hash="h1",
            said=SAID,
            shared_at=NOW,
            sharer_tag="T" * 32,
        ),
        **changes,  # type: ignore[arg-type]
    )


async def test_a_card_comes_back_as_it_was_shared(state: State) -> None:
    await state.cards.add(card())
    assert await state.cards.show(100) == card()
    assert await state.cards.show(101) is None


async def test_the_moment_is_the_same_whatever_zone_it_was_told_in(state: State) -> None:
    there = dt.timezone(dt.timedelta(hours=-9, minutes=-30))
    await state.cards.add(card(shared_at=NOW.astimezone(there)))
    shown = await state.cards.show(100)
    assert shown is not None
    assert shown.shared_at == NOW
    assert shown.shared_at.tzinfo is dt.UTC


async def test_nothing_says_in_clear_who_shared_a_card() -> None:
    assert {field.name for field in dataclasses.fields(SharedCard)} == {
        "guild_id", "channel_id", "message_id", "entry_ids", "content_hash", "said", "shared_at", "sharer_tag"
    }  # fmt: skip


async def test_to_remember_a_message_again_replaces_it(state: State) -> None:
    await state.cards.add(card())
    again = card(entry_ids=("c-3",), content_hash="h2", sharer_tag=None)
    await state.cards.add(again)
    assert await state.cards.show(100) == again
    assert await state.cards.count() == 1


async def test_the_newest_card_of_an_entry_in_a_channel_within_the_cooldown_is_found(state: State) -> None:
    await state.cards.add(card(1, shared_at=NOW - 2 * HOUR))
    await state.cards.add(card(2, shared_at=NOW - HOUR / 2))
    await state.cards.add(card(3, shared_at=NOW - HOUR / 4))
    await state.cards.add(card(4, channel_id=11))
    await state.cards.add(card(5, entry_ids=("other-1",)))
    found = await state.cards.recent(10, "a-1", HOUR, now=NOW)
    assert found is not None
    assert found.message_id == 3
    assert await state.cards.recent(10, "a-1", dt.timedelta(minutes=5), now=NOW) is None
    assert await state.cards.recent(10, "a", HOUR, now=NOW) is None
    assert await state.cards.recent(12, "a-1", HOUR, now=NOW) is None
    assert await state.cards.recent(10, "nul\0 \ud800", HOUR, now=NOW) is None


async def test_a_cooldown_of_nothing_finds_nothing(state: State) -> None:
    await state.cards.add(card(shared_at=NOW))
    assert await state.cards.recent(10, "a-1", dt.timedelta(0), now=NOW) is None


async def test_all_cards_can_be_looked_through_page_by_page(state: State) -> None:
    for message in (5, 3, 9, 7, 1):
        await state.cards.add(card(message))
    seen: list[int] = []
    while page := await state.cards.page(after=seen[-1] if seen else 0, limit=2):
        assert len(page) <= 2
        seen += [one.message_id for one in page]
    assert seen == [1, 3, 5, 7, 9]


async def test_a_page_can_be_of_the_cards_of_some_entries_only(state: State) -> None:
    await state.cards.add(card(1, entry_ids=("a", "b", "c")))
    await state.cards.add(card(2, entry_ids=("d",)))
    await state.cards.add(card(3, entry_ids=("c",)))
    assert [one.message_id for one in await state.cards.page(entry_ids=["c", "b", "z"])] == [1, 3]
    assert (await state.cards.page(entry_ids=["c", "b"]))[0].entry_ids == ("a", "b", "c")
    assert await state.cards.page(entry_ids=[]) == ()


async def test_cards_of_servers_that_switched_updates_off_are_left_alone(state: State) -> None:
    await state.cards.add(card(1, guild_id=1))
    await state.cards.add(card(2, guild_id=2))
    await state.cards.add(card(3, guild_id=3))
    await state.guilds.set(2, card_updates=False)
    await state.guilds.set(3, language="de")
    assert [one.message_id for one in await state.cards.page()] == [1, 3]
    await state.guilds.set(2, card_updates=True)
    assert [one.message_id for one in await state.cards.page()] == [1, 2, 3]


async def test_of_two_processes_that_updated_a_card_one_was_first(state: State) -> None:
    await state.cards.add(card())
    assert await state.cards.now_says(100, was="h1", content_hash="h2", said={"badge": "required"})
    assert not await state.cards.now_says(100, was="h1", content_hash="h3", said={})
    assert not await state.cards.now_says(999, was="h1", content_hash="h3", said={})
    assert await state.cards.show(100) == card(content_hash="h2", said={"badge": "required"})


async def test_gone_messages_and_channels_are_forgotten(state: State) -> None:
    for message, channel in ((1, 10), (2, 10), (3, 11), (4, 12)):
        await state.cards.add(card(message, channel_id=channel))
    assert await state.cards.forget_message(1)
    assert not await state.cards.forget_message(1)
    assert await state.cards.forget_messages(range(3, 2_000)) == 2
    assert await state.cards.forget_channel(10) == 1
    assert await state.cards.count() == 0


async def test_a_server_keeps_its_newest_cards(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CARDS_IN_A_GUILD", 3)
    await state.cards.add(card(1, guild_id=2))
    for message in range(10, 16):
        await state.cards.add(card(message))
    assert [one.message_id for one in await state.cards.page()] == [1, 13, 14, 15]
    assert (await state.cards.count(1), await state.cards.count(2)) == (3, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"entry_ids": ()},
        {"entry_ids": tuple(f"e-{n}" for n in range(26))},
        {"entry_ids": ("nul\0",)},
        {"content_hash": ""},
        {"content_hash": "h" * 129},
        {"said": {"x": "y" * 8_001}},
        {"message_id": 0},
        {"channel_id": 2**63},
        {"sharer_tag": "t" * 65},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_a_card_that_cannot_be_kept_is_refused(state: State, wrong: dict[str, object]) -> None:
    with pytest.raises(UnusableValueError):
        await state.cards.add(card(**wrong))  # type: ignore[arg-type]
    assert await state.cards.count() == 0


async def test_a_moment_without_a_zone_is_a_mistake_of_the_caller(state: State) -> None:
    with pytest.raises(ValueError, match="time zone"):
        await state.cards.add(card(shared_at=NOW.replace(tzinfo=None)))
