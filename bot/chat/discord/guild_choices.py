"""What a server chose, at hand at once: an answer never waits for a slow or lost database."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import structlog

from bot.state import CAUTIOUS, Guilds, GuildSettings, StateError

_log = structlog.get_logger(__name__)

#: Seconds for which settings are used before they are read again: another process may have changed them.
_FRESH: Final = 30.0
#: Seconds that an answer may wait for them. Discord wants a first answer within three.
_PATIENCE: Final = 0.4
#: Seconds before a state that failed is asked again.
_PAUSE: Final = 5.0
#: Servers whose settings are kept at hand; a few hundred bytes each.
_MOST: Final = 10_000


@dataclass
class _Kept:
    settings: GuildSettings
    until: float


class GuildChoices:
    """The settings of servers, read through a short-lived memory."""

    def __init__(self, guilds: Guilds) -> None:
        self._guilds = guilds
        self._kept: dict[int, _Kept] = {}
        self._reading: dict[int, asyncio.Task[None]] = {}

    async def of(self, guild_id: int) -> GuildSettings:
        """The server's settings; those last known, else the cautious ones, while state is slow or away."""
        kept = self._kept.get(guild_id)
        if kept is not None and time.monotonic() < kept.until:
            return kept.settings
        reading = self._reading.get(guild_id)
        if reading is None:
            reading = asyncio.create_task(self._read(guild_id), name="read the settings of a server")
            self._reading[guild_id] = reading
            reading.add_done_callback(lambda _: self._reading.pop(guild_id, None))
        # Not cancelled when it takes too long: what it brings serves the next who ask.
        await asyncio.wait({reading}, timeout=_PATIENCE)
        known = self._kept.get(guild_id) or kept
        return known.settings if known else CAUTIOUS

    async def settled(self) -> None:
        """Wait until nothing is being read."""
        while self._reading:
            await asyncio.wait(self._reading.values())

    async def _read(self, guild_id: int) -> None:
        try:
            settings = await self._guilds.get(guild_id)
        except StateError as error:
            _log.warning("state is away", error=type(error).__name__)
            kept = self._kept.get(guild_id)
            self._keep(guild_id, kept.settings if kept else CAUTIOUS, _PAUSE)
        else:
            self._keep(guild_id, settings, _FRESH)

    def put(self, settings: GuildSettings) -> None:
        """Use these from now on: they have just been written."""
        self._keep(settings.guild_id, settings, _FRESH)

    def forget(self, guild_id: int) -> None:
        """Read them anew next time."""
        self._kept.pop(guild_id, None)

    def _keep(self, guild_id: int, settings: GuildSettings, seconds: float) -> None:
        self._kept.pop(guild_id, None)
        self._kept[guild_id] = _Kept(settings, time.monotonic() + seconds)
        while len(self._kept) > _MOST:
            del self._kept[next(iter(self._kept))]
