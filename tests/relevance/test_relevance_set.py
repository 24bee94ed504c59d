"""The relevance set itself: every line is well formed and points at records that exist."""

import json
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"

STUDIES = "studies.jsonl"
QUESTIONS = "questions.jsonl"
OFF_TOPIC = "off_topic.jsonl"
GUIDANCE = "guidance.jsonl"

# How many lines a kind needs for its figure to mean something. README.md says what the kinds are.
LEAST_PER_KIND: dict[str, dict[str, int]] = {
    STUDIES: dict.fromkeys(
        (
            "identifier",
            "author_year",
            "author_topic",
            "title_fragment",
            "title_typos",
            "known_name",
            "lay_description",
            "wrong_year",
        ),
        50,
    ),
    QUESTIONS: {"clean": 200, "typos": 100},
    OFF_TOPIC: {"other_disease": 40, "small_talk": 20, "nonsense": 20, "out_of_scope": 30, "near_miss": 50},
    GUIDANCE: {"personal_advice": 20, "diagnosis": 20, "dose": 20, "crisis": 40, "research": 40},
}
LEAST_STUDIES_NAMED = 300
LEAST_QUESTIONS_PER_TOPIC = 4


@dataclass(frozen=True)
class Line:
    where: str
    query: str
    kind: str
    expect: tuple[str, ...]
    fields: frozenset[str]


def read(name: str) -> list[Line]:
    lines = []
    for number, text in enumerate((HERE / name).read_text(encoding="utf-8").splitlines(), start=1):
        record = json.loads(text)
        lines.append(
            Line(
                where=f"{name}:{number}",
                query=record["query"],
                kind=record["kind"],
                expect=tuple(record.get("expect", ())),
                fields=frozenset(record),
            )
        )
    return lines


def stems(folder: str) -> set[str]:
    """The ids of the records in a folder of data/: the names of its files."""
    found = {path.stem for path in (DATA / folder).glob("*.toml")}
    assert found, f"data/{folder} holds no records"
    return found


def asked_as() -> set[str]:
    """Every phrasing the topics already list, folded for comparing."""
    phrasings: set[str] = set()
    for path in (DATA / "topics").glob("*.toml"):
        topic = tomllib.loads(path.read_text(encoding="utf-8"))
        phrasings.update(text.casefold() for text in (topic["question"], *topic["asked_as"]))
    return phrasings


@pytest.fixture(params=sorted(LEAST_PER_KIND))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_line_has_a_query_as_somebody_would_send_it(name: str) -> None:
    assert [line.where for line in read(name) if not line.query or line.query != line.query.strip()] == []


def test_no_query_stands_twice_in_a_file(name: str) -> None:
    counts = Counter(line.query.casefold() for line in read(name))
    assert [query for query, times in counts.items() if times > 1] == []


def test_no_query_is_off_topic_or_guidance_and_something_else_as_well() -> None:
    files_of: dict[str, set[str]] = {}
    for name in LEAST_PER_KIND:
        for line in read(name):
            files_of.setdefault(line.query.casefold(), set()).add(name)
    apart = {OFF_TOPIC, GUIDANCE}
    assert [query for query, names in files_of.items() if len(names) > 1 and names & apart] == []


def test_every_kind_is_known_and_has_enough_lines(name: str) -> None:
    counts = Counter(line.kind for line in read(name))
    least = LEAST_PER_KIND[name]
    assert set(counts) == set(least)
    assert {kind: counts[kind] for kind in least if counts[kind] < least[kind]} == {}


@pytest.mark.parametrize(
    ("name", "folders"),
    [(STUDIES, ("studies",)), (QUESTIONS, ("topics",)), (GUIDANCE, ("studies", "topics"))],
)
def test_every_expected_id_is_a_record_and_is_listed_once(name: str, folders: tuple[str, ...]) -> None:
    known = set().union(*(stems(folder) for folder in folders))
    lines = read(name)
    assert [(line.where, set(line.expect) - known) for line in lines if set(line.expect) - known] == []
    assert [line.where for line in lines if len(set(line.expect)) != len(line.expect)] == []


def test_studies_and_questions_always_say_what_is_expected() -> None:
    assert [line.where for line in read(STUDIES) + read(QUESTIONS) if not line.expect] == []


def test_only_research_lines_of_the_guidance_file_expect_an_answer() -> None:
    others = [line for line in read(GUIDANCE) if line.kind != "research"]
    assert [line.where for line in others if "expect" in line.fields] == []


def test_an_off_topic_line_expects_nothing() -> None:
    assert [line.where for line in read(OFF_TOPIC) if line.fields != {"query", "kind"}] == []


def test_the_study_queries_spread_over_the_catalogue() -> None:
    assert len({study for line in read(STUDIES) for study in line.expect}) >= LEAST_STUDIES_NAMED


def test_every_topic_is_asked_about_often_enough() -> None:
    counts = Counter(topic for line in read(QUESTIONS) for topic in line.expect)
    topics = stems("topics")
    assert {topic: counts[topic] for topic in topics if counts[topic] < LEAST_QUESTIONS_PER_TOPIC} == {}


def test_no_question_is_copied_from_a_topic() -> None:
    known = asked_as()
    assert known
    assert [line.where for line in read(QUESTIONS) if line.query.casefold() in known] == []
