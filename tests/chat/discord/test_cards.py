"""Cards that stay true, with the real client over real sockets: corrected once, in place, whatever fails."""

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answer import material
from bot.answer.desk import Desk
from bot.answer.material import Kind
from bot.catalogue.model import Pem, Retraction, RetractionStatus, Study, Topic
from bot.chat.discord import cards
from bot.chat.discord.cards import Done, plan, update
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.front import Front
from bot.state import State, StateError, StateUnavailableError
from tests.answer.libraries import small_library
from tests.catalogue.fabricated import study, topic
from tests.chat.loopback import LoopbackDiscord, Permission, Person, Seen
from tests.chat.loopback.faults import EDIT_MESSAGE
from tests.chat.loopback.world import Guild

FIRST, SECOND, GRIP = "first-2001-made-up-study", "second-2002-made-up-study", "is-grip-weak"
RETRACTED = Retraction(status=RetractionStatus.RETRACTED, year=2011)
BEGINNING = (study(FIRST), study(SECOND), topic(GRIP, studies=(FIRST, SECOND)))
NOT_NOW = ("The database is away.", "Wait until it is back.")
GET_MESSAGE = "GET /channels/{channel}/messages/{message}"
GET_GUILD = "GET /guilds/{guild}"

Become = Callable[..., None]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(small_library(tmp_path / "beginning", *BEGINNING))


@pytest.fixture
def becomes(tmp_path: Path, front: Front) -> Become:
    """Lets the catalogue hold other records."""
    count = iter(range(100))

    def become(*records: Study | Topic) -> None:
        folder = tmp_path / f"later {next(count)}"
        folder.mkdir()
        front.desk = Desk(small_library(folder, *records))

    return become


@pytest.fixture
def retracted(becomes: Become) -> Callable[[], None]:
    return lambda: becomes(study(FIRST, retraction=RETRACTED), *BEGINNING[1:])


@pytest.fixture
def forum(discord: LoopbackDiscord, bot: EvidenceClient) -> Guild:
    return discord.guild("Forum", channels=["general", "research", "help"])


@pytest.fixture
def ann(discord: LoopbackDiscord, forum: Guild) -> Person:
    return discord.person("Ann", forum)


@pytest.fixture
def mod(discord: LoopbackDiscord, forum: Guild) -> Person:
    return discord.person("Mod", forum, may=Permission.MANAGE_MESSAGES)


async def shares(person: Person, query: str = FIRST, command: str = "/study", **options: str) -> Seen:
    """Share a card; the card as everybody sees it."""
    before = {seen.id for seen in person.sees()}
    options["question" if command == "/ask" else "query"] = query
    told = await person.presses(await person.runs(command, options=options), "Share here")
    assert "Shared" in told.text, told.text
    (card,) = [seen for seen in person.sees() if not seen.ephemeral and seen.id not in before]
    return card


async def corrects(bot: EvidenceClient) -> Done:
    done = await update(bot, pace=0)
    assert done is not None
    return done


def edits(discord: LoopbackDiscord) -> int:
    return len([one for one in discord.requested(EDIT_MESSAGE) if one.status == 200])


async def test_a_retraction_is_told_on_the_card_that_was_shared_before_it(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, retracted: Callable[[], None]
) -> None:
    card = await shares(ann)
    assert await corrects(bot) == Done()
    retracted()
    assert await corrects(bot) == Done(corrected=1)
    now = ann.looks_again(card)
    today = dt.datetime.now(dt.UTC)
    assert f"Updated {today.day} {today:%b} {today.year}:" in now.text
    assert "this paper was retracted in 2011." in now.text
    assert now.text.startswith("**This paper was retracted in 2011.**")
    assert "**Limitations**" in now.text
    assert "“PEM required” means" in now.text
    assert now.edited
    assert now.pings == []
    assert [button.label for button in now.buttons] == [button.label for button in card.buttons]


async def test_an_answer_in_a_channel_where_all_read_it_is_corrected_like_a_card_that_was_shared(
    bot: EvidenceClient, forum: Guild, ann: Person, retracted: Callable[[], None]
) -> None:
    await bot.front.state.guilds.set(forum.id, private=False)
    card = await ann.runs("/study", query=FIRST)
    cited = await ann.runs("/cite", query=f"{FIRST} bibtex")
    listed = await ann.runs("/find")
    assert [seen.ephemeral for seen in (card, cited, listed)] == [False, False, False]
    await bot.quiet()
    assert await bot.front.state.cards.count(forum.id) == 2  # a list is no card
    retracted()
    assert await corrects(bot) == Done(corrected=2)
    for one in (card, cited):
        now = ann.looks_again(one)
        assert "this paper was retracted in 2011." in now.text
        assert [button.label for button in now.buttons] == [button.label for button in one.buttons]
    assert (await ann.presses(ann.looks_again(card), "Delete")).gone
    await bot.quiet()
    assert await bot.front.state.cards.count(forum.id) == 1


async def test_an_answer_to_a_mention_is_corrected_like_a_card_that_was_shared(
    bot: EvidenceClient, ann: Person, becomes: Become
) -> None:
    card = await ann.asks(GRIP)
    assert [button.label for button in card.buttons][-1] == "Delete"
    await bot.quiet()
    becomes(study(FIRST, retraction=RETRACTED), *BEGINNING[1:])
    assert await corrects(bot) == Done(corrected=1)
    assert "was retracted in 2011" in ann.looks_again(card).text


async def test_an_open_answer_stands_though_it_cannot_be_remembered(
    bot: EvidenceClient, forum: Guild, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.front.state.guilds.set(forum.id, private=False)
    await ann.runs("/study", query=SECOND)  # the settings are at hand from now on

    async def away(_card: object) -> None:
        raise StateUnavailableError(*NOT_NOW)

    monkeypatch.setattr(bot.front.state.cards, "add", away)
    card = await ann.runs("/study", query=FIRST)
    await bot.quiet()
    assert not card.ephemeral
    assert [seen.id for seen in ann.sees()][-1] == card.id


async def test_a_card_is_edited_once_for_a_change_however_often_it_is_looked_at(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, retracted: Callable[[], None]
) -> None:
    await shares(ann)
    retracted()
    assert [await corrects(bot) for _ in range(3)] == [Done(corrected=1), Done(), Done()]
    assert edits(discord) == 1


async def test_who_shared_it_can_still_delete_a_corrected_card(
    bot: EvidenceClient, ann: Person, discord: LoopbackDiscord, forum: Guild, retracted: Callable[[], None]
) -> None:
    card = await shares(ann)
    retracted()
    await corrects(bot)
    ben = discord.person("Ben", forum)
    assert "Only the person" in (await ben.presses(ann.looks_again(card), "Delete")).text
    assert (await ann.presses(ann.looks_again(card), "Delete")).gone


async def test_a_further_change_replaces_the_line_and_keeps_the_notice(
    bot: EvidenceClient, ann: Person, becomes: Become, retracted: Callable[[], None]
) -> None:
    card = await shares(ann)
    retracted()
    await corrects(bot)
    becomes(study(FIRST, retraction=RETRACTED, pem=Pem.UNCLEAR), *BEGINNING[1:])
    assert await corrects(bot) == Done(corrected=1)
    text = ann.looks_again(card).text
    assert text.startswith("**This paper was retracted in 2011.**")
    assert text.count("Updated") == 1
    assert "the PEM badge of this paper is now “PEM unclear”, before “PEM not required”." in text


async def test_the_card_of_a_question_tells_that_a_study_behind_it_was_retracted(
    bot: EvidenceClient, ann: Person, retracted: Callable[[], None]
) -> None:
    card = await shares(ann, GRIP, "/ask")
    retracted()
    assert await corrects(bot) == Done(corrected=1)
    text = ann.looks_again(card).text
    assert "First and The Made-up Group 2001, a study behind this answer, was retracted in 2011." in text


async def test_a_full_summary_stays_a_full_summary(bot: EvidenceClient, ann: Person, becomes: Become) -> None:
    card = await shares(ann, view="full")
    assert "Why it matters" in card.text
    becomes(study(FIRST, limitations=("One clinic", "No women")), *BEGINNING[1:])
    await corrects(bot)
    text = ann.looks_again(card).text
    assert "the limitations changed." in text
    assert "No women" in text
    assert "Why it matters" in text


async def test_the_card_of_an_entry_that_is_gone_is_taken_back_and_can_come_again(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, becomes: Become
) -> None:
    card = await shares(ann, SECOND)
    becomes(study(FIRST))
    assert await corrects(bot) == Done(corrected=1)
    assert await corrects(bot) == Done()
    taken = ann.looks_again(card)
    assert "this entry is no longer in the catalogue." in taken.text
    assert "grip strength" not in taken.text
    assert [button.label for button in taken.buttons] == ["Delete"]
    becomes(*BEGINNING)
    assert await corrects(bot) == Done(corrected=1)
    assert "this entry is in the catalogue again." in ann.looks_again(card).text
    assert "grip strength" in ann.looks_again(card).text
    assert edits(discord) == 2


async def test_a_server_that_does_not_want_it_is_left_alone_until_it_does(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, forum: Guild, retracted: Callable[[], None]
) -> None:
    await shares(ann)
    await bot.front.state.guilds.set(forum.id, card_updates=False)
    retracted()
    assert await plan(bot.front.state, lambda: bot.front.desk.library) == {}
    assert await corrects(bot) == Done()
    assert edits(discord) == 0
    await bot.front.state.guilds.set(forum.id, card_updates=True)
    assert await corrects(bot) == Done(corrected=1)


async def test_the_plan_tells_entries_and_kinds_and_changes_nothing(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, forum: Guild, becomes: Become
) -> None:
    for channel in ("general", "research"):
        asked = await ann.runs("/study", query=FIRST, channel=discord.channel(forum, channel))
        await ann.presses(asked, "Share here")
    await shares(ann, GRIP, "/ask")
    becomes(study(FIRST, retraction=RETRACTED, limitations=("One clinic",)), *BEGINNING[1:])
    before = len(discord.requests)
    for _ in range(2):
        assert await plan(bot.front.state, lambda: bot.front.desk.library) == {
            (FIRST, (Kind.RETRACTED, Kind.LIMITATIONS)): 2,
            (GRIP, (Kind.RETRACTED,)): 1,
        }
    assert len(discord.requests) == before


# What is gone --------------------------------------------------------------------------------------------


async def test_a_message_that_was_deleted_while_nobody_heard_is_forgotten(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, retracted: Callable[[], None]
) -> None:
    card = await shares(ann)
    discord.faults.refuses(EDIT_MESSAGE, 10008)
    retracted()
    assert await corrects(bot) == Done(forgotten=1)
    assert await bot.front.state.cards.show(card.id) is None


async def test_a_channel_that_is_gone_is_forgotten_with_all_its_cards(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, retracted: Callable[[], None]
) -> None:
    await shares(ann)
    await shares(ann, GRIP, "/ask")
    discord.faults.refuses(EDIT_MESSAGE, 10003)
    retracted()
    assert (await corrects(bot)).forgotten == 2
    assert await bot.front.state.cards.count() == 0


async def test_a_server_that_the_bot_left_while_nobody_heard_is_forgotten(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, forum: Guild, retracted: Callable[[], None]
) -> None:
    await shares(ann)
    await bot.front.state.lists.create(forum.id, "basics")
    discord.faults.refuses(EDIT_MESSAGE, 50001)
    discord.faults.refuses(GET_GUILD, 10004)
    retracted()
    assert await corrects(bot) == Done(forgotten=1)
    assert await bot.front.state.lists.names(forum.id) == ()


async def test_a_channel_that_the_bot_may_not_see_now_is_tried_again_by_the_next_pass(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, retracted: Callable[[], None]
) -> None:
    card = await shares(ann)
    discord.faults.refuses(EDIT_MESSAGE, 50001)
    retracted()
    assert await corrects(bot) == Done(refused=1)
    assert await corrects(bot) == Done(corrected=1)
    assert "retracted in 2011" in ann.looks_again(card).text


async def test_a_card_that_is_deleted_under_our_hands_is_no_error(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, mod: Person, retracted: Callable[[], None]
) -> None:
    card = await shares(ann)
    retracted()
    async for correction in cards.corrections(bot.front.state, lambda: bot.front.desk.library):
        mod.deletes(card)
        await discord.settled()
        await bot.quiet()
        done = Done()
        assert not await cards._Card(bot, correction.card, done).correct()
        assert done == Done()
    assert edits(discord) == 0


# When Discord or state is unwell -----------------------------------------------------------------------


async def test_a_limit_of_discord_is_waited_for(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, retracted: Callable[[], None]
) -> None:
    await shares(ann)
    fault = discord.faults.limits(EDIT_MESSAGE, 0.2)
    retracted()
    assert await corrects(bot) == Done(corrected=1)
    assert fault.met == 1


async def test_one_card_that_fails_does_not_keep_the_others_from_being_corrected(
    discord: LoopbackDiscord,
    bot: EvidenceClient,
    ann: Person,
    retracted: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("discord.http.asyncio.sleep", _at_once)  # the library waits 1, 3, 5 … s in between
    await shares(ann)
    await shares(ann, GRIP, "/ask")
    discord.faults.fails(EDIT_MESSAGE, 500, times=5)  # as often as the library tries
    retracted()
    assert await corrects(bot) == Done(corrected=1, failed=1)
    assert await corrects(bot) == Done(corrected=1)


async def test_an_edit_whose_answer_is_lost_is_found_out_and_not_made_again(
    discord: LoopbackDiscord,
    bot: EvidenceClient,
    ann: Person,
    retracted: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = await shares(ann)
    retracted()
    monkeypatch.setattr("discord.message.PartialMessage.edit", _then_cut_off(monkeypatch))
    with pytest.raises(asyncio.CancelledError):
        await update(bot, pace=0)
    assert "retracted in 2011" in ann.looks_again(card).text
    assert (await plan(bot.front.state, lambda: bot.front.desk.library)).total() == 1
    assert await corrects(bot) == Done(corrected=1)
    assert await corrects(bot) == Done()
    assert edits(discord) == 1
    assert len(discord.requested(GET_MESSAGE)) == 1


async def test_a_correction_that_was_begun_and_is_not_needed_any_more_is_undone_if_it_was_made(
    discord: LoopbackDiscord,
    bot: EvidenceClient,
    ann: Person,
    retracted: Callable[[], None],
    becomes: Become,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = await shares(ann)
    retracted()
    monkeypatch.setattr("discord.message.PartialMessage.edit", _then_cut_off(monkeypatch))
    with pytest.raises(asyncio.CancelledError):
        await update(bot, pace=0)
    becomes(*BEGINNING)
    await corrects(bot)
    text = ann.looks_again(card).text
    assert "this paper is no longer marked as retracted." in text
    assert not text.startswith("**This paper was retracted")


async def test_discord_that_stays_away_ends_the_pass_and_the_next_one_goes_on(
    discord: LoopbackDiscord,
    bot: EvidenceClient,
    ann: Person,
    forum: Guild,
    retracted: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("discord.http.asyncio.sleep", _at_once)
    await bot.front.state.guilds.set(forum.id, cooldown_minutes=0)
    for _ in range(4):
        await shares(ann)
    fault = discord.faults.fails(EDIT_MESSAGE, 503, times=None)
    retracted()
    with pytest.raises(cards.AwayError):
        await update(bot, pace=0)
    fault.off()
    assert await corrects(bot) == Done(corrected=4)
    assert edits(discord) == 4


async def test_while_another_process_is_at_it_nothing_is_done(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, retracted: Callable[[], None]
) -> None:
    await shares(ann)
    retracted()
    url = bot.front.settings.database_url.reveal()
    async with await State.open(url) as other, other.only_one(cards.WORK) as theirs:
        assert theirs
        assert await update(bot, pace=0) is None
    assert edits(discord) == 0
    assert await corrects(bot) == Done(corrected=1)


async def test_a_state_that_is_away_leaves_every_card_as_it_is(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, tmp_path: Path, retracted: Callable[[], None]
) -> None:
    await shares(ann)
    retracted()
    await bot.front.state.close()
    (tmp_path / "state.db").rename(tmp_path / "away.db")
    with pytest.raises(StateError):
        await update(bot, pace=0)
    assert edits(discord) == 0
    (tmp_path / "away.db").rename(tmp_path / "state.db")
    assert await corrects(bot) == Done(corrected=1)


async def test_a_card_of_an_older_program_is_brought_up_to_date_once(
    bot: EvidenceClient, ann: Person
) -> None:
    card = await shares(ann)
    kept = await bot.front.state.cards.show(card.id)
    assert kept is not None
    assert material.read(kept.said, FIRST).known
    await bot.front.state.cards.now_says(card.id, was=kept.content_hash, content_hash="old", said={"old": 1})
    assert await corrects(bot) == Done(corrected=1)
    assert "it now says what the catalogue says." in ann.looks_again(card).text
    assert await corrects(bot) == Done()


async def _at_once(_seconds: float) -> None:
    """Instead of waiting."""


def _then_cut_off(monkeypatch: pytest.MonkeyPatch) -> object:
    """The library's edit; after it was made, the process loses all it knows, once."""
    import discord  # noqa: PLC0415 - the name is a fixture's elsewhere in this file

    edit = discord.PartialMessage.edit

    async def cut_off(self: discord.PartialMessage, **how: object) -> None:
        await edit(self, **how)  # type: ignore[arg-type] # as it was called
        monkeypatch.undo()
        raise asyncio.CancelledError

    return cut_off
