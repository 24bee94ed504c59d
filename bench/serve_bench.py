"""`serve` under load: signed interactions over HTTP on loopback, at fixed rates, to one copy and to several.

The load is open: interactions are sent when their time has come, whether earlier ones were answered or not,
and their latency counts from that time. Nothing leaves 127.0.0.1.
"""

import asyncio
import itertools
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
import psutil
from discord.utils import time_snowflake

from bench._load import (
    ASKED,
    BREAKS,
    HEAD,
    LADDER,
    LADDER_SECONDS,
    LIMIT,
    RATES,
    SECONDS,
    Load,
    breaking,
    load,
    row,
)
from bench.report import table, write_section
from tests.chat.http.endpoint import Signer
from tests.chat.loopback import LoopbackDiscord
from tests.chat.loopback.botprocess import launch

_COPIES: Final = (1, 2, 4)
_CONNECTIONS: Final = 100
_WARM_UP: Final = 40
#: Seconds at most until a load counts as over; and what counts as quick, how often.
_SETTLE: Final = 15.0
_QUICK: Final = 0.1
_QUICK_TIMES: Final = 5


def main() -> None:
    """Measure, and write the section ``serve``."""
    asyncio.run(_measure())


async def _measure() -> None:
    rows: list[tuple[str, ...]] = []
    breaks: list[tuple[str, ...]] = []
    busy = psutil.cpu_percent(interval=3.0)
    for copies in _COPIES:
        async with _standing(copies) as target:
            await target.load(20, _WARM_UP // 20)
            for rate in RATES:
                came = await target.load(rate, SECONDS)
                rows.append((str(copies), *row(came)))
                print(rows[-1], flush=True)
                if came.broken:
                    break
            breaks.append((str(copies), *await breaking(target.load)))
            print(breaks[-1], flush=True)
    kinds = ", ".join(sorted({name for name, _ in ASKED}))
    write_section(
        "serve",
        f"""## By HTTP (`serve`)

Signed interactions ({kinds} in turn), each at its time for {SECONDS} s, over {_CONNECTIONS} connections.
What asks, what balances and every copy share the {os.cpu_count()} cores of one machine, which other work kept
busy for {busy:.0f} % of the time before the first load. Latency counts from the time an interaction was due
to the last byte of its answer. A copy tells those beyond its limit at once that there is too much (503); they
count as not answered. Where a rate is missing, the one before broke.

{table(("copies", *HEAD), rows)}

Where it breaks: the first of {", ".join(map(str, LADDER))} a second at which
somebody waits longer than Discord's 3 s (p99) or gets no answer, in {LADDER_SECONDS} s.

{table(("copies", *BREAKS), breaks)}
""",
    )


@dataclass
class _Target:
    """Copies of `serve`, and what to send them."""

    address: str
    pids: Sequence[int]
    payloads: Iterator[dict[str, Any]]
    signer: Signer
    session: aiohttp.ClientSession

    async def load(self, rate: int, seconds: int) -> Load:
        """Send `rate` interactions a second for some seconds."""
        await self._settled()
        return await load(self.pids, rate, seconds, self._ask)

    async def _settled(self) -> None:
        """Wait until nothing of an earlier load is left: health is told at once, some times in a row."""
        quick, give_up = 0, time.perf_counter() + _SETTLE
        while quick < _QUICK_TIMES and time.perf_counter() < give_up:
            began = time.perf_counter()
            async with self.session.get(f"{self.address}/healthz") as response:
                await response.read()
            quick = quick + 1 if time.perf_counter() - began < _QUICK else 0
            await asyncio.sleep(_QUICK)

    async def _ask(self) -> bool:
        body = json.dumps(next(self.payloads)).encode()
        try:
            async with self.session.post(
                f"{self.address}/interactions", data=body, headers=self.signer.headers(body)
            ) as response:
                await response.read()
                return response.status in {200, 202}
        except (aiohttp.ClientError, TimeoutError):
            return False


@asynccontextmanager
async def _standing(copies: int) -> AsyncIterator[_Target]:
    """So many copies of `serve`, with a balancer before them where they are several."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        discord = await stack.enter_async_context(LoopbackDiscord())
        session = await stack.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
                timeout=aiohttp.ClientTimeout(total=2 * LIMIT),
            )
        )
        signer, ports, pids = Signer(), [], []
        for _ in range(copies):
            port = _free_port()
            settings = {
                "PORT": str(port),
                "DISCORD_PUBLIC_KEY": signer.public_key,
                "DATABASE_URL": f"sqlite:///{folder / 'state.db'}",
                "BOT_CATALOGUE": str(folder / "catalogue.db"),
                "LOG_FORMAT": "json",
            }
            process = await launch(discord, ("-m", "bot", "serve"), settings)
            stack.push_async_callback(process.ended, 15.0)
            stack.callback(process.terminate)
            await _ready(session, port)
            ports.append(port)
            pids.append(process.pid)
        port = ports[0]
        if copies > 1:
            port = _free_port()
            balancer = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bench._balancer", str(port), *map(str, ports)
            )
            stack.push_async_callback(balancer.wait)
            stack.callback(balancer.kill)
            await _ready(session, port)
        yield _Target(f"http://127.0.0.1:{port}", pids, _payloads(discord), signer, session)


def _payloads(discord: LoopbackDiscord) -> Iterator[dict[str, Any]]:
    """Interactions as Discord sends them, one kind after another, each with an id of its own."""
    sent: list[dict[str, Any]] = []

    class Taken:
        def dispatch(self, _event: str, payload: dict[str, Any], *_: object) -> None:
            sent.append(payload)

    discord.interactions._gateway = Taken()  # type: ignore[assignment] # noqa: SLF001 - in its place
    ann = discord.person("Ann", discord.guild())
    assert ann.home is not None
    for name, values in ASKED:
        ann.client.command(name, ann.home, values)
    for number in itertools.count():
        # Made now: the bot drops what Discord would take no answer to any more.
        identifier = time_snowflake(datetime.now(UTC)) + number % 4_096
        yield {**sent[number % len(sent)], "id": str(identifier)}


async def _ready(session: aiohttp.ClientSession, port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as response:
                    if response.ok:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
