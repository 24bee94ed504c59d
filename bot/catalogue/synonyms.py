"""Words that mean the same: ``data/synonyms.toml``, and reading a text with it.

``same`` words are replaced by the first of their group, in what is indexed and in what is asked alike.
``near`` words stay as they are; a question with one of them finds the others too, with less weight.
``capitals`` are words that mean something else in capitals (ME, GET), unless the whole text is in capitals.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Final

import msgspec
from rapidfuzz.distance import OSA

from bot.catalogue.spelling import slips_allowed
from bot.catalogue.words import MAX_TEXT, MAX_WORDS, STOP, words

_SHORTEST_MISSPELT: Final = 5  # letters of a name that may be misspelt
_SHOUTED: Final = 0.6  # more capitals than this among the letters of a long text: capitals say nothing


class Synonyms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The synonyms of the field; see the module."""

    same: tuple[tuple[str, ...], ...] = ()
    near: tuple[tuple[str, ...], ...] = ()
    capitals: Mapping[str, str] = {}
    elsewhere: tuple[str, ...] = ()

    @cached_property
    def _same(self) -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
        found: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {}
        for group in self.same:
            first, *others = (tuple(words(entry)) for entry in group)
            for other in others:
                found.setdefault(other[0], {})[other] = first
        return {start: sorted(entries.items(), key=lambda e: -len(e[0])) for start, entries in found.items()}

    @cached_property
    def _by_initial(self) -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
        """Every name by its first letter, longest first: the first letter is seldom the wrong one."""
        found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for entries in self._same.values():
            for phrase, instead in entries:
                if len(" ".join(phrase)) > _SHORTEST_MISSPELT:
                    found.setdefault(phrase[0][0], []).append((phrase, instead))
        return {
            initial: sorted(entries, key=lambda e: (-len(e[0]), e[0])) for initial, entries in found.items()
        }

    @cached_property
    def _near(self) -> dict[str, list[tuple[tuple[str, ...], frozenset[str]]]]:
        found: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
        for group in self.near:
            entries = [tuple(self.replace(words(entry))) for entry in group]
            single = frozenset(entry[0] for entry in entries if len(entry) == 1)
            for entry in entries:
                found.setdefault(entry[0], []).append((entry, single - {entry[0]}))
        return found

    @cached_property
    def foreign(self) -> frozenset[str]:
        """The words that name a subject the catalogue is not about."""
        return frozenset(word for entry in self.elsewhere for word in words(entry))

    @cached_property
    def _capitals(self) -> re.Pattern[str]:
        return re.compile(rf"\b({'|'.join(map(re.escape, self.capitals))})\b")

    def read(self, text: str) -> list[str]:
        """The words of ``text``, with each known name in its one form, and no word twice in a row."""
        text = text[:MAX_TEXT]
        if any(word in text for word in self.capitals) and not _is_shouted(text):
            text = self._capitals.sub(lambda found: f" {self.capitals[found[1]]} ", text)
        return self.replace(words(text))

    def read_all(self, texts: Iterable[str]) -> list[str]:
        """The words of several texts, one after the other."""
        return [word for text in texts for word in self.read(text)]

    def replace(self, found: list[str]) -> list[str]:
        """``found`` with the longest known names replaced by their one form, from the left."""
        result: list[str] = []
        place = 0
        same = self._same
        while place < len(found) and len(result) < MAX_WORDS:
            here = found[place]
            length, instead = self._longest(found, place) if here in same else (1, (here,))
            for word in instead:
                if not (result and result[-1] == word):
                    result.append(word)
            place += length
        return result

    def _longest(self, found: list[str], place: int) -> tuple[int, tuple[str, ...]]:
        for phrase, instead in self._same[found[place]]:
            if tuple(found[place : place + len(phrase)]) == phrase:
                return len(phrase), instead
        return 1, (found[place],)

    def replace_misspelt(self, found: list[str], unknown: Collection[str]) -> list[str]:
        """As :meth:`replace`, where words in ``unknown`` may be misspelt: "cognitve behavior thearpy"."""
        result: list[str] = []
        place = 0
        while place < len(found):
            length, instead = self._longest_misspelt(found, place, unknown)
            result += instead
            place += length
        return self.replace(result)

    def _longest_misspelt(
        self, found: list[str], place: int, unknown: Collection[str]
    ) -> tuple[int, tuple[str, ...]]:
        for phrase, instead in self._by_initial.get(found[place][0], ()):
            here = found[place : place + len(phrase)]
            if len(here) == len(phrase) and any(word in unknown for word in here):
                slips = [OSA.distance(word, right) for word, right in zip(here, phrase, strict=True)]
                if all(n <= slips_allowed(len(right)) for n, right in zip(slips, phrase, strict=True)):
                    return len(phrase), instead
        return 1, (found[place],)

    def near_words(self, found: list[str]) -> dict[str, set[str]]:
        """For each word of ``found`` (as :meth:`read` gives them), the neighbours it also stands for."""
        neighbours: dict[str, set[str]] = {}
        for place, word in enumerate(found):
            for phrase, others in self._near.get(word, ()):
                if tuple(found[place : place + len(phrase)]) == phrase:
                    for part in phrase:
                        if part not in STOP:
                            neighbours.setdefault(part, set()).update(others - {part})
        return neighbours


def _is_shouted(text: str) -> bool:
    letters = list(filter(str.isalpha, text))
    return len(letters) > 6 and sum(map(str.isupper, letters)) > _SHOUTED * len(letters)  # noqa: PLR2004
