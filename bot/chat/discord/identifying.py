"""When the gateway may be told who we are: once in five seconds.

"Rate Limiting" of Discord's page *Gateway*: ``max_concurrency`` identify requests are allowed per 5 seconds;
it is 1 until Discord raises it. What comes earlier is sent away, and counts against the 1,000 of a day. The
library waits five seconds before every identify but the first, also when the last one was hours ago: for
as long nobody is heard.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

#: Seconds between two identify requests.
EVERY: Final = 5.0


class Identifying:
    """Lets the shards of one process identify one after another.

    Args:
        every: seconds from one to the next.
        now: gives seconds on a clock that is not set back.
    """

    def __init__(self, every: float = EVERY, now: Callable[[], float] = time.monotonic) -> None:
        self._every = every
        self._now = now
        self._last = float("-inf")
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until it may be done again, and no longer; then it counts as done."""
        async with self._turn:
            await asyncio.sleep(max(0.0, self._last + self._every - self._now()))
            self._last = self._now()
