"""Cost of the search as the catalogue grows: ``python -m bench.scale [--sizes 10000 100000]``.

Catalogues of the wanted sizes are made from the real studies by recombining titles, authors, years and texts
with a fixed seed, and built by the program's own build into a temporary folder. Each is then measured in a
process of its own: time to open, resident memory, and the latency of each kind of request, of which
autocomplete is typed keystroke by keystroke. Writes its section of docs/benchmarks.md.
"""

import argparse
import json
import os
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import msgspec
import psutil

from bench.report import write_section
from bot.catalogue.build import build
from bot.catalogue.content import content_hash
from bot.catalogue.model import Study
from bot.catalogue.search import Search
from bot.catalogue.source import Sources, read_folder
from bot.catalogue.store import Catalogue
from tests.relevance.measure import DATA, read, table

SIZES = (10_000, 100_000)  # and the real one
SEED = 20261121
_QUERIES = 150  # of each kind


@dataclass
class Measured:
    """One catalogue; times in seconds, sizes in bytes, latencies by kind of request."""

    studies: int
    build: float = 0.0
    size: int = 0
    open: float = 0.0
    first: float = 0.0
    memory: int = 0
    latencies: dict[str, list[float]] = field(default_factory=dict)


def enlarged(real: Sources, size: int) -> Sources:
    """The real studies and, up to ``size``, recombinations of them: always the same for the same input."""
    chance = random.Random(SEED)  # noqa: S311 - a fixed sequence is wanted
    pool = sorted(real.studies.values(), key=lambda study: study.id)
    studies = dict(real.studies)
    while len(studies) < size:
        number = len(studies)
        studies[f"{chance.choice(pool).id[:60]}-{number}"] = _recombined(chance, pool, number)
    studies = {study.id: study for study in studies.values()}
    return replace(real, studies=studies, problems=())


def _recombined(chance: random.Random, pool: list[Study], number: int) -> Study:
    head, tail, people, text, dated = (chance.choice(pool) for _ in range(5))
    first, second = head.title.split(), tail.title.split()
    title = " ".join(
        first[: chance.randint(2, max(2, len(first)))] + second[-chance.randint(2, max(2, len(second))) :]
    )
    name = people.authors[0].name if people.authors else "anon"
    slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-") or "anon"
    return msgspec.structs.replace(
        text,
        id=f"{'-'.join(part for part in slug.split('-') if part)[:40]}-{dated.year}-made-{number}",
        title=title,
        title_sentence=None,
        authors=people.authors,
        year=dated.year,
        doi=f"10.5555/made.{number}",
        pmid=None,
        pmcid=None,
        url=None,
        atlas_url=None,
        aliases=(),
        related=(),
    )


def requests(search: Search) -> dict[str, tuple[Callable[[str], object], list[str]]]:
    """Each kind of request: what is called, and with what."""
    chance = random.Random(SEED)  # noqa: S311 - a fixed sequence is wanted
    lines = read("studies.jsonl")

    def some(kind: str) -> list[str]:
        texts = [line.query for line in lines if line.kind == kind]
        return chance.sample(texts, min(_QUERIES, len(texts)))

    calls: dict[str, tuple[Callable[[str], object], list[str]]] = {
        f"study by {kind.replace('_', ' ')}": (search.studies, some(kind))
        for kind in dict.fromkeys(line.kind for line in lines)
    }
    questions = [line.query for line in read("questions.jsonl")]
    off_topic = [line.query for line in read("off_topic.jsonl")]
    calls["question"] = (search.topics, chance.sample(questions, _QUERIES))
    calls["off topic, as a study"] = (search.studies, chance.sample(off_topic, _QUERIES))
    calls["listing"] = (search.listing, some("author_topic") + some("title_fragment"))
    typed = [*some("known_name")[:30], *some("author_topic")[:30], *some("title_typos")[:30]]
    calls["autocomplete of studies, each keystroke"] = (search.complete_studies, list(_keystrokes(typed)))
    calls["autocomplete of questions, each keystroke"] = (
        search.complete_topics,
        list(_keystrokes(questions[:40])),
    )
    calls["autocomplete of markers, each keystroke"] = (
        search.complete_markers,
        list(_keystrokes(["nk cell", "cytokines", "2-day cpet", "latcate"])),
    )
    calls["message with links"] = (
        search.mentions,
        [
            f"have you seen this? https://doi.org/{q} and\n{p}"
            for q, p in zip(some("identifier"), some("title_fragment"), strict=False)
        ],
    )
    return calls


def _keystrokes(texts: list[str]) -> Iterator[str]:
    for text in texts:
        for end in range(1, len(text) + 1):
            yield text[:end]


def measure(path: Path, studies: int) -> Measured:
    """Open the catalogue at ``path`` in this process, and measure; made to be called in a fresh one."""
    start = time.process_time()
    catalogue = Catalogue(path)
    found = Measured(studies, open=time.process_time() - start)
    search = Search(catalogue.connection)
    start = time.process_time()
    search.studies("montoya 2017 cytokines")
    search.topics("is there a blood test")
    found.first = time.process_time() - start
    for kind, (call, texts) in requests(search).items():
        times = []
        for text in texts:
            start = time.process_time()
            call(text)
            times.append(time.process_time() - start)
        found.latencies[kind] = times
    found.memory = psutil.Process().memory_info().rss
    return found


def run(size: int, real: Sources, folder: Path) -> Measured:
    """Build a catalogue of ``size`` studies and measure it in a fresh process."""
    path = folder / f"{size}.db"
    sources = enlarged(real, size)
    start = time.process_time()
    build(sources, path, content=content_hash(DATA))
    seconds = time.process_time() - start
    done = subprocess.run(
        [sys.executable, "-m", "bench.scale", "--measure", str(path), str(size)],
        check=True,
        capture_output=True,
        text=True,
    )
    found = Measured(**json.loads(done.stdout))
    found.build, found.size = seconds, path.stat().st_size
    path.unlink()
    return found


def report(all_found: list[Measured]) -> str:
    """The section of docs/benchmarks.md."""
    head = ("", *(f"{found.studies:,} studies" for found in all_found))
    rows: list[tuple[str, ...]] = [
        ("build", *(f"{found.build:.1f} s" for found in all_found)),
        ("file", *(f"{found.size / 1e6:.0f} MB" for found in all_found)),
        ("open, with its checks", *(f"{found.open * 1e3:.0f} ms" for found in all_found)),
        (
            "first study and first question after that",
            *(f"{found.first * 1e3:.0f} ms" for found in all_found),
        ),
        ("resident memory, whole process", *(f"{found.memory / 1e6:.0f} MB" for found in all_found)),
    ]
    rows += [
        (kind, *(_latency(found.latencies[kind]) for found in all_found)) for kind in all_found[0].latencies
    ]
    return (
        "### Search as the catalogue grows\n\n"
        f"{host()} Studies recombined from the real ones, seed {SEED}; times are processor time "
        "(the machine is shared), latencies p50 / p99 in ms of one call in one process. "
        "`python -m bench.scale`\n\n" + table(head, rows)
    )


def _latency(times: list[float]) -> str:
    ordered = sorted(times)
    late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"{ordered[len(ordered) // 2] * 1e3:.1f} / {late * 1e3:.1f}"


def host() -> str:
    """The machine that measured, in one sentence."""
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores "
        f"({platform.machine()}), load average {os.getloadavg()[0]:.1f} at the end."
    )


def main() -> None:
    """Measure every size and write the section; with ``--measure``, measure one file and print it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--measure", nargs=2, metavar=("FILE", "STUDIES"), help=argparse.SUPPRESS)
    arguments, _ = parser.parse_known_args()  # `python -m bench scale` names the part
    if arguments.measure:
        found_here = measure(Path(arguments.measure[0]), int(arguments.measure[1]))
        sys.stdout.write(json.dumps(asdict(found_here)))
        return
    real = read_folder(DATA)
    with tempfile.TemporaryDirectory() as folder:
        found = [run(size, real, Path(folder)) for size in (len(real.studies), *arguments.sizes)]
    text = report(found)
    sys.stdout.write(f"{text}\n")
    write_section("search-scale", text)


if __name__ == "__main__":
    main()
