"""The bot as a process of its own: how it starts, what stops it, how it leaves, what it withstands."""

import asyncio
import json
import os
import re
import resource
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.answer.library import Library
from bot.chat.discord import invite
from bot.values import Secret
from tests.chat.loopback import LoopbackDiscord, Person
from tests.chat.loopback.botprocess import launch, start_bot
from tests.chat.loopback.faults import REGISTER

RUN = ["-m", "bot", "run"]
SHAPED = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.a-token-that-nobody-has-0123456789abc"


@pytest.fixture
def environment(tmp_path: Path, library: Library) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'state.db'}",
        "BOT_CATALOGUE": str(library.catalogue.path),  # built already, or each start would wait for a build
        "LOG_FORMAT": "json",
    }


def logged(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"DISCORD_TOKEN": ""}, "DISCORD_TOKEN is not set: put the bot's token"),
        ({"DISCORD_TOKEN": "my token"}, "DISCORD_TOKEN is not a bot's token: copy it whole"),
        ({"DISCORD_TOKEN": SHAPED}, "Discord refuses the token: make a new one"),
        ({"BOT_DATA": "/nowhere/data"}, "no studies in /nowhere/data"),
        ({"BOT_RESPONSES": "/nowhere/responses"}, "/nowhere/responses"),
        ({"DATABASE_URL": "sqlite:////proc/state.db"}, "state"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be auto, human or json."),
    ],
)
async def test_what_an_operator_must_mend_stops_it_at_once_with_one_sentence(
    discord: LoopbackDiscord, environment: dict[str, str], change: Mapping[str, str], sentence: str
) -> None:
    bot = await launch(discord, RUN, {**environment, **change})
    assert await bot.ended(within=30) == 2
    told = [line for line in bot.output.splitlines() if not line.startswith("{")]
    assert len(told) == 1, bot.output
    assert sentence in told[0]
    assert "Traceback" not in bot.output
    assert discord.token not in bot.output


async def test_it_registers_its_commands_once_and_again_only_when_they_changed(
    discord: LoopbackDiscord, environment: dict[str, str], tmp_path: Path
) -> None:
    async with start_bot(discord, RUN, environment):
        pass
    async with start_bot(discord, RUN, environment, commands=False):
        pass
    assert len(discord.requested(REGISTER)) == 1
    responses = tmp_path / "responses"
    source = Path(__file__).parents[3] / "responses"
    for path in source.rglob("*.*"):
        copy = responses / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    labels = responses / "labels.toml"
    labels.write_text(labels.read_text().replace('unclear = "PEM unclear"', 'unclear = "PEM not clear"'))
    async with start_bot(
        discord, RUN, {**environment, "BOT_RESPONSES": str(responses)}, commands=False
    ) as bot:
        while len(discord.requested(REGISTER)) < 2:
            await discord.world.changed.heard(within=0.1)
    assert bot.returncode == 0


async def test_it_answers_though_discord_refuses_its_commands(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    ann = discord.person("Ann", discord.guild())
    async with start_bot(discord, RUN, environment):
        pass
    discord.faults.refuses(REGISTER, 50001, times=None)
    changed = {**environment, "DATABASE_URL": environment["DATABASE_URL"].replace("state.db", "new.db")}
    async with start_bot(discord, RUN, changed, commands=False) as bot:
        assert "Gupta" in (await ann.runs("/study", query="gupta 1997")).text
    assert "could not be registered" in bot.output


async def test_on_sigterm_it_finishes_what_it_is_answering_and_leaves(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    ann = discord.person("Ann", discord.guild())
    async with start_bot(discord, RUN, environment) as bot:
        asked = [asyncio.create_task(ann.runs("/study", query="gupta 1997")) for _ in range(20)]
        answered = await asked[0]
        bot.terminate()
        assert await bot.ended() == 0
        assert "Gupta" in answered.text
    lines = logged(bot.output)
    begun = [line for line in lines if line["event"] == "answered"]
    assert all(line["outcome"] == "answer" for line in begun)
    assert lines[-1]["event"] == "left"
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) == len(begun)


async def test_a_hangup_while_it_starts_does_not_end_it(
    discord: LoopbackDiscord, environment: dict[str, str], tmp_path: Path
) -> None:
    building = tmp_path / "built"
    building.mkdir()
    bot = await launch(discord, RUN, {**environment, "BOT_CATALOGUE": str(building / "catalogue.db")})
    ready = asyncio.create_task(discord.ready(within=60))
    while not ready.done():  # until it is ready: a build of some seconds comes first
        await asyncio.wait({ready}, timeout=0.05)
        if any(building.iterdir()):
            os.kill(bot.pid, signal.SIGHUP)
    ready.result()
    bot.terminate()
    assert await bot.ended() == 0, bot.output


async def test_its_log_tells_what_was_done_and_never_what_was_asked_or_by_whom(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    ann = discord.person("Annabelle", discord.guild())
    async with start_bot(discord, RUN, environment) as bot:
        await ann.runs("/study", query="gupta 1997")
        await ann.runs("/ask", question="zebra question of mine")
        await ann.types_in_option("/study", "query", "zebra")
        await ann.asks("why are my zebra labs normal", dm=True)
        form = await ann.opens("/suggest")
        await ann.submits(form, {"what": "zebra text"})
        card = await ann.runs("/find", text="zebra")
        assert card.ephemeral
    answered = [line for line in logged(bot.output) if line["event"] == "answered"]
    assert {"study", "ask", "direct message", "suggest", "form", "find"} <= {
        line["command"] for line in answered
    }
    assert all(
        set(line) <= {"event", "command", "outcome", "ms", "level", "logger", "timestamp"}
        for line in answered
    )
    for secret in ("zebra", "gupta", "Annabelle", str(ann.user.id), discord.token):
        assert secret not in bot.output


async def test_it_goes_on_after_every_way_in_which_a_connection_breaks(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    ann = discord.person("Ann", discord.guild())
    async with start_bot(discord, RUN, environment) as bot:
        for trouble in (
            discord.gateway.drop,
            discord.gateway.ask_to_reconnect,
            discord.gateway.ready_again,
            lambda: discord.gateway.drop(resumable=False),
            discord.gateway.invalidate,
        ):
            identified = discord.gateway.identified
            trouble()
            if trouble is not discord.gateway.ready_again:
                await discord.ready(within=30)
            card = await ann.runs("/study", query="gupta 1997")
            assert "Gupta" in card.text, (trouble, identified)
    assert bot.returncode == 0
    assert "Traceback" not in bot.output


async def test_an_interaction_that_is_too_old_is_let_go(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    ann = discord.person("Ann", discord.guild())
    async with start_bot(discord, RUN, environment) as bot:
        started = ann.client.command("/study", ann.home, {"query": "gupta 1997"})  # type: ignore[arg-type]
        discord.advance(3.1)
        await discord.settled()
        assert started.answered_with is None
        assert "Gupta" in (await ann.runs("/study", query="gupta 1997")).text
    assert "expired" in [line.get("outcome") for line in logged(bot.output)]
    assert "Traceback" not in bot.output


async def test_two_processes_with_one_token_answer_every_press_once(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    ann = discord.person("Ann", discord.guild())
    async with (
        start_bot(discord, RUN, environment) as first,
        start_bot(discord, RUN, environment, commands=False) as second,
    ):
        for _ in range(5):
            assert "Gupta" in (await ann.runs("/study", query="gupta 1997")).text
        await discord.settled()
    outcomes = [line.get("outcome") for bot in (first, second) for line in logged(bot.output)]
    assert outcomes.count("answer") == 5
    assert outcomes.count("answered elsewhere") == 5
    assert "Traceback" not in first.output + second.output


async def test_shards_spread_over_two_processes_answer_each_server_once(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    people: list[Person] = []
    homes: list[int] = []
    while len(set(homes)) < 2 or len(homes) < 4:  # the moment at which a server was made decides its shard
        guild = discord.guild()
        people.append(discord.person("Ann", guild))
        homes.append((guild.id >> 22) % 2)
        await asyncio.sleep(0.001)
    spread = [{**environment, "SHARD_COUNT": "2", "SHARD_IDS": str(shard)} for shard in range(2)]
    async with (
        start_bot(discord, RUN, spread[0]) as first,
        start_bot(discord, RUN, spread[1], commands=False) as second,
    ):
        for person in people:
            assert "Gupta" in (await person.runs("/study", query="gupta 1997")).text
        await discord.settled()
    lines = [logged(bot.output) for bot in (first, second)]
    answered = [sum(line["event"] == "answered" for line in told) for told in lines]
    assert answered == [homes.count(0), homes.count(1)]


@pytest.mark.alone
async def test_a_thousand_interactions_in_ten_seconds_are_each_answered_within_three(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    people = [discord.person(f"Person {number}", discord.guild(f"Forum {number}")) for number in range(25)]
    asks: list[tuple[str, dict[str, str]]] = [
        ("/study", {"query": "gupta 1997"}),
        ("/ask", {"question": "why are my labs normal"}),
        ("/find", {"text": "cytokines"}),
        ("/test", {}),
        ("/cite", {"query": "gupta-1997-cytokine-production"}),
    ]
    async with start_bot(discord, RUN, environment) as bot:
        loop = asyncio.get_running_loop()
        began = loop.time()
        asked = []
        for number in range(1_000):
            await asyncio.sleep(max(0.0, began + number / 100 - loop.time()))
            command, options = asks[number % len(asks)]
            asked.append(asyncio.create_task(people[number % 25].runs(command, options=options)))
        answers = await asyncio.gather(*asked)
    assert max(answer.took_ms for answer in answers) < 3_000
    assert all("Limitations" in answer.text for answer in answers)
    assert bot.returncode == 0


async def test_a_full_disk_under_state_loses_nothing_that_was_acknowledged(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    ann = discord.person("Ann", discord.guild())
    async with start_bot(discord, RUN, environment) as bot:
        first = await ann.submits(await ann.opens("/suggest"), {"what": "The first"})
        assert "number 1" in first.text
        # From now on the bot's process cannot make any file longer: to it the disk is full.
        before = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        second = await ann.submits(await ann.opens("/suggest"), {"what": "The second"})
        assert "The second" in second.text  # given back to its writer
        assert "Gupta" in (await ann.runs("/study", query="gupta 1997")).text
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, before)
        third = await ann.submits(await ann.opens("/suggest"), {"what": "The third"})
        assert "number 2" in third.text
    kept = await launch(discord, ["-m", "bot", "suggestions", "list"], environment)
    assert await kept.ended(within=30) == 0
    assert "The first" in kept.output
    assert "The third" in kept.output
    assert "The second" not in kept.output


async def test_invite_prints_links_with_the_least_permissions(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    bot = await launch(discord, ["-m", "bot", "invite"], environment)
    assert await bot.ended(within=30) == 0
    links = re.findall(r"https://\S+", bot.output)
    assert [f"client_id={discord.world.app.user.id}" in link for link in links] == [True, True]
    assert "scope=bot+applications.commands" in links[0]
    assert "permissions=" not in links[1]


async def test_sync_registers_in_one_server_or_in_all(
    discord: LoopbackDiscord, environment: dict[str, str]
) -> None:
    forum = discord.guild()
    bot = await launch(discord, ["-m", "bot", "sync", "--guild", str(forum.id)], environment)
    assert await bot.ended(within=30) == 0, bot.output
    assert f"commands registered for server {forum.id}" in bot.output
    assert discord.requested(REGISTER) == []
    ann = discord.person("Ann", forum)
    assert "study" in [command["name"] for command in ann.commands()]
    bot = await launch(discord, ["-m", "bot", "sync"], environment)
    assert await bot.ended(within=30) == 0, bot.output
    assert len(discord.requested(REGISTER)) == 1


def test_the_id_of_the_application_is_read_from_the_token() -> None:
    assert invite.application_id(Secret(SHAPED)) == 123456789012345678
    for wrong in (
        "",
        "x",
        "a.b.c",
        SHAPED.replace("MTIz", "!!!!"),
        "YWJjZGVmZ2hpamtsbW5vcA.GabcDE." + "x" * 30,
    ):
        with pytest.raises(invite.MalformedTokenError):
            invite.application_id(Secret(wrong))


def test_the_permissions_asked_for_are_few_and_none_of_them_is_powerful() -> None:
    asked = {name for name, granted in invite.PERMISSIONS if granted}
    assert asked == {
        "view_channel",
        "read_messages",
        "send_messages",
        "send_messages_in_threads",
        "attach_files",
        "read_message_history",
    } - {"view_channel"}
