"""Pointing discord.py, in this process, at a loopback Discord."""

from collections.abc import Iterator
from contextlib import contextmanager

from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from tests.chat.loopback.server import LoopbackDiscord


@contextmanager
def reached_by_library(loopback: LoopbackDiscord) -> Iterator[None]:
    """Let clients that run inside a test talk to `loopback`; afterwards they reach Discord again.

    discord.py 2.7 keeps its REST base in `Route.BASE`. A client without shards does not ask
    `/gateway/bot` but uses `DiscordWebSocket.DEFAULT_GATEWAY`.
    """
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = loopback.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = URL(loopback.gateway.url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
