"""Words as people misspell them, found in the vocabulary of the catalogue.

Two ways in, both by index: forms with one letter left out, which every single slip of the finger shares
with the right word (Garbe's symmetric delete), and shared trigrams for longer words that were spelt by ear
(sets of words, as :mod:`bot.catalogue.postings` has sets of studies).
RapidFuzz then measures the optimal string alignment distance (a swap of neighbours is one slip).
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from bot.catalogue.postings import highest, members, packed, unpacked

_SHORTEST: Final = 4  # shorter words have too many neighbours to guess
_SHORTEST_BY_EAR: Final = 6
_TRIGRAM: Final = 3
_LOOKED_AT: Final = 60
_COMMONEST: Final = 24  # bits in the number of words that have a trigram; rarer ones say more


@dataclass(frozen=True)
class Correction:
    """A word that may have been meant: how many slips away, and how alike from 0 to 1."""

    word: str
    slips: int
    alike: float


def misspellings(word: str) -> Iterator[str]:
    """The word, and the word with any one letter left out; nothing for words that are not guessed at."""
    if len(word) < _SHORTEST - 1 or not word.isalpha():
        return
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def slips_allowed(length: int) -> int:
    """How many slips a word of this length may have and still be recognised."""
    return 0 if length < _SHORTEST else 1 if length < 6 else 2 if length < 10 else 3  # noqa: PLR2004


def corrections(connection: sqlite3.Connection, word: str, limit: int = 4) -> list[Correction]:
    """The words of the vocabulary most like ``word``, best first; none where nothing is near enough."""
    allowed = slips_allowed(len(word))
    if not allowed or not word.isalpha():
        return []
    forms = list(misspellings(word))
    marks = ",".join("?" * len(forms))
    found = {
        row[0]
        for row in connection.execute(
            f"SELECT DISTINCT word FROM search_misspellings WHERE form IN ({marks})",  # noqa: S608 - bound values
            forms,
        )
    }
    judged = _judged(word, found, allowed)
    if len(word) >= _SHORTEST_BY_EAR and not any(correction.slips == 1 for correction in judged):
        judged = _judged(word, found.union(_by_ear(connection, word, allowed)), allowed)
    return judged[:limit]


def _judged(word: str, found: set[str], allowed: int) -> list[Correction]:
    judged = []
    for other in found:
        if other == word or not other.isalpha() or len(other) < _SHORTEST - 1:
            continue
        if len(word) == len(other) == _SHORTEST and sorted(word) != sorted(other):
            continue  # one letter for another makes a different word ("dogs", "does")
        slips = OSA.distance(word, other, score_cutoff=min(allowed, slips_allowed(len(other)) or 1))
        if slips <= min(allowed, slips_allowed(len(other)) or 1):
            judged.append(Correction(other, slips, JaroWinkler.similarity(word, other)))
    judged.sort(key=lambda c: (c.slips, -c.alike, c.word))
    return judged


def sounds(vocabulary: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The rows of ``search_sounds``: for each trigram and each length, the words that have it.

    Words are meant by their place in ``vocabulary``, counted from 1.
    """
    having: defaultdict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(vocabulary, 1):
        if len(word) >= _TRIGRAM and word.isalpha():
            for sign in (str(len(word)), *_trigrams(word)):
                having[sign].append(number)
    for sign, numbers in sorted(having.items()):
        yield sign, packed(numbers)


def _trigrams(word: str) -> dict[str, None]:
    return dict.fromkeys(word[place : place + _TRIGRAM] for place in range(len(word) - _TRIGRAM + 1))


def _by_ear(connection: sqlite3.Connection, word: str, allowed: int) -> list[str]:
    """The words of about the same length that share most trigrams with ``word``."""
    lengths = [str(length) for length in range(len(word) - allowed, len(word) + allowed + 1)]
    signs = [*lengths, *_trigrams(word)]
    marks = ",".join("?" * len(signs))
    rows = connection.execute(f"SELECT sign, words FROM search_sounds WHERE sign IN ({marks})", signs)  # noqa: S608
    having = {sign: unpacked(stored) for sign, stored in rows}
    within = 0
    for length in lengths:
        within |= having.pop(length, 0)
    shared = [[(_COMMONEST - alike.bit_count().bit_length(), alike)] for alike in having.values()]
    numbers = members(highest(shared, within, _LOOKED_AT))
    marks = ",".join("?" * len(numbers))
    rows = connection.execute(f"SELECT word FROM search_words WHERE number IN ({marks})", numbers)  # noqa: S608
    return [row[0] for row in rows]
