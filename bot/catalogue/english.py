"""Ordinary English words: what the catalogue does not know, and yet is no misspelling.

"Strike" and "weather" are a slip or two away from words of the catalogue. Whoever types them means them.
"""

import math
from collections.abc import Mapping
from functools import cache
from typing import Final

_SELDOM: Final = 1000  # times in the corpus; rarer words may be slips


@cache
def ordinary_words() -> Mapping[str, float]:
    """The ordinary words in order, with how common each is: the decimal logarithm of its count, 3 to 7.7.

    The counts are those of pyspellchecker's English list, made from film subtitles. Only the build asks for
    them: reading the list takes a quarter of a second.
    """
    from spellchecker import SpellChecker  # noqa: PLC0415

    return {
        word: math.log10(count)
        for word, count in sorted(SpellChecker(language="en").word_frequency.items())
        if count >= _SELDOM and word.isascii() and word.isalpha()
    }
