"""Autocomplete, keystroke by keystroke: what begins so, then the ranking of the search.

The last word may be half typed: it stands for the words of the vocabulary that begin with it, or that begin
with something a slip or two away.
"""

import sqlite3
from collections.abc import Mapping
from functools import cached_property
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bot.catalogue.index import LONGEST_START
from bot.catalogue.study_ranking import StudyRanking
from bot.catalogue.synonyms import Synonyms
from bot.catalogue.terms import Reader, Term
from bot.catalogue.words import STOP, fold, words

_LAST: Final = "\U0010ffff"  # sorts behind every text
_READ: Final = 200
_POOL: Final = 30
_BEGUN: Final = 12  # vocabulary words that a half-typed word may stand for
_SHORTEST_BEGUN: Final = 3
_SHORTEST_SLIP: Final = 4
_HALF_SAID: Final = 0.8  # credit of a word that was not typed to its end, and not to be completed
_LIKE_BEFORE: Final = 0.5  # least score of a ranked completion
_ALIKE: Final = 75


class Completion:
    """Completes what somebody types, from one catalogue."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        synonyms: Synonyms,
        reader: Reader,
        ranking: StudyRanking,
        total: int,
    ) -> None:
        self._connection = connection
        self._synonyms = synonyms
        self._reader = reader
        self._ranking = ranking
        self._total = total

    def studies(self, typed: str, limit: int) -> tuple[str, ...]:
        """Ids of studies: those whose name, title or author begins as ``typed``, then the best ranked."""
        plain = words(typed)
        if not plain:
            rows = self._connection.execute("SELECT id FROM search_studies ORDER BY number LIMIT ?", (limit,))
            return tuple(row[0] for row in rows) if not typed.strip() else ()
        begun = self._begun(" ".join(plain), limit)
        if len(begun) < limit and len(fold(typed).strip()) >= _SHORTEST_BEGUN:
            found = dict.fromkeys(begun)
            ranked = self._ranking.rank(typed, " ".join(plain), self._terms(typed, plain), most=_POOL)
            for study in ranked.scored:
                if study.score < _LIKE_BEFORE:
                    break
                found.setdefault(study.id)
            begun = list(found)
        return tuple(begun[:limit])

    def _begun(self, plain: str, limit: int) -> list[str]:
        start = plain[:LONGEST_START]
        rows = self._connection.execute(
            "SELECT s.id, min(s.number) AS n"
            " FROM (SELECT number FROM search_names WHERE name >= ? AND name < ? LIMIT ?) AS begun"
            " JOIN search_studies AS s ON s.number = begun.number"
            " GROUP BY s.number ORDER BY n LIMIT ?",
            (start, start + _LAST, _READ, limit),
        )
        return [row[0] for row in rows]

    def _terms(self, typed: str, plain: list[str]) -> list[Term]:
        last = plain[-1]
        terms = self._reader.read(typed)
        if typed[-1:].isspace() or last.isdigit() or len(last) < _SHORTEST_BEGUN:
            return terms
        whole = [term for term in terms if term.text != last]
        variants = self._words_begun(last)
        for term in terms:
            if term.text == last:
                variants = {**variants, **term.variants}
        if not variants:
            return terms
        return [*whole, self._begun_term(last, variants)]

    def half_said(self, text: str, terms: list[Term]) -> list[Term]:
        """``terms`` of ``text``, whose last word may be the beginning of one: "gupta cyt".

        Only where the catalogue does not have that word, and every other that was asked: what is strange to
        it anyway must not be stretched until it fits.
        """
        if not terms or text[-1:].isspace():
            return terms
        *others, term = terms
        last = term.text
        unfinished = words(text)[-1:] == [last] and len(last) >= _SHORTEST_BEGUN and last.isalpha()
        strange = not (term.known and term.correction is None) and not term.foreign and not term.stop
        if not (unfinished and strange and all(other.known for other in others)):
            return terms
        variants = {**dict.fromkeys(self._beginning(last), _HALF_SAID), **term.variants}
        if variants == term.variants:
            return terms
        return [*terms[:-1], self._begun_term(last, variants)]

    def _begun_term(self, last: str, variants: Mapping[str, float]) -> Term:
        rows = self._rows(list(variants))
        weight = 1.0 - 0.5 * min(1.0, rows / self._total) if self._total else 1.0
        return Term(last, weight, variants, rows, known=True)

    def _beginning(self, last: str) -> list[str]:
        """The words that most studies have of those that begin so."""
        found = self._connection.execute(
            "SELECT word FROM search_words WHERE word >= ? AND word < ? AND studies > 0"
            " ORDER BY studies DESC, word LIMIT ?",
            (last, last + _LAST, _BEGUN),
        )
        return [row[0] for row in found if row[0] not in STOP]

    def _words_begun(self, last: str) -> dict[str, float]:
        found = self._beginning(last)
        if found or len(last) < _SHORTEST_SLIP:
            return dict.fromkeys(found, 0.95)
        allowed = 1 if len(last) < 6 else 2  # noqa: PLR2004 - as spelling.slips_allowed, but half a word says less
        judged = []
        for (word,) in self._connection.execute(
            "SELECT word FROM search_words WHERE word >= ? AND word < ? AND studies > 0 LIMIT 2000",
            (last[:2], last[:2] + _LAST),
        ):
            slips = min(
                OSA.distance(last, word[: len(last) + more], score_cutoff=allowed) for more in (-1, 0, 1)
            )
            if slips <= allowed:
                judged.append((slips, word))
        judged.sort()
        return {word: 0.9 - 0.1 * slips for slips, word in judged[:_BEGUN]}

    def _rows(self, found: list[str]) -> int:
        marks = ",".join("?" * len(found))
        (rows,) = self._connection.execute(
            f"SELECT coalesce(sum(studies), 0) FROM search_words WHERE word IN ({marks})",  # noqa: S608 - bound
            found,
        ).fetchone()
        return int(rows)

    def markers(self, typed: str, limit: int) -> tuple[str, ...]:
        """Names of markers that begin as ``typed``, then with a word that does, then those like it."""
        plain = " ".join(words(typed))
        if not plain:
            return tuple(name for name, _ in self._markers[:limit]) if not typed.strip() else ()
        read = " ".join(self._synonyms.read(typed))
        ranked = []
        for place, (name, texts) in enumerate(self._markers):
            if any(text.startswith((plain, read)) for text in texts):
                ranked.append((0, place, name))
            elif any(f" {plain}" in f" {text}" or f" {read}" in f" {text}" for text in texts):
                ranked.append((1, place, name))
            elif len(plain) > _SHORTEST_BEGUN:
                alike = max(fuzz.ratio(plain, text[: len(plain) + 1]) for text in texts)
                if alike >= _ALIKE:
                    ranked.append((2, round(100 - alike), name))
        return tuple(name for _, _, name in sorted(ranked)[:limit])

    @cached_property
    def _markers(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        rows = self._connection.execute(
            "SELECT name, words FROM search_markers ORDER BY topics = 0, topics DESC, studies DESC, name"
        )
        return tuple((name, tuple(text.split("\n"))) for name, text in rows)
