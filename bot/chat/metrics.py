"""Numbers for Prometheus: how many answers, how fast, and how things are. Never what was asked, nor by whom.

What is counted is what is logged: the line "answered" of every interaction, with its command, outcome and
milliseconds. So a number can never tell more than a log line may.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    Metric,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import InfoMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from bot import __version__
from bot.catalogue.store import Meta
from bot.state import State, StateError

#: Seconds; around what is aimed at (0.1) and what Discord allows (3).
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 10.0)
#: Seconds between two looks at state.
_LOOK_EVERY: Final = 15.0


@dataclass
class Seen:
    """What becomes of an HTTP request."""

    status: int = 500


class Metrics:
    """The numbers of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._answers = Histogram(
            "evidence_bot_answer_seconds",
            "Interactions and messages that were answered, and how long that took.",
            ("command", "outcome"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._requests = Histogram(
            "evidence_bot_http_request_seconds",
            "Requests to the interactions endpoint, and how long they took.",
            ("status",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._state = Gauge(
            "evidence_bot_state_up",
            "Whether the database of server settings, lists and suggestions can be read and written.",
            registry=self.registry,
        )
        Info("evidence_bot", "This program.", registry=self.registry).info({"version": __version__})

    def answered(self, command: str, outcome: str, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(command, outcome).observe(seconds)

    @contextmanager
    def request(self) -> Iterator[Seen]:
        """Count an HTTP request; the block says what became of it."""
        seen, started = Seen(), time.perf_counter()
        try:
            yield seen
        finally:
            self._requests.labels(str(seen.status)).observe(time.perf_counter() - started)

    def catalogue(self, meta: Callable[[], Meta]) -> None:
        """Tell which catalogue is open, whenever somebody looks: ``meta`` is that of the moment."""
        self.registry.register(_OpenCatalogue(meta))

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count, for the length of a block, every answer that is logged."""
        handler = _Listener(self.answered)
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)

    @asynccontextmanager
    async def watching(self, state: State) -> AsyncIterator[None]:
        """Look after state, for the length of a block."""
        task = asyncio.create_task(self._watch(state), name="watch state")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self, state: State) -> None:
        while True:
            try:
                await state.check()
                self._state.set(1)
            except StateError:
                self._state.set(0)
            await asyncio.sleep(_LOOK_EVERY)

    @contextmanager
    def served(self, host: str, port: int) -> Iterator[None]:
        """Serve the numbers on a port of their own, for the length of a block.

        Raises:
            OSError: when the port cannot be had.
        """
        server, thread = start_http_server(port, host, self.registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def text(self) -> bytes:
        """The numbers as Prometheus reads them."""
        return generate_latest(self.registry)


class _OpenCatalogue(Collector):
    """The catalogue that is open when somebody looks: it is replaced while the bot runs."""

    def __init__(self, meta: Callable[[], Meta]) -> None:
        self._meta = meta

    def collect(self) -> Iterator[Metric]:
        """As the registry asks for it."""
        meta = self._meta()
        yield InfoMetricFamily(
            "evidence_bot_catalogue",
            "The catalogue that answers come from.",
            {"version": meta.catalogue_version, "content_hash": meta.content_hash},
        )


class _Listener(logging.Handler):
    """Hears the log lines that tell of answers. structlog hands on each event as the record's message."""

    def __init__(self, answered: Callable[[str, str, float], None]) -> None:
        super().__init__(logging.INFO)
        self._answered = answered

    def emit(self, record: logging.LogRecord) -> None:
        """Count a line, if it tells of an answer."""
        match record.msg:
            case {"event": "answered", "command": str(command), "outcome": str(outcome), "ms": float(ms)}:
                self._answered(command, str(outcome), ms / 1000)
            case _:
                pass
