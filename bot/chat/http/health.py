"""How the process is, for load balancers and orchestrators.

``/healthz``: it runs. ``/readyz``: it can answer: the catalogue is open, and Discord accepted the token.

A state that is away does not make it unready, for then the bot still answers from the catalogue; if it did,
one lost database would take all copies out at once. It is told in the body and in the metrics, and
``/readyz?state=required`` is for those who want to know it by the status.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bot.chat.discord.front import Front
from bot.state import StateError

#: Seconds for which what is known of state holds: probes come from many sides, and each costs a write.
_FRESH: Final = 5.0


class Health:
    """Tells how a process is.

    Args:
        front: what it answers with.
        open_for_work: whether Discord accepted the token, and the process was not told to stop.
    """

    def __init__(self, front: Front, open_for_work: Callable[[], bool]) -> None:
        self._front = front
        self._open_for_work = open_for_work
        self._state_is_there = False
        self._asked = float("-inf")
        self._turn = asyncio.Lock()

    async def alive(self, _request: Request) -> Response:
        """200: the event loop turns."""
        return Response("ok\n", media_type="text/plain")

    async def ready(self, request: Request) -> Response:
        """200 when it can answer, else 503; the body says what is missing."""
        catalogue, discord = self._catalogue_is_open(), self._open_for_work()
        state = await self.state_is_there()
        fit = catalogue and discord and (state or request.query_params.get("state") != "required")
        body = {
            "ready": fit,
            "catalogue": "open" if catalogue else "closed",
            "discord": "accepted" if discord else "waiting",
            "state": "reachable" if state else "away",
        }
        return Response(
            msgspec.json.encode(body), status_code=200 if fit else 503, media_type="application/json"
        )

    async def state_is_there(self) -> bool:
        """Whether state can be read and written; asked at most every five seconds."""
        async with self._turn:
            if time.monotonic() - self._asked > _FRESH:
                try:
                    await self._front.state.check()
                    self._state_is_there = True
                except StateError:
                    self._state_is_there = False
                self._asked = time.monotonic()
            return self._state_is_there

    def _catalogue_is_open(self) -> bool:
        catalogue = self._front.desk.library.catalogue
        try:
            catalogue.connection.execute("SELECT 1").fetchone()
        except sqlite3.Error:
            return False
        return True
