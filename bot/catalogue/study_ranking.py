"""Which studies a text may mean, best first: candidates from the index, then one score for each.

The score is the share of what was asked that a study explains (each term by its best field, weighted by how
telling the term is), and small additions that order those which explain the same: a known name or the title
said in full, nearness to the title, bm25, and how much the catalogue leans on the study.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from bot.catalogue.index import COLUMNS
from bot.catalogue.match import Hit, Signal
from bot.catalogue.terms import Term

#: How far a term is explained by being in a field.
CREDIT: Final[Mapping[str, float]] = {"title": 1.0, "names": 1.0, "authors": 1.0, "about": 0.8, "body": 0.6}
_LATER_AUTHOR: Final = 0.7
_YEAR_BESIDE: Final = 0.6
_EXPLAINED: Final = 0.85  # of the score; the rest are the additions below
_SAID_IN_FULL: Final = 0.2
_NAME: Final = 0.06
_TITLE: Final = 0.06
_BM25: Final = 0.02
_LEANT_ON: Final = 0.01

_CANDIDATES: Final = 80
_BUDGET: Final = 4000  # rows that bm25 may look at: about 1.4 µs each
_REMEMBERED: Final = 2048


@dataclass(frozen=True)
class Entry:
    """A study's words by field, as the index holds them."""

    id: str
    number: int
    year: int
    title: str
    names: tuple[str, ...]
    authors: tuple[frozenset[str], ...]
    fields: Mapping[str, frozenset[str]]


class StudyRanking:
    """Ranks the studies of one catalogue."""

    def __init__(self, connection: sqlite3.Connection, total: int) -> None:
        self._connection = connection
        self._total = total
        self._entry = lru_cache(maxsize=_REMEMBERED)(self._read)

    def rank(self, plain: str, terms: Sequence[Term], limit: int, *, pool: int = _CANDIDATES) -> list[Hit]:
        """The hits for ``terms``, best first; ``plain`` is the text that was asked, as the index would hold it.

        Equal scores come in order of id.
        """
        total = sum(term.weight for term in terms)
        if not total:
            return []
        relevance, named = self._candidates(plain, terms, pool)
        top = max(relevance.values(), default=0.0) or 1.0
        numbers = relevance.keys() | named
        hits = [
            self._score(self._entry(number), plain, terms, total, relevance.get(number, 0.0) / top, named)
            for number in numbers
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        return hits[:limit]

    def _candidates(self, plain: str, terms: Sequence[Term], pool: int) -> tuple[dict[int, float], set[int]]:
        """Numbers of the studies to look at, with the relevance bm25 gives them; and those named in full."""
        named = {
            row[0]
            for row in self._connection.execute(
                "SELECT number FROM search_names WHERE name = ? AND kind IN ('name', 'title', 'entry') LIMIT ?",
                (plain, pool),
            )
        }
        relevance: dict[int, float] = {}
        for match, ranked in self._matches(terms):
            rank = f"bm25(search_studies_fts, {', '.join(map(str, COLUMNS.values()))})"
            query = (
                f"SELECT rowid, {rank} AS r FROM search_studies_fts WHERE search_studies_fts MATCH ?"  # noqa: S608
                " ORDER BY r LIMIT ?"
                if ranked
                else "SELECT rowid, 0 FROM search_studies_fts WHERE search_studies_fts MATCH ? LIMIT ?"
            )
            for number, score in self._connection.execute(query, (match, pool)):
                relevance.setdefault(number, -score)
            if len(relevance) >= pool:
                break
        for number in self._by_authors(terms, pool):
            relevance.setdefault(number, 0.0)
        return relevance, named

    def _matches(self, terms: Sequence[Term]) -> Iterable[tuple[str, bool]]:
        """FTS5 queries, the most telling first, and whether bm25 may rank them.

        Ranking costs time for every row that matches, so very common words are only looked for together
        with others.
        """
        usable = sorted((t for t in terms if t.variants and t.year is None), key=lambda t: t.rows)
        if not usable:
            return
        asked = [" OR ".join(f'"{variant}"' for variant in sorted(term.variants)) for term in usable]
        within = 0
        rows = 0
        for term in usable:
            rows += term.rows
            if rows > _BUDGET:
                break
            within += 1
        if within:
            yield " OR ".join(asked[:within]), True
        if within < len(usable):
            # Every pair of the rarest terms that bm25 could not rank by themselves.
            few = asked[: max(3, within)][:4]
            if len(few) > 1:
                yield " AND ".join(f"({term})" for term in few), False
                yield f"({few[0]}) AND ({few[1]})", False
            yield asked[0], False

    def _by_authors(self, terms: Sequence[Term], pool: int) -> Iterable[int]:
        years = [term.year for term in terms if term.year is not None]
        for term in terms:
            if term.year is not None or not term.known:
                continue
            names = sorted(variant for variant, credit in term.variants.items() if credit > CREDIT["about"])
            marks = ",".join("?" * len(names))
            if years:
                query = f"name IN ({marks}) AND year BETWEEN ? AND ? ORDER BY number LIMIT ?"
                values: list[object] = [*names, min(years) - 1, max(years) + 1, pool]
            else:
                query = f"name IN ({marks}) LIMIT ?"
                values = [*names, pool]
            for row in self._connection.execute(f"SELECT number FROM search_authors WHERE {query}", values):  # noqa: S608
                yield row[0]

    def _read(self, number: int) -> Entry:
        identifier, year, title, names, authors, about, body = self._connection.execute(
            "SELECT id, year, title, names, authors, about, body FROM search_studies WHERE number = ?",
            (number,),
        ).fetchone()
        texts = {"title": title, "names": names, "authors": authors, "about": about, "body": body}
        return Entry(
            identifier,
            number,
            year,
            title,
            tuple(names.split("\n")) if names else (),
            tuple(
                frozenset([*author.split(), author.replace(" ", "")])
                for author in authors.split("\n")
                if author
            ),
            {field: frozenset(text.split()) for field, text in texts.items()},
        )

    def _score(
        self, entry: Entry, plain: str, terms: Sequence[Term], total: float, relevance: float, named: set[int]
    ) -> Hit:
        signals = [self._explain(entry, term, total) for term in terms]
        explained = sum(signal.weight for signal in signals)
        found = [signal for signal in signals if signal.weight]
        if entry.number in named:
            found.append(Signal("name or title in full", _SAID_IN_FULL, plain))
        name, share = self._best_name(entry, terms, total)
        if share:
            found.append(Signal("known name", _NAME * share, name))
        if len(terms) > 1:
            alike = fuzz.token_set_ratio(plain, entry.title) / 100
            found.append(Signal("like the title", _TITLE * alike * explained, entry.title))
        found.append(Signal("bm25", _BM25 * relevance, f"{relevance:.2f} of the best"))
        found.append(
            Signal("leant on", _LEANT_ON * (1 - entry.number / (self._total + 1)), f"number {entry.number}")
        )
        score = sum(signal.weight for signal in found)
        return Hit(entry.id, round(score, 6), tuple(found))

    def _explain(self, entry: Entry, term: Term, total: float) -> Signal:
        """How far the study explains one term: by the best field that has the term or a variant of it."""
        share = _EXPLAINED * term.weight / total
        best, where = 0.0, ""
        if term.year is not None:
            if entry.year == term.year:
                best, where = 1.0, "year"
            elif abs(entry.year - term.year) == 1:
                best, where = _YEAR_BESIDE, f"year beside {entry.year}"
        for variant, credit in term.variants.items():
            for field, worth in CREDIT.items():
                if credit * worth > best and variant in entry.fields[field]:
                    gain = credit * worth
                    if field == "authors" and not (entry.authors and variant in entry.authors[0]):
                        gain *= _LATER_AUTHOR
                    if gain > best:
                        best, where = gain, f"{variant} in {field}"
            if term.year is None and best < credit and entry.authors and variant in entry.authors[0]:
                best, where = credit, f"{variant} is first author"
        return Signal(term.text, share * best, where)

    def _best_name(self, entry: Entry, terms: Sequence[Term], total: float) -> tuple[str, float]:
        """The known name that covers most of what was asked, and how much: 0 unless all of the name was said."""
        best, share = "", 0.0
        for name in entry.names:
            parts = set(name.split())
            said = [
                t
                for t in terms
                if any(credit > CREDIT["about"] and v in parts for v, credit in t.variants.items())
            ]
            covered = {v for t in said for v in t.variants if v in parts}
            if said and len(covered) >= len(parts):
                now = sum(t.weight for t in said) / total
                if now > share:
                    best, share = name, now
        return best, share
