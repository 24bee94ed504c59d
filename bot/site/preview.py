"""``evidence-bot preview``: the pages of the catalogue on this machine, reloaded when a file is saved.

Served on 127.0.0.1 only, to this machine's own names, so that no page on the web can reach it by another name
(DNS rebinding). Nothing is loaded from elsewhere.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from watchfiles import Change, awatch

from bot.site import STATIC
from bot.site.workshop import Workshop

#: Nothing but our own style sheet, scripts and pictures; JSON-LD is data and runs nowhere.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_BEAT: Final = 15.0  # seconds between signs of life, by which a closed page is noticed

#: Endings of the files that pages are made from; others come and go beside them, such as a built catalogue.
_SOURCES: Final = (".toml", ".json", ".j2", ".md")

_log = logging.getLogger(__name__)


def application(workshop: Workshop) -> Starlette:
    """The preview as an ASGI application, which watches the data and the templates of the workshop.

    The workshop looks at the files before the first page is shown.
    """
    news = _News()

    async def follow() -> None:
        async for _ in awatch(workshop.data, workshop.responses, watch_filter=is_source):
            try:
                workshop.take(await asyncio.to_thread(workshop.look))
            except Exception:  # noqa: BLE001 - one fault must not end the watch
                _log.exception("the files could not be looked at; save one again to try anew")
            await news.tell(workshop.generation)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        workshop.take(await asyncio.to_thread(workshop.look))
        await news.tell(workshop.generation)
        task = asyncio.create_task(follow())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            workshop.close()

    async def changes(request: Request) -> Response:
        seen = request.query_params.get("since", "")
        since = int(seen) if seen.isdecimal() else workshop.generation
        return StreamingResponse(
            news.events(since), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    app = Starlette(
        routes=[
            Route("/", _page(lambda _request: workshop.study_list())),
            Route("/questions/", _page(lambda _request: workshop.topic_list())),
            Route("/evidence/{id}/", _page(lambda request: workshop.study(request.path_params["id"]))),
            Route("/questions/{id}/", _page(lambda request: workshop.topic(request.path_params["id"]))),
            Route("/evidence/", _to_list),
            Route("/try/", _page(lambda request: workshop.line(request.query_params.get("line", "")))),
            Route("/problems/", _page(lambda _request: workshop.problems())),
            Route("/changes", changes),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
            Middleware(_Headers),
        ],
        lifespan=lifespan,
    )
    app.state.news = news
    return app


class Server(uvicorn.Server):
    """Serves an application of this module; when it ends, pages that listen for changes are let go first.

    uvicorn waits for open connections before it ends the application, and theirs would never close.
    """

    def __init__(self, app: Starlette, port: int) -> None:
        super().__init__(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
        self._news: _News = app.state.news

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, as uvicorn calls it."""
        await self._news.end()
        await super().shutdown(sockets)


def is_source(_change: Change, path: str) -> bool:
    """Whether pages are made from this file."""
    return path.endswith(_SOURCES)


class _News:
    """Tells every open page when something changed."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._now = 0
        self._ended = False

    async def tell(self, generation: int) -> None:
        """Tell everybody that this is now the generation of the pages."""
        async with self._changed:
            self._now = generation
            self._changed.notify_all()

    async def end(self) -> None:
        """Let everybody go who listens."""
        self._ended = True
        await self.tell(self._now)

    async def _after(self, seen: int) -> int:
        async with self._changed:
            await self._changed.wait_for(lambda: self._ended or self._now != seen)
            return self._now

    async def events(self, seen: int) -> AsyncIterator[str]:
        """Server-sent events (HTML Living Standard, section 9.2): one "changed" for every change after the
        generation that a page has ``seen``.
        """
        yield "retry: 1000\n\n"
        while not self._ended:
            try:
                seen = await asyncio.wait_for(self._after(seen), _BEAT)
            except TimeoutError:
                yield ": still here\n\n"
            else:
                if not self._ended:
                    yield f"event: changed\ndata: {seen}\n\n"


def _page(make: Callable[[Request], str | None]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers with a page, or says that there is none."""

    async def answer(request: Request) -> Response:
        text = make(request)
        if text is None:
            return HTMLResponse("<!doctype html><title>Not found</title><p>There is no such entry.", 404)
        return HTMLResponse(text, headers={"Cache-Control": "no-store"})

    return answer


async def _to_list(_request: Request) -> Response:
    return RedirectResponse("/")


class _Headers:
    """Sets the headers that keep a page to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY
                headers["Referrer-Policy"] = "no-referrer"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, with_headers)
