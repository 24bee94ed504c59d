"""What the running bot looks after by itself: newer catalogues, cards that stay true, and rows to drop."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from bot.chat.discord import cards
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.errors import story
from bot.chat.discord.renewal import Renewal
from bot.state import StateError

_log = structlog.get_logger(__name__)

#: Seconds between two looks at the data files.
LOOK_EVERY: Final = 120.0
#: Seconds between two passes over the cards when nothing changed: what failed is tried again, and rows that
#: are over their time are dropped.
PASS_EVERY: Final = 86_400.0
#: Seconds before a pass that failed, or that another process was at, is tried again.
AGAIN: Final = 60.0


@asynccontextmanager
async def kept_up(client: EvidenceClient) -> AsyncIterator[None]:
    """Look after everything while the block runs.

    Args:
        client: is logged in. It may be connected to the gateway or not.
    """
    upkeep = Upkeep(client)
    work = asyncio.create_task(upkeep.run(), name="upkeep")
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await upkeep.end()


class Upkeep:
    """Looks at the data files again and again, and over the cards at the start and when those changed."""

    def __init__(self, client: EvidenceClient) -> None:
        self._client = client
        self._renewal = Renewal(client.front, client.quiet)
        self._pass_at = time.monotonic()

    async def run(self) -> None:
        """Go on until cancelled: whatever fails is tried again later."""
        asked = self._client.front.look_again
        look = False  # the catalogue has just been opened
        while True:
            try:
                await self._once(look=look)
            except Exception as error:  # noqa: BLE001 - nobody is above this task, and it must go on
                self._pass_at = time.monotonic() + AGAIN
                _log.error("upkeep failed", **story(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(asked.wait(), LOOK_EVERY)
            asked.clear()
            look = True

    async def end(self) -> None:
        """Close what it opened and nobody needs any more."""
        await self._renewal.end()

    async def _once(self, *, look: bool) -> None:
        if look and await self._renewal.look():
            self._pass_at = time.monotonic()
        if time.monotonic() < self._pass_at or self._client.is_closed():
            return
        self._pass_at = time.monotonic() + AGAIN
        try:
            await self._client.front.state.tidy()
            done = await cards.update(self._client)
        except StateError as error:
            _log.warning("state is away; cards are corrected later", error=type(error).__name__)
        except cards.AwayError:
            _log.warning("Discord is away; cards are corrected later")
        else:
            if done is not None:
                self._pass_at = time.monotonic() + (AGAIN if done.failed else PASS_EVERY)
                _log.info(
                    "cards were looked over",
                    corrected=done.corrected,
                    forgotten=done.forgotten,
                    refused=done.refused,
                    failed=done.failed,
                )
