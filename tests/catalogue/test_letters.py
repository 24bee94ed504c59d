"""Likeness in letters: what the build stores gives what comparing the texts themselves would give."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import letters
from bot.catalogue.store import Catalogue


@pytest.fixture(scope="module")
def connection(catalogue: Catalogue) -> sqlite3.Connection:
    return catalogue.connection


def test_every_phrasing_is_most_like_itself(connection: sqlite3.Connection) -> None:
    texts = [text for found in letters.read_phrasings(connection).values() for text in found]
    for place, text in enumerate(texts):
        alike, _ = letters.likeness(connection, text)
        if alike:  # nothing but the illness's name, or groups that are everywhere: no letters are left
            assert alike[place] == pytest.approx(max(alike.values()), abs=1e-4)
            assert alike[place] == pytest.approx(1.0, abs=1e-4)


def test_a_slip_leaves_a_phrasing_more_like_its_own_than_any_other(connection: sqlite3.Connection) -> None:
    texts = [text for found in letters.read_phrasings(connection).values() for text in found]
    alike, _ = letters.likeness(connection, "what hapened with rituximb")
    assert "rituximab" in texts[max(alike, key=alike.__getitem__)]


@given(text=st.text())
def test_likeness_is_a_share_for_any_text(connection: sqlite3.Connection, text: str) -> None:
    for found in letters.likeness(connection, text):
        assert all(0 < share <= 1.0001 for share in found.values())
