"""Running a discord.py client inside a test, against a loopback Discord."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import discord

from tests.chat.loopback.library import reached_by_library
from tests.chat.loopback.server import LoopbackDiscord

ClientT = TypeVar("ClientT", bound=discord.Client)


@asynccontextmanager
async def running(
    loopback: LoopbackDiscord, client: ClientT, *, commands: bool = True, token: str | None = None
) -> AsyncIterator[ClientT]:
    """Run `client` for the length of a block, entered once it is ready (and has registered `commands`)."""
    with reached_by_library(loopback):
        task = asyncio.create_task(client.start(token or loopback.token))
        ready = asyncio.create_task(loopback.ready(commands=commands))
        try:
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            await ready
            yield client
        finally:
            ready.cancel()
            await _end_greeting(client)
            await client.close()
            await task


async def _end_greeting(client: discord.Client) -> None:
    """Cancel the task that fires on_ready 2 s after the last guild: closing a client leaves it running."""
    greeting = client._connection._ready_task
    if greeting is not None:
        greeting.cancel()
        await asyncio.gather(greeting, return_exceptions=True)
