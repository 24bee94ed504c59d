"""``/settings``, ``/list`` and ``/suggest``, over real sockets."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.discord.client import EvidenceClient
from bot.state import Share, State
from tests.chat.loopback import LoopbackDiscord, NotOfferedError, Permission, Person, Seen
from tests.chat.loopback.faults import SEND_MESSAGE
from tests.chat.loopback.world import Guild

GUPTA = "gupta-1997-cytokine-production"


@pytest.fixture
def forum(discord: LoopbackDiscord, bot: EvidenceClient) -> Guild:
    return discord.guild("Forum")


@pytest.fixture
def ann(discord: LoopbackDiscord, forum: Guild) -> Person:
    return discord.person("Ann", forum)


@pytest.fixture
def mod(discord: LoopbackDiscord, forum: Guild) -> Person:
    return discord.person("Mod", forum, may=Permission.MANAGE_MESSAGES)


@pytest.fixture
def owner(discord: LoopbackDiscord, forum: Guild) -> Person:
    return discord.person("Olga", forum, may=Permission.MANAGE_GUILD)


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    """While the block runs, somebody else holds the state file: it can be neither read nor written."""
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        other.close()


async def test_a_manager_sees_and_changes_each_setting(
    bot: EvidenceClient, forum: Guild, owner: Person
) -> None:
    panel = await owner.runs("/settings")
    assert panel.ephemeral
    *selects, channels = sorted(
        panel.selects, key=lambda select: "bot_channels" in select.component["custom_id"]
    )
    assert all(len(select.chosen) == 1 for select in selects)
    for key, label in (
        ("private", "Everybody in the channel"),
        ("share", "Moderators only"),
        ("cooldown_minutes", "1 day"),
        ("mentions", "No"),
        ("card_updates", "No"),
    ):
        select = next(one for one in panel.selects if key in one.component["custom_id"])
        panel = await owner.picks(select, label)
        now = next(one for one in panel.selects if key in one.component["custom_id"])
        assert now.chosen == [label]
    kept = await bot.front.state.guilds.get(forum.id)
    assert (kept.private, kept.share, kept.cooldown_minutes) == (False, Share.MODERATORS, 1440)
    assert (kept.mentions, kept.card_updates) == (False, False)
    assert channels.placeholder == "No channel chosen"


async def test_a_manager_chooses_bot_channels(
    discord: LoopbackDiscord, bot: EvidenceClient, forum: Guild, owner: Person
) -> None:
    panel = await owner.runs("/settings")
    select = next(one for one in panel.selects if "bot_channels" in one.component["custom_id"])
    bots = discord.channel(forum, "bots")
    picked = owner.client.component(select.message, select.component["custom_id"], [str(bots.id)])
    changed = await owner.client.outcome(picked)
    assert isinstance(changed, Seen)
    kept = await bot.front.state.guilds.get(forum.id)
    assert kept.bot_channels == {bots.id}
    again = next(one for one in changed.selects if "bot_channels" in one.component["custom_id"])
    assert [int(value["id"]) for value in again.component["default_values"]] == [bots.id]


async def test_settings_are_refused_to_others_here_too_and_not_only_by_discord(
    discord: LoopbackDiscord, bot: EvidenceClient, forum: Guild, ann: Person, owner: Person
) -> None:
    with pytest.raises(NotOfferedError):
        await ann.runs("/settings")
    panel = await owner.runs("/settings")
    discord.deny(next(iter(forum.channels.values())), owner.user, Permission.MANAGE_GUILD)
    refused = await owner.picks(
        next(one for one in panel.selects if "share" in one.component["custom_id"]), "Nobody"
    )
    assert "may manage this server" in refused.text
    assert (await bot.front.state.guilds.get(forum.id)).share is Share.EVERYONE


async def test_moderators_keep_reading_lists_and_everybody_reads_them(
    ann: Person, mod: Person, bot: EvidenceClient
) -> None:
    assert "no reading list yet" in (await ann.runs("/list show")).text
    refused = await ann.runs("/list add", name="basics", study=GUPTA)
    assert "for moderators" in refused.text
    assert "Added to “basics”" in (await mod.runs("/list add", name="basics", study=GUPTA)).text
    assert "has it already" in (await mod.runs("/list add", name="Basics", study="gupta 1997")).text
    names = await ann.types_in_option("/list show", "name", "bas")
    assert names.names == ["basics"]
    shown = await ann.runs("/list show", name="basics")
    assert shown.ephemeral
    assert "Reading list: basics" in shown.text
    assert "**Limitations of this list.**" in shown.text
    assert "basics" in (await ann.runs("/list show")).text
    file = (await ann.runs("/list export", name="basics", format="csl-json")).files[0]
    assert json.loads(file.content)[0]["DOI"].startswith("10.1016/")
    assert "Removed" in (await mod.runs("/list remove", name="basics", study=GUPTA)).text
    assert "does not have it" in (await mod.runs("/list remove", name="basics", study=GUPTA)).text
    assert "is empty" in (await ann.runs("/list show", name="basics")).text
    unknown = await ann.runs("/list show", name="nope")
    assert "no reading list “nope”" in unknown.text
    assert "basics" in unknown.text


async def test_a_long_list_has_pages(ann: Person, mod: Person, bot: EvidenceClient, forum: Guild) -> None:
    for study in bot.front.desk.library.catalogue.all_studies()[:9]:
        await bot.front.state.lists.add(forum.id, "all", study.id, create=True)
    first = await ann.runs("/list show", name="all")
    second = await ann.presses(first, "Next page")
    assert second.id == first.id
    assert "5 to 8 of 9" in second.text


async def test_an_entry_that_has_gone_is_counted_and_not_shown(
    ann: Person, bot: EvidenceClient, forum: Guild
) -> None:
    for entry in (GUPTA, "gone-2020-from-here"):
        await bot.front.state.lists.add(forum.id, "basics", entry, create=True)
    shown = await ann.runs("/list show", name="basics")
    assert "1 entry is no longer in the catalogue" in shown.text


async def test_a_suggestion_is_kept_numbered_and_posted_nowhere(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person, mod: Person
) -> None:
    form = await ann.opens("/suggest")
    thanks = await ann.submits(
        form,
        {"What should we know?": "A paper is missing.", "Link": "https://doi.org/10.1/x", "contact": "ann"},
    )
    assert thanks.ephemeral
    assert "number 1" in thanks.text
    kept = await bot.front.state.suggestions.show(1)
    assert (kept.what, kept.link, kept.contact) == ("A paper is missing.", "https://doi.org/10.1/x", "ann")
    assert mod.sees() == []
    assert discord.requested(SEND_MESSAGE) == []


async def test_a_report_comes_with_the_entry_filled_in(bot: EvidenceClient, ann: Person) -> None:
    card = await ann.runs("/study", query="gupta 1997")
    form = await ann.opens_by_button(card, "Report an error")
    assert form.field("entry").value == GUPTA
    await ann.submits(form, {"what": "The year is wrong.", "where": "In the title"})
    kept = await bot.front.state.suggestions.show(1)
    assert (kept.entry_id, kept.where_wrong) == (GUPTA, "In the title")


async def test_an_entry_that_does_not_exist_is_kept_as_words(bot: EvidenceClient, ann: Person) -> None:
    form = await ann.opens("/suggest")
    await ann.submits(form, {"what": "Look", "entry": "the 1997 one", "where": "title"})
    kept = await bot.front.state.suggestions.show(1)
    assert kept.entry_id is None
    assert kept.where_wrong == "the 1997 one: title"


async def test_the_form_is_sent_to_another_process_than_opened_it(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person
) -> None:
    form = await ann.opens("/suggest")
    assert (
        bot._connection._view_store._modals == {}
    )  # nothing was kept: only the form itself tells what it is
    thanks = await ann.submits(form, {"what": "Later"})
    assert "number 1" in thanks.text


async def test_the_maintainers_channel_hears_that_but_not_what(
    discord: LoopbackDiscord, bot: EvidenceClient, forum: Guild, ann: Person, mod: Person
) -> None:
    room = discord.channel(forum, "maintainers")
    bot.front.settings = replace(bot.front.settings, maintainers_channel=room.id)
    form = await ann.opens("/suggest")
    await ann.submits(form, {"what": "The secret text"})
    note = await mod.waits_for(lambda seen: seen.author.bot, channel=room)
    assert "number 1" in note.text
    assert "secret" not in note.text


async def test_while_state_is_away_answers_go_on_and_a_suggestion_is_given_back(
    bot: EvidenceClient, ann: Person, state: State, tmp_path: Path
) -> None:
    form = await ann.opens("/suggest")
    await ann.runs("/study", query="gupta 1997")  # what is slow the first time is not state
    assert bot._registration is not None
    await bot._registration
    await state.close()  # its connections; the next call opens others
    with held_by_another(tmp_path / "state.db"):
        card = await ann.runs("/study", query="gupta 1997")
        assert "PEM badge" in card.text
        assert card.took_ms < 1_500
        given_back = await ann.submits(form, {"what": "My long story"})
        assert given_back.ephemeral
        assert "My long story" in given_back.text
        refused = await ann.presses(card, "Share here")
        assert "cannot reach my memory" in refused.text
        assert "cannot reach my memory" in (await ann.runs("/list show")).text
        assert all(seen.ephemeral for seen in ann.sees())
    assert "no reading list" in (await ann.runs("/list show")).text  # back without a restart


async def test_a_form_made_by_hand_is_refused_kindly(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person
) -> None:
    form = await ann.opens("/suggest")
    forged = replace(form, custom_id="1zforged")
    told = await ann.submits(forged, {"what": "x"})
    assert told.ephemeral
    assert "do not know this button" in told.text


async def test_leaving_a_server_erases_what_it_chose(
    discord: LoopbackDiscord, bot: EvidenceClient, forum: Guild, mod: Person
) -> None:
    await mod.runs("/list add", name="basics", study=GUPTA)
    discord.gateway.dispatch("GUILD_DELETE", {"id": str(forum.id)}, forum, 1)
    await discord.settled()
    await bot.quiet()
    assert await bot.front.state.lists.names(forum.id) == ()
