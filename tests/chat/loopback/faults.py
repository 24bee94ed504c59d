"""Troubles a test can switch on while the bot runs: answers that fail, come late, or are limited.

Gateway troubles (closed, invalid session, READY twice) are methods of `gateway.Gateway`; an expired
interaction is `Clock.advance`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.chat.loopback.clock import Clock
from tests.chat.loopback.errors import ApiError, Json, rate_limited, refusal

# The routes a test names, as "METHOD /path" with the placeholders of rest.py.
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
FOLLOW_UP = "POST /webhooks/{app}/{token}"
EDIT_ORIGINAL = "PATCH /webhooks/{app}/{token}/messages/{message}"
GET_ORIGINAL = "GET /webhooks/{app}/{token}/messages/{message}"
SEND_MESSAGE = "POST /channels/{channel}/messages"
EDIT_MESSAGE = "PATCH /channels/{channel}/messages/{message}"
DELETE_MESSAGE = "DELETE /channels/{channel}/messages/{message}"
REGISTER = "PUT /applications/{app}/commands"
REGISTER_IN_GUILD = "PUT /applications/{app}/guilds/{guild}/commands"
WHO_AM_I = "GET /users/@me"


@dataclass
class Fault:
    """One trouble on one route, for the next `times` requests (None: until switched off).

    `after_doing` lets Discord do what was asked and fail only then: the bot cannot know that it worked.
    `seconds` delays the answer. Without `error` the answer itself is a good one.
    """

    route: str
    error: ApiError | None = None
    times: int | None = 1
    seconds: float = 0.0
    after_doing: bool = False
    met: int = field(default=0, init=False)

    def off(self) -> None:
        """Switch this trouble off."""
        self.times = 0

    def strikes(self) -> bool:
        """Return whether the request at hand is struck, and count it."""
        if self.times is not None and self.met >= self.times:
            return False
        self.met += 1
        return True


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Faults:
    """The troubles switched on now. Each method returns the `Fault`, which counts how often it struck."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._on: list[Fault] = []

    def fails(
        self, route: str, status: int = 500, *, times: int | None = 1, after_doing: bool = False
    ) -> Fault:
        """Answer `status` with no JSON code, as Discord's servers do when they are unwell."""
        reasons = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}
        error = ApiError(status, 0, f"{status}: {reasons.get(status, 'Error')}")
        return self._add(Fault(route, error, times, after_doing=after_doing))

    def refuses(self, route: str, code: int, *, errors: Json | None = None, times: int | None = 1) -> Fault:
        """Answer with a documented JSON error code, such as 50001 or (with `errors`) 50035."""
        error = ApiError(400, code, "Invalid Form Body", errors=errors) if errors else refusal(code)
        return self._add(Fault(route, error, times))

    def limits(
        self,
        route: str,
        retry_after: float,
        *,
        scope: str = "user",
        code: int | None = None,
        times: int | None = 1,
    ) -> Fault:
        """Answer 429: try again after `retry_after` seconds. With code 30034: too many commands today."""
        return self._add(Fault(route, rate_limited(retry_after, scope=scope, code=code), times))

    def slows(self, route: str, seconds: float, *, times: int | None = None) -> Fault:
        """Answer `seconds` later than usual (on the loopback's clock)."""
        return self._add(Fault(route, None, times, seconds))

    def clear(self) -> None:
        """Switch everything off."""
        self._on.clear()

    async def around(self, route: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request under whatever trouble is on for its route.

        Raises:
            ApiError: what the trouble says.
        """
        struck = [fault for fault in self._on if fault.route == route and fault.strikes()]
        for fault in struck:
            if fault.seconds:
                await self._clock.sleep_until(self._clock.now() + fault.seconds)
            if fault.error is not None and not fault.after_doing:
                raise fault.error
        response = await handler(request)
        for fault in struck:
            if fault.error is not None and fault.after_doing:
                raise fault.error
        return response

    def _add(self, fault: Fault) -> Fault:
        self._on.append(fault)
        return fault
