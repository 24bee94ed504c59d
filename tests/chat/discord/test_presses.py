from string import ascii_lowercase, digits

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.chat.discord.presses import LONGEST, GoneError, Kind, Press, UnreadablePressError, read, write

ENTRIES = (
    "gupta-1997-cytokine-production",
    "wiborg-2015-randomised-controlled-trial-of-group-cbt-against-waiting",
    "crawley-2013-unsupported-self-management-programmes-against-usual-care",
    "is-there-a-blood-test",
)

names = st.text(ascii_lowercase, min_size=1, max_size=8)
values = st.one_of(st.sampled_from(ENTRIES), st.text(max_size=60))
presses = st.builds(Press, st.sampled_from(Kind), names, st.dictionaries(names, values, max_size=4))


def written(press: Press) -> str | None:
    return write(press, lambda text: text in ENTRIES)


# The first run on a machine builds Hypothesis's table of characters, which takes seconds.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(presses)
@example(Press(Kind.ASK, "find", {"text": "ME/CFS & 100 % of Müller's “cells” = ? ~ *", "page": "2"}))
@example(Press(Kind.DELETE))
def test_what_is_written_is_read_again_as_it_was_and_fits(press: Press) -> None:
    custom_id = written(press)
    if custom_id is not None:
        assert len(custom_id) <= LONGEST
        assert read(custom_id, lambda: ENTRIES) == press


def test_a_usual_button_reads_well_in_a_log_of_discord() -> None:
    press = Press(Kind.TURN, "study", {"query": ENTRIES[0], "view": "full"})
    assert written(press) == "1tstudy?query*=gupta-1997-cytokine-production&view=full"


def test_two_long_ids_fit_as_hashes() -> None:
    press = Press(Kind.ASK, "compare", {"first": ENTRIES[1], "second": ENTRIES[2]})
    custom_id = written(press)
    assert custom_id is not None
    assert "first~=" in custom_id
    assert read(custom_id, lambda: ENTRIES) == press


def test_what_cannot_fit_is_not_written() -> None:
    assert written(Press(Kind.ASK, "find", {"text": "word " * 40})) is None


def test_an_entry_that_has_gone_is_told_from_words() -> None:
    custom_id = written(Press(Kind.ASK, "study", {"query": ENTRIES[0]}))
    assert custom_id is not None
    with pytest.raises(GoneError, match="gupta-1997"):
        read(custom_id, lambda: ENTRIES[1:])
    hashed = written(Press(Kind.ASK, "compare", {"first": ENTRIES[1], "second": ENTRIES[2]}))
    assert hashed is not None
    with pytest.raises(GoneError):
        read(hashed, lambda: ENTRIES[:2])


@given(st.text(max_size=120))
@example("")
@example("1")
@example("2astudy?query=x")
@example("1zstudy?query=x")
@example("1astudy?query")
@example("1astudy?query=a&query=b")
@example("1astudy?query*~=a")
@example("1astudy?*=a")
@example("1astudy?query=%ff")
@example("1a" + "x" * 200)
def test_a_custom_id_made_by_hand_is_read_or_refused_but_never_more(custom_id: str) -> None:
    try:
        press = read(custom_id, lambda: ENTRIES)
    except (UnreadablePressError, GoneError):
        return
    assert isinstance(press.kind, Kind)
    assert all(isinstance(value, str) for value in press.options.values())


@given(st.text(ascii_lowercase + digits + "-", max_size=40))
def test_a_forged_entry_id_never_passes_for_an_entry(value: str) -> None:
    if value in ENTRIES:
        return
    with pytest.raises((GoneError, UnreadablePressError)):
        read(f"1astudy?query*={value}", lambda: ENTRIES)
