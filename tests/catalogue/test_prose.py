"""Sentences end where a reader hears them end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.prose import fold, sentences, shorten


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("One! Two? Three", ["One!", "Two?", "Three"]),
        ("It rose (p = 0.05). It fell by 3.5 points.", ["It rose (p = 0.05).", "It fell by 3.5 points."]),
        ("Of these, 32.0% met both. 14.6% met neither.", ["Of these, 32.0% met both.", "14.6% met neither."]),
        ("He said “No.” She left.", ["He said “No.”", "She left."]),
        ("Was it 'normal?' Nobody knew.", ["Was it 'normal?'", "Nobody knew."]),
        ("(It was small.) “Why?” asked many.", ["(It was small.)", "“Why?” asked many."]),
        ("She found it. “Quite so,” he wrote.", ["She found it.", "“Quite so,” he wrote."]),
        ("It is small… Others differ.", ["It is small…", "Others differ."]),
        # Abbreviations and initials end nothing.
        ("The Fukuda et al. Criteria came first.", ["The Fukuda et al. Criteria came first."]),
        ("Five vs. Ten people.", ["Five vs. Ten people."]),
        (
            "Some (e.g. Norway) did. Others (i.e. Spain) not.",
            ["Some (e.g. Norway) did.", "Others (i.e. Spain) not."],
        ),
        ("Dr. Smith and Prof. Jones met in St. Louis.", ["Dr. Smith and Prof. Jones met in St. Louis."]),
        ("See no. 5 for more. No. 6 is next.", ["See no. 5 for more.", "No. 6 is next."]),
        ("Is there a test? No. There is none.", ["Is there a test?", "No.", "There is none."]),
        ("It was led by W. Ian Lipkin. He wrote it.", ["It was led by W. Ian Lipkin.", "He wrote it."]),
        ("J. K. Smith and D. A. Janneke wrote.", ["J. K. Smith and D. A. Janneke wrote."]),
        ("The U.S. Army paid.", ["The U.S. Army paid."]),
        # A letter that names something ends its sentence; so does a unit.
        ("They took vitamin D. They slept.", ["They took vitamin D.", "They slept."]),
        ("It was Complex V. Others ran.", ["It was Complex V.", "Others ran."]),
        ("Some reached 2 mmol/L. They were ill.", ["Some reached 2 mmol/L.", "They were ill."]),
        ("It was CFS. Others had ME.", ["It was CFS.", "Others had ME."]),
        # Sentences begin with anything but a small letter.
        ("It rose. mTOR did not.", ["It rose. mTOR did not."]),
        ("Il a marché. École fermée. Ångström lived.", ["Il a marché.", "École fermée.", "Ångström lived."]),
        ("The α rose. Β fell.", ["The α rose.", "Β fell."]),
        ("  Spaces \n and\tlines.   Go. ", ["Spaces and lines.", "Go."]),
        ("", []),
    ],
)
def test_sentences_of_prose(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text())
def test_sentences_lose_nothing_and_none_is_empty(text: str) -> None:
    found = sentences(text)
    assert " ".join(found) == fold(text)
    assert all(found)


@given(st.text())
def test_sentences_laid_out_line_by_line_are_found_again(text: str) -> None:
    found = sentences(text)
    assert sentences("\n".join(found)) == found


def test_shorten_keeps_whole_sentences_only() -> None:
    text = "One two. Three four. Five."
    assert shorten(text, 8) == "One two."
    assert shorten(text, 19) == "One two."
    assert shorten(text, 20) == "One two. Three four."
    assert shorten(text, 7) == ""
    assert shorten(text, 1000) == text


@given(st.text(), st.integers(min_value=0, max_value=200))
def test_shorten_never_cuts_inside_a_sentence(text: str, limit: int) -> None:
    short = shorten(text, limit)
    found = sentences(text)
    whole = [" ".join(found[:count]) for count in range(len(found) + 1)]
    assert short in whole
    assert len(short) <= limit
    longer = whole[whole.index(short) + 1 :]
    assert all(len(one) > limit for one in longer)
