"""``serve``: the process around the app. It starts, waits for Discord, answers, and leaves when told to."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from typing import Final

import h11
import structlog
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot import log
from bot.chat.discord.front import Front
from bot.chat.discord.incoming import Incoming, logged_in, register
from bot.chat.discord.run import MendError, secrets_in, with_front
from bot.chat.discord.upkeep import kept_up
from bot.chat.http.app import Interactions, build
from bot.chat.http.health import Health
from bot.chat.http.signature import Gate
from bot.chat.metrics import Metrics
from bot.settings import Settings

_log = structlog.get_logger(__name__)

#: Seconds in which the head of a request must have come. Without it, anybody could hold connections open.
_HEAD_WITHIN: Final = 5.0
_MOST_HEAD_BYTES: Final = 16_384
#: Connections at once, below the 1,024 files that a process may usually open. More are told 503.
_MOST_CONNECTIONS: Final = 800
#: Seconds that an idle connection stays open: longer than load balancers keep theirs (usually 60), or they
#: would send into one that is just being closed.
_KEEP_ALIVE: Final = 75
#: Seconds that requests which are under way have when the process is told to leave.
_LEAVE_WITHIN: Final = 5


class _Protocol(H11Protocol):
    """The server's HTTP/1.1, with a limit on how slowly the head of a request may come."""

    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a head."""
        super().connection_made(transport)  # type: ignore[arg-type] # a TCP connection
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Go on waiting only while the head is not whole."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._due is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._due = self.loop.call_later(_HEAD_WITHIN, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None


class _Server(uvicorn.Server):
    """The server, without its own way with signals: it would end the process by the signal, not with 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to who runs the server."""
        yield


def serve(settings: Settings) -> int:
    """Answer Discord's HTTP requests until told to stop by SIGTERM or SIGINT; the exit code."""
    log.set_up(settings.log_format, secrets_in(settings))
    return with_front(settings, _serve)


async def _serve(front: Front) -> int:
    settings, metrics = front.settings, Metrics()
    interactions = Interactions(_gate(settings), metrics)
    on_same_port = settings.metrics_port == settings.port
    health = Health(front, lambda: interactions.incoming is not None and not server.should_exit)
    app = build(interactions, health, metrics if on_same_port else None)
    server = _Server(config(app))
    metrics.catalogue(lambda: front.desk.library.catalogue.meta)
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(listen(settings.serve_host, settings.port))
        if settings.metrics_port is not None and not on_same_port:
            try:
                stack.enter_context(metrics.served(settings.metrics_host, settings.metrics_port))
            except OSError as error:
                raise _cannot_listen(settings.metrics_port, error) from error
        stack.enter_context(metrics.counting())
        await stack.enter_async_context(metrics.watching(front.state))
        await _until_told(server, listening, front, interactions)
    _log.info("left")
    return 0


async def _until_told(
    server: uvicorn.Server, listening: socket.socket, front: Front, interactions: Interactions
) -> None:
    """Answer until a signal comes.

    Raises:
        MendError: when Discord refuses the token.
    """
    loop = asyncio.get_running_loop()

    def leave() -> None:
        server.should_exit = True

    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, leave)
    loop.add_signal_handler(signal.SIGHUP, front.look_again.set)
    work = asyncio.create_task(_work(front, interactions), name="log in, then answer")
    work.add_done_callback(lambda _: leave())
    try:
        await server.serve(sockets=[listening])
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def _work(front: Front, interactions: Interactions) -> None:
    """Log in, then let interactions in until cancelled."""
    client = await logged_in(front)
    try:
        application = client.application
        if application is not None and application.verify_key != front.settings.discord_public_key:
            _log.error("DISCORD_PUBLIC_KEY is not the key of this application, as Discord tells it")
        interactions.incoming = Incoming(client)
        _log.info("ready")
        await register(client)
        async with kept_up(client):
            await asyncio.Event().wait()
    finally:
        await client.leave()


def config(app: object) -> uvicorn.Config:
    """How the server runs ``app``: HTTP/1.1 for a load balancer in front, no log of who asks."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type] # an ASGI app
        http=_Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_LEAVE_WITHIN,
        h11_max_incomplete_event_size=_MOST_HEAD_BYTES,
    )


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens, for the length of a block.

    Raises:
        MendError: when the address or port cannot be had.
    """
    try:
        listening = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2_048
        )
    except OSError as error:
        raise _cannot_listen(port, error) from error
    with listening:
        yield listening


def _cannot_listen(port: int, error: OSError) -> MendError:
    why = os.strerror(error.errno or 0)  # without the address, which asyncio adds
    return MendError(f"Port {port} cannot be listened on ({why}): set another, or end what has it.")


def _gate(settings: Settings) -> Gate:
    if settings.discord_public_key is None:
        message = (
            "DISCORD_PUBLIC_KEY is not set: put the application's public key into .env, from "
            "https://discord.com/developers/applications (your application, page General Information)."
        )
        raise MendError(message)
    return Gate(settings.discord_public_key)
