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

    async def of(self, guild_id: int) -> GuildSettings:
        """The server's settings; those last known, else the cautious ones, while state is away."""
        kept = self._kept.get(guild_id)
        if kept is not None and time.monotonic() < kept.until:
            return kept.settings
        try:
            async with asyncio.timeout(_PATIENCE):
                settings = await self._guilds.get(guild_id)
        except (StateError, TimeoutError) as error:
            _log.warning("state is away", error=type(error).__name__)
            settings = kept.settings if kept else CAUTIOUS
            self._keep(guild_id, settings, _PAUSE)
            return settings
        self._keep(guild_id, settings, _FRESH)
        return settings

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
