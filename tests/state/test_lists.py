import asyncio

import pytest

from bot.state import ListExistsError, State, StateLimitError, UnknownListError, UnusableValueError
from bot.state.clock import today

GUILD = 42


async def test_a_list_keeps_its_entries_in_the_order_in_which_they_were_added(state: State) -> None:
    await state.lists.create(GUILD, "Start here")
    for entry in ("zebra-2020", "ant-1999", "mole-2005"):
        assert (await state.lists.add(GUILD, "Start here", entry)).new
    shown = await state.lists.show(GUILD, "Start here")
    assert [entry.entry_id for entry in shown.entries] == ["zebra-2020", "ant-1999", "mole-2005"]
    assert {entry.added for entry in shown.entries} == {shown.created} == {today()}


async def test_what_was_removed_and_added_again_comes_last(state: State) -> None:
    for entry in ("a", "b", "c"):
        await state.lists.add(GUILD, "x", entry, create=True)
    assert await state.lists.remove(GUILD, "x", "a")
    await state.lists.add(GUILD, "x", "a")
    assert [entry.entry_id for entry in (await state.lists.show(GUILD, "x")).entries] == ["b", "c", "a"]


async def test_an_entry_is_on_a_list_once(state: State) -> None:
    await state.lists.add(GUILD, "x", "a", create=True)
    again = await state.lists.add(GUILD, "x", "a")
    assert not again.new
    assert len(again.list.entries) == 1
    assert await state.lists.remove(GUILD, "x", "a")
    assert not await state.lists.remove(GUILD, "x", "a")


async def test_a_name_is_the_same_in_any_case_and_width_and_shown_as_it_was_written(state: State) -> None:
    await state.lists.create(GUILD, "  Größe   &  Ｍaß ")
    assert await state.lists.names(GUILD) == ("Größe & Ｍaß",)
    assert (await state.lists.show(GUILD, "GRÖSSE & MASS")).name == "Größe & Ｍaß"
    with pytest.raises(ListExistsError) as refused:
        await state.lists.create(GUILD, "grösse & maß")
    assert refused.value.name == "Größe & Ｍaß"


async def test_names_come_in_the_order_of_the_alphabet(state: State) -> None:
    for name in ("b", "C", "a"):
        await state.lists.create(GUILD, name)
    assert await state.lists.names(GUILD) == ("a", "b", "C")


async def test_an_unknown_list_is_told_with_those_that_there_are(state: State) -> None:
    await state.lists.create(GUILD, "one")
    await state.lists.create(GUILD + 1, "of another server")
    for call in (
        state.lists.show(GUILD, "two"),
        state.lists.add(GUILD, "two", "a"),
        state.lists.remove(GUILD, "two", "a"),
        state.lists.delete(GUILD, "of another server"),
        state.lists.rename(GUILD, "two", "three"),
    ):
        with pytest.raises(UnknownListError) as refused:
            await call
        assert refused.value.names == ("one",)


async def test_a_list_can_be_renamed_with_its_entries_even_to_another_case(state: State) -> None:
    await state.lists.add(GUILD, "old", "a", create=True)
    await state.lists.create(GUILD, "taken")
    renamed = await state.lists.rename(GUILD, "old", "new")
    assert [entry.entry_id for entry in renamed.entries] == ["a"]
    assert (await state.lists.rename(GUILD, "new", "NEW")).name == "NEW"
    with pytest.raises(ListExistsError):
        await state.lists.rename(GUILD, "new", "Taken")
    assert await state.lists.names(GUILD) == ("NEW", "taken")


async def test_a_deleted_list_tells_what_it_held_and_is_gone_with_its_entries(state: State) -> None:
    await state.lists.add(GUILD, "x", "a", create=True)
    assert [entry.entry_id for entry in (await state.lists.delete(GUILD, "X")).entries] == ["a"]
    assert await state.lists.names(GUILD) == ()
    assert (await state.lists.create(GUILD, "x")).entries == ()
    assert (await state.lists.show(GUILD, "x")).entries == ()


async def test_a_server_has_at_most_25_lists_also_when_many_are_made_at_once(state: State) -> None:
    made = await asyncio.gather(
        *(state.lists.create(GUILD, f"list {number}") for number in range(30)), return_exceptions=True
    )
    refused = [one for one in made if isinstance(one, BaseException)]
    assert len(refused) == 5
    assert all(isinstance(one, StateLimitError) and one.limit == 25 for one in refused)
    assert len(await state.lists.names(GUILD)) == 25
    with pytest.raises(StateLimitError):
        await state.lists.add(GUILD, "one more", "a", create=True)
    await state.lists.create(GUILD + 1, "another server has room")


async def test_a_list_has_at_most_100_entries(state: State) -> None:
    for number in range(100):
        await state.lists.add(GUILD, "x", f"entry-{number}", create=True)
    with pytest.raises(StateLimitError) as refused:
        await state.lists.add(GUILD, "x", "one-more")
    assert refused.value.limit == 100
    assert not (await state.lists.add(GUILD, "x", "entry-5")).new
    assert len((await state.lists.show(GUILD, "x")).entries) == 100


@pytest.mark.parametrize(
    "name", ["", "  \n ", "x" * 41, "two\nlines", "nul\0", "half \ud83d of one", "a\u2028b"]
)
async def test_a_name_that_cannot_be_is_refused(state: State, name: str) -> None:
    with pytest.raises(UnusableValueError):
        await state.lists.create(GUILD, name)
    with pytest.raises(UnusableValueError):
        await state.lists.add(GUILD, name, "a", create=True)
    assert await state.lists.names(GUILD) == ()


async def test_to_ask_for_a_list_by_a_name_that_cannot_be_is_no_accident(state: State) -> None:
    for name in ("nul\0", "half \ud83d of one", "x" * 5_000):
        with pytest.raises(UnknownListError):
            await state.lists.show(GUILD, name)
