"""docs/scale.md: what a hundred thousand servers would take, reckoned from what was assumed and measured.

The assumptions stand below; what was measured is read from docs/benchmarks.md. After new measurements,
``make docs`` reckons anew.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from bot.settings import ROOT
from bot.state.database import CONNECTIONS

BENCHMARKS: Final = ROOT / "docs" / "benchmarks.md"
_TEXT: Final = Path(__file__).with_name("scale.md.txt")
_DAY: Final = 86_400
#: The rules of Discord that the page names: servers on a shard, seconds between two identify requests,
#: identifies in a day, REST requests in a second.
_ON_A_SHARD, _IDENTIFY_S, _IDENTIFIES, _REST = 2_500, 5, 1_000, 50


@dataclass(frozen=True, kw_only=True)
class Assumed:
    """What nobody can measure beforehand: put your own in."""

    servers: int = 100_000
    interactions: int = 2  # of one server in a day, without typing
    peak: int = 10  # times the mean
    typing: int = 5  # requests for suggestions, for each interaction
    busy: float = 0.6  # how far a copy may be loaded at the peak
    interaction_kb: int = 15  # in and out
    spare: float = 1.5  # shards, so as to grow
    shards_each: int = 15  # in one process
    messages: int = 500  # in one server in a day
    channels_with_one_card: int = 20_000


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one process takes, from docs/benchmarks.md.

    Attributes:
        cpu_ms: processor time of an interaction by HTTP: the most at any load that was answered whole.
        rate: the highest such load, interactions a second.
        serve_mb, run_mb: memory of a process that serves HTTP, and of one on the gateway without servers.
        server_kb, large_kb: memory of an ordinary and of a large server on the gateway.
    """

    cpu_ms: float
    rate: int
    serve_mb: float
    run_mb: float
    server_kb: float
    large_kb: float

    @classmethod
    def read(cls, page: str) -> "Measured":
        """The figures of the page of measurements.

        Raises:
            ValueError: when one is missing: the page was written by another version of the measurements.
        """
        serve, guilds, client = (_table(page, name) for name in ("serve", "guilds", "discord"))
        whole = [row for row in serve if row["not answered"].startswith("0 of ")]
        if not whole:
            message = (
                "no load by HTTP was answered whole: measure on a quiet machine (python -m bench serve_bench)"
            )
            raise ValueError(message)
        ordinary, large = guilds[1], guilds[2]
        (memory,) = (row["measured"] for row in client if row["what"].startswith("resident memory"))
        return cls(
            cpu_ms=max(_number(row["CPU each"]) for row in whole),
            rate=max(int(_number(row["asked a second"])) for row in whole),
            serve_mb=max(_number(row["memory each"]) for row in serve),
            run_mb=_number(memory),
            server_kb=_number(ordinary["memory of one"]),
            large_kb=_number(large["memory of one"]),
        )


def render(measured: Measured, assumed: Assumed = Assumed()) -> str:
    """The page."""
    return Template(_TEXT.read_text(encoding="utf-8")).substitute(dict(_reckoned(measured, assumed)))


def text() -> str:
    """The page, from what was measured last."""
    return render(Measured.read(BENCHMARKS.read_text(encoding="utf-8")))


def _reckoned(m: Measured, a: Assumed) -> Iterator[tuple[str, str]]:
    """Every figure on the page, by its name there."""
    for name in ("servers", "interactions", "peak", "typing", "interaction_kb", "shards_each", "messages"):
        yield name, f"{getattr(a, name):,}"
    yield "busy", f"{a.busy:.0%}".replace("%", " %")
    daily = a.servers * a.interactions
    commands = daily * a.peak / _DAY
    rate = commands * (1 + a.typing)
    cores = rate * m.cpu_ms / 1000
    copies = math.ceil(cores / a.busy) + 1
    yield "daily", f"{daily:,}"
    yield "commands_s", f"{commands:.0f}"
    yield "rate_s", f"{rate:.0f}"
    yield "cpu_ms", f"{m.cpu_ms:.1f}"
    yield "measured_rate", f"{m.rate}"
    yield "cores", f"{cores:.1f}"
    yield "copy_s", f"{1000 * a.busy / m.cpu_ms:.0f}"
    yield "copies", f"{copies}"
    yield "serve_mb", f"{m.serve_mb:.0f}"
    yield "serve_gb", f"{copies * m.serve_mb / 1000:.1f}"
    requests = daily * (1 + a.typing)
    traffic = requests * a.interaction_kb / 1e6
    yield "requests", f"{requests / 1e6:.1f}"
    yield "gb_a_day", f"{traffic:.0f}"
    yield "mbit", f"{traffic * 8000 / _DAY:.1f}"
    yield "peak_mbit", f"{traffic * 8000 / _DAY * a.peak:.0f}"
    shards = math.ceil(a.servers / _ON_A_SHARD * a.spare)
    processes = math.ceil(shards / a.shards_each)
    yield "shards", f"{shards}"
    yield "processes", f"{processes}"
    yield "server_kb", f"{m.server_kb:.0f}"
    yield "large_kb", f"{m.large_kb:.0f}"
    yield "run_mb", f"{m.run_mb:.0f}"
    yield "servers_gb", f"{a.servers * m.server_kb / 1e6:.1f}"
    yield "each_servers", f"{a.servers / processes:,.0f}"
    yield "process_gb", f"{(a.servers / processes * m.server_kb / 1000 + m.run_mb) / 1000:.1f}"
    yield "run_gb", f"{(a.servers * m.server_kb / 1000 + processes * m.run_mb) / 1000:.1f}"
    yield "start_min", f"{shards * _IDENTIFY_S / 60:.0f}"
    yield "restarts", f"{_IDENTIFIES // shards}"
    yield "messages_day", f"{a.servers * a.messages:,}"
    yield "messages_s", f"{a.servers * a.messages / _DAY:,.0f}"
    yield "cards", f"{a.channels_with_one_card:,}"
    yield "cards_min", f"{a.channels_with_one_card / _REST / 60:.0f}"
    yield "cards_gentle_min", f"{a.channels_with_one_card / _REST / 60 * 2:.0f}"
    yield "connections_each", f"{CONNECTIONS}"
    yield "connections", f"{CONNECTIONS * (copies + processes)}"
    yield "all_processes", f"{copies + processes}"


def _table(page: str, section: str) -> list[dict[str, str]]:
    """The first table of a section, each row by the heads of its columns."""
    begin, end = f"<!-- {section}:begin -->", f"<!-- {section}:end -->"
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.partition(begin)[2]
        .partition(end)[0]
        .partition("\n|")[2]
        .split("\n\n")[0]
        .splitlines()
    ]
    if len(lines) < 3:  # noqa: PLR2004 - the head, the line below it, a row
        message = f"docs/benchmarks.md has no table in its section {section}"
        raise ValueError(message)
    head, _, *rows = lines
    return [dict(zip(head, row, strict=True)) for row in rows]


def _number(cell: str) -> float:
    found = re.search(r"[0-9]+(\.[0-9]+)?", cell.replace(",", ""))
    if found is None:
        message = f"“{cell}” holds no number"
        raise ValueError(message)
    return float(found[0])
