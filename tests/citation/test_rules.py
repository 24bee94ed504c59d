from typing import Any

import pytest

from bot.catalogue.model import Author
from bot.citation import rules
from tests.catalogue.fabricated import study, topic
from tests.citation.catalogue import SOURCES, STUDIES


def test_the_catalogue_breaks_no_rule_of_citation() -> None:
    assert [str(problem) for problem in rules.problems(STUDIES.values())] == []


@pytest.mark.parametrize(
    ("changes", "field", "what"),
    [
        ({"title": "Sleep &amp; rest"}, "title", "HTML entity &amp;"),
        ({"title": "Sleep of <i>E. coli</i>"}, "title", "tag <i>"),
        ({"title": "Sleep and rest."}, "title", "full stop"),
        ({"title": "Sleep  and rest"}, "title", "two spaces"),
        ({"journal": "Sleep &#38; Rest"}, "journal", "HTML entity &#38;"),
        ({"journal_abbrev": "J. Made Stud."}, "journal_abbrev", "full stops"),
        ({"title": "The Sleep of Adults"}, "title_sentence", "Sleep, Adults"),
        ({"title": "Sleep", "title_sentence": "Sleeping"}, "title_sentence", "more than capitals"),
        ({"authors": (Author(family="O&apos;Neil", given="K"),)}, "authors", "&apos;"),
        ({"authors": (Author(family="King, Jr.", given="K"),)}, "authors", "comma"),
    ],
)
def test_what_a_citation_would_print_wrongly_is_told(changes: dict[str, Any], field: str, what: str) -> None:
    (problem,) = rules.problems([study(**changes)])
    assert problem.file == "studies/first-2001-made-up-study.toml"
    assert problem.field == field
    assert what in problem.what
    assert problem.mend


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Sleep of adults in the U.S."},
        {"title": "The Sleep of Adults", "title_sentence": "The sleep of adults"},
        {"title": "Sleep in Utah: A review", "title_sentence": "Sleep in Utah: A review"},
        {"title": "Levels < 5 & > 3 in adults"},
    ],
)
def test_what_only_looks_wrong_is_let_through(changes: dict[str, str]) -> None:
    assert list(rules.problems([study(**changes)])) == []


def test_what_is_missing_is_listed_by_how_much_rests_on_it() -> None:
    whole = study(
        "whole-2001-a", doi="10.5555/a", volume="1", journal_abbrev="J Made Stud", pmid="1", pages="1-2"
    )
    little = study("little-2002-b", doi="10.5555/b", volume="1", journal_abbrev="J Made Stud", pages="3-4")
    much = study("much-2003-c", authors_complete=False)
    listed = rules.missing([whole, little, much], [topic("t-one", studies=("little-2002-b", "whole-2001-a"))])
    assert [str(gap) for gap in listed] == [
        "little-2002-b (1 topic): pmid",
        "much-2003-c (0 topics): authors, doi, volume, journal_abbrev, pmid",
    ]


def test_a_report_is_not_asked_for_a_volume() -> None:
    assert rules.missing_fields(study(journal="NICE guideline NG206", url="https://nice.org.uk/")) == ()
    assert rules.missing_fields(study(journal="NICE guideline NG206")) == ("doi or url",)


def test_the_list_for_the_catalogue_starts_with_what_most_topics_rest_on() -> None:
    listed = rules.missing(STUDIES.values(), SOURCES.topics.values())
    assert [gap.topics for gap in listed] == sorted((gap.topics for gap in listed), reverse=True)
