"""Start-up, build and replies: what a person at a terminal waits for."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import psutil

from bench.report import table, write_section
from bot.answer.desk import Desk
from bot.answer.library import Library
from bot.answer.reply import Request
from bot.settings import ROOT, Settings

_RUNS: Final = 15
_LINES: Final = (
    "/test",
    "/study gupta 1997",
    "/cite gupta 1997 bibtex",
    "why r my labs normal",
    "/find cytokines",
    "/map cytokines",
)
_FIRST_YEARS: Final = range(1985, 2015)  # of maps that nobody asked for before


def main() -> None:
    """Measure, and write the section ``core``."""
    settings = Settings.load(dotenv=None)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "catalogue.db"
        started = time.perf_counter()
        desk = Desk(Library.open(settings.data, database, settings.responses))
        built = time.perf_counter() - started
        environment = {**os.environ, "BOT_CATALOGUE": str(database)}
        empty = _median(partial(_run, environment, "-c", "pass"))
        cold = {line: _median(partial(_run, environment, "-m", "bot", "ask", line)) for line in _LINES}
        warm = {line: _warm(partial(desk.answer_line, line)) for line in _LINES}
        desk.answer_line("/map")  # as a front warms up
        maps = statistics.median(_once(partial(desk.answer_line, f"/map from:{y}")) for y in _FIRST_YEARS)
        ids = [study.id for study in desk.library.catalogue.all_studies()]
        every = sorted(_once(partial(desk.answer, Request("study", {"query": i}))) for i in ids)
    rows = [
        (f"`{line}`", f"{cold[line]:.2f}", f"{cold[line] / empty:.0f}", f"{warm[line] * 1000:.1f}")
        for line in _LINES
    ]
    head = ("request", "cold process, s", "times an empty Python start", "warm, ms (median)")
    rss = psutil.Process().memory_info().rss / 1e6
    write_section(
        "core",
        f"""## Start, build, reply

Build of {len(ids)} studies from text files to an open catalogue: {built:.2f} s (an empty Python start:
{empty:.3f} s). Resident memory after answering every study's card: {rss:.0f} MB. Cards one after another,
each for the first time: median {statistics.median(every) * 1000:.1f} ms, 99th percentile
{every[len(every) * 99 // 100] * 1000:.1f} ms.
A map that nobody asked for before: median {maps * 1000:.0f} ms.

{table(head, rows)}
""",
    )


def _run(environment: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)


def _once(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_once(work) for _ in range(_RUNS))


def _warm(work: Callable[[], object]) -> float:
    work()
    return _median(work)


if __name__ == "__main__":
    main()
