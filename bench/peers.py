"""The search beside its peers, on the relevance set: ``python -m bench.peers``.

Peers for studies: FTS5 bm25 alone, RapidFuzz WRatio alone over titles and authors, and tantivy with fuzzy
terms. For questions: FTS5 bm25 over the phrasings. All have the same records, the same queries and this
process; each peer is used as its own documentation shows. Writes its section of docs/benchmarks.md.
"""

import re
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

import tantivy
from rapidfuzz import fuzz, process, utils

from bench.report import table, write_section
from bot.catalogue.match import Hit, Match, Verdict
from bot.catalogue.model import Study, Topic
from bot.catalogue.source import read_folder
from tests.relevance.measure import DATA, Tally, questions, read, real_search, studies, with_total

_HITS: Final = 5
_WORD: Final = re.compile(r"\w+")


def bm25(records: Sequence[Study]) -> Callable[[str], list[str]]:
    """FTS5 over title, authors, names and text; the words of the query, any of them."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, text, tokenize = 'porter unicode61')")
    connection.executemany("INSERT INTO t VALUES (?, ?)", ((study.id, _text(study)) for study in records))

    def find(query: str) -> list[str]:
        match = " OR ".join(f'"{word}"' for word in _WORD.findall(query))
        rows = connection.execute(
            "SELECT id FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (match or '""', _HITS)
        )
        return [row[0] for row in rows]

    return find


def wratio(records: Sequence[Study]) -> Callable[[str], list[str]]:
    """RapidFuzz over title, authors and year."""
    choices = {
        study.id: utils.default_process(f"{study.title} {_authors(study)} {study.year}") for study in records
    }

    def find(query: str) -> list[str]:
        asked = utils.default_process(query)
        return [key for _, _, key in process.extract(asked, choices, scorer=fuzz.WRatio, limit=_HITS)]

    return find


def tantivy_fuzzy(records: Sequence[Study]) -> Callable[[str], list[str]]:
    """Tantivy: every word a fuzzy term of distance 1, any of them, exact matches counted as well."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("text")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=15_000_000, num_threads=1)
    for study in records:
        writer.add_document(tantivy.Document(id=study.id, text=_text(study)))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def find(query: str) -> list[str]:
        words = [word.lower() for word in _WORD.findall(query)]
        either = [
            (tantivy.Occur.Should, part)
            for word in words
            for part in (
                tantivy.Query.term_query(schema, "text", word),
                tantivy.Query.fuzzy_term_query(schema, "text", word, distance=1, transposition_cost_one=True),
            )
        ]
        found = searcher.search(tantivy.Query.boolean_query(either), _HITS)
        return [str(searcher.doc(address)["id"][0]) for _, address in found.hits]

    return find


def bm25_phrasings(topics: Sequence[Topic]) -> Callable[[str], Match]:
    """FTS5 over the phrasings; always the best one, as bm25 has no threshold."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, text, tokenize = 'porter unicode61')")
    connection.executemany(
        "INSERT INTO t VALUES (?, ?)", ((t.id, text) for t in topics for text in (t.question, *t.asked_as))
    )

    def ask(text: str) -> Match:
        match = " OR ".join(f'"{word}"' for word in _WORD.findall(text))
        rows = connection.execute(
            "SELECT id, rank FROM t WHERE t MATCH ? ORDER BY rank LIMIT 20", (match or '""',)
        )
        best: dict[str, float] = {}
        for identifier, rank in rows:
            best.setdefault(identifier, -rank)
        hits = tuple(Hit(identifier, score) for identifier, score in best.items())[:_HITS]
        return Match(Verdict.CERTAIN if hits else Verdict.NONE, hits)

    return ask


def _authors(study: Study) -> str:
    return " ".join(author.name for author in study.authors)


def _text(study: Study) -> str:
    parts = (study.title, _authors(study), str(study.year), *study.aliases, *study.markers, study.finding)
    return " ".join((*parts, study.doi or "", study.pmid or "", study.pmcid or "", study.id))


def _row(name: str, tallies: dict[str, Tally]) -> tuple[str, ...]:
    cells = [f"{tally.recall(1):.1%}" for _, tally in with_total(tallies)]
    total = with_total(tallies)[-1][1]
    ordered = sorted(total.times)
    latency = f"{ordered[len(ordered) // 2] * 1e3:.1f} / {ordered[int(len(ordered) * 0.99)] * 1e3:.1f}"
    return (name, *cells, f"{total.recall(_HITS):.1%}", f"{total.mrr:.3f}", latency)


def report() -> str:
    """The section of docs/benchmarks.md."""
    sources = read_folder(DATA)
    records = sorted(sources.studies.values(), key=lambda study: study.id)
    lines, asked = read("studies.jsonl"), read("questions.jsonl")
    kinds = tuple(kind.replace("_", " ") for kind in dict.fromkeys(line.kind for line in lines))
    clock = time.process_time
    with real_search() as search:
        finders: dict[str, Callable[[str], Sequence[str]]] = {
            "this search": lambda text: search.studies(text).ids,
            "FTS5 bm25": bm25(records),
            "RapidFuzz WRatio": wratio(records),
            "tantivy, fuzzy terms": tantivy_fuzzy(records),
        }
        found = [_row(name, studies(find, lines, clock)) for name, find in finders.items()]
        askers = {
            "this search": search.topics,
            "FTS5 bm25 over phrasings": bm25_phrasings(list(sources.topics.values())),
        }
        answered = [_row(name, questions(ask, asked, clock)) for name, ask in askers.items()]
    tail = ("all", "recall@5", "MRR", "p50 / p99 ms")
    return (
        "### Search and its peers\n\n"
        "Recall@1 by kind on tests/relevance, with the real catalogue, all in one process; latencies are "
        "processor time. `python -m bench.peers`\n\n"
        + table(("studies", *kinds, *tail), found)
        + "\n\n"
        + table(("questions", "clean", "typos", *tail), answered)
    )


def main() -> None:
    """Measure every peer and write the section."""
    text = report()
    sys.stdout.write(f"{text}\n")
    write_section("search-peers", text)


if __name__ == "__main__":
    main()
