"""What a person on Discord waits for, beside what they wait for with a bot that replies with a constant."""

import asyncio
import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from bench._load import ASKED, PICKED, TYPED
from bench.report import table, write_section
from tests.chat.loopback import LoopbackDiscord, Person
from tests.chat.loopback.botprocess import start_bot

_PAIRS: Final = 300
_WARM_UP: Final = 20
_RATE: Final = 50  # interactions a second
_SECONDS: Final = 20
_WANTED: Final = {"ratio": 1.5, "p99": 100.0, "memory": 130.0}
_BESIDE: Final = "first answer, against a bot that replies with a constant"


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
            start_bot(theirs, constant_bot) as peer,
        ):
            process = psutil.Process(bot.pid)
            asker, other = (one.person("Ann", one.guild()) for one in (ours, theirs))
            sides = (_Side(asker, process), _Side(other, psutil.Process(peer.pid)))
            rows = [
                await _in_turn(*sides, f"`/study`, the entry picked from the suggestions: {_BESIDE}", PICKED),
                await _in_turn(*sides, f"`/study gupta 1997`, typed: {_BESIDE}", TYPED),
            ]
            began = _spent(process)
            loaded = sorted(await _at_a_rate(asker))
            spent = _spent(process) - began
            memory = process.memory_info().rss / 1e6
    rows += [
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
tests; times are from the press to the arrival of the first answer. The two bots of the first rows were
asked in turn, {_PAIRS} times each, in the same run; of their times, the median and the fastest tenth, which
other work on the machine disturbs least, and the processor time of each bot's process. Work that waited for
a processor, this included: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.

{table(("what", "measured", "wanted"), rows)}
""",
    )


@dataclass(frozen=True)
class _Side:
    """A bot, and somebody who asks it."""

    asker: Person
    process: psutil.Process


async def _in_turn(ours: _Side, theirs: _Side, what: str, query: str) -> tuple[str, str, str]:
    """Ask two bots the same in turn; the row that compares them."""
    took: dict[_Side, list[float]] = {ours: [], theirs: []}
    spent: dict[_Side, float] = {}
    for number in range(_WARM_UP + _PAIRS):
        for side, times in took.items():
            if number == _WARM_UP:
                spent[side] = -_spent(side.process)
            seen = await side.asker.runs("/study", query=query)
            if number >= _WARM_UP:
                times.append(seen.took_ms)
    for side in took:
        spent[side] = (spent[side] + _spent(side.process)) / _PAIRS * 1000
    median, fast = (
        [f"{at(took[side]):.1f}" for side in took] + [f"{at(took[ours]) / at(took[theirs]):.2f}"]
        for at in (statistics.median, lambda times: statistics.quantiles(times, n=10)[0])
    )
    measured = (
        f"{median[0]} ms / {median[1]} ms = {median[2]} times; "
        f"fastest tenth {fast[0]} ms / {fast[1]} ms = {fast[2]} times;"
        f" processor {spent[ours]:.1f} ms / {spent[theirs]:.1f} ms"
    )
    return what, measured, f"at most {_WANTED['ratio']} times"


def _spent(process: psutil.Process) -> float:
    """Seconds of processor time that a process has used."""
    times = process.cpu_times()
    return times.user + times.system


async def _at_a_rate(asker: Person) -> list[float]:
    loop = asyncio.get_running_loop()
    began = loop.time()
    asked = []
    for number in range(_RATE * _SECONDS):
        await asyncio.sleep(max(0.0, began + number / _RATE - loop.time()))
        command, options = ASKED[number % len(ASKED)]
        asked.append(asyncio.create_task(asker.runs(command, options=options)))
    return [seen.took_ms for seen in await asyncio.gather(*asked)]


def _percentile(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


if __name__ == "__main__":
    main()
