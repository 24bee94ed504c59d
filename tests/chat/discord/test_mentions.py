"""Direct messages and mentions, over real sockets."""

import pytest

from bot.chat.discord.client import EvidenceClient, intents
from bot.chat.discord.front import Front
from tests.chat.loopback import LoopbackDiscord, Person
from tests.chat.loopback.faults import SEND_MESSAGE
from tests.chat.loopback.running import running


@pytest.fixture
def ann(discord: LoopbackDiscord, bot: EvidenceClient) -> Person:
    return discord.person("Ann", discord.guild())


async def silent(discord: LoopbackDiscord, bot: EvidenceClient) -> bool:
    await discord.settled()
    await bot.quiet()
    return discord.requested(SEND_MESSAGE) == []


async def test_words_in_a_direct_message_are_answered_as_a_question(ann: Person) -> None:
    reply = await ann.asks("why are my labs normal", dm=True)
    assert "lab tests normal" in reply.text
    assert "“PEM required” means" in reply.text
    assert "Delete" not in [button.label for button in reply.buttons]


async def test_a_mention_is_answered_in_a_reply_that_pings_nobody_and_can_be_deleted(ann: Person) -> None:
    said = await ann.says("is there a blood test?", mentioning_bot=True)
    reply = await ann.gets_reply(said)
    assert reply.replies_to == said.id
    assert reply.pings == []
    assert "No validated test" in reply.text
    assert (await ann.presses(reply, "Delete")).gone


async def test_a_mention_alone_tells_how_to_ask(ann: Person) -> None:
    assert "/study" in (await ann.asks("")).text


async def test_it_is_answered_once_though_discord_tells_of_it_twice(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person
) -> None:
    said = await ann.says("is there a blood test?", mentioning_bot=True)
    await ann.gets_reply(said)
    discord.gateway.message_created(said.message)
    await discord.settled()
    await bot.quiet()
    assert len([seen for seen in ann.sees() if seen.author.bot]) == 1


async def test_two_processes_with_one_token_answer_it_once(
    discord: LoopbackDiscord, front: Front, ann: Person
) -> None:
    async with running(discord, EvidenceClient(front, register=False), commands=False) as second:
        await second.wait_until_ready()
        said = await ann.says("is there a blood test?", mentioning_bot=True)
        await ann.gets_reply(said)
        await discord.settled()
        await second.quiet()
        assert len(discord.requested(SEND_MESSAGE)) == 2  # both tried
        assert len([seen for seen in ann.sees() if seen.author.bot]) == 1  # Discord kept one


async def test_all_other_messages_are_left_alone(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person
) -> None:
    await ann.says("is there a blood test for ME/CFS?")
    assert await silent(discord, bot)


async def test_a_reply_to_a_card_that_asks_the_bot_nothing_is_left_alone(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person
) -> None:
    card = await ann.asks("is there a blood test?")
    before = len(discord.requested(SEND_MESSAGE))
    await ann.says("thanks, good to know", replying_to=card)
    await discord.settled()
    await bot.quiet()
    assert len(discord.requested(SEND_MESSAGE)) == before


async def test_a_server_can_turn_it_off(discord: LoopbackDiscord, bot: EvidenceClient, ann: Person) -> None:
    assert ann.home is not None
    assert ann.home.guild is not None
    await bot.front.state.guilds.set(ann.home.guild.id, mentions=False)
    await ann.says("is there a blood test?", mentioning_bot=True)
    assert await silent(discord, bot)


async def test_where_the_bot_may_not_write_nothing_is_said_and_nothing_breaks(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person
) -> None:
    discord.faults.refuses(SEND_MESSAGE, 50013)
    await ann.says("is there a blood test?", mentioning_bot=True)
    await discord.settled()
    await bot.quiet()
    assert "No validated test" in (await ann.asks("is there a blood test?")).text


def test_no_privileged_intent_is_asked_for_and_no_message_heard_that_is_not_answered() -> None:
    asked = {name for name, on in intents(mentions=True) if on}
    assert asked == {"guilds", "guild_messages", "dm_messages"}
    assert {name for name, on in intents(mentions=False) if on} == {"guilds"}
