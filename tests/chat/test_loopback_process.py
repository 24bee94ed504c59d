"""A bot as a process of its own: started, awaited, stopped, killed, overloaded."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.chat.loopback import LoopbackDiscord
from tests.chat.loopback.botprocess import BotStoppedError, launch, start_bot
from tests.chat.loopback.play import Play

BOT = ["-W", "ignore", "-m", "tests.chat.loopback.testbot"]


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as server:
        yield server


async def test_a_bot_process_answers_and_ends_on_sigterm(discord: LoopbackDiscord) -> None:
    alice = discord.person("Alice", discord.guild())
    async with start_bot(discord, BOT) as bot:
        assert (await alice.runs("/fruit", name="Fig")).text.startswith("# Fig")
    assert bot.returncode == -signal.SIGTERM  # discord.py alone does not catch it
    assert "has connected to Gateway" in bot.output


async def test_a_bot_that_stops_at_start_is_reported_with_its_output(discord: LoopbackDiscord) -> None:
    with pytest.raises(BotStoppedError, match=r"exit code 1(.|\n)*told to stop"):
        async with start_bot(discord, [*BOT, "--stop"]):
            pytest.fail("it was ready")


async def test_a_refused_token_ends_the_process(discord: LoopbackDiscord) -> None:
    bot = await launch(discord, BOT, {"DISCORD_TOKEN": "a.wrong.token"})
    assert await bot.ended() == 1
    assert "Improper token" in bot.output


async def test_buttons_work_after_the_bot_was_killed_and_started_again(discord: LoopbackDiscord) -> None:
    alice = discord.person("Alice", discord.guild())
    async with start_bot(discord, BOT) as bot:
        card = await alice.runs("/fruit", name="Fig")
        bot.kill()
        await bot.ended()
    async with start_bot(discord, BOT):
        assert (await alice.presses(card, "More")).text == "There is no more about Fig."


async def test_a_thousand_interactions_at_once_are_each_answered_in_time(discord: LoopbackDiscord) -> None:
    forum = discord.guild()
    people = [discord.person(f"Person {number}", forum) for number in range(50)]
    async with start_bot(discord, BOT):
        for _ in range(20):
            answers = await asyncio.gather(*(one.runs("/basket add", name=one.name) for one in people))
            assert [one.text for one in answers] == [f"{one.name} is in" for one in people]
            assert max(one.took_ms for one in answers) < 3000


async def test_it_runs_alone_and_says_how_to_reach_it() -> None:
    command = [sys.executable, "-m", "tests.chat.loopback", "--alone", "--port", "0"]
    alone = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert alone.stdout is not None
    lines = [(await alone.stdout.readline()).decode().strip() for _ in range(3)]
    alone.terminate()
    assert await alone.wait() == 0
    assert lines[0].startswith("DISCORD_API_BASE=http://127.0.0.1:")
    assert lines[1].startswith("DISCORD_TOKEN=")
    assert lines[2].startswith("Listening on http://127.0.0.1:")


async def test_make_play_brings_the_page_and_the_real_bot() -> None:
    command = [sys.executable, "-m", "tests.chat.loopback", "--play", "--port", "0"]
    playing = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert playing.stdout is not None
    try:
        said = [(await playing.stdout.readline()).decode() for _ in range(2)]
        address = said[1].split()[1]
        async with aiohttp.ClientSession() as session:
            async with session.get(address) as answer:
                assert "Practice channel" in await answer.text()
            async with session.ws_connect(f"{address}live") as live:
                state = await live.receive_json(timeout=5)
        paths = [command["path"] for command in state["commands"]]
        assert state["connected"]
        assert {"study", "test", "cite", "help"} <= set(paths)
        assert "Find evidence" in state["menus"]
    finally:
        playing.terminate()
        assert await playing.wait() == 0


async def test_the_page_serves_no_other_site() -> None:
    discord = LoopbackDiscord()
    play = Play(discord)
    async with discord, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(f"{play.address}live", origin="https://example.org")
        async with session.get(f"{play.address}../server.py") as answer:
            assert answer.status == 404
        async with session.get(f"{play.address}%2e%2e%2fserver.py") as answer:
            assert answer.status == 404
