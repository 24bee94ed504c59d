"""Which studies a text may mean, best first: candidates from the index, then one score for each.

The score is the share of what was asked that a study explains (each term by its best field, weighted by how
telling the term is), and small additions that order those which explain the same: a known name or the title
said in full, nearness to the title, bm25, and how much the catalogue leans on the study. The candidates are
the studies that explain most, found among all by :mod:`bot.catalogue.postings`.
"""

import math
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from heapq import nlargest
from operator import itemgetter, or_
from typing import Final, NamedTuple, TypeAlias

from rapidfuzz import fuzz, process

from bot.catalogue.index import LONGEST_START
from bot.catalogue.match import Hit, Signal
from bot.catalogue.postings import Postings, highest, members, members_of, one_set
from bot.catalogue.terms import OWN, Term
from bot.catalogue.words import words

#: How far a term is explained by being in a field.
CREDIT: Final[Mapping[str, float]] = {
    "title": 1.0,
    "names": 1.0,
    "first author": 1.0,
    "year": 1.0,
    "about": 0.8,
    "authors": 0.7,
    "body": 0.6,
}
_YEAR_BESIDE: Final = 0.6
_SURE: Final = 0.8  # variants of less credit do not say a name, nor a smaller share a citation
_EXPLAINED: Final = 0.85  # of the score; the rest are the additions below
_SAID_IN_FULL: Final = 0.2
_NAME: Final = 0.06
_TITLE: Final = 0.06
_BM25: Final = 0.1
_CITED: Final = 0.06
_LEANT_ON: Final = 0.01

# bm25: how much each field counts, and the usual constants (Robertson and Zaragoza 2009).
_FREQUENCY: Final[Mapping[str, float]] = {
    "title": 8.0,
    "names": 10.0,
    "first author": 6.0,
    "authors": 6.0,
    "about": 4.0,
    "body": 1.0,
}
_K1: Final = 1.2
_B: Final = 0.75
_LEAST_IDF: Final = 1e-6

_CANDIDATES: Final = 60
_TELLING: Final = 0.6  # words in more of the studies than this find nothing by themselves, if others do
_CLOSELY: Final = 100  # studies whose titles are compared; the order of more is no great matter
_FINE: Final = 1000  # steps in which shares are compared before they are computed


class Scored(NamedTuple):
    """A study that was weighed: its score, and whether that rests on what was typed.

    One word that only looks like another ("weather", "either") is a guess, and nobody asked for that study:
    a study rests on what was typed by a word just as it was typed, the year, or two corrected words.
    """

    id: str
    score: float
    rests_on_typed: bool
    number: int


class _Place(NamedTuple):
    """Where a term may be found: what that explains of it, 0 to 1, by which word, and the studies."""

    credit: float
    word: str
    field: str
    studies: int


_Met: TypeAlias = Sequence[tuple[_Place, Sequence[int]]]  # places and the candidates that have them


@dataclass(frozen=True)
class _Asked:
    """A question as the index holds it, what its terms meet, and the studies it names in full."""

    plain: str
    met: Sequence[tuple[Term, _Met]]
    named: frozenset[int]


class _Row(NamedTuple):
    """A study as the ranking needs it: ``length`` in words, ``names`` a line each."""

    number: int
    id: str
    length: int
    title: str
    names: str


class StudyRanking:
    """Ranks the studies of one catalogue."""

    def __init__(self, connection: sqlite3.Connection, total: int) -> None:
        self._connection = connection
        self._total = total
        self._postings = Postings(connection)

    def rank(
        self, text: str, plain: str, terms: Sequence[Term], *, most: int = _CANDIDATES
    ) -> "RankedStudies":
        """The ``most`` likely studies for ``terms``, best first; equal scores in order of id.

        ``text`` is what was asked, and ``plain`` the same as the index holds it.
        """
        total = sum(term.weight for term in terms)
        named = self._named((plain, " ".join(words(text))), most) if total else 0
        telling = self._telling(terms) if total else ()
        within = reduce(or_, map(self._with_any, telling), named)
        # "Alzheimers drug tried in CFS": who names the illness may describe a study by what it borrowed.
        own = any(term.text in OWN for term in terms)
        for term in terms:
            if term.foreign and not own:
                within &= self._postings.anywhere(term.text)
        placed = [(term, self._places(term)) for term in terms]
        if within.bit_count() > most:
            weighed = (
                [(round(_FINE * place.credit * term.weight / total), place.studies) for place in places]
                for term, places in placed
            )
            within = highest(weighed, within, most) | (named & within)
        numbers = members(within)
        rows = self._rows(numbers)
        met = [
            (
                term,
                [(place, members_of(here, numbers)) for place in places if (here := place.studies & within)],
            )
            for term, places in placed
        ]
        relevance = self._relevance(rows, [found for term, found in met if term in telling])
        asked = _Asked(plain, met, frozenset(members(named)))
        return RankedStudies(asked, rows, relevance, self._total)

    def _named(self, spoken: tuple[str, str], most: int) -> int:
        """The studies whose name, title or id was said in full."""
        return one_set(
            row[0]
            for row in self._connection.execute(
                "SELECT DISTINCT number FROM search_names"
                " WHERE name IN (?, ?) AND kind IN ('name', 'title', 'entry') ORDER BY number LIMIT ?",
                (*(name[:LONGEST_START] for name in spoken), most),
            )
        )

    def _telling(self, terms: Sequence[Term]) -> Sequence[Term]:
        """The terms that make a study a candidate: not a year alone, nor what most studies have."""
        usable = sorted((t for t in terms if t.variants and t.year is None), key=lambda t: t.rows)
        return [t for t in usable if t.rows < self._total * _TELLING] or usable[:2]

    def _with_any(self, term: Term) -> int:
        return reduce(or_, map(self._postings.anywhere, term.variants), 0)

    def _places(self, term: Term) -> list[_Place]:
        """Where a term may be found, best first."""
        places = []
        for variant, credit in term.variants.items():
            for field, studies in self._postings.fields(variant):
                if field != "year":
                    places.append(_Place(credit * CREDIT[field], variant, field, studies))
        for year, credit in _years(term):
            studies = dict(self._postings.fields(str(year))).get("year", 0)
            places.append(_Place(credit, str(year), "year", studies))
        places.sort(key=lambda place: -place.credit)
        return places

    def _rows(self, numbers: Sequence[int]) -> dict[int, _Row]:
        marks = ",".join("?" * len(numbers))
        rows = self._connection.execute(
            f"SELECT number, id, length, title, names FROM search_studies WHERE number IN ({marks})",  # noqa: S608
            numbers,
        )
        return {row[0]: _Row._make(row) for row in rows}

    def _relevance(self, rows: Mapping[int, _Row], telling: Sequence[_Met]) -> dict[int, float]:
        """What bm25 gives each study, relative to the best of them."""
        relevance = dict.fromkeys(rows, 0.0)
        long = {number: _K1 * (1 - _B + _B * row.length / self._length) for number, row in rows.items()}
        for met in telling:
            frequencies: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
            for place, numbers in met:
                counts, counted = frequencies[place.word], _FREQUENCY[place.field]
                for number in numbers:
                    counts[number] += counted
            for word, counts in frequencies.items():
                having = self._postings.anywhere(word).bit_count()
                idf = max(_LEAST_IDF, math.log((self._total - having + 0.5) / (having + 0.5)))
                for number, frequency in counts.items():
                    relevance[number] += idf * frequency * (_K1 + 1) / (frequency + long[number])
        best = max(relevance.values(), default=0.0) or 1.0
        return {number: value / best for number, value in relevance.items()}

    @cached_property
    def _length(self) -> float:
        """The mean length of a study, in words."""
        (length,) = self._connection.execute("SELECT length FROM search_size").fetchone()
        return float(length)


class RankedStudies:
    """The candidates of one question, scored."""

    def __init__(
        self,
        asked: _Asked,
        rows: Mapping[int, _Row],
        relevance: Mapping[int, float],
        total: int,
    ) -> None:
        self._asked = asked
        self._rows = rows
        self._relevance = relevance
        self._total = total
        self._weight = sum(term.weight for term, _ in asked.met) or 1.0
        self._found = [(term, _best(met)) for term, met in asked.met]
        self._sure = [
            (term.weight, {word for word, credit in term.variants.items() if credit > _SURE})
            for term, _ in asked.met
        ]
        self._shares = self._shared()
        self._alike = self._alike_titles() if len(asked.met) > 1 else {}

    def _alike_titles(self) -> Mapping[int, float]:
        """How like what was asked a title is, 0 to 1, where it may matter."""
        closely = nlargest(_CLOSELY, self._rows, key=lambda number: (self._shares[number], -number))
        titles = {number: self._rows[number].title for number in closely}
        found = process.extract(self._asked.plain, titles, scorer=fuzz.token_set_ratio, limit=None)
        return {number: alike / 100 for _, alike, number in found}

    def _shared(self) -> dict[int, float]:
        """The share of the question that each study explains."""
        shares = dict.fromkeys(self._rows, 0.0)
        for term, found in self._found:
            weight = term.weight / self._weight
            for number, place in found.items():
                shares[number] += weight * place.credit
        return shares

    @cached_property
    def scored(self) -> list[Scored]:
        """Every candidate, best first; equal scores in order of id."""
        typed, other = self._rests()
        scored = [
            Scored(
                row.id,
                round(_EXPLAINED * self._shares[number] + sum(self._extras(number)), 6),
                number in typed or other.get(number, 0) != 1,
                number,
            )
            for number, row in self._rows.items()
        ]
        scored.sort(key=itemgetter(0))
        scored.sort(key=itemgetter(1), reverse=True)  # keeps the order of equal scores
        return scored

    def _rests(self) -> tuple[set[int], dict[int, int]]:
        """The studies that have a word as it was typed, or the year; and how many words the others have."""
        typed: set[int] = set()
        other: defaultdict[int, int] = defaultdict(int)
        for term, found in self._found:
            for number, place in found.items():
                if place.word == term.text:
                    typed.add(number)
                elif place.field != "year":
                    other[number] += 1
        return typed, other

    def _extras(self, number: int) -> tuple[float, ...]:
        """What orders studies that explain the same of the question; see :meth:`hit` for what is what."""
        share = self._shares[number]
        return (
            _SAID_IN_FULL if number in self._asked.named else 0.0,
            _NAME * self._best_name(number)[1],
            _TITLE * self._alike.get(number, 0.0) * share,
            _BM25 * self._relevance.get(number, 0.0) * share,
            _CITED if number in self._cited and share > _SURE else 0.0,
            _LEANT_ON * (1 - number / (self._total + 1)),
        )

    @cached_property
    def _cited(self) -> set[int]:
        """The studies whose first author and year were both said just so, as in a citation."""
        said: dict[str, set[int]] = {"first author": set(), "year": set()}
        for term, found in self._found:
            for number, place in found.items():
                if place.field in said and place.word == term.text:
                    said[place.field].add(number)
        return said["first author"] & said["year"]

    def hit(self, scored: Scored) -> Hit:
        """One of :attr:`scored`, with the signals that its score is the sum of."""
        number = scored.number
        row = self._rows[number]
        signals = [
            Signal(term.text, _EXPLAINED * term.weight * place.credit / self._weight, _detail(place, term))
            for term, found in self._found
            if (place := found.get(number)) is not None and place.credit
        ]
        details = (
            ("name or title in full", self._asked.plain),
            ("known name", self._best_name(number)[0]),
            ("like the title", row.title),
            ("bm25", f"{self._relevance.get(number, 0.0):.2f} of the best"),
            ("cited by author and year", ""),
            ("leant on", f"number {number}"),
        )
        signals += [
            Signal(name, value, detail)
            for (name, detail), value in zip(details, self._extras(number), strict=True)
            if value
        ]
        return Hit(scored.id, scored.score, tuple(signals))

    def _best_name(self, number: int) -> tuple[str, float]:
        """The known name that covers most of what was asked, and how much: 0 unless all of it was said."""
        best, share = "", 0.0
        names = self._rows[number].names
        for name in names.split("\n") if names else ():
            parts = set(name.split())
            covered: set[str] = set()
            said = 0.0
            for weight, sure in self._sure:
                if meant := parts & sure:
                    covered |= meant
                    said += weight
            if covered == parts and said / self._weight > share:
                best, share = name, said / self._weight
        return best, share


def _years(term: Term) -> Sequence[tuple[int, float]]:
    """The years that a term may stand for, with the credit of each."""
    if term.year is None:
        return ()
    return ((term.year, CREDIT["year"]), (term.year - 1, _YEAR_BESIDE), (term.year + 1, _YEAR_BESIDE))


def _best(met: _Met) -> dict[int, _Place]:
    """For each study the best place, which comes first."""
    found: dict[int, _Place] = {}
    for place, numbers in reversed(met):
        found.update(dict.fromkeys(numbers, place))
    return found


def _detail(place: _Place, term: Term) -> str:
    if place.field != "year":
        return f"{place.word} in {place.field}"
    return "year" if place.word == term.text else f"year beside {place.word}"
