import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.citation.titles import is_science, kept_capitals, nocase, stray_capitals, with_subtitle
from tests.catalogue.fabricated import study


@pytest.mark.parametrize(
    ("title", "capital", "lower"),
    [
        ("Pain: a review", "Pain: A review", "Pain: a review"),
        ("Pain: A review", "Pain: A review", "Pain: a review"),
        ("A vaccine: mRNA and more", "A vaccine: mRNA and more", "A vaccine: mRNA and more"),
        ("Alarm: XMRV again", "Alarm: XMRV again", "Alarm: XMRV again"),
        ("Adults: United States", "Adults: United States", "Adults: United States"),
        ("Society—in light of it", "Society—In light of it", "Society—in light of it"),
        ("Matter – a study", "Matter – A study", "Matter – a study"),
        ("A case–control study", "A case–control study", "A case–control study"),
        ("Is it? A study", "Is it? A study", "Is it? A study"),
    ],
)
def test_the_word_after_a_colon_follows_the_style_unless_its_case_says_something(
    title: str, capital: str, lower: str
) -> None:
    assert with_subtitle(title, capital=True) == capital
    assert with_subtitle(title, capital=False) == lower


@pytest.mark.parametrize("word", ["β2", "ß2", "p53", "mRNA", "IL-6", "DecodeME", "SARS-CoV-2", "ME/CFS", "α"])
def test_words_whose_case_says_something_are_known(word: str) -> None:
    assert is_science(word)


@pytest.mark.parametrize("word", ["Fatigue", "a", "chronic", "Epstein"])
def test_ordinary_words_and_plain_names_may_change_case(word: str) -> None:
    assert not is_science(word)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Elevated β2-adrenergic receptors", 'Elevated <span class="nocase">β2</span>-adrenergic receptors'),
        ("IL-6-induced fatigue", 'IL-<span class="nocase">6</span>-induced fatigue'),
        ("p53-mRNA-linked", '<span class="nocase">p53-mRNA</span>-linked'),
        ("post-COVID-19 fatigue", 'post-COVID-<span class="nocase">19</span> fatigue'),
        ("The Fukuda et al. criteria", 'The Fukuda <span class="nocase">et al.</span> criteria'),
        ("Drug poly(I).poly(C12U), again", 'Drug <span class="nocase">poly(I).poly(C12U)</span>, again'),
        ("ME/CFS and chronic fatigue", "ME/CFS and chronic fatigue"),
    ],
)
def test_tokens_that_title_case_would_spoil_are_wrapped(title: str, expected: str) -> None:
    assert nocase(title) == expected


@given(st.text(alphabet="aZβ2-/() .,:", max_size=40))
def test_wrapping_changes_no_character_of_the_title(title: str) -> None:
    assert re.sub(r'</?span(?: class="nocase")?>', "", nocase(title)) == title


@given(st.text(alphabet="abcAN2β: —-", max_size=40), st.booleans())
def test_the_subtitle_step_changes_nothing_but_case_and_is_stable(title: str, capital: bool) -> None:  # noqa: FBT001
    once = with_subtitle(title, capital=capital)
    assert once.casefold() == title.casefold()
    assert with_subtitle(once, capital=capital) == once


def test_a_title_in_title_case_has_stray_capitals_and_one_in_sentence_case_has_none() -> None:
    assert stray_capitals("Caring for the Patient with Severe ME/CFS") == ["Patient", "Severe"]
    assert stray_capitals("Prevalence in Wichita, Kansas: a study of B cells in DecodeME") == []


def test_capitals_that_stay_are_those_of_names_in_the_sentence_case_title() -> None:
    made = study(
        title="The DePaul Symptom Questionnaire in Norway: Original Versions",
        title_sentence="The DePaul Symptom Questionnaire in Norway: Original versions",
    )
    assert [made.title.split()[n] for n in sorted(kept_capitals(made))] == [
        "DePaul",
        "Symptom",
        "Questionnaire",
        "Norway:",
    ]
