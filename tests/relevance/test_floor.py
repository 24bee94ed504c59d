"""The relevance set holds the search up: no change may let a figure slide below its floor."""

from collections.abc import Iterator

import pytest

from bot.catalogue.search import Search
from tests.relevance import measure

# The share of queries whose first hit is right, by kind.
STUDIES = {
    "identifier": 1.0,
    "author_year": 0.97,
    "author_topic": 0.95,
    "title_fragment": 0.97,
    "title_typos": 0.95,
    "known_name": 0.95,
    "lay_description": 0.80,
    "wrong_year": 0.97,
}
FIRST_TOPIC = 0.94
TOPIC_SHOWN = 0.89
WRONG_TOPIC_SHOWN = 0.03
OFF_TOPIC_SHOWN = 0.01
KNOWN = {"crisis": 0.98, "research": 0.97, "personal_advice": 0.97, "diagnosis": 0.96, "dose": 0.97}


@pytest.fixture(scope="module")
def search() -> Iterator[Search]:
    with measure.real_search() as found:
        yield found


@pytest.fixture(scope="module")
def studies(search: Search) -> dict[str, measure.Tally]:
    return measure.studies(lambda text: search.studies(text).ids, measure.read("studies.jsonl"))


@pytest.mark.parametrize("kind", sorted(STUDIES))
def test_the_right_study_comes_first(studies: dict[str, measure.Tally], kind: str) -> None:
    assert studies[kind].recall(1) >= STUDIES[kind], studies[kind].missed


def test_a_wrong_study_is_hardly_ever_certain(search: Search) -> None:
    lines = measure.read("studies.jsonl")
    wrong = [one for found in measure.certain_but_wrong(search, lines).values() for one in found]
    assert len(wrong) <= 0.01 * len(lines), wrong


def test_questions_get_their_topic_and_no_other(search: Search) -> None:
    found = measure.together(measure.questions(search.topics, measure.read("questions.jsonl")).values())
    assert found.recall(1) >= FIRST_TOPIC, found.missed
    assert found.accuracy >= TOPIC_SHOWN, found.missed
    assert found.wrong_rate <= WRONG_TOPIC_SHOWN, found.wrong


def test_what_is_off_topic_is_not_answered(search: Search) -> None:
    found = measure.together(measure.off_topic(search, measure.read("off_topic.jsonl")).values())
    assert found.wrong_rate <= OFF_TOPIC_SHOWN, found.wrong


@pytest.mark.parametrize("kind", sorted(KNOWN))
def test_crisis_and_advice_are_known_and_research_is_let_through(kind: str) -> None:
    found = measure.guidance(line for line in measure.read("guidance.jsonl") if line.kind == kind)[kind]
    assert found.accuracy >= KNOWN[kind], found.wrong
