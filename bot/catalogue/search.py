"""What did they mean? One ranking for every command, for autocomplete and for the message menus.

No result is better than a wrong one: a match says how sure it is, and an identifier that the catalogue does
not hold gives nothing at all, never a guess. See docs/search.md for the signals and how the thresholds were
set.
"""

import re
import sqlite3
from collections.abc import Sequence
from functools import cached_property
from typing import Final

import msgspec
from rapidfuzz import fuzz

from bot.catalogue.completion import Completion
from bot.catalogue.criteria_ranking import CriteriaRanking
from bot.catalogue.identifiers import Identifier, Kind, recognise
from bot.catalogue.match import NOTHING, Hit, Match, Signal, Verdict
from bot.catalogue.study_ranking import RankedStudies, StudyRanking
from bot.catalogue.synonyms import Synonyms
from bot.catalogue.terms import Domain, Reader, Term
from bot.catalogue.topic_ranking import TopicRanking
from bot.catalogue.words import MAX_TEXT, words

__all__ = ["Hit", "Identifier", "Kind", "Match", "Search", "Signal", "Verdict"]

# Thresholds on the score of a study; docs/search.md says how they were set.
_CERTAIN: Final = 0.79
_CHOICES: Final = 0.66
_NEAREST: Final = 0.27
_NEAREST_UNKNOWN: Final = 0.1  # more than that is needed when all words are unknown to the catalogue
_CLEAR: Final = 0.04  # a hit is clearly the best when the next is this much lower
_BEST_SHARE: Final = 0.6  # of the best score: `listing` leaves out what is below it
_POOL: Final = 60
_QUOTED: Final = re.compile(r"[\"“”«»„]([^\"“”«»„\n]{15,300})(?=[\"“”«»])")
_LINE: Final = re.compile(r"^[ \t>*-]*(\S[^\n]{14,300})$", re.MULTILINE)
_TITLE_ALIKE: Final = 90  # of 100, with words in any order: a title is quoted
_TITLE_WORDS: Final = 4


class Search:
    """Finds studies, topics and case definitions in an open catalogue.

    Cheap to make: what it needs is read when it is first asked. One thread at a time may use it. Text of
    any kind may be asked; nothing raises for what it contains.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def studies(self, text: str, limit: int = 5) -> Match:
        """The studies that ``text`` means: by identifier, else by author, year, name, title and subject."""
        recognised = self.identifiers(text)
        if recognised:
            return self._identified(recognised, limit)
        terms = self._completion.half_said(text, self._study_reader.read(text))
        if not any(len(term.text) > 1 for term in terms):
            return NOTHING  # some title has any letter: "how r u doing" is not about that study
        total = sum(term.weight for term in terms) or 1.0
        unknown = sum(term.weight for term in terms if not term.known) / total
        least = _NEAREST + _NEAREST_UNKNOWN * unknown
        ranked = self._ranked(text, terms, _POOL)
        found = [study for study in ranked.scored[: max(limit, 2)] if study.score >= least]
        if not found:
            return NOTHING
        best = found[0].score
        if best < _CHOICES or not found[0].rests_on_typed:
            verdict = Verdict.NEAREST
        elif best >= _CERTAIN and (len(found) == 1 or best - found[1].score >= _CLEAR):
            verdict = Verdict.CERTAIN
        else:
            verdict = Verdict.CHOICES if len(found) > 1 else Verdict.NEAREST
        return Match(verdict, tuple(map(ranked.hit, found[:limit])))

    def topics(self, question: str, limit: int = 5, *, kind: str | None = None) -> Match:
        """The reviewed questions nearest to ``question``; of one ``kind`` only, if that is given."""
        if self.identifiers(question):
            return NOTHING
        return self._topic_ranking.match(question, limit, kind)

    def criteria(self, text: str) -> Match:
        """The case definitions that ``text`` names, by id, name or other name, typos allowed."""
        return self._criteria_ranking.match(text)

    def listing(self, text: str, limit: int = 500) -> tuple[str, ...]:
        """Ids of every study that has to do with ``text``, best first; nothing for an empty text."""
        recognised = self.identifiers(text)
        if recognised:
            return self._identified(recognised, limit).ids
        found = self._ranked(text, self._study_reader.read(text), limit).scored[:limit]
        if not found or found[0].score < _NEAREST:
            return ()
        least = found[0].score * _BEST_SHARE
        return tuple(study.id for study in found if study.score >= least and study.rests_on_typed)

    def complete_studies(self, typed: str, limit: int = 25) -> tuple[str, ...]:
        """Ids of the studies to offer while somebody types, best first."""
        recognised = self.identifiers(typed)
        if recognised:
            return self._identified(recognised, limit).ids
        return self._completion.studies(typed, limit)

    def complete_topics(self, typed: str, limit: int = 25) -> tuple[str, ...]:
        """Ids of the topics to offer while somebody types, best first."""
        return self._topic_ranking.complete(typed, limit)

    def complete_markers(self, typed: str, limit: int = 25) -> tuple[str, ...]:
        """Names of markers to offer while somebody types; those of reviewed answers first."""
        return self._completion.markers(typed, limit)

    def mentions(self, message: str) -> tuple[str, ...]:
        """Ids of the studies that a message names, in the order in which it names them.

        By identifier or link, and by a title that stands in quotation marks or on a line of its own.
        """
        message = message[:MAX_TEXT]
        placed: list[tuple[int, str]] = []
        for identifier in recognise(message):
            placed += [(identifier.start, found) for found in self._held(identifier)]
        for pattern in (_QUOTED, _LINE):
            for quoted in pattern.finditer(message):
                if (found := self._titled(quoted[1])) is not None:
                    placed.append((quoted.start(1), found))
        return tuple(dict.fromkeys(identifier for _, identifier in sorted(placed)))

    def identifiers(self, text: str) -> tuple[Identifier, ...]:
        """The identifiers that ``text`` contains, whether or not the catalogue has them.

        What looks like an entry id counts only when there is such an entry, and a web address only when the
        catalogue knows it or when it is one of the ME/CFS Atlas: anybody may type words with hyphens, or
        any link.
        """
        return tuple(
            identifier
            for identifier in recognise(text)
            if identifier.kind not in {Kind.ENTRY, Kind.LINK}
            or "mecfsatlas.com/evidence/" in identifier.value
            or self._held(identifier)
        )

    def _identified(self, recognised: tuple[Identifier, ...], limit: int) -> Match:
        hits: dict[str, Hit] = {}
        for identifier in recognised:
            for found in self._held(identifier):
                signal = Signal(identifier.kind.value, 1.0, identifier.value)
                hits.setdefault(found, Hit(found, 1.0, (signal,)))
        if not hits:
            return NOTHING
        verdict = Verdict.CERTAIN if len(hits) == 1 else Verdict.CHOICES
        return Match(verdict, tuple(hits.values())[:limit])

    def _held(self, identifier: Identifier) -> list[str]:
        """Ids of the entries that have this identifier, by the first reading of it that any entry has."""
        for reading in identifier.readings:
            rows = self._connection.execute(
                "SELECT id FROM search_identifiers WHERE kind = ? AND value = ? ORDER BY id",
                (identifier.kind.value, reading),
            ).fetchall()
            if rows:
                return [row[0] for row in rows]
        return []

    def _ranked(self, text: str, terms: Sequence[Term], most: int) -> RankedStudies:
        plain = " ".join(self._synonyms.read(text))
        return self._study_ranking.rank(text, plain, terms, most=most)

    def _titled(self, text: str) -> str | None:
        asked = " ".join(words(text))
        if len(asked.split()) < _TITLE_WORDS:
            return None
        for study in self._ranked(text, self._study_reader.read(text), _POOL).scored[:3]:
            (title,) = self._connection.execute(
                "SELECT title FROM studies WHERE id = ?", (study.id,)
            ).fetchone()
            if fuzz.ratio(asked, " ".join(words(title))) >= _TITLE_ALIKE:
                return study.id
        return None

    @cached_property
    def _synonyms(self) -> Synonyms:
        (stored,) = self._connection.execute("SELECT synonyms FROM search_synonyms").fetchone()
        return msgspec.json.decode(stored, type=Synonyms)

    @cached_property
    def _total(self) -> int:
        (total,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM search_studies").fetchone()
        return int(total)

    @cached_property
    def _study_reader(self) -> Reader:
        return Reader(self._connection, self._synonyms, Domain.STUDIES, self._total)

    @cached_property
    def _study_ranking(self) -> StudyRanking:
        return StudyRanking(self._connection, self._total)

    @cached_property
    def _topic_ranking(self) -> TopicRanking:
        return TopicRanking(self._connection, self._synonyms)

    @cached_property
    def _criteria_ranking(self) -> CriteriaRanking:
        return CriteriaRanking(self._connection, self._synonyms)

    @cached_property
    def _completion(self) -> Completion:
        return Completion(
            self._connection, self._synonyms, self._study_reader, self._study_ranking, self._total
        )
