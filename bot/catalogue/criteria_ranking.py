"""Which case definition a name means: "canadian", "CCC", "fukuda 94", "nice".

There are about a dozen, so all of their names are compared. A name is known by its telling words (not
"criteria" or "definition"), with the slips that :mod:`bot.catalogue.spelling` allows; years may be short.
"""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bot.catalogue.match import NOTHING, Hit, Match, Signal, Verdict
from bot.catalogue.spelling import slips_allowed
from bot.catalogue.synonyms import Synonyms
from bot.catalogue.words import PAPER, STOP

_GENERIC: Final = frozenset(
    {
        "case",
        "clinical",
        "criteria",
        "criterion",
        "definition",
        "definitions",
        "diagnostic",
        "guideline",
        "mecfs",
        "pem",
    }
)
_SLIP: Final = 0.1
_BEGINNING: Final = 0.9  # credit of "canada" for "canadian"
_BEGINNING_SHARED: Final = 5
_ALL: Final = 0.8  # of the words, from here on the name is recognised
_SOME: Final = 0.5
_TIE: Final = 0.05


@dataclass(frozen=True)
class _Criterion:
    id: str
    names: tuple[str, ...]
    words: frozenset[str]


class CriteriaRanking:
    """Ranks the case definitions of one catalogue."""

    def __init__(self, connection: sqlite3.Connection, synonyms: Synonyms) -> None:
        self._connection = connection
        self._synonyms = synonyms

    def match(self, text: str) -> Match:
        """The definitions that ``text`` names; several when it fits several equally ("nice", "cdc")."""
        plain = self._synonyms.read(text)
        asked = [word for word in plain if word not in STOP | PAPER | _GENERIC]
        if not asked:
            return NOTHING
        hits = [self._score(criterion, asked, " ".join(plain)) for criterion in self._criteria]
        hits = sorted((hit for hit in hits if hit.score >= _SOME), key=lambda hit: (-hit.score, hit.id))
        if not hits:
            return NOTHING
        if hits[0].score < _ALL:
            return Match(Verdict.NEAREST, tuple(hits))
        best = tuple(hit for hit in hits if hits[0].score - hit.score < _TIE)
        return Match(Verdict.CERTAIN if len(best) == 1 else Verdict.CHOICES, best)

    def _score(self, criterion: _Criterion, asked: Sequence[str], plain: str) -> Hit:
        signals = []
        for word in asked:
            credit, other = max(
                ((_alike(word, other), other) for other in criterion.words), default=(0.0, "")
            )
            if credit:
                signals.append(Signal(word, credit / len(asked), other))
        if plain in criterion.names:
            signals.append(Signal("name in full", 0.2, plain))
        else:
            alike = max(fuzz.ratio(plain, name) for name in criterion.names) / 100
            signals.append(Signal("alike", 0.01 * alike, f"{alike:.2f}"))
        return Hit(criterion.id, round(sum(signal.weight for signal in signals), 6), tuple(signals))

    @cached_property
    def _criteria(self) -> tuple[_Criterion, ...]:
        names: dict[str, list[str]] = {}
        for identifier, name in self._connection.execute(
            "SELECT id, name FROM search_criteria ORDER BY id, position"
        ):
            names.setdefault(identifier, []).append(name)
        return tuple(
            _Criterion(
                identifier,
                tuple(known),
                frozenset(w for name in known for w in name.split() if w not in STOP | _GENERIC),
            )
            for identifier, known in names.items()
        )


def _alike(word: str, other: str) -> float:
    """How far ``word`` may stand for ``other``: equal, misspelt, the beginning, or a short year."""
    if word == other:
        return 1.0
    if re.fullmatch(r"\d\d", word) and re.fullmatch(r"(?:19|20)\d\d", other):
        return 1.0 if other.endswith(word) else 0.0
    if word.isdigit() or other.isdigit():
        return 0.0
    slips = OSA.distance(word, other)
    if slips <= min(slips_allowed(len(word)), slips_allowed(len(other))):
        return 1.0 - _SLIP * slips
    shared = min(len(word), len(other))
    return _BEGINNING if shared >= _BEGINNING_SHARED and word[: shared - 1] == other[: shared - 1] else 0.0
