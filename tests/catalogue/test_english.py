"""Ordinary English words, as the build takes them from pyspellchecker."""

import pytest

from bot.catalogue.english import ordinary_words


@pytest.mark.parametrize("word", ["weather", "strike", "building", "angry", "time"])
def test_it_has_ordinary_words(word: str) -> None:
    assert word in ordinary_words()


@pytest.mark.parametrize("slip", ["tets", "recieve", "definately", "imune", "studys", "Strike", "don't"])
def test_it_has_no_misspelling_and_nothing_but_small_letters(slip: str) -> None:
    assert slip not in ordinary_words()


def test_common_words_count_for_more() -> None:
    words = ordinary_words()
    assert words["time"] > words["angry"] > words["lactose"] > 2  # logarithms
