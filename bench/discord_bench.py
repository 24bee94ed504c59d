"""What a person on Discord waits for, beside what they wait for with a bot that replies with a constant."""

import asyncio
import os
import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psutil

from bench.report import table, write_section
from tests.chat.loopback import LoopbackDiscord, Person
from tests.chat.loopback.botprocess import start_bot

_PAIRS: Final = 300
_RATE: Final = 50  # interactions a second
_SECONDS: Final = 20
_WANTED: Final = {"ratio": 1.5, "p99": 100.0, "memory": 130.0}
_ASKED: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("/study", {"query": "gupta-1997-cytokine-production"}),
    ("/study", {"query": "gupta 1997"}),
    ("/ask", {"question": "why are my labs normal"}),
    ("/find", {"text": "cytokines"}),
    ("/test", {}),
    ("/cite", {"query": "gupta 1997", "style": "vancouver"}),
)


def main() -> None:
    """Measure, and write the section ``discord``."""
    asyncio.run(_measure())


async def _measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'state.db'}",
            "BOT_CATALOGUE": str(Path(folder) / "catalogue.db"),
            "LOG_FORMAT": "json",
        }
        constant_bot = ["-W", "ignore", "-m", "bench._constant_bot"]
        async with (
            LoopbackDiscord() as ours,
            LoopbackDiscord() as theirs,
            start_bot(ours, ["-m", "bot", "run"], settings) as bot,
            start_bot(theirs, constant_bot),
        ):
            process = psutil.Process(bot.pid)
            asker, other = (one.person("Ann", one.guild()) for one in (ours, theirs))
            mine, constant = await _in_turn(asker, other)
            began = process.cpu_times().user + process.cpu_times().system
            loaded = sorted(await _at_a_rate(asker))
            spent = process.cpu_times().user + process.cpu_times().system - began
            memory = process.memory_info().rss / 1e6
    ratio = statistics.median(mine) / statistics.median(constant)
    rows = [
        (
            "first answer to `/study`, median, against a bot that replies with a constant",
            f"{statistics.median(mine):.1f} ms / {statistics.median(constant):.1f} ms = {ratio:.2f} times",
            f"at most {_WANTED['ratio']} times",
        ),
        (
            f"first answer at {_RATE} interactions a second for {_SECONDS} s, 99th percentile",
            f"{_percentile(loaded, 99):.0f} ms (median {statistics.median(loaded):.1f} ms)",
            f"under {_WANTED['p99']:.0f} ms",
        ),
        ("processor time for one interaction", f"{spent / len(loaded) * 1000:.1f} ms", "–"),
        ("resident memory after that", f"{memory:.0f} MB", f"under {_WANTED['memory']:.0f} MB"),
    ]
    write_section(
        "discord",
        f"""## On Discord

The bot as a process of its own, with the real client over real sockets to the loopback Discord of the
tests; times are from the press to the first answer, as Discord sees them. The two bots of the first row were
asked in turn, {_PAIRS} times each, in the same run. Work that waited for a processor on this machine, this
included: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.

{table(("what", "measured", "wanted"), rows)}
""",
    )


async def _in_turn(asker: Person, other: Person) -> tuple[list[float], list[float]]:
    mine, constant = [], []
    for number in range(_PAIRS + 20):
        first = (await asker.runs("/study", query="gupta 1997")).took_ms
        second = (await other.runs("/study", query="gupta 1997")).took_ms
        if number >= 20:  # noqa: PLR2004 - the first are to warm up
            mine.append(first)
            constant.append(second)
    return mine, constant


async def _at_a_rate(asker: Person) -> list[float]:
    loop = asyncio.get_running_loop()
    began = loop.time()
    asked = []
    for number in range(_RATE * _SECONDS):
        await asyncio.sleep(max(0.0, began + number / _RATE - loop.time()))
        command, options = _ASKED[number % len(_ASKED)]
        asked.append(asyncio.create_task(asker.runs(command, options=options)))
    return [seen.took_ms for seen in await asyncio.gather(*asked)]


def _percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


if __name__ == "__main__":
    main()
