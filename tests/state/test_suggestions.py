import asyncio
import dataclasses

import pytest

from bot.state import (
    State,
    StateLimitError,
    Status,
    Suggestion,
    UnknownSuggestionError,
    UnusableValueError,
    limits,
)
from bot.state.clock import today


async def test_a_suggestion_comes_back_as_it_was_sent(state: State) -> None:
    sent = await state.suggestions.add(
        what="The sample was 23,\nnot 32.",
        entry_id="gupta-1997-cytokine-production",
        where_wrong="Table 1",
        link="https://example.org/paper",
        contact="somebody@example.org",
    )
    assert sent == Suggestion(
        number=1,
        created=today(),
        what="The sample was 23,\nnot 32.",
        entry_id="gupta-1997-cytokine-production",
        where_wrong="Table 1",
        link="https://example.org/paper",
        contact="somebody@example.org",
        status=Status.OPEN,
        closed=None,
    )
    assert await state.suggestions.show(1) == sent


async def test_only_the_suggestion_itself_is_needed_and_blanks_are_nothing(state: State) -> None:
    sent = await state.suggestions.add(what=" a study ", where_wrong=" ", link="", contact="\n")
    assert sent == Suggestion(number=1, created=today(), what="a study")


async def test_nothing_says_who_sent_a_suggestion_or_from_where() -> None:
    fields = {field.name for field in dataclasses.fields(Suggestion)}
    assert fields == {
        "number", "created", "what", "entry_id", "where_wrong", "link", "contact", "status", "closed"
    }  # fmt: skip


async def test_numbers_grow_by_one_also_when_many_come_at_once(state: State) -> None:
    sent = await asyncio.gather(*(state.suggestions.add(what=f"number {n}") for n in range(20)))
    assert sorted(one.number for one in sent) == list(range(1, 21))
    assert await state.suggestions.count() == 20


async def test_an_erased_number_is_not_given_again(state: State) -> None:
    for _ in range(2):
        last = await state.suggestions.add(what="x")
    await state.suggestions.erase(last.number)
    assert (await state.suggestions.add(what="y")).number == last.number + 1
    with pytest.raises(UnknownSuggestionError):
        await state.suggestions.erase(last.number)


async def test_closing_erases_the_contact_and_keeps_the_rest(state: State) -> None:
    sent = await state.suggestions.add(what="x", contact="me@example.org", link="https://example.org")
    closed = await state.suggestions.close(sent.number)
    assert closed == dataclasses.replace(sent, contact=None, status=Status.CLOSED, closed=today())
    assert await state.suggestions.show(sent.number) == closed
    assert await state.suggestions.close(sent.number) == closed


async def test_the_newest_come_first_page_by_page(state: State) -> None:
    for number in range(1, 8):
        await state.suggestions.add(what=f"{number}")
    await state.suggestions.close(6)
    first = await state.suggestions.list(limit=3)
    assert [one.number for one in first] == [7, 5, 4]
    rest = await state.suggestions.list(limit=3, before=first[-1].number)
    assert [one.number for one in rest] == [3, 2, 1]
    assert [one.number for one in await state.suggestions.list(Status.CLOSED)] == [6]
    assert len(await state.suggestions.list(None)) == 7
    assert await state.suggestions.count(Status.CLOSED) == 1
    assert await state.suggestions.count(None) == 7


async def test_an_export_has_all_of_them_oldest_first(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.state.suggestions._PAGE", 4)
    for number in range(1, 10):
        await state.suggestions.add(what=f"{number}")
    await state.suggestions.close(2)
    exported = [one.number async for one in state.suggestions.export()]
    assert exported == list(range(1, 10))
    assert 2 not in [one.number async for one in state.suggestions.export(Status.OPEN)]


@pytest.mark.parametrize("number", [0, -1, 2, 2**31, 2**70])
async def test_an_unknown_number_is_told(state: State, number: int) -> None:
    await state.suggestions.add(what="x")
    for call in (state.suggestions.show, state.suggestions.close, state.suggestions.erase):
        with pytest.raises(UnknownSuggestionError) as refused:
            await call(number)
        assert refused.value.number == number


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("what", " "),
        ("what", "x" * 4_001),
        ("what", "nul \0 inside"),
        ("what", "half \udc00"),
        ("entry_id", "x" * 101),
        ("where_wrong", "x" * 1_001),
        ("link", "https://example.org/\n"[:-1] + "\nX"),
        ("link", "x" * 501),
        ("contact", "x" * 201),
    ],
)
async def test_what_cannot_be_kept_is_refused_in_words_that_do_not_repeat_it(
    state: State, field: str, value: str
) -> None:
    with pytest.raises(UnusableValueError) as refused:
        await state.suggestions.add(**{"what": "x"} | {field: value})
    assert "xxx" not in str(refused.value)
    assert await state.suggestions.count() == 0


async def test_so_many_open_ones_are_enough(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OPEN_SUGGESTIONS", 3)
    for _ in range(3):
        await state.suggestions.add(what="x")
    with pytest.raises(StateLimitError):
        await state.suggestions.add(what="x")
    await state.suggestions.close(1)
    assert (await state.suggestions.add(what="x")).number == 4
