"""What people meet in the loopback Discord, with a real discord.py client at the other end."""

from collections.abc import AsyncIterator

import pytest

from tests.chat.loopback import (
    LoopbackDiscord,
    NoAnswerError,
    NotOfferedError,
    NotThereError,
    Permission,
)
from tests.chat.loopback.running import running
from tests.chat.loopback.testbot import TestBot
from tests.chat.loopback.world import Guild


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as server:
        yield server


@pytest.fixture
def forum(discord: LoopbackDiscord) -> Guild:
    return discord.guild("Forum", channels=["general", "bots"])


@pytest.fixture
async def bot(discord: LoopbackDiscord, forum: Guild) -> AsyncIterator[TestBot]:
    async with running(discord, TestBot()) as client:
        yield client


pytestmark = pytest.mark.usefixtures("bot")


async def test_a_private_answer_is_seen_by_the_asker_alone(discord: LoopbackDiscord, forum: Guild) -> None:
    alice, bob = discord.person("Alice", forum), discord.person("Bob", forum)
    card = await alice.runs("/fruit", name="Cherry")
    assert card.ephemeral
    assert card.text == "# Cherry\n\nIt is a fruit."
    assert card.file("fruit.txt").content == b"Cherry"
    assert card.file("fruit.txt").description == "Its name"
    assert [button.label for button in card.buttons] == ["More", "Share", "Suggest", "Later", "Away"]
    assert card.is_layout
    assert 0 < card.took_ms < 3000
    assert [one.id for one in alice.sees()] == [card.id]
    assert bob.sees() == []
    with pytest.raises(NotThereError):
        await bob.presses(card, "More")


async def test_a_public_answer_is_seen_by_all_who_see_the_channel(
    discord: LoopbackDiscord, forum: Guild
) -> None:
    alice, bob, carol = (discord.person(name, forum) for name in ("Alice", "Bob", "Carol"))
    discord.deny(discord.channel(forum, "general"), carol.user, Permission.VIEW_CHANNEL)
    card = await alice.runs("/fruit", name="Cherry", public=True)
    assert not card.ephemeral
    assert [one.id for one in bob.sees()] == [card.id]
    assert carol.sees() == []


async def test_typing_into_an_option_brings_suggestions(discord: LoopbackDiscord, forum: Guild) -> None:
    alice = discord.person("Alice", forum)
    suggestions = await alice.types_in_option("/fruit", "name", "an")
    assert suggestions.names == ["Banane"]
    assert suggestions.took_ms > 0
    assert (await alice.types_in_option("/fruit", "name", "zzz")).choices == ()


async def test_subcommands_are_reached_by_their_path(discord: LoopbackDiscord, forum: Guild) -> None:
    alice = discord.person("Alice", forum)
    assert (await alice.runs("/basket add", name="plum")).text == "plum is in"
    with pytest.raises(NotOfferedError, match="needs one of its subcommands"):
        await alice.runs("/basket")


async def test_a_button_can_change_its_message(discord: LoopbackDiscord, forum: Guild) -> None:
    alice = discord.person("Alice", forum)
    card = await alice.runs("/fruit", name="Cherry")
    changed = await alice.presses(card, "More")
    assert changed.id == card.id
    assert changed.edited
    assert changed.text == "There is no more about Cherry."
    assert changed.files == ()
    with pytest.raises(NotThereError, match="no button 'More'"):
        await alice.presses(card, "More")


async def test_a_button_can_post_to_the_channel(discord: LoopbackDiscord, forum: Guild) -> None:
    alice, bob = discord.person("Alice", forum), discord.person("Bob", forum)
    card = await alice.runs("/fruit", name="Cherry")
    assert (await alice.presses(card, "Share")).text == "It is there."
    shared = await bob.waits_for(lambda one: "Shared" in one.text)
    assert shared.text == "Shared: Cherry"
    assert shared.pings == []


async def test_a_deferred_answer_is_waited_for_with_its_follow_up(
    discord: LoopbackDiscord, forum: Guild
) -> None:
    alice, bob = discord.person("Alice", forum), discord.person("Bob", forum)
    card = await alice.runs("/fruit", name="Cherry")
    answer = await alice.presses(card, "Later")
    assert answer.text == "Here it is."
    assert answer.ephemeral
    more = await alice.waits_for(lambda one: one.text == "And more.")
    assert more.ephemeral
    assert bob.sees() == []


async def test_a_message_can_vanish_under_its_button(discord: LoopbackDiscord, forum: Guild) -> None:
    alice = discord.person("Alice", forum)
    card = await alice.runs("/fruit", name="Cherry")
    assert (await alice.presses(card, "Away")).gone
    assert alice.sees() == []


async def test_a_menu_gives_what_was_picked(discord: LoopbackDiscord, forum: Guild) -> None:
    alice = discord.person("Alice", forum)
    card = await alice.runs("/fruit", name="Cherry")
    assert card.select("Another fruit").options == ["Äpple", "Banane", "Cherry", "Damson"]
    assert (await alice.picks(card, "Damson")).text == "Picked ['Damson']"
    with pytest.raises(NotOfferedError):
        await alice.picks(card, "Damson", "Cherry")


async def test_a_menu_of_channels_offers_them_by_name(discord: LoopbackDiscord, forum: Guild) -> None:
    alice = discord.person("Alice", forum)
    menu = (await alice.runs("/where")).select("A channel")
    assert menu.options == ["general", "bots"]
    assert (await alice.picks(menu, "bots")).text == "Picked ['bots']"
    with pytest.raises(NotThereError):
        await alice.picks(menu, "nowhere")


async def test_a_form_opens_and_is_sent(discord: LoopbackDiscord, forum: Guild) -> None:
    alice = discord.person("Alice", forum)
    card = await alice.runs("/fruit", name="Cherry")
    form = await alice.opens_by_button(card, "Suggest")
    assert form.title == "Suggest a fruit"
    assert [(field.label, field.required) for field in form.fields] == [("Name", True), ("Note", False)]
    thanks = await alice.submits(form, {"Name": "Fig"})
    assert thanks.text == "Thank you for Fig (no note)"
    with pytest.raises(NotOfferedError, match="20 characters"):
        await alice.submits(form, {"Name": "x" * 21})
    with pytest.raises(NotOfferedError):
        await alice.submits(form, {"Note": "no name"})


async def test_a_message_menu_brings_the_text_of_any_message(discord: LoopbackDiscord, forum: Guild) -> None:
    alice, bob = discord.person("Alice", forum), discord.person("Bob", forum)
    said = await bob.says("seven ab")
    assert (await alice.uses_menu("Count letters", said)).text == "8 letters"


async def test_the_bot_reads_dms_and_mentions_and_nothing_else(
    discord: LoopbackDiscord, forum: Guild, bot: TestBot
) -> None:
    alice = discord.person("Alice", forum)
    await alice.says("a private matter")
    reply = await alice.asks("hello")
    assert reply.text.endswith("hello")
    assert (await alice.asks("in private", dm=True)).text == "You said: in private"
    await discord.settled()
    assert "a private matter" not in bot.heard
    assert "" in bot.heard


async def test_a_reply_points_to_its_message_and_pings_nobody(discord: LoopbackDiscord, forum: Guild) -> None:
    alice = discord.person("Alice", forum)
    said = await alice.says("hi", mentioning_bot=True)
    reply = await alice.gets_reply(said)
    assert reply.replies_to == said.id
    assert reply.pings == []


async def test_commands_of_managers_are_offered_to_managers_only(
    discord: LoopbackDiscord, forum: Guild
) -> None:
    alice = discord.person("Alice", forum)
    boss = discord.person("Boss", forum, may=Permission.MANAGE_GUILD)
    assert (await boss.runs("/manage")).text == "True"
    with pytest.raises(NotOfferedError, match="MANAGE_GUILD"):
        await alice.runs("/manage")
    assert "manage" not in [command["name"] for command in alice.commands()]


async def test_options_are_checked_as_the_client_does(discord: LoopbackDiscord, forum: Guild) -> None:
    alice = discord.person("Alice", forum)
    with pytest.raises(NotOfferedError, match="cannot be sent without"):
        await alice.runs("/fruit")
    with pytest.raises(NotOfferedError, match="has no option"):
        await alice.runs("/fruit", name="Cherry", colour="red")
    with pytest.raises(NotOfferedError, match="INTEGER"):
        await alice.runs("/long", characters="many")
    with pytest.raises(NotOfferedError, match="no command"):
        await alice.runs("/nonsense")


async def test_a_user_install_works_in_foreign_servers_and_group_dms(discord: LoopbackDiscord) -> None:
    elsewhere = discord.guild("Elsewhere", with_app=False)
    alice, bob = discord.person("Alice", elsewhere), discord.person("Bob", elsewhere)
    with pytest.raises(NotOfferedError, match="installed neither"):
        await alice.runs("/fruit", name="Cherry")
    alice.installs()
    card = await alice.runs("/fruit", name="Cherry", public=True)
    assert [one.id for one in bob.sees()] == [card.id]
    group = discord.group_dm(alice, bob)
    assert not (await alice.runs("/fruit", channel=group, name="Fig", public=True)).ephemeral


async def test_where_outside_apps_are_forbidden_their_answers_are_private(discord: LoopbackDiscord) -> None:
    elsewhere = discord.guild("Elsewhere", with_app=False)
    alice = discord.person("Alice", elsewhere)
    alice.installs()
    discord.deny(discord.channel(elsewhere, "general"), elsewhere.everyone, Permission.USE_EXTERNAL_APPS)
    assert (await alice.runs("/fruit", name="Cherry", public=True)).ephemeral


async def test_the_bot_cannot_post_where_it_is_not(discord: LoopbackDiscord) -> None:
    elsewhere = discord.guild("Elsewhere", with_app=False)
    alice = discord.person("Alice", elsewhere)
    alice.installs()
    card = await alice.runs("/fruit", name="Cherry")
    with pytest.raises(NoAnswerError):
        await discord.without_waiting(alice.presses(card, "Share"))
    assert discord.requests[-1].status == 403


async def test_silence_is_reported_when_three_seconds_are_over(
    discord: LoopbackDiscord, forum: Guild
) -> None:
    alice = discord.person("Alice", forum)
    with pytest.raises(NoAnswerError, match="did not respond"):
        await discord.without_waiting(alice.runs("/silent"))


async def test_what_discord_refuses_is_no_answer_and_says_why(discord: LoopbackDiscord, forum: Guild) -> None:
    alice = discord.person("Alice", forum)
    assert len((await alice.runs("/long", characters=4000)).text) == 4000
    with pytest.raises(NoAnswerError, match="4000"):
        await discord.without_waiting(alice.runs("/long", characters=4001))
