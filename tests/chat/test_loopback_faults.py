"""The troubles a test can switch on, and what discord.py makes of them."""

from collections.abc import AsyncIterator

import aiohttp
import discord as library
import pytest

from tests.chat.loopback import LoopbackDiscord, NoAnswerError
from tests.chat.loopback.faults import (
    CALLBACK,
    DELETE_MESSAGE,
    FOLLOW_UP,
    REGISTER,
    SEND_MESSAGE,
    WHO_AM_I,
)
from tests.chat.loopback.running import running
from tests.chat.loopback.testbot import TestBot


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as server:
        yield server


async def test_a_limited_request_is_tried_again_after_the_time_named(discord: LoopbackDiscord) -> None:
    forum = discord.guild()
    alice, bob = discord.person("Alice", forum), discord.person("Bob", forum)
    async with running(discord, TestBot()):
        fault = discord.faults.limits(SEND_MESSAGE, 0.05)
        card = await alice.runs("/fruit", name="Fig")
        await alice.presses(card, "Share")
        assert (await bob.waits_for(lambda one: "Shared" in one.text)).text == "Shared: Fig"
        assert fault.met == 1
        assert [one.status for one in discord.requested(SEND_MESSAGE)] == [429, 200]


async def test_a_bucket_announces_what_is_left_and_refuses_more(discord: LoopbackDiscord) -> None:
    forum = discord.guild()
    general = discord.channel(forum, "general")
    discord.limits.sizes[SEND_MESSAGE] = (2, 60.0)
    url = f"{discord.api_base}/channels/{general.id}/messages"
    headers = {"Authorization": f"Bot {discord.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        left = []
        for _ in range(2):
            async with session.post(url, json={"content": "hi"}) as answer:
                left.append(answer.headers["X-RateLimit-Remaining"])
        async with session.post(url, json={"content": "hi"}) as answer:
            body = await answer.json()
            assert (answer.status, answer.headers["X-RateLimit-Scope"]) == (429, "user")
            assert 0 < body["retry_after"] <= 60
        discord.advance(61)
        async with session.post(url, json={"content": "hi"}) as answer:
            assert answer.status == 200
    assert left == ["1", "0"]


async def test_fifty_requests_a_second_are_the_most_and_interactions_are_exempt(
    discord: LoopbackDiscord,
) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {discord.token}"}) as session:

        async def status(path: str) -> int:
            async with session.get(discord.api_base + path) as answer:
                return answer.status

        answers = [await status("/users/@me") for _ in range(60)]
        assert 429 in answers
        assert await status(f"/webhooks/{discord.world.app.id}/none/messages/@original") == 404


@pytest.mark.parametrize("status", [500, 503])
async def test_a_failing_callback_leaves_the_person_without_an_answer(
    discord: LoopbackDiscord, status: int
) -> None:
    alice = discord.person("Alice", discord.guild())
    async with running(discord, TestBot()):
        fault = discord.faults.fails(CALLBACK, status, times=None)
        with pytest.raises(NoAnswerError):
            await discord.without_waiting(alice.runs("/fruit", name="Fig"))
        fault.off()
        assert fault.met > 0
        assert (await alice.runs("/fruit", name="Fig")).text.startswith("# Fig")


async def test_a_callback_can_work_and_yet_seem_to_have_failed(discord: LoopbackDiscord) -> None:
    alice = discord.person("Alice", discord.guild())
    async with running(discord, TestBot()):
        discord.faults.fails(CALLBACK, 500, after_doing=True)
        assert (await alice.runs("/fruit", name="Fig")).text.startswith("# Fig")
        assert await discord.world.changed.until(lambda: len(discord.requested(CALLBACK)) > 1, within=5)
        assert [one.status for one in discord.requested(CALLBACK)] == [500, 400]


@pytest.mark.parametrize(("code", "error"), [(50001, library.Forbidden), (10002, library.NotFound)])
async def test_registering_commands_can_be_refused(
    discord: LoopbackDiscord, code: int, error: type[Exception]
) -> None:
    discord.faults.refuses(REGISTER, code)
    with pytest.raises(error):
        async with running(discord, TestBot()):
            pytest.fail("the commands were taken")


async def test_registering_commands_can_be_refused_for_a_field(discord: LoopbackDiscord) -> None:
    errors = {"0": {"name": {"_errors": [{"code": "APPLICATION_COMMAND_INVALID_NAME", "message": "No"}]}}}
    discord.faults.refuses(REGISTER, 50035, errors=errors)
    with pytest.raises(library.HTTPException, match="In command 'fruit'"):
        async with running(discord, TestBot()):
            pytest.fail("the commands were taken")


async def test_a_slow_discord_delays_the_answer(discord: LoopbackDiscord) -> None:
    alice = discord.person("Alice", discord.guild())
    async with running(discord, TestBot()):
        discord.faults.slows(CALLBACK, 0.2, times=1)
        slow = await alice.runs("/fruit", name="Fig")
        fast = await alice.runs("/fruit", name="Fig")
        assert slow.took_ms >= 200 > fast.took_ms


async def test_a_message_deleted_meanwhile_is_unknown(discord: LoopbackDiscord) -> None:
    forum = discord.guild()
    general = discord.channel(forum, "general")
    alice = discord.person("Alice", forum)
    async with running(discord, TestBot()) as bot:
        channel = bot.get_channel(general.id)
        assert isinstance(channel, library.TextChannel)
        posted = await channel.send("here")
        alice.deletes(alice.sees()[0])
        with pytest.raises(library.NotFound, match="10008"):
            await posted.delete()
        assert discord.requested(DELETE_MESSAGE)[0].status == 404


async def test_an_expired_interaction_is_unknown_and_its_token_dies(discord: LoopbackDiscord) -> None:
    alice = discord.person("Alice", discord.guild())
    late: list[library.Interaction] = []

    class Late(TestBot):
        async def on_interaction(self, interaction: library.Interaction) -> None:
            late.append(interaction)

    async with running(discord, Late()):
        with pytest.raises(NoAnswerError):
            await discord.without_waiting(alice.runs("/silent"))
        with pytest.raises(library.NotFound, match="10062"):
            await late[0].response.send_message("too late")
        with pytest.raises(library.NotFound, match="10015"):
            await late[0].followup.send("too late")
        await alice.runs("/fruit", name="Fig")
        await late[1].followup.send("in time")
        with pytest.raises(library.HTTPException, match="40060"):
            await _again(late[1])
        discord.advance(15 * 60)
        with pytest.raises(library.HTTPException, match="50027"):
            await late[1].followup.send("too late")
        assert discord.requested(FOLLOW_UP)[-1].status == 401


async def _again(interaction: library.Interaction) -> None:
    """Answer a second time, past the library's own guard."""
    interaction.response._response_type = None
    await interaction.response.send_message("again")


async def test_discord_being_down_at_login_is_a_server_error(discord: LoopbackDiscord) -> None:
    discord.faults.fails(WHO_AM_I, 503, times=None)
    with pytest.raises(library.DiscordServerError):
        async with running(discord, TestBot()):
            pytest.fail("the bot logged in")
