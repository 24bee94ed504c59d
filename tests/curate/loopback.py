"""A server on the loopback that answers as it is told, so that the code under test talks HTTP for real."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
HOST: Final = "127.0.0.1"


@dataclass
class Asked:
    """One request as it came in."""

    path: str
    query: dict[str, str]
    form: dict[str, str]
    agent: str


@dataclass
class Loopback:
    """What the server answers, by path: the answers in turn, the last one again and again."""

    base: str = ""
    answers: defaultdict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    asked: list[Asked] = field(default_factory=list)

    def on(self, path: str, *answers: Answer | bytes | int) -> None:
        """Answer requests for ``path`` with a body, an HTTP status, or whatever a function makes."""
        self.answers[path] = [_answer(one) for one in answers]

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [one.path for one in self.asked]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = unquote(request.rel_url.raw_path)
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.asked.append(Asked(path, dict(request.query), form, request.headers["User-Agent"]))
        answers = self.answers.get(path)
        if not answers:
            return web.Response(status=404, text="Resource not found.")
        return await (answers.pop(0) if len(answers) > 1 else answers[0])(request)


def _answer(one: Answer | bytes | int) -> Answer:
    async def plain(_: web.Request) -> web.StreamResponse:
        return web.Response(status=one) if isinstance(one, int) else web.Response(body=bytes(one))  # type: ignore[arg-type]

    return plain if isinstance(one, (bytes, int)) else one


def status(code: int, **headers: str) -> Answer:
    """An answer with this status and these headers (``_`` for ``-``)."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=code, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return answer


async def hangs(_: web.Request) -> web.StreamResponse:
    """Never answers; ends when the asker goes away."""
    await asyncio.Event().wait()
    raise AssertionError


async def breaks_off(request: web.Request) -> web.StreamResponse:
    """Promises more than it sends, and closes the connection."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"status": "ok", ')
    assert request.transport is not None
    request.transport.close()
    return response


@contextmanager
def serve() -> Iterator[Loopback]:
    """Run the server in a thread of its own until the block ends."""
    loopback = Loopback()
    loop = asyncio.new_event_loop()
    started = threading.Event()
    stop = asyncio.Event()

    async def run() -> None:
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", loopback.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        loopback.base = f"http://{HOST}:{runner.addresses[0][1]}"
        started.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert started.wait(10), "the loopback server did not start"
    try:
        yield loopback
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
