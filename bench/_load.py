"""Open loads on one process or several: what is asked at a fixed rate, what came of it, and where it breaks.

Interactions are sent when their time has come, whether earlier ones were answered or not, and their latency
counts from that time.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import psutil

RATES: Final = (50, 200, 500)
SECONDS: Final = 10
#: Rates that are tried until one breaks.
LADDER: Final = (25, 50, 100, 150, 200, 300, 400, 600, 800, 1_200)
LADDER_SECONDS: Final = 5
#: Discord's limit for a first answer, in seconds.
LIMIT: Final = 3.0
#: The heads of what :func:`row` and :func:`breaking` tell, after what was loaded.
HEAD: Final = ("asked a second", "p50", "p99", "not answered", "CPU each", "memory each")
BREAKS: Final = ("breaks at", "how")

PICKED: Final = "gupta-1997-cytokine-production"
TYPED: Final = "gupta 1997"
#: What is asked in turn under load, over the gateway and over HTTP alike: commands and their options.
ASKED: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("/study", {"query": PICKED}),
    ("/study", {"query": TYPED}),
    ("/ask", {"question": "why are my labs normal"}),
    ("/find", {"text": "cytokines"}),
    ("/test", {}),
    ("/cite", {"query": TYPED, "style": "vancouver"}),
)


@dataclass
class Load:
    """What came of a load: seconds of each answer, and how many interactions got none."""

    rate: int
    latencies: list[float] = field(default_factory=list)
    failed: int = 0
    cpu: float = 0.0
    memory: float = 0.0

    def ms(self, percent: int) -> float:
        """A percentile of the latencies, in milliseconds."""
        if len(self.latencies) < 2:  # noqa: PLR2004 - of fewer there are no percentiles
            return sum(self.latencies) * 1000
        return statistics.quantiles(self.latencies, n=100)[percent - 1] * 1000

    @property
    def broken(self) -> bool:
        """Whether people would have read "The application did not respond"."""
        return bool(self.failed) or self.ms(99) > LIMIT * 1000


async def load(pids: Sequence[int], rate: int, seconds: int, ask: Callable[[], Awaitable[bool]]) -> Load:
    """Ask so many times a second for some seconds.

    Args:
        pids: of the processes that answer.
        rate: how many times a second.
        seconds: for how long.
        ask: asks once; whether there was an answer.
    """
    came = Load(rate)

    async def one(due: float) -> None:
        if await ask():
            came.latencies.append(time.perf_counter() - due)
        else:
            came.failed += 1

    processes = [psutil.Process(pid) for pid in pids]
    before = sum(map(_cpu, processes))
    begin = time.perf_counter()
    async with asyncio.TaskGroup() as asked:
        for number in range(rate * seconds):
            due = begin + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            asked.create_task(one(due))
    came.cpu = (sum(map(_cpu, processes)) - before) / (rate * seconds)
    came.memory = max(process.memory_info().rss for process in processes)
    return came


def row(came: Load) -> tuple[str, ...]:
    """A load in a table with :data:`HEAD`."""
    return (
        str(came.rate),
        f"{came.ms(50):.1f} ms",
        f"{came.ms(99):.0f} ms",
        f"{came.failed} of {came.failed + len(came.latencies)}",
        f"{came.cpu * 1000:.1f} ms",
        f"{came.memory / 1e6:.0f} MB",
    )


async def breaking(loaded: Callable[[int, int], Awaitable[Load]]) -> tuple[str, str]:
    """Where it breaks, in a table with :data:`BREAKS`; ``loaded`` loads at a rate for some seconds."""
    for rate in LADDER:
        came = await loaded(rate, LADDER_SECONDS)
        if came.broken:
            return f"{rate} a second", f"p99 {came.ms(99):.0f} ms, {came.failed} not answered"
    return f"not at {LADDER[-1]} a second", ""


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
