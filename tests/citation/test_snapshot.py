import datetime as dt
from dataclasses import replace

import pytest

from bot.citation import Snapshot

DAY = dt.date(2026, 3, 1)
ONE = Snapshot("2026.11.21", "0a1b2c3d4e5f", "2", "1", DAY, ("gupta-1997-cytokine-production",))


def test_the_line_says_which_state_of_which_entry_was_read_and_when() -> None:
    assert ONE.line() == (
        "Catalogue 2026.11.21 (0a1b2c3d), wording check 2, policy 1, read 1 Mar 2026, "
        "entry gupta-1997-cytokine-production"
    )


def test_several_entries_are_named_in_one_line() -> None:
    assert replace(ONE, entries=("a", "b")).line().endswith("entries a, b")


def test_a_line_that_would_not_say_what_was_read_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one entry"):
        replace(ONE, entries=())
    with pytest.raises(ValueError, match="content hash"):
        replace(ONE, content_hash="0a1b")
