"""Time, as the loopback Discord keeps it: real, but a test can move it on.

Deadlines (3 s for a first answer, 15 min for a token) are measured on this clock, so that a test of
an expired interaction advances the clock and does not sleep.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")


class Clock:
    """Seconds since 1970, running in real time, plus whatever `advance` has added."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self.moved = Bell()

    def now(self) -> float:
        """Return the current moment in seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move this clock `seconds` into the future and wake whoever waits on it."""
        self._ahead += seconds
        self.moved.ring()

    async def sleep_until(self, moment: float) -> None:
        """Return once `now()` has reached `moment`."""
        while (left := moment - self.now()) > 0:
            await self.moved.heard(within=left)


class Bell:
    """Wakes everyone who waits for a change; who wakes looks for himself what has changed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait now."""
        rung, self._event = self._event, asyncio.Event()
        rung.set()

    async def heard(self, within: float) -> bool:
        """Wait for the next ring, at most `within` real seconds; return whether it rang."""
        try:
            async with asyncio.timeout(within):
                await self._event.wait()
        except TimeoutError:
            return False
        return True

    async def until(self, ready: Callable[[], T | None], within: float) -> T | None:
        """Return the first value of `ready()` that is neither None nor False, or None in vain."""
        give_up = time.monotonic() + within
        while True:
            if value := ready():
                return value
            left = give_up - time.monotonic()
            if left <= 0:
                return None
            await self.heard(within=left)


def iso(moment: float) -> str:
    """Write a moment as Discord does, in ISO 8601 with microseconds and offset."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
