"""Which studies a text may mean, best first: candidates from the index, then one score for each.

The score is the share of what was asked that a study explains (each term by its best field, weighted by how
telling the term is), and small additions that order those which explain the same: a known name or the title
said in full, nearness to the title, bm25, and how much the catalogue leans on the study.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from bot.catalogue.index import COLUMNS, LONGEST_START
from bot.catalogue.match import Hit, Signal
from bot.catalogue.terms import Term
from bot.catalogue.words import words

#: How far a term is explained by being in a field.
CREDIT: Final[Mapping[str, float]] = {"title": 1.0, "names": 1.0, "authors": 1.0, "about": 0.8, "body": 0.6}
_LATER_AUTHOR: Final = 0.7
_YEAR_BESIDE: Final = 0.6
_SURE: Final = 0.8  # variants of less credit do not say a name
_EXPLAINED: Final = 0.85  # of the score; the rest are the additions below
_SAID_IN_FULL: Final = 0.2
_NAME: Final = 0.06
_TITLE: Final = 0.06
_BM25: Final = 0.1
_LEANT_ON: Final = 0.01

_CANDIDATES: Final = 60
_BUDGET: Final = 4000  # rows that bm25 may look at: about 1.4 µs each
_TELLING: Final = 0.6  # words in more of the studies than this are not looked for, if others are
_REMEMBERED: Final = 2048


@dataclass(frozen=True)
class Entry:
    """A study's words by field, as the index holds them."""

    id: str
    number: int
    year: int
    title: str
    names: tuple[str, ...]
    worth: Mapping[str, tuple[float, str]]  # each word's best credit, and the field it is for


@dataclass(frozen=True)
class _Asked:
    """A question: its text and terms, their weight together, and the studies it names in full."""

    plain: str
    terms: Sequence[Term]
    total: float
    named: set[int]


class StudyRanking:
    """Ranks the studies of one catalogue."""

    def __init__(self, connection: sqlite3.Connection, total: int) -> None:
        self._connection = connection
        self._total = total
        self._entry = lru_cache(maxsize=_REMEMBERED)(self._read)

    def rank(
        self, text: str, plain: str, terms: Sequence[Term], limit: int, *, pool: int = _CANDIDATES
    ) -> list[Hit]:
        """The hits for ``terms``, best first.

        ``text`` is what was asked, and ``plain`` the same as the index holds it. Equal scores come in order
        of id.
        """
        total = sum(term.weight for term in terms)
        if not total:
            return []
        relevance, named = self._candidates((plain, " ".join(words(text))), terms, pool)
        top = max(relevance.values(), default=0.0) or 1.0
        asked = _Asked(plain, terms, total, named)
        foreign = [term.text for term in terms if term.foreign]
        scored = []
        for number in relevance.keys() | named:
            entry = self._entry(number)
            if all(word in entry.worth for word in foreign):
                best = relevance.get(number, 0.0) / top
                scored.append((-self._score(entry, asked, best), entry.id, number, best))
        scored.sort()
        return [
            Hit(identifier, -score, self._signals(self._entry(number), asked, best))
            for score, identifier, number, best in scored[:limit]
        ]

    def _candidates(
        self, spoken: tuple[str, str], terms: Sequence[Term], pool: int
    ) -> tuple[dict[int, float], set[int]]:
        """Numbers of the studies to look at, with the relevance bm25 gives them; and those named in full."""
        named = {
            row[0]
            for row in self._connection.execute(
                "SELECT number FROM search_names"
                " WHERE name IN (?, ?) AND kind IN ('name', 'title', 'entry') LIMIT ?",
                (*(name[:LONGEST_START] for name in spoken), pool),
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
        telling = [t for t in usable if t.rows < self._total * _TELLING]
        usable = telling or usable[:2]
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
        worth: dict[str, tuple[float, str]] = {}
        first, *later = authors.split("\n")
        # A field that counts less does not hide one that counts more.
        for field, text, credit in (
            ("title", title, CREDIT["title"]),
            ("names", names, CREDIT["names"]),
            ("first author", f"{first} {first.replace(' ', '')}", CREDIT["authors"]),
            ("about", about, CREDIT["about"]),
            ("authors", f"{' '.join(later)} {' '.join(a.replace(' ', '') for a in later)}", _LATER_AUTHOR),
            ("body", body, CREDIT["body"]),
        ):
            for word in text.split():
                worth.setdefault(word, (credit, field))
        return Entry(identifier, number, year, title, tuple(names.split("\n")) if names else (), worth)

    def _score(self, entry: Entry, asked: _Asked, relevance: float) -> float:
        """The score of a study: the sum of what :meth:`_signals` explains."""
        share = sum(term.weight * _explained(entry, term)[0] for term in asked.terms) / asked.total
        extras = self._extras(entry, asked, share, relevance)
        return round(_EXPLAINED * share + sum(signal.weight for signal in extras), 6)

    def _signals(self, entry: Entry, asked: _Asked, relevance: float) -> tuple[Signal, ...]:
        signals = []
        share = 0.0
        for term in asked.terms:
            credit, where = _explained(entry, term)
            share += term.weight * credit / asked.total
            if credit:
                signals.append(Signal(term.text, _EXPLAINED * term.weight * credit / asked.total, where))
        return (*signals, *self._extras(entry, asked, share, relevance))

    def _extras(self, entry: Entry, asked: _Asked, share: float, relevance: float) -> Iterator[Signal]:
        """What orders studies that explain the same of the question."""
        if entry.number in asked.named:
            yield Signal("name or title in full", _SAID_IN_FULL, asked.plain)
        name, said = _best_name(entry, asked)
        if said:
            yield Signal("known name", _NAME * said, name)
        if len(asked.terms) > 1:
            alike = fuzz.token_set_ratio(asked.plain, entry.title) / 100
            yield Signal("like the title", _TITLE * alike * share, entry.title)
        yield Signal("bm25", _BM25 * relevance * share, f"{relevance:.2f} of the best")
        leant_on = 1 - entry.number / (self._total + 1)
        yield Signal("leant on", _LEANT_ON * leant_on, f"number {entry.number}")


def _explained(entry: Entry, term: Term) -> tuple[float, str]:
    """How far a study explains a term, 0 to 1, and by what: the best field that has the term or a variant."""
    best, where = 0.0, ""
    if term.year is not None:
        if entry.year == term.year:
            return 1.0, "year"
        if abs(entry.year - term.year) == 1:
            best, where = _YEAR_BESIDE, f"year beside {entry.year}"
    worth = entry.worth
    for variant, credit in term.variants.items():
        if credit > best and variant in worth:
            value, field = worth[variant]
            if credit * value > best:
                best, where = credit * value, f"{variant} in {field}"
    return best, where


def _best_name(entry: Entry, asked: _Asked) -> tuple[str, float]:
    """The known name that covers most of what was asked, and how much: 0 unless all of the name was said."""
    best, share = "", 0.0
    for name in entry.names:
        parts = set(name.split())
        covered: set[str] = set()
        said = 0.0
        for term in asked.terms:
            meant = {word for word in parts if term.variants.get(word, 0.0) > _SURE}
            covered |= meant
            said += term.weight * bool(meant)
        if covered == parts and said / asked.total > share:
            best, share = name, said / asked.total
    return best, share
