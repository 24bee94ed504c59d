"""Measure the search against the relevance set: ``python -m tests.relevance.measure``.

Options: ``--explain QUERY`` shows why each hit is where it is; ``--wrong`` lists what failed. What counts:

``studies.jsonl``
    the place of the first expected id among five hits: recall@1, recall@5 and the mean reciprocal rank
    (MRR); and how often the search was certain of a wrong study.
``questions.jsonl``
    first and first five: the place of an expected topic among the hits, whatever the verdict. Right: the
    topic that a reply would show is expected. Offered: no answer, but an expected topic is among those
    offered. Wrong: another topic is shown.
``off_topic.jsonl``
    shown: a topic or study that a reply would show as the answer, which is wrong. Offered: "did you mean".
``guidance.jsonl``
    right: the text is known for what it is, before anything is looked up.

What a reply would show is decided as `/ask` does it: words of crisis and wishes for advice first, then a
certain topic, then a certain study.
"""

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from bot.catalogue.build import build
from bot.catalogue.intent import Intent, intent
from bot.catalogue.search import Match, Search, Verdict
from bot.catalogue.source import read_folder

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"

_SAFE = {
    "crisis": Intent.CRISIS,
    "research": Intent.RESEARCH,
}  # every other kind of guidance is personal advice


@dataclass(frozen=True)
class Line:
    """A query, its kind and the ids that are right."""

    query: str
    kind: str
    expect: tuple[str, ...] = ()


@dataclass
class Tally:
    """What came of the queries of one kind; times in seconds."""

    queries: int = 0
    ranks: list[int] = field(default_factory=list)  # of the first right hit, 0 where there is none
    right: int = 0
    offered: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def recall(self, within: int) -> float:
        """The share of queries with a right hit among the first ``within``."""
        return sum(0 < rank <= within for rank in self.ranks) / len(self.ranks)

    @property
    def mrr(self) -> float:
        """The mean of 1/rank, with 0 for a miss."""
        return mean(1 / rank if rank else 0.0 for rank in self.ranks)

    @property
    def accuracy(self) -> float:
        """The share that came out right."""
        return self.right / self.queries

    @property
    def wrong_rate(self) -> float:
        """The share for which something wrong was shown as the answer."""
        return len(self.wrong) / self.queries


def read(name: str) -> list[Line]:
    """The lines of one file of the set."""
    records = map(json.loads, (HERE / name).read_text(encoding="utf-8").splitlines())
    return [Line(r["query"], r["kind"], tuple(r.get("expect", ()))) for r in records]


@contextmanager
def real_search() -> Iterator[Search]:
    """A search over the real catalogue, built into a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.db"
        build(read_folder(DATA), path, content="")
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            yield Search(connection)
        finally:
            connection.close()


def studies(
    find: Callable[[str], Sequence[str]],
    lines: Iterable[Line],
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Tally]:
    """Tallies by kind for anything that gives ids, best first, for a text; ``clock`` times each call."""
    tallies: dict[str, Tally] = {}
    for line in lines:
        tally = tallies.setdefault(line.kind, Tally())
        start = clock()
        found = list(find(line.query))
        tally.times.append(clock() - start)
        tally.queries += 1
        rank = next((place for place, one in enumerate(found, 1) if one in line.expect), 0)
        tally.ranks.append(rank)
        if rank != 1:
            tally.missed.append(f"{line.query!r}: {rank or '-'}, {found[:1]} for {list(line.expect)}")
    return tallies


def certain_but_wrong(search: Search, lines: Iterable[Line]) -> dict[str, list[str]]:
    """By kind, the queries for which a wrong study would be shown without a question."""
    found: dict[str, list[str]] = {}
    for line in lines:
        match = search.studies(line.query)
        if match.verdict is Verdict.CERTAIN and match.ids[0] not in line.expect:
            found.setdefault(line.kind, []).append(f"{line.query!r}: {match.ids[0]}")
    return found


def questions(
    ask: Callable[[str], Match], lines: Iterable[Line], clock: Callable[[], float] = time.perf_counter
) -> dict[str, Tally]:
    """Tallies by kind for anything that matches questions with topics; ``clock`` times each call."""
    tallies: dict[str, Tally] = {}
    for line in lines:
        tally = tallies.setdefault(line.kind, Tally())
        start = clock()
        match = ask(line.query)
        tally.times.append(clock() - start)
        tally.queries += 1
        tally.ranks.append(next((n for n, one in enumerate(match.ids, 1) if one in line.expect), 0))
        if match.verdict is not Verdict.CERTAIN:
            tally.offered += any(one in line.expect for one in match.ids)
            tally.missed.append(f"{line.query!r}: {match.verdict}, {match.ids[:2]} for {list(line.expect)}")
        elif match.ids[0] in line.expect:
            tally.right += 1
        else:
            tally.wrong.append(f"{line.query!r}: {match.ids[0]} for {list(line.expect)}")
    return tallies


def off_topic(search: Search, lines: Iterable[Line]) -> dict[str, Tally]:
    """Tallies by kind; ``wrong`` holds what was shown as an answer, ``offered`` counts "did you mean"."""
    tallies: dict[str, Tally] = {}
    for line in lines:
        tally = tallies.setdefault(line.kind, Tally())
        tally.queries += 1
        if intent(line.query) is not Intent.RESEARCH:
            tally.right += 1
            continue
        matches = (search.topics(line.query), search.studies(line.query))
        shown = [match.ids[0] for match in matches if match.verdict is Verdict.CERTAIN]
        if shown:
            tally.wrong.append(f"{line.query!r}: {shown}")
        elif any(match.verdict is not Verdict.NONE for match in matches):
            tally.offered += 1
        else:
            tally.right += 1
    return tallies


def guidance(lines: Iterable[Line]) -> dict[str, Tally]:
    """Tallies by kind: was the text known for what it is?"""
    tallies: dict[str, Tally] = {}
    for line in lines:
        tally = tallies.setdefault(line.kind, Tally())
        tally.queries += 1
        found = intent(line.query)
        if found is _SAFE.get(line.kind, Intent.PERSONAL_ADVICE):
            tally.right += 1
        else:
            tally.wrong.append(f"{line.query!r}: {found}")
    return tallies


def together(tallies: Iterable[Tally]) -> Tally:
    """Several kinds as one."""
    total = Tally()
    for tally in tallies:
        total.queries += tally.queries
        total.right += tally.right
        total.offered += tally.offered
        for name in ("ranks", "wrong", "missed", "times"):
            getattr(total, name).extend(getattr(tally, name))
    return total


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table, columns lined up; floats as per cent with one digit."""
    texts = [[f"{cell:.1%}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[n]) for row in [list(head), *texts]) for n in range(len(head))]
    lines = [head, ["-" * width for width in widths], *texts]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def with_total(tallies: dict[str, Tally]) -> list[tuple[str, Tally]]:
    """The kinds in order of the file, then all of them."""
    return [*tallies.items(), ("all", together(tallies.values()))]


def report(search: Search, *, wrong: bool = False) -> str:
    """The tables of every file; with ``wrong``, also the queries that failed."""
    lines = read("studies.jsonl")
    found = studies(lambda text: search.studies(text).ids, lines)
    sure = certain_but_wrong(search, lines)
    asked = questions(search.topics, read("questions.jsonl"))
    other = off_topic(search, read("off_topic.jsonl"))
    safe = guidance(read("guidance.jsonl"))
    parts = [
        "## Studies",
        table(
            ("kind", "queries", "recall@1", "recall@5", "MRR", "certain but wrong"),
            (
                (
                    kind,
                    tally.queries,
                    tally.recall(1),
                    tally.recall(5),
                    f"{tally.mrr:.3f}",
                    len(sure.get(kind, ())) if kind != "all" else sum(map(len, sure.values())),
                )
                for kind, tally in with_total(found)
            ),
        ),
        "## Questions",
        table(
            ("kind", "queries", "first", "first five", "right", "offered", "wrong"),
            (
                (kind, t.queries, t.recall(1), t.recall(5), t.accuracy, t.offered / t.queries, t.wrong_rate)
                for kind, t in with_total(asked)
            ),
        ),
        "## Off topic",
        table(
            ("kind", "queries", "shown (wrong)", "offered", "nothing"),
            (
                (kind, t.queries, t.wrong_rate, t.offered / t.queries, t.accuracy)
                for kind, t in with_total(other)
            ),
        ),
        "## Advice, diagnosis, dose, crisis",
        table(("kind", "queries", "known"), ((kind, t.queries, t.accuracy) for kind, t in with_total(safe))),
    ]
    if wrong:
        parts += [f"{kind} missed: {one}" for kind, tally in found.items() for one in tally.missed]
        parts += [f"{kind} certain but wrong: {one}" for kind, ones in sure.items() for one in ones]
        for tallies in (asked, other, safe):
            parts += [f"{kind} wrong: {one}" for kind, tally in tallies.items() for one in tally.wrong]
            parts += [f"{kind} missed: {one}" for kind, tally in tallies.items() for one in tally.missed]
    return "\n\n".join(parts[:8]) + "\n" + "\n".join(parts[8:])


def explain(search: Search, text: str) -> str:
    """Why each hit for ``text`` is where it is."""
    parts = [f"intent: {intent(text)}"]
    parts += [f"identifier: {found.kind} {found.value}" for found in search.identifiers(text)]
    for name, match in (
        ("studies", search.studies(text)),
        ("topics", search.topics(text)),
        ("criteria", search.criteria(text)),
    ):
        parts.append(f"\n{name}: {match.verdict}")
        for hit in match.hits:
            parts.append(f"  {hit.score:.3f} {hit.id}")
            parts += [
                f"        {signal.weight:+.3f} {signal.name}: {signal.detail}" for signal in hit.signals
            ]
    return "\n".join(parts)


def main() -> None:
    """Print the tables, or the explanation of one query."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.relevance.measure", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--explain", metavar="QUERY", help="show the signals behind each hit for one query")
    parser.add_argument("--wrong", action="store_true", help="also list every query that failed")
    arguments = parser.parse_args()
    with real_search() as search:
        wanted = arguments.explain
        text = explain(search, wanted) if wanted else report(search, wrong=arguments.wrong)
        sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
