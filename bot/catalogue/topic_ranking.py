"""Which reviewed question a question comes nearest to.

There are few topics and they stay few, whatever the number of studies, so their words are kept in memory
once the first question comes. The score of a topic is made of three things: how much of the question its
words explain (what people ask counts most, then the names of the studies behind it, then the answer), how
near its nearest phrasing is, word for word and in both directions, and how many groups of letters it shares
with the question, which forgives spelling and endings.
"""

import math
import sqlite3
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from bot.catalogue.letters import likeness, read_phrasings
from bot.catalogue.match import NOTHING, Hit, Match, Signal, Verdict
from bot.catalogue.synonyms import Synonyms
from bot.catalogue.terms import OWN, Domain, Reader, Term
from bot.catalogue.words import STOP

_WORDS: Final = 0.26
_PHRASING: Final = 0.27
_LETTERS: Final = 0.47

_SELDOM: Final = 0.75  # credit of a word that another topic is asked with far more often
_EVIDENCE: Final = 0.65  # credit of a word that only the studies behind the topic have
_ANSWER: Final = 0.45  # credit of a word that only the answer has
_STOP: Final = 0.15
_ASKED_SIDE: Final = 0.6  # of the nearness to a phrasing: the question's words; the rest, the phrasing's
_EXPLAINED: Final = 12  # hits that are given, with their signals
_FAR: Final = (0.0, 0)
_LIKEST: Final = 0.32  # of the letters' likeness: the likest phrasing; the rest, all of them together

# What is added to every hit of a question, so that the score also says whether it was one for this catalogue.
_ILLNESS: Final = 0.3  # the question names the illness, or its sign
_UNKNOWN: Final = -0.7  # for the share of the question in words that no topic knows,
_UNKNOWN_OWN: Final = -0.3  # or, where it names the illness

# Thresholds on the score; docs/search.md says how they were set.
_CERTAIN: Final = 0.5
_NEAREST: Final = 0.36
_TIE: Final = 0.02  # two topics this near to each other: let the reader choose


@dataclass(frozen=True)
class _Topic:
    id: str
    kind: str
    asked: Mapping[str, int]  # in how many of the phrasings each word is
    evidence: frozenset[str]
    answer: frozenset[str]


@dataclass(frozen=True)
class _Phrasing:
    topic: int
    text: str
    words: tuple[str, ...]  # each once
    weight: float  # of all its words together


class TopicRanking:
    """Ranks the topics of one catalogue."""

    def __init__(self, connection: sqlite3.Connection, synonyms: Synonyms) -> None:
        self._connection = connection
        self._synonyms = synonyms

    def match(self, question: str, limit: int, kind: str | None) -> Match:
        """The topics nearest to ``question``, and how sure that is."""
        hits = [hit for hit in self.rank(question, kind) if hit.score >= _NEAREST]
        if not hits:
            return NOTHING
        near = tuple(hits[:limit])
        if hits[0].score < _CERTAIN or self._is_elsewhere(question):
            return Match(Verdict.NEAREST, near)
        if len(hits) > 1 and hits[0].score - hits[1].score < _TIE:
            return Match(Verdict.CHOICES, near)
        return Match(Verdict.CERTAIN, near)

    def _is_elsewhere(self, question: str) -> bool:
        """Whether the question names another illness and not this one: "rituximab for lymphoma"."""
        found = frozenset(self._synonyms.read(question))
        return bool(found & self._synonyms.foreign) and not found & OWN

    def rank(self, question: str, kind: str | None = None) -> list[Hit]:
        """Every topic that shares a word with the question, best first; equal scores in order of id."""
        terms = self._reader.read(question, keep_stops=True)
        if all(term.stop or not term.variants for term in terms):
            return []
        total = sum(term.weight for term in terms if term.variants or not term.stop) or 1.0
        foreign = [term for term in terms if term.foreign]
        near = self._nearness(terms, total)
        like, whole = self._likeness(" ".join(term.correction or term.text for term in terms))
        unknown = sum(term.weight * term.doubt for term in terms) / total
        own = any(term.text in OWN for term in terms)
        doubt = (_UNKNOWN_OWN if own else _UNKNOWN) * unknown
        about = doubt + _ILLNESS * own
        credited = [self._credited(term) for term in terms]
        explained: dict[int, float] = {}
        for term, by_topic in zip(terms, credited, strict=True):
            for place, credit in by_topic.items():
                explained[place] = explained.get(place, 0.0) + term.weight * credit
        ranked: list[tuple[float, str, int, float]] = []
        for place, weight in explained.items():
            topic, share = self._topics[place], weight / total
            named = all(term.text in topic.asked or term.text in topic.evidence for term in foreign)
            if share and named and kind in {None, topic.kind}:
                score = about + _WORDS * share + _PHRASING * near.get(place, _FAR)[0]
                score += _LETTERS * _LIKEST * like.get(place, _FAR)[0]
                score += _LETTERS * (1 - _LIKEST) * whole.get(place, 0.0)
                ranked.append((-round(score, 6), topic.id, place, share))
        ranked.sort()
        return [
            Hit(
                identifier,
                -score,
                (
                    Signal("words", _WORDS * share, self._said(place, terms, credited)),
                    self._signal("nearest phrasing", _PHRASING, near.get(place, _FAR)),
                    self._signal("letters", _LETTERS * _LIKEST, like.get(place, _FAR)),
                    Signal("letters of all phrasings", _LETTERS * (1 - _LIKEST) * whole.get(place, 0.0), ""),
                    Signal("names the illness", _ILLNESS * own, ""),
                    Signal("unknown words", doubt, self._unknown(terms)),
                ),
            )
            for score, identifier, place, share in ranked[:_EXPLAINED]
        ]

    @staticmethod
    def _unknown(terms: Sequence[Term]) -> str:
        return ", ".join(term.text for term in terms if term.doubt)

    def _signal(self, name: str, weight: float, found: tuple[float, int]) -> Signal:
        return Signal(name, weight * found[0], self._phrasings[found[1]].text)

    def complete(self, typed: str, limit: int) -> tuple[str, ...]:
        """Ids of topics whose phrasings go on as ``typed`` does; else those that match it."""
        found = self._synonyms.read(typed)
        if not found:
            return tuple(topic.id for topic in self._topics[:limit]) if not typed.strip() else ()
        *whole, last = found
        plain = " ".join(found)
        content = [word for word in whole if word not in STOP]
        ranked: dict[str, tuple[float, int, str]] = {}
        for number in self._going_on(content, last):
            phrasing = self._phrasings[number]
            topic = self._topics[phrasing.topic].id
            missing = sum(word not in phrasing.words for word in whole)
            place = (0.0 if phrasing.text.startswith(plain) else 1.0 + missing, len(phrasing.text), topic)
            ranked[topic] = min(place, ranked.get(topic, place))
        completed = sorted(ranked, key=ranked.__getitem__)
        if not completed and len(plain) > 2:  # noqa: PLR2004 - two letters are no misspelling
            completed += [
                hit.id for hit in self.rank(typed) if hit.score >= _NEAREST and hit.id not in ranked
            ]
        return tuple(completed[:limit])

    def _going_on(self, content: Sequence[str], last: str) -> set[int]:
        """Numbers of the phrasings that have all of ``content``, and a word that begins with ``last``."""
        start = bisect_left(self._words, last)
        found: set[int] = set()
        for word in islice(self._words, start, None):
            if not word.startswith(last):
                break
            found.update(self._with_word[word])
        for word in content:
            found.intersection_update(self._with_word.get(word, ()))
        return found

    @cached_property
    def _words(self) -> Sequence[str]:
        return sorted(self._with_word)

    @staticmethod
    def _said(place: int, terms: Sequence[Term], credited: Sequence[Mapping[int, float]]) -> str:
        return ", ".join(
            term.text
            for term, by_topic in zip(terms, credited, strict=True)
            if not term.stop and place in by_topic
        )

    def _credited(self, term: Term) -> dict[int, float]:
        """How far each topic explains a term, by place; without those that do not."""
        best: dict[int, float] = {}
        for word, credit in term.variants.items():
            for place, worth in self._worth.get(word, ()):
                best[place] = max(best.get(place, 0.0), credit * worth)
        return best

    def _nearness(self, terms: Sequence[Term], total: float) -> dict[int, tuple[float, int]]:
        """For each topic, how near its nearest phrasing is, and which that is.

        Near is a phrasing that has much of the question, and of which the question has much.
        """
        theirs: dict[int, float] = {}
        ours: dict[int, float] = {}
        for term in terms:
            best: dict[int, float] = {}
            for word, credit in term.variants.items():
                weight = self._weights.get(word, 1.0) * credit
                for phrasing in self._with_word.get(word, ()):
                    best[phrasing] = max(best.get(phrasing, 0.0), credit)
                    ours[phrasing] = ours.get(phrasing, 0.0) + weight
            for phrasing, credit in best.items():
                theirs[phrasing] = theirs.get(phrasing, 0.0) + term.weight * credit
        nearest: dict[int, tuple[float, int]] = {}
        for phrasing, said in theirs.items():
            known = self._phrasings[phrasing]
            near = _ASKED_SIDE * said / total + (1 - _ASKED_SIDE) * min(1.0, ours[phrasing] / known.weight)
            if near > nearest.get(known.topic, _FAR)[0]:
                nearest[known.topic] = (near, phrasing)
        return nearest

    def _likeness(self, plain: str) -> tuple[dict[int, tuple[float, int]], dict[int, float]]:
        """For each topic, how like in letters its likest phrasing is, and which; and how like all are."""
        by_phrasing, by_topic = likeness(self._connection, plain)
        likest: dict[int, tuple[float, int]] = {}
        for phrasing, like in by_phrasing.items():
            topic = self._phrasings[phrasing].topic
            if like > likest.get(topic, _FAR)[0]:
                likest[topic] = (like, phrasing)
        return likest, by_topic

    @cached_property
    def _texts(self) -> Mapping[str, tuple[str, ...]]:
        return read_phrasings(self._connection)

    @cached_property
    def _topics(self) -> tuple[_Topic, ...]:
        return tuple(
            _Topic(
                identifier,
                kind,
                Counter(word for text in self._texts[identifier] for word in set(_parts(text))),
                frozenset(_parts(evidence)),
                frozenset(_parts(answer)),
            )
            for identifier, kind, answer, evidence in self._connection.execute(
                "SELECT id, kind, answer, evidence FROM search_topics ORDER BY id"
            )
        )

    @cached_property
    def _phrasings(self) -> tuple[_Phrasing, ...]:
        return tuple(
            _Phrasing(
                place,
                text,
                parts := tuple(dict.fromkeys(_parts(text))),
                sum(self._weights.get(word, 1.0) for word in parts) or 1.0,
            )
            for place, topic in enumerate(self._topics)
            for text in self._texts[topic.id]
        )

    @cached_property
    def _with_word(self) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = {}
        for number, phrasing in enumerate(self._phrasings):
            for word in phrasing.words:
                found.setdefault(word, []).append(number)
        return found

    @cached_property
    def _most_asked(self) -> Mapping[str, int]:
        """For each word, in how many phrasings of one topic it is at most."""
        most: Counter[str] = Counter()
        for topic in self._topics:
            for word, count in topic.asked.items():
                most[word] = max(most[word], count)
        return most

    @cached_property
    def _worth(self) -> Mapping[str, Sequence[tuple[int, float]]]:
        """For each word, the topics that have it, and how far it explains each."""
        found: dict[str, list[tuple[int, float]]] = {}
        for place, topic in enumerate(self._topics):
            credit = dict.fromkeys(topic.answer, _ANSWER) | dict.fromkeys(topic.evidence, _EVIDENCE)
            for word, count in topic.asked.items():
                credit[word] = _SELDOM + (1 - _SELDOM) * (count / self._most_asked[word])
            for word, worth in credit.items():
                found.setdefault(word, []).append((place, worth))
        return found

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        """How telling a word of a phrasing is, as the reader weighs the words of questions."""
        total = len(self._topics)
        counts = Counter(word for topic in self._topics for word in topic.asked)
        return {
            word: math.log1p(total / count) / math.log1p(total) * (_STOP if word in STOP else 1.0)
            for word, count in counts.items()
        }

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._connection, self._synonyms, Domain.TOPICS, len(self._topics))


def _parts(text: str) -> Iterator[str]:
    """The words of a text of the index; those of all topics are many, and mostly the same."""
    return map(sys.intern, text.split())
