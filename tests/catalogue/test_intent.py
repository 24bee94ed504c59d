"""Words of crisis, wishes for advice, and questions about research with the same words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.intent import Intent, IntentRules, intent
from bot.catalogue.store import Catalogue

CRISIS = [
    "I want to die",
    "i dont want to be here anymore",
    "im going to kill myself tonight",
    "thinking about ending it all",
    "no point in living like this",
    "everyone would be better off without me",
    "I can't go on like this",
    "i wish i wouldnt wake up",
    "my friend says she wants to kill herself",
    "my son is suicidal",
    "suicide hotline",
    "suicide",
    "im feeling sucidal",
    "how many pills would it take to die",
    "I'm a burden to everybody",
    "Should I take LDN? I want to end my life",
    "what dose would kill me",
    "is there a blood test? i cant do this anymore",
    "I WANT TO DIE",
    "i  want\nto\tdie",
    "i wa\u200bnt to die",
]
ADVICE = [
    "what should I take for fatigue",
    "should i stop my medication",
    "should i try ldn",
    "how much ldn should I take",
    "what dose of ldn",
    "do I have me/cfs",
    "can you diagnose me",
    "what is wrong with me",
    "my doctor says rest, should i exercise",
    "is 4.5 mg naltrexone safe for me",
    "can i take coq10 with my beta blocker",
    "does my daughter have cfs",
    "heres my blood results what do they mean",
]
RESEARCH = [
    "suicide mortality in ME/CFS",
    "how common is suicide in people with cfs",
    "risk of suicidal ideation in patients with me/cfs study",
    "causes of death in ME/CFS",
    "natural killer cells",
    "what dose did the ldn trial use",
    "does rituximab work for ME/CFS",
    "is graded exercise safe",
    "how is me/cfs diagnosed",
    "does cbt work for ME?",
    "burden of disease study",
    "cell death in ME/CFS",
    "hornig 2015",
    "10.1073/pnas.1710519114",
    "why are my blood tests normal",
    "is there a test for ME",
    "dying back neuropathy small fibre",
]


@pytest.mark.parametrize("text", CRISIS)
def test_words_of_crisis_are_heard_whatever_stands_around_them(text: str) -> None:
    assert intent(text) is Intent.CRISIS


@pytest.mark.parametrize("text", ADVICE)
def test_a_wish_for_personal_advice_is_known(text: str) -> None:
    assert intent(text) is Intent.PERSONAL_ADVICE


@pytest.mark.parametrize("text", RESEARCH)
def test_a_question_about_research_is_let_through(text: str) -> None:
    assert intent(text) is Intent.RESEARCH


@pytest.mark.parametrize("text", ["hi", "Hello bot!", "thanks so much", "who are you?"])
def test_small_talk_is_known(text: str) -> None:
    assert intent(text) is Intent.SMALL_TALK


def test_no_study_and_no_question_of_the_catalogue_is_taken_for_something_else(catalogue: Catalogue) -> None:
    texts = [study.title for study in catalogue.all_studies()]
    texts += [alias for study in catalogue.all_studies() for alias in study.aliases]
    texts += [topic.question for topic in catalogue.all_topics()]
    assert [text for text in texts if intent(text) is not Intent.RESEARCH] == []


def test_hardly_any_phrasing_of_a_reviewed_question_is_kept_from_its_answer(catalogue: Catalogue) -> None:
    phrasings = [phrasing for topic in catalogue.all_topics() for phrasing in topic.asked_as]
    caught = [phrasing for phrasing in phrasings if intent(phrasing) is not Intent.RESEARCH]
    assert len(caught) <= 0.01 * len(phrasings), caught
    assert [phrasing for phrasing in caught if intent(phrasing) is Intent.CRISIS] == []


@given(before=st.text(max_size=60), after=st.text(max_size=60))
def test_nothing_around_them_hides_words_of_crisis(before: str, after: str) -> None:
    assert intent(f"{before}\n. i want to kill myself . \n{after}") is Intent.CRISIS


@given(st.text(max_size=500))
def test_any_text_has_an_intent(text: str) -> None:
    assert intent(text) in Intent


@pytest.mark.parametrize("text", ["", "\x00", "x" * 10_000, "i want to " * 1_000, "\ud800"])
def test_odd_texts_are_judged_in_no_time(text: str) -> None:
    assert intent(text) in Intent


def test_rules_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(Exception, match="missing required field"):
        IntentRules(b'version = "1"')
