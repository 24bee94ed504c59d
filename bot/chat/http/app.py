"""The ASGI app: interactions, health, and metrics where an operator wants them on the same port."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

import msgspec
import structlog
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.chat.discord.errors import story
from bot.chat.discord.incoming import Answer, Incoming, MalformedError, NoAnswerError
from bot.chat.http.health import Health
from bot.chat.http.signature import Gate, UnsignedError
from bot.chat.metrics import Metrics

_log = structlog.get_logger(__name__)

#: Bytes of the largest body. What Discord sends is far smaller: five fields of a form with 4,000 characters
#: each, every one escaped as 12 bytes, are 240 kB.
MOST_BYTES: Final = 1_048_576
#: Seconds in which a body must have come. Discord gives up after three.
BODY_WITHIN: Final = 3.0
#: Interactions at once that wait for their first answer; more are told 503 at once. One takes some
#: milliseconds of processor time, so these are done within Discord's 3 s even on a slow machine. Without a
#: limit, a flood would leave everybody waiting for answers that come too late.
MOST_AT_ONCE: Final = 64
#: How deep objects and arrays may be nested. A message in an interaction has about 12 levels.
MOST_DEPTH: Final = 64

_PING: Final = 1
_KINDS: Final = range(1, 6)
_SNOWFLAKE: Final = re.compile(r"[0-9]{15,20}")
_CLOSE: Final = {"connection": "close"}
_decoder: Final = msgspec.json.Decoder()


class _RefusedError(Exception):
    """An HTTP answer other than 200.

    Attributes:
        status: the HTTP status.
        close: whether the connection is of no further use: its body was not read to the end.
    """

    def __init__(self, status: int, why: str, *, close: bool = False) -> None:
        super().__init__(why)
        self.status = status
        self.close = close


class Interactions:
    """Takes interactions: verifies, reads, hands on, answers.

    Args:
        gate: knows what Discord signed.
        metrics: count what is answered.
    """

    def __init__(self, gate: Gate, metrics: Metrics) -> None:
        self._gate = gate
        self._metrics = metrics
        self._waiting = 0
        #: Answers them; ``None`` until Discord has accepted the token.
        self.incoming: Incoming | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI)."""
        request = Request(scope, receive)
        answer: Answer | None = None
        with self._metrics.request() as seen:
            try:
                answer = await self._answer(request)
                response = _response(answer)
            except ClientDisconnect:
                seen.status = 499  # as nginx has it: gone before it was answered
                return
            except _RefusedError as error:
                _log.info("refused", status=error.status, why=str(error))
                response = Response(status_code=error.status, headers=_CLOSE if error.close else None)
            except Exception as error:  # noqa: BLE001 - the server would log the error's own words
                _log.error("an interaction failed", **story(error))
                response = Response(status_code=500)
            seen.status = response.status_code
        try:
            await response(scope, receive, send)
        finally:
            if answer is not None:
                answer.delivered.set()

    async def _answer(self, request: Request) -> Answer:
        signature = request.headers.get("x-signature-ed25519")
        timestamp = request.headers.get("x-signature-timestamp")
        try:
            self._gate.check_headers(signature, timestamp)
            body = await _body(request)
            self._gate.check(signature, timestamp, body)
        except UnsignedError as error:
            raise _RefusedError(401, str(error), close=True) from None
        payload = _parsed(body)
        if payload["type"] == _PING:
            return Answer({"type": 1})
        if self.incoming is None:
            raise _RefusedError(503, "not ready")
        if self._waiting >= MOST_AT_ONCE:
            raise _RefusedError(503, "too many at once")
        self._waiting += 1
        try:
            return await self.incoming.answer(payload)
        except MalformedError:
            raise _RefusedError(400, "no interaction") from None
        except NoAnswerError:
            raise _RefusedError(504, "no answer in time") from None
        finally:
            self._waiting -= 1


def _response(answer: Answer) -> Response:
    if answer.payload is None:
        return Response(status_code=202)
    return Response(msgspec.json.encode(answer.payload), media_type="application/json")


async def _body(request: Request) -> bytes:
    """The body, if it is JSON by name, and not too large or too slow."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise _RefusedError(415, "content type", close=True)
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > len(str(MOST_BYTES)) or int(length) > MOST_BYTES:
        raise _RefusedError(413, "too large", close=True)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    raise _RefusedError(413, "too large", close=True)
    except TimeoutError:
        raise _RefusedError(408, "too slow", close=True) from None
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any]:
    """The payload, with the fields that every interaction has, not nested deeper than is reasonable."""
    try:
        payload = _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise _RefusedError(400, "no JSON") from None
    if not isinstance(payload, dict) or not _shallow(payload) or not _is_interaction(payload):
        raise _RefusedError(400, "no interaction")
    return payload


def _is_interaction(payload: dict[str, Any]) -> bool:
    kind, number, token = payload.get("type"), payload.get("id"), payload.get("token")
    return (
        isinstance(kind, int)
        and not isinstance(kind, bool)
        and kind in _KINDS
        and isinstance(number, str)
        and _SNOWFLAKE.fullmatch(number) is not None
        and isinstance(token, str)
    )


def _shallow(payload: object) -> bool:
    level: list[object] = [payload]
    for _ in range(MOST_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return True
    return False


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _page(metrics: Metrics) -> Callable[[Request], Awaitable[Response]]:
    async def page(_request: Request) -> Response:
        return Response(metrics.text(), headers={"content-type": CONTENT_TYPE_LATEST})

    return page


def build(interactions: Interactions, health: Health, metrics: Metrics | None = None) -> Starlette:
    """The whole app.

    Args:
        interactions: answers them.
        health: tells how the process is.
        metrics: shown at ``/metrics``; ``None``: there is no such page on this port.
    """
    routes = [
        Route("/interactions", interactions, methods=["POST"]),
        Route("/healthz", health.alive, methods=["GET"]),
        Route("/readyz", health.ready, methods=["GET"]),
    ]
    if metrics is not None:
        routes.append(Route("/metrics", _page(metrics), methods=["GET"]))
    return Starlette(routes=routes)
