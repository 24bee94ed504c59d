"""Which studies have a word, and in which field: sets of study numbers, each as one whole number.

Bit *n* of a set stands for the study with number *n*. Python joins and meets such sets at gigabytes a
second, so a question is weighed against every study of a large catalogue in a few hundred steps: the weights
are added up in bit slices (slice *i* holds bit *i* of every study's sum), and the highest sums are read off
from the top slice down (O'Neil and Quass, "Improved query performance with variant indexes", 1997).
"""

import re
import sqlite3
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache, reduce
from operator import or_
from typing import Final

#: Where a word may stand; ``search_postings.field`` is the place in this order.
FIELDS: Final = ("title", "names", "first author", "year", "about", "authors", "body")

_KEPT: Final = 256  # words whose sets are kept; at 100,000 studies a set is 13 kB
_FEW: Final = 8  # up to so many members are read bit by bit
_LEVEL: Final = 1  # of compression: sets are mostly gaps, which every level finds
_NOT_ZERO: Final = re.compile(rb"[^\x00]")
_BITS: Final = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


class Collector:
    """Gathers the words of studies while the index is built; the numbers of studies must rise."""

    def __init__(self) -> None:
        self._numbers: tuple[defaultdict[str, array[int]], ...] = tuple(
            defaultdict(lambda: array("I")) for _ in FIELDS
        )

    def add(self, number: int, field: str, found: AbstractSet[str]) -> None:
        """Study ``number`` has the words ``found`` in ``field``."""
        numbers = self._numbers[FIELDS.index(field)]
        for word in found:
            numbers[word].append(number)

    def rows(self) -> Iterator[tuple[str, int, bytes]]:
        """The rows of ``search_postings`` in order: word, field, set."""
        for word in sorted(set().union(*self._numbers)):
            for field, numbers in enumerate(self._numbers):
                if word in numbers:
                    yield word, field, packed(numbers[word])


class Postings:
    """The sets of one catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.fields = lru_cache(maxsize=_KEPT)(self._read)

    def _read(self, word: str) -> tuple[tuple[str, int], ...]:
        """The fields that have ``word`` in any study, each with the set of those studies."""
        rows = self._connection.execute(
            "SELECT field, studies FROM search_postings WHERE word = ? ORDER BY field", (word,)
        )
        return tuple((FIELDS[field], unpacked(stored)) for field, stored in rows)

    def anywhere(self, word: str) -> int:
        """The set of studies that have ``word`` in any field."""
        return reduce(or_, (studies for _, studies in self.fields(word)), 0)


def members(studies: int) -> list[int]:
    """The numbers in a set, lowest first."""
    if studies.bit_count() <= _FEW:
        few = []
        while studies:
            lowest = studies & -studies
            few.append(lowest.bit_length() - 1)
            studies ^= lowest
        return few
    octets = studies.to_bytes((studies.bit_length() + 7) // 8, "little")
    return [
        found.start() * 8 + bit
        for found in _NOT_ZERO.finditer(octets)
        for bit in _BITS[octets[found.start()]]
    ]


def members_of(studies: int, numbers: Sequence[int]) -> list[int]:
    """As :func:`members`, where all are known to be in ``numbers``, which rise: faster when they are many."""
    if studies.bit_count() <= _FEW:
        return members(studies)
    octets = studies.to_bytes(numbers[-1] // 8 + 1, "little")
    return [number for number in numbers if octets[number >> 3] >> (number & 7) & 1]


def one_set(numbers: Iterable[int]) -> int:
    """The set that has these numbers."""
    return int.from_bytes(_octets(sorted(numbers)), "little")


def packed(numbers: Sequence[int]) -> bytes:
    """The set of these numbers, which must rise, as it is stored."""
    return zlib.compress(_octets(numbers), _LEVEL)


def unpacked(stored: bytes) -> int:
    """The set that :func:`packed` stored."""
    return int.from_bytes(zlib.decompress(stored), "little")


def highest(weighed: Iterable[Sequence[tuple[int, int]]], within: int, most: int) -> int:
    """The set of the ``most`` studies of ``within`` with the highest sums.

    Args:
        weighed: for each term, pairs of a weight (a whole number, not negative) and the set of studies that
            get it; a study that is in several sets of one term gets the first. Weights of terms are added.
        within: the set to choose from.
        most: how many to choose; of equal sums the lowest numbers.
    """
    sums: list[int] = []
    for term in weighed:
        _add(sums, _sliced(term, within))
    chosen, count, rest = 0, 0, within
    for slice_ in reversed(sums):
        upper = rest & slice_
        more = upper.bit_count()
        if count + more > most:
            rest = upper
        else:
            chosen |= upper
            count += more
            rest ^= upper
    return chosen | _lowest(rest, most - count)


def _sliced(term: Sequence[tuple[int, int]], within: int) -> list[int]:
    slices: list[int] = []
    left = within
    for weight, studies in term:
        fresh = left & studies
        if fresh:
            left ^= fresh
            slices += [0] * (weight.bit_length() - len(slices))
            for place in range(weight.bit_length()):
                if weight >> place & 1:
                    slices[place] |= fresh
    return slices


def _add(sums: list[int], slices: Sequence[int]) -> None:
    """Add to every study's sum at once: a ripple-carry adder, one slice a step."""
    sums += [0] * (len(slices) - len(sums))
    carry = 0
    for place, here in enumerate(sums):
        added = slices[place] if place < len(slices) else 0
        if not (added or carry):
            continue
        either = here ^ added
        sums[place] = either ^ carry
        carry = (here & added) | (carry & either)
    if carry:
        sums.append(carry)


def _lowest(studies: int, most: int) -> int:
    """The ``most`` lowest members of a set."""
    if studies.bit_count() <= most:
        return studies
    low, high = 0, studies.bit_length()
    while low < high:  # the least number of bits that holds enough members
        middle = (low + high) // 2
        if (studies & ((1 << middle) - 1)).bit_count() < most:
            low = middle + 1
        else:
            high = middle
    return studies & ((1 << low) - 1)


def _octets(numbers: Sequence[int]) -> bytearray:
    """A set as bytes, lowest first; ``numbers`` must rise."""
    octets = bytearray(numbers[-1] // 8 + 1 if numbers else 0)
    for number in numbers:
        octets[number >> 3] |= 1 << (number & 7)
    return octets
