"""What was asked, as weighted terms that the index understands.

Each word of a question becomes a :class:`Term`: the words of the vocabulary that it may stand for (itself,
other forms of its stem, corrections of a misspelling, neighbours from the synonyms), each with a credit
from 0 to 1, and a weight that says how telling it is (inverse document frequency, 0 to 1).
"""

import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import Indel

from bot.catalogue.spelling import Correction, corrections
from bot.catalogue.synonyms import Synonyms
from bot.catalogue.words import PAPER, STOP

_STEM: Final = 0.95
_NEAR: Final = 0.7
_SLIP: Final = 0.07  # credit lost for each slip of a misspelling
_PAPER: Final = 0.15  # "study" and "paper" say little, but more than "the"
_YEAR: Final = 0.6
_LONE: Final = 0.35  # small numbers, and single letters that the catalogue has
_INITIALS: Final = 0.1  # one or two letters that it does not have: initials behind a name
_UNKNOWN: Final = 1.0
_ORDINARY_SLIP: Final = 0.15  # credit lost when what would be a misspelling is an ordinary word
_ORDINARY_DOUBT: Final = 0.4  # doubt left when an ordinary word is taken for a misspelling
_COMMON: Final = 3.0  # decimal logarithm of a word's count in English: doubt falls from there,
_COMMON_FALL: Final = 0.5  # by this for ten times the count,
_LEAST_DOUBT: Final = 0.3  # down to this
_YEARS: Final = range(1930, 2101)
_VARIANTS: Final = 24
_RARE: Final = 2  # a known word this rare may still be a misspelling of a common one
_MUCH_COMMONER: Final = 6
_SHORTEST_JOINED: Final = 7
_REMEMBERED: Final = 512  # words whose corrections are kept: who types sends each again with the next key
_SHORTEST_STOP: Final = 4  # letters of a stop word that is known in spite of a slip
_LONG_STOPS: Final = sorted(word for word in STOP if len(word) >= _SHORTEST_STOP)

#: Words that name the illness, its sign, or a study of nothing else.
OWN: Final = frozenset({"mecfs", "pem", "seid", "decodeme"})


class Domain(StrEnum):
    """Whose vocabulary counts."""

    STUDIES = "studies"
    TOPICS = "topics"


@dataclass(frozen=True)
class Term:
    """One word that was asked, and what it may stand for.

    ``rows`` is about how many studies (or topics) have one of the variants; ``known`` whether the
    vocabulary has the word, or one it is a misspelling of; ``doubt``, from 0 to 1, whether the word says that
    the question is about something else: 0 for what the vocabulary has, 1 for a rare word that it has not.
    """

    text: str
    weight: float
    variants: Mapping[str, float]
    rows: int
    known: bool
    year: int | None = None
    stop: bool = False
    foreign: bool = False
    correction: str | None = None
    doubt: float = 0.0


@dataclass(frozen=True)
class _Entry:
    stem: str
    rows: int


class Reader:
    """Reads questions with the vocabulary of one catalogue."""

    def __init__(
        self, connection: sqlite3.Connection, synonyms: Synonyms, domain: Domain, total: int
    ) -> None:
        self._connection = connection
        self._synonyms = synonyms
        self._domain = domain
        self._total = max(total, 1)
        self._spelt_alike = lru_cache(maxsize=_REMEMBERED)(partial(corrections, connection))
        # Read when first met, and never more than the vocabulary: a word that is not in it is not remembered.
        self._known: dict[str, _Entry] = {}
        self._family: dict[str, Mapping[str, int]] = {}
        self._commoner: dict[str, list[Correction]] = {}

    def read(self, text: str, *, keep_stops: bool = False) -> list[Term]:
        """The terms of ``text`` in order, each once; stop words only with ``keep_stops``, at low weight."""
        found = self._synonyms.read(text)
        known = self._entries(found)
        unknown = {word for word in found if word not in known and word not in STOP}
        if unknown:
            mended = self._synonyms.replace_misspelt(found, unknown)
            if mended != found:
                found = mended
                known = self._entries(found)
        found = self._joined(found, known)
        foreign = self._synonyms.foreign
        found = [word if word in known or word in foreign else _as_stop_word(word) for word in found]
        near = self._synonyms.near_words(found)
        terms: dict[str, Term] = {}
        families = self._families(entry.stem for entry in known.values())
        for word in found:
            if word in terms or (word in STOP and not keep_stops):
                continue
            terms[word] = self._term(word, known, families, near.get(word, set()))
        return list(terms.values())

    def _term(
        self,
        word: str,
        known: Mapping[str, _Entry],
        families: Mapping[str, Mapping[str, int]],
        near: set[str],
    ) -> Term:
        if word.isdigit() and int(word) in _YEARS:
            return Term(word, _YEAR, {word: 1.0}, 0, known=True, year=int(word))
        entry = known.get(word)
        variants: dict[str, float] = {}
        rows = likely = 0
        correction: Correction | None = None
        if entry and entry.rows:
            family = families.get(entry.stem, {})
            variants.update(dict.fromkeys(family, _STEM))
            variants[word] = 1.0
            rows = max(sum(family.values()), entry.rows)
        common = 0.0
        if (not entry or entry.rows <= _RARE) and word not in STOP:
            common = self._commonness(word)
            for found in self._corrections(word, entry.rows if entry else 0):
                correction = correction or found
                credit = 1 - _SLIP * found.slips - _ORDINARY_SLIP * bool(common)
                if entry and entry.rows:
                    credit -= _SLIP
                stem = self._entries([found.word])[found.word].stem
                for other, count in self._families([stem]).get(stem, {}).items():
                    variants[other] = max(variants.get(other, 0), credit)
                    rows = rows or count
                    likely = max(likely, count)
                if found is correction:
                    near = near | self._synonyms.near_words([found.word]).get(found.word, set())
        spelt = max(rows, likely)
        for other, neighbour in self._entries(sorted(near)).items():
            if neighbour.rows and len(variants) < _VARIANTS:
                variants[other] = max(variants.get(other, 0), _NEAR)
                rows += neighbour.rows
        held = bool(entry and entry.rows)
        meant = correction.word if correction and not held else None
        return Term(
            word,
            self._weight(word, spelt or rows),
            variants,
            rows,
            known=bool(variants),
            stop=word in STOP,
            foreign=word in self._synonyms.foreign,
            correction=meant,
            doubt=0.0
            if held or word in STOP
            else _doubt(common, found=bool(variants), corrected=bool(meant)),
        )

    def _commonness(self, word: str) -> float:
        """How common an ordinary English word is, as the decimal logarithm of its count; 0 for any other."""
        row = self._connection.execute("SELECT common FROM search_english WHERE word = ?", (word,)).fetchone()
        return float(row[0]) if row else 0.0

    def _weight(self, word: str, rows: int) -> float:
        weight = math.log1p(self._total / rows) / math.log1p(self._total) if rows else _UNKNOWN
        if word in PAPER or word in STOP:
            weight *= _PAPER
        elif not rows and len(word) <= 2 and word.isalpha():  # noqa: PLR2004
            weight = _INITIALS
        elif len(word) == 1 or (word.isdigit() and len(word) < 4):  # noqa: PLR2004
            weight *= _LONE
        return weight

    def _corrections(self, word: str, rows: int) -> list[Correction]:
        """Likely right spellings; for a word that is known but rare, only those that are much commoner."""
        if word in self._commoner:
            return self._commoner[word]
        found = self._spelt_alike(word)
        entries = self._entries(c.word for c in found)
        usable = [c for c in found if entries[c.word].rows > rows * _MUCH_COMMONER]
        usable = [c for c in usable if c.slips <= usable[0].slips + (0 if rows else 1)]
        if rows:
            self._commoner[word] = usable
        return usable

    def _entries(self, found: Iterable[str]) -> dict[str, _Entry]:
        """The words of ``found`` that the vocabulary has, in their order."""
        asked = list(dict.fromkeys(found))
        unmet = [word for word in asked if word not in self._known]
        if unmet:
            marks = ",".join("?" * len(unmet))
            query = f"SELECT word, stem, {self._domain.value} FROM search_words WHERE word IN ({marks})"  # noqa: S608
            for word, stem, count in self._connection.execute(query, unmet):
                self._known[word] = _Entry(stem, count)
        return {word: self._known[word] for word in asked if word in self._known}

    def _families(self, stems: Iterable[str]) -> dict[str, Mapping[str, int]]:
        """The commonest words of each stem, with the number of rows that have them."""
        asked = list(dict.fromkeys(stems))
        unmet = [stem for stem in asked if stem not in self._family]
        if unmet:
            marks = ",".join("?" * len(unmet))
            rows = self._connection.execute(
                f"SELECT stem, word, {self._domain.value} AS n FROM search_words"  # noqa: S608 - bound values
                f" WHERE stem IN ({marks}) AND n > 0 ORDER BY n DESC, word",
                unmet,
            )
            met: dict[str, dict[str, int]] = {stem: {} for stem in unmet}
            for stem, word, count in rows:
                if len(met[stem]) < _VARIANTS // 2:
                    met[stem][word] = count
            self._family.update(met)
        return {stem: self._family[stem] for stem in asked}

    def _joined(self, found: list[str], known: dict[str, _Entry]) -> list[str]:
        """Two words that the vocabulary has as one ("nano needle", "il 6") joined, and one split.

        Adds what it finds to ``known``.
        """
        result: list[str]
        pairs = {a + b: (a, b) for a, b in pairwise(found) if a not in STOP and b not in STOP}
        joined = {
            whole: entry
            for whole, entry in self._entries(pairs).items()
            if entry.rows and (pairs[whole][1].isdigit() or not all(part in known for part in pairs[whole]))
        }
        if joined:
            known.update(joined)
            result, place = [], 0
            while place < len(found):
                whole = "".join(found[place : place + 2])
                result.append(whole if whole in joined else found[place])
                place += 2 if whole in joined else 1
            found = result
        result = []
        for word in found:
            parts = self._split(word, known) if word not in known and word.isalpha() else ()
            result += parts or [word]
        return self._synonyms.replace(result)

    def _split(self, word: str, known: dict[str, _Entry]) -> Sequence[str]:
        if len(word) < _SHORTEST_JOINED or any(c.slips == 1 for c in self._spelt_alike(word)[:1]):
            return ()
        cuts = [(word[:place], word[place:]) for place in range(3, len(word) - 2)]
        entries = self._entries(part for cut in cuts for part in cut)
        best = max(
            (cut for cut in cuts if all(part in entries and entries[part].rows for part in cut)),
            key=lambda cut: min(entries[part].rows for part in cut),
            default=(),
        )
        known.update({part: entries[part] for part in best})
        return best


def _doubt(common: float, *, found: bool, corrected: bool) -> float:
    """Doubt about a word that the vocabulary does not have: the more ordinary a word, the less it tells."""
    if found:
        return _ORDINARY_DOUBT if corrected and common else 0.0
    if not common:
        return 1.0
    return max(_LEAST_DOUBT, min(1.0, 1 - _COMMON_FALL * (common - _COMMON)))


def _as_stop_word(word: str) -> str:
    """The stop word that an unknown word is a slip away from ("thre", "wich", "wat"), or the word itself."""
    if word in STOP or len(word) < 3:  # noqa: PLR2004 - two letters may be anything
        return word
    # One letter for another makes a different word ("dogs", "does"): only more, fewer or swapped.
    likely = (stop for stop in _LONG_STOPS if stop[0] == word[0])
    return next(
        (stop for stop in likely if Indel.distance(word, stop) == 1 or sorted(word) == sorted(stop)), word
    )
