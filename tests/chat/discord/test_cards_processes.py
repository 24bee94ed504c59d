"""Cards that stay true, by processes of their own: killed, two at once, and the bot by itself."""

import asyncio
import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.answer.desk import Desk
from bot.catalogue import source
from bot.catalogue.model import Retraction, RetractionStatus
from bot.chat.discord.client import EvidenceClient
from bot.settings import Settings
from bot.state import State
from tests.answer.libraries import small_library
from tests.catalogue.fabricated import study, topic
from tests.chat.discord.test_cards import FIRST, GRIP, SECOND, edits, shares
from tests.chat.loopback import LoopbackDiscord, Seen
from tests.chat.loopback.botprocess import BotProcess, launch, start_bot
from tests.state.conftest import (  # noqa: F401 - both engines
    migrated,
    migrated_postgresql_url,
    server,
    sqlite_url,
    state_url,
)

RUN = ["-m", "bot", "run"]
PLAN = ["-m", "bot", "cards", "plan"]
UPDATE = ["-m", "bot", "cards", "update"]
RETRACTED = study(FIRST, retraction=Retraction(status=RetractionStatus.RETRACTED, year=2011))


@pytest.fixture
def environment(tmp_path: Path, state_url: str) -> dict[str, str]:  # noqa: F811
    """The settings of every process: one state, one folder of data, that of ``desk``."""
    return {
        "DATABASE_URL": state_url,
        "BOT_DATA": str(tmp_path / "data"),
        "BOT_CATALOGUE": str(tmp_path / "catalogue.db"),
        "LOG_FORMAT": "json",
    }


@pytest.fixture
def settings(environment: Mapping[str, str]) -> Settings:
    return Settings.load(environment, dotenv=None)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(small_library(tmp_path, study(FIRST), study(SECOND), topic(GRIP, studies=(FIRST, SECOND))))


@pytest.fixture
async def cards(discord: LoopbackDiscord, bot: EvidenceClient, state: State) -> list[Seen]:
    """Three cards that stand in a channel."""
    forum = discord.guild("Forum")
    await state.guilds.set(forum.id, cooldown_minutes=0)
    ann = discord.person("Ann", forum)
    return [await shares(ann), await shares(ann, GRIP, "/ask"), await shares(ann)]


def retract(tmp_path: Path) -> None:
    source.write(RETRACTED, tmp_path / "data")


async def until_edited(discord: LoopbackDiscord, times: int, process: BotProcess) -> None:
    async with asyncio.timeout(30):
        while edits(discord) < times:
            assert process.returncode is None, process.output
            await discord.world.changed.heard(1.0)


def told(discord: LoopbackDiscord, cards: list[Seen]) -> list[bool]:
    channel = cards[0].message.channel
    reader = discord.person("Reader", channel.guild)
    return ["retracted in 2011" in reader.looks_again(card).text for card in cards]


async def test_an_update_that_is_killed_half_way_goes_on_and_edits_no_card_twice(
    discord: LoopbackDiscord,
    environment: dict[str, str],
    tmp_path: Path,
    cards: list[Seen],
) -> None:
    retract(tmp_path)
    process = await launch(discord, UPDATE, environment)
    await until_edited(discord, 1, process)
    process.kill()
    await process.ended()
    assert told(discord, cards).count(True) == 1
    # PostgreSQL needs a moment to notice that the process, and with it the lock, is gone.
    for _ in range(20):
        process = await launch(discord, UPDATE, environment)
        if await process.ended(30) == 0:
            break
    assert process.returncode == 0, process.output
    assert told(discord, cards) == [True, True, True]
    assert edits(discord) == 3


async def test_of_two_processes_at_once_one_corrects_each_card(
    discord: LoopbackDiscord, environment: dict[str, str], tmp_path: Path, cards: list[Seen]
) -> None:
    retract(tmp_path)
    plan = await launch(discord, PLAN, environment)
    assert await plan.ended(30) == 0, plan.output
    assert f"2\t{FIRST}\tretracted\n" in plan.output
    assert f"1\t{GRIP}\tretracted\n" in plan.output
    assert "3 cards to correct." in plan.output
    both = [await launch(discord, UPDATE, environment) for _ in range(2)]
    codes = [await process.ended(30) for process in both]
    assert sorted(codes) in ([0, 0], [0, 1]), [process.output for process in both]
    assert told(discord, cards) == [True, True, True]
    assert edits(discord) == 3


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
async def test_the_running_bot_opens_a_new_catalogue_and_corrects_its_cards_by_itself(
    discord: LoopbackDiscord, environment: dict[str, str], tmp_path: Path, desk: Desk
) -> None:
    ann = discord.person("Ann", discord.guild("Forum"))
    async with start_bot(discord, RUN, environment) as bot:
        card = await shares(ann)
        broken = tmp_path / "data" / "studies" / f"{SECOND}.toml"
        good = broken.read_text(encoding="utf-8")
        broken.write_text("title = ", encoding="utf-8")
        os.kill(bot.pid, signal.SIGHUP)
        while "a new catalogue cannot be used" not in bot.output:
            await discord.world.changed.heard(0.05)
        assert "grip strength" in (await ann.runs("/study", query=FIRST)).text

        broken.write_text(good, encoding="utf-8")
        retract(tmp_path)
        os.kill(bot.pid, signal.SIGHUP)
        await until_edited(discord, 1, bot)
        assert "Updated" in ann.looks_again(card).text
        assert (await ann.runs("/study", query=FIRST)).text.startswith(
            "**This paper was retracted in 2011.**"
        )
    assert bot.returncode == 0
    assert "Traceback" not in bot.output


@pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("way", ["run", "serve"])
async def test_the_bot_corrects_at_its_start_what_changed_while_it_was_away(
    discord: LoopbackDiscord, environment: dict[str, str], tmp_path: Path, cards: list[Seen], way: str
) -> None:
    retract(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        served = {"DISCORD_PUBLIC_KEY": "ab" * 32, "PORT": str(free.getsockname()[1])}
    bot = await launch(discord, ["-m", "bot", way], environment | served)
    await until_edited(discord, 3, bot)
    bot.terminate()
    assert await bot.ended() == 0, bot.output
    assert told(discord, cards) == [True, True, True]
