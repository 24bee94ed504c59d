"""When the gateway is told who the bot is: as soon as Discord allows it, and no sooner."""

import asyncio
import time
from collections.abc import Callable

from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.front import Front
from bot.chat.discord.identifying import EVERY, Identifying
from tests.chat.loopback import LoopbackDiscord
from tests.chat.loopback.running import running


async def test_the_first_need_not_wait_and_the_next_wait_for_what_is_left() -> None:
    await asyncio.wait_for(Identifying(every=3600).turn(), 60)
    identifying = Identifying(every=0.2)
    began = time.monotonic()
    await identifying.turn()
    await asyncio.gather(*(identifying.turn() for _ in range(3)))
    assert time.monotonic() - began >= 0.59


async def test_one_that_gives_up_waiting_costs_the_next_nothing() -> None:
    identifying = Identifying(every=1.5)
    await identifying.turn()
    began = time.monotonic()
    impatient = asyncio.create_task(identifying.turn())
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    await identifying.turn()
    assert 1.4 <= time.monotonic() - began < 3.0


async def test_after_a_lost_session_it_is_heard_again_at_once_when_the_last_identify_is_long_ago(
    discord: LoopbackDiscord, front: Front
) -> None:
    client = EvidenceClient(front, identifying=Identifying(now=discord.clock.now))
    async with running(discord, client):
        ways: list[Callable[[], None]] = [
            lambda: discord.gateway.drop(resumable=False),
            discord.gateway.invalidate,
        ]
        for lose in ways:
            identified = discord.gateway.identified
            discord.clock.advance(EVERY)
            began = time.monotonic()
            lose()
            await discord.ready(within=EVERY, more_than=identified)
            assert time.monotonic() - began < EVERY - 1
        await discord.settled()
        await client.quiet()


async def test_after_a_lost_session_it_waits_when_the_last_identify_was_just_now(
    discord: LoopbackDiscord, front: Front
) -> None:
    identifying = Identifying(every=1.0)
    async with running(discord, EvidenceClient(front, identifying=identifying)) as client:
        identified = discord.gateway.identified
        last = identifying._last
        discord.gateway.drop(resumable=False)
        await discord.ready(within=10, more_than=identified)
        assert time.monotonic() - last >= 1.0
        await discord.settled()
        await client.quiet()
