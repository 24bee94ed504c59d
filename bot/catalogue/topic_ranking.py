"""Which reviewed question a question comes nearest to.

There are few topics and they stay few, whatever the number of studies, so their words are kept in memory
once the first question comes. The score of a topic is made of three things: how much of the question its
words explain (what people ask counts more than what the answer says), how near its nearest phrasing is,
word for word, in both directions, and how alike the two strings are.
"""

import math
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rapidfuzz import fuzz

from bot.catalogue.match import NOTHING, Hit, Match, Signal, Verdict
from bot.catalogue.synonyms import Synonyms
from bot.catalogue.terms import Domain, Reader, Term
from bot.catalogue.words import STOP

_WORDS: Final = 0.45
_PHRASING: Final = 0.45
_ALIKE: Final = 0.1
_ANSWER: Final = 0.6  # credit of a word that only the answer has
_ASKED_SIDE: Final = 0.6  # of the nearness to a phrasing: the question's words; the rest, the phrasing's
_SHORTLIST: Final = 14

_CERTAIN: Final = 0.66
_CLEAR: Final = 0.03
_CHOICES: Final = 0.58
_NEAREST: Final = 0.45


@dataclass(frozen=True)
class _Topic:
    id: str
    kind: str
    asked: frozenset[str]
    answer: frozenset[str]
    phrasings: tuple[tuple[str, frozenset[str]], ...]


class TopicRanking:
    """Ranks the topics of one catalogue."""

    def __init__(self, connection: sqlite3.Connection, synonyms: Synonyms) -> None:
        self._connection = connection
        self._synonyms = synonyms

    def match(self, question: str, limit: int, kind: str | None) -> Match:
        """The topics nearest to ``question``, and how sure that is."""
        hits = self.rank(question, kind)
        if not hits or hits[0].score < _NEAREST:
            return NOTHING
        best = hits[0].score
        near = tuple(hit for hit in hits if hit.score >= _NEAREST)[:limit]
        if best >= _CERTAIN or (best >= _CHOICES and (len(hits) == 1 or best - hits[1].score >= _CLEAR)):
            return Match(Verdict.CERTAIN, near)
        if best >= _CHOICES and len(near) > 1:
            return Match(Verdict.CHOICES, near)
        return Match(Verdict.NEAREST, near)

    def rank(self, question: str, kind: str | None = None) -> list[Hit]:
        """Every topic that shares a word with the question, best first; equal scores in order of id."""
        terms = self._reader.read(question, keep_stops=True)
        if all(term.stop or not term.variants for term in terms):
            # Only stop words: nothing was asked. (Unless somebody's phrasing is exactly that.)
            return []
        total = sum(term.weight for term in terms)
        topics = [topic for topic in self._topics if kind is None or topic.kind == kind]
        explained = [(sum(self._explained(topic, term) for term in terms) / total, topic) for topic in topics]
        explained.sort(key=lambda pair: (-pair[0], pair[1].id))
        plain = " ".join(self._synonyms.read(question))
        hits = [
            self._score(topic, terms, total, share, plain)
            for share, topic in explained[:_SHORTLIST]
            if share > 0
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        return hits

    def complete(self, typed: str, limit: int) -> tuple[str, ...]:
        """Ids of topics whose phrasings go on as ``typed`` does; else those that match it."""
        found = self._synonyms.read(typed)
        if not found:
            return tuple(topic.id for topic in self._topics[:limit])
        *whole, last = found
        plain = " ".join(found)
        content = [word for word in whole if word not in STOP]
        ranked: dict[str, tuple[float, str]] = {}
        for topic in self._topics:
            best = 0.0
            for text, parts in topic.phrasings:
                if text.startswith(plain):
                    best = max(best, 3.0 - len(text) / 1000)
                elif all(word in parts for word in content) and any(part.startswith(last) for part in parts):
                    best = max(best, 2.0 + fuzz.partial_ratio(plain, text) / 200 - len(text) / 1000)
            if best:
                ranked[topic.id] = (-best, topic.id)
        completed = sorted(ranked, key=ranked.__getitem__)
        if len(completed) < limit and len(plain) > 2:  # noqa: PLR2004 - two letters are no misspelling
            others = [hit.id for hit in self.rank(typed) if hit.score >= _NEAREST and hit.id not in ranked]
            completed += others
        return tuple(completed[:limit])

    def _score(self, topic: _Topic, terms: Sequence[Term], total: float, share: float, plain: str) -> Hit:
        near, phrasing = max((self._nearness(parts, terms, total), text) for text, parts in topic.phrasings)
        alike = fuzz.token_sort_ratio(plain, phrasing) / 100
        signals = (
            Signal("words", _WORDS * share, ", ".join(t.text for t in terms if self._explained(topic, t))),
            Signal("nearest phrasing", _PHRASING * near, phrasing),
            Signal("alike", _ALIKE * alike, f"{alike:.2f}"),
        )
        return Hit(topic.id, round(sum(s.weight for s in signals), 6), signals)

    def _explained(self, topic: _Topic, term: Term) -> float:
        asked = max((credit for word, credit in term.variants.items() if word in topic.asked), default=0.0)
        answer = max((credit for word, credit in term.variants.items() if word in topic.answer), default=0.0)
        return term.weight * max(asked, _ANSWER * answer)

    def _nearness(self, parts: frozenset[str], terms: Sequence[Term], total: float) -> float:
        """How near a phrasing is: the share of the question that it has, and of it that the question has."""
        said: dict[str, float] = {}
        theirs = 0.0
        for term in terms:
            best = 0.0
            for word, credit in term.variants.items():
                if word in parts:
                    said[word] = max(said.get(word, 0.0), credit)
                    best = max(best, credit)
            theirs += term.weight * best
        weights = self._weights
        ours = sum(weights.get(word, 1.0) * credit for word, credit in said.items())
        all_ours = sum(weights.get(word, 1.0) for word in parts) or 1.0
        return _ASKED_SIDE * theirs / total + (1 - _ASKED_SIDE) * min(1.0, ours / all_ours)

    @cached_property
    def _topics(self) -> tuple[_Topic, ...]:
        phrasings: dict[str, list[str]] = {}
        for topic, text in self._connection.execute(
            "SELECT topic, text FROM search_phrasings ORDER BY topic, position"
        ):
            phrasings.setdefault(topic, []).append(text)
        found = []
        for identifier, kind, markers, answer in self._connection.execute(
            "SELECT id, kind, markers, answer FROM search_topics ORDER BY id"
        ):
            texts = [*phrasings.get(identifier, ()), *(marker for marker in markers.split("\n") if marker)]
            asked = frozenset(word for text in texts for word in text.split())
            parts = tuple((text, frozenset(text.split())) for text in dict.fromkeys(texts))
            found.append(_Topic(identifier, kind, asked, frozenset(answer.split()), parts))
        return tuple(found)

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        """How telling a word of a phrasing is, as the reader weighs the words of questions."""
        total = len(self._topics)
        counts = Counter(word for topic in self._topics for word in topic.asked)
        return {
            word: math.log1p(total / count) / math.log1p(total) * (0.15 if word in STOP else 1.0)
            for word, count in counts.items()
        }

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._connection, self._synonyms, Domain.TOPICS, len(self._topics))
