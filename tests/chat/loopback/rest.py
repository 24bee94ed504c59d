"""The REST side: routing, authorization, faults, rate limits and error bodies.

Routes are methods of the classes in `rest_*.py`; here is what all of them go through.
Source: "API Reference", https://docs.discord.com/developers/reference
"""

import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from aiohttp import BodyPartReader, web

from tests.chat.loopback.clock import Bell
from tests.chat.loopback.errors import ApiError, Json, http_refusal, refusal
from tests.chat.loopback.faults import Faults
from tests.chat.loopback.messages import Upload
from tests.chat.loopback.ratelimits import RateLimits

MOST_BYTES_IN_BODY = 25 * 1024 * 1024
_OPEN = ("/gateway", "/interactions/", "/webhooks/")


@dataclass(frozen=True)
class Requested:
    """One request the app made: route as "METHOD /path/{placeholder}", and how it went."""

    route: str
    path: str
    status: int
    body: object
    milliseconds: float


class Call:
    """One request, read: path parameters as numbers, JSON body, uploaded files; when it was all here."""

    def __init__(self, request: web.Request, body: Any, uploads: list[Upload]) -> None:
        self.arrived = time.perf_counter()
        self.request = request
        self.body = body
        self.uploads = uploads

    def number(self, name: str) -> int:
        """Return a snowflake of the path.

        Raises:
            ApiError: 50035 if it is not one.
        """
        value = self.request.match_info[name]
        if value.isdecimal():
            return int(value)
        problem = {
            "_errors": [{"code": "NUMBER_TYPE_COERCE", "message": f'Value "{value}" is not snowflake.'}]
        }
        raise ApiError(400, 50035, "Invalid Form Body", errors={name: problem})

    def text(self, name: str) -> str:
        """Return a part of the path."""
        return self.request.match_info[name]

    def flag(self, name: str) -> bool:
        """Return a boolean of the query string."""
        return self.request.query.get(name, "").lower() in {"1", "true"}

    @property
    def object(self) -> Json:
        """The body, which has to be a JSON object."""
        if isinstance(self.body, dict):
            return self.body
        raise refusal(50109)


# A route answers with JSON, or with None for 204 No Content.
Answer: TypeAlias = Json | list[Json] | None
Route: TypeAlias = Callable[[Call], Awaitable[Answer]]


class Rest:
    """Puts routes into an aiohttp application and handles what is common to them."""

    def __init__(self, token: Callable[[], str], faults: Faults, limits: RateLimits, done: Bell) -> None:
        self._token = token
        self._done = done
        self._faults = faults
        self._limits = limits
        self.requests: list[Requested] = []
        self.crashes: list[Exception] = []
        self.in_progress = 0

    def add(self, app: web.Application, prefix: str, route: str, answer: Route) -> None:
        """Serve `route`, written as "METHOD /path/{placeholder}", under `prefix`."""
        method, path = route.split()

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._handle(request, route, answer)

        app.router.add_route(method, prefix + path, handle)

    def add_rest(self, app: web.Application, prefix: str) -> None:
        """Answer every other path under `prefix` as Discord does what it does not know."""

        async def unknown(_call: Call) -> Answer:
            raise http_refusal(404, "Not Found")

        async def handle(request: web.Request) -> web.StreamResponse:
            path = request.path.removeprefix(prefix)
            return await self._handle(request, f"{request.method} {path}", unknown)

        app.router.add_route("*", prefix + "/{path:.*}", handle)

    async def _handle(self, request: web.Request, route: str, answer: Route) -> web.StreamResponse:
        started = time.perf_counter()
        self.in_progress += 1
        call = Call(request, None, [])
        response: web.StreamResponse
        try:
            response = await self._within_limits(call, route, answer)
        except ApiError as error:
            response = json_response(error.body(), error.status, error.headers)
        except Exception as error:  # noqa: BLE001 - kept, and raised when the loopback closes
            self.crashes.append(error)
            response = json_response({"message": "500: Internal Server Error", "code": 0}, 500)
        finally:
            self.in_progress -= 1
        spent = (time.perf_counter() - started) * 1000
        self.requests.append(Requested(route, request.path, response.status, call.body, spent))
        self._done.ring()
        return response

    async def _within_limits(self, call: Call, route: str, answer: Route) -> web.StreamResponse:
        headers = self._limits.take(route, _top_level(call.request))
        self._authorize(call.request, route)
        call.body, call.uploads = await _read(call.request)

        async def answered(_request: web.Request) -> web.StreamResponse:
            call.arrived = time.perf_counter()
            return json_response(await answer(call))

        try:
            response = await self._faults.around(route, call.request, answered)
        except ApiError as error:
            error.headers = headers | error.headers
            raise
        response.headers.update(headers)
        return response

    def _authorize(self, request: web.Request, route: str) -> None:
        if any(part in route for part in _OPEN) and not route.endswith("/gateway/bot"):
            return
        if request.headers.get("Authorization") != f"Bot {self._token()}":
            raise http_refusal(401, "Unauthorized")


def json_response(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Return a response whose type is exactly application/json, as Discord's is; None becomes 204."""
    if body is None:
        return web.Response(status=204, headers=headers)
    text = json.dumps(body, separators=(",", ":")).encode()
    return web.Response(body=text, status=status, content_type="application/json", headers=headers)


def _top_level(request: web.Request) -> str:
    """Return the resource that separates rate limit buckets: channel, guild, or webhook with token."""
    parts = request.match_info
    kept = (parts.get(name) for name in ("channel", "guild", "app", "token", "interaction"))
    return "/".join(part for part in kept if part)


async def _read(request: web.Request) -> tuple[Any, list[Upload]]:
    """Read a JSON body, or a multipart one with `payload_json` and `files[n]`."""
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request)
    raw = await request.read()
    return (_parse(raw) if raw else None), []


async def _read_multipart(request: web.Request) -> tuple[Any, list[Upload]]:
    body: Any = None
    uploads: list[Upload] = []
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise refusal(50109)
        content = bytes(await part.read())
        size += len(content)
        if size > MOST_BYTES_IN_BODY:
            raise refusal(40005)
        if part.name == "payload_json":
            body = _parse(content)
        else:
            index = (part.name or "").removeprefix("files[").removesuffix("]")
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads.append(Upload(index, part.filename or "file", content, kind))
    return body, uploads


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise refusal(50109) from None
