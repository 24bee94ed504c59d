"""Each rule names the one fault that was made for it, and leaves sound records alone."""

import datetime as dt
from typing import Any

import pytest

from bot.catalogue import rules
from bot.catalogue.model import (
    Author,
    Change,
    Design,
    Pem,
    PemSource,
    Retraction,
    RetractionStatus,
    TopicKind,
)
from bot.catalogue.source import Problem, Sources
from tests.catalogue.fabricated import DAY, HISTORY, catalogue, criterion, study, topic

FIRST = "first-2001-made-up-study"
SECOND = "second-2002-made-up-study"
RETRACTED: dict[str, Any] = {"finding": "RETRACTED. The paper reported weak grip."}


def found(sources: Sources) -> list[tuple[str, str]]:
    """The file and field of every problem."""
    return [(problem.file, problem.field) for problem in rules.problems(sources, DAY)]


def the_problem(sources: Sources) -> Problem:
    problems = list(rules.problems(sources, DAY))
    assert len(problems) == 1, problems
    return problems[0]


def test_sound_records_have_no_problem() -> None:
    assert found(catalogue(study(), topic())) == []


@pytest.mark.parametrize(
    ("field", "changes", "said"),
    [
        ("finding", {"finding": "TODO write what was found."}, "TODO"),
        ("authors", {"authors": (Author(family="TODO", given="A"),)}, "TODO"),
        ("limitations", {"limitations": ("One clinic", "one clinic!")}, "twice"),
        ("sources", {"sources": ("https://example.org/a", "https://example.org/a")}, "twice"),
        ("sources", {"sources": ("https://example.org/a", "http://www.example.org/a/")}, "twice"),
        ("title", {"title": "Grip in CFS."}, "full stop"),
        ("title", {"title": "Grip &amp; CFS"}, "markup"),
        ("title_sentence", {"title_sentence": "Grip in <i>CFS</i>"}, "markup"),
        (
            "finding",
            {"retraction": Retraction(RetractionStatus.EXPRESSION_OF_CONCERN, year=2002)},
            "EXPRESSION OF CONCERN",
        ),
        ("changes", {"changes": (Change(dt.date(2026, 11, 30), "From the future."),)}, "future"),
        ("changes", {"changes": (*HISTORY, Change(dt.date(2026, 1, 1), "Earlier."))}, "order"),
        ("year", {"year": 2027}, "2027"),
        ("authors", {"authors": (), "authors_complete": False}, "missing"),
        ("authors_complete", {"authors": (), "curator_note": "No page names the authors."}, "is true"),
        ("authors", {"authors": (Author(family="First", literal="Group"),)}, "both"),
        ("authors", {"authors": (Author(given="Ada"),)}, "no name"),
        ("authors", {"authors": (Author(family="First", given="A"),) * 2}, "twice"),
        ("url", {"doi": "10.1234/a", "url": "https://example.org"}, "DOI"),
        ("pages", {"pages": "149-56"}, "backwards"),
        ("pages", {"pages": "S12-S7"}, "backwards"),
        ("criteria", {"criteria": ("Fukuda 1994", "Fukuda")}, "'Fukuda' is not known"),
        ("does_not_show", {"does_not_show": "Nothing is shown about grip."}, "otherwise"),
        ("topics", {"topics": ("muscles",)}, "not in tags.toml"),
        ("related", {"related": (FIRST,)}, "itself"),
        ("related", {"related": ("nobody-2000-knows-it",)}, "does not exist"),
        ("retraction", {"retraction": Retraction(RetractionStatus.RETRACTED), **RETRACTED}, "no year"),
        (
            "retraction",
            {"retraction": Retraction(RetractionStatus.RETRACTED, 2000), **RETRACTED},
            "cannot be",
        ),
        (
            "retraction",
            {"retraction": Retraction(RetractionStatus.RETRACTED, 2027), **RETRACTED},
            "cannot be",
        ),
        ("retraction", {"retraction": Retraction(RetractionStatus.CORRECTED, 2000)}, "cannot be"),
        (
            "retraction",
            {"doi": "10.1234/a", "retraction": Retraction(RetractionStatus.CORRECTED, 2002, "10.1234/a")},
            "notice itself",
        ),
    ],
)
def test_a_fault_in_a_study_is_named(field: str, changes: dict[str, Any], said: str) -> None:
    problem = the_problem(catalogue(study(**changes)))
    assert (problem.file, problem.field) == (f"studies/{FIRST}.toml", field)
    assert said in f"{problem.what}: {problem.mend}"


@pytest.mark.parametrize(
    "changes",
    [
        {"authors": (), "authors_complete": False, "curator_note": "No source names the authors."},
        {"pages": "e0193672"},
        {"pages": "167.e23-167.e30"},
        {"pages": "e00266-12"},
        {"retraction": Retraction(RetractionStatus.CORRECTED)},
        {"retraction": Retraction(RetractionStatus.RETRACTED, year=2001), **RETRACTED},
        {"title": "Grip < 20 kg & CFS: what next..."},
        {"url": "https://example.org"},
        {"does_not_show": "This does not prove that grip is normal."},
        {"changes": (Change(dt.date(2026, 11, 22), "Entered where it is tomorrow already."),)},
        {"curator_note": "A to-do list is no TODOlist."},
    ],
)
def test_what_only_looks_like_a_fault_is_none(changes: dict[str, Any]) -> None:
    assert found(catalogue(study(**changes))) == []


@pytest.mark.parametrize(
    ("badge", "criteria", "basis", "field"),
    [
        # Required: everyone had to meet a definition that asks for PEM.
        (Pem.REQUIRED, ("CCC 2003",), "People met the Canadian criteria.", None),
        (Pem.REQUIRED, ("CCC 2003", "Fukuda 1994"), "People met both definitions.", None),
        (Pem.REQUIRED, ("other: registry rules that require PEM",), "The registry requires PEM.", None),
        (Pem.REQUIRED, ("Fukuda 1994",), "People met both.", "pem"),
        (Pem.REQUIRED, ("self-report",), "People said they had PEM.", "pem"),
        (Pem.REQUIRED, (), "People had PEM.", "pem"),
        (
            Pem.REQUIRED,
            ("CCC 2003", "Fukuda 1994"),
            "People met Fukuda and/or the Canadian criteria.",
            "pem_basis",
        ),
        (Pem.REQUIRED, ("CCC 2003", "Fukuda 1994"), "Fukuda was used; the Canadian rules too.", "pem_basis"),
        (Pem.REQUIRED, ("other: PEM registry",), "The registry has rules.", "pem_basis"),
        # Not required: someone could take part without it.
        (Pem.NOT_REQUIRED, ("CCC 2003", "Fukuda 1994"), "People met either of them.", None),
        (Pem.NOT_REQUIRED, ("self-report",), "People said that they had it.", None),
        (Pem.NOT_REQUIRED, ("other: long COVID",), "Anyone with long COVID could take part.", None),
        (Pem.NOT_REQUIRED, ("CCC 2003",), "People met the Canadian criteria.", "pem"),
        (Pem.NOT_REQUIRED, ("CCC 2003", "Fukuda 1994"), "People met both of them.", "pem_basis"),
        (Pem.NOT_REQUIRED, ("NICE 2007",), "People met the NICE criteria of 2007.", "pem"),
        (Pem.NOT_REQUIRED, (), "Nobody asked for PEM.", "pem"),
        (Pem.NOT_REQUIRED, ("other: long COVID",), "They were tired.", "pem_basis"),
        # Unclear: the text that was read does not tell.
        (Pem.UNCLEAR, (), "The text seen does not name a definition.", None),
        (Pem.UNCLEAR, ("NICE 2007",), "The text does not say whether PEM was needed.", None),
        (Pem.UNCLEAR, ("self-report",), "An open survey; no definition is named.", None),
        (Pem.UNCLEAR, ("Fukuda 1994", "CCC 2003"), "Whether both were needed is not stated.", None),
        (Pem.UNCLEAR, ("Fukuda 1994",), "The text does not mention PEM.", "pem"),
        (Pem.UNCLEAR, ("CCC 2003",), "The text does not mention PEM.", "pem"),
        (Pem.UNCLEAR, (), "People had CFS.", "pem_basis"),
        # Not applicable: there were no patients to ask.
        (Pem.NOT_APPLICABLE, (), "A survey of doctors; no patients took part.", None),
        (Pem.NOT_APPLICABLE, ("Fukuda 1994",), "There were no patients.", "pem"),
        (Pem.NOT_APPLICABLE, (), "A survey of doctors.", "pem_basis"),
    ],
)
def test_the_pem_badge_follows_from_criteria_and_basis(
    badge: Pem, criteria: tuple[str, ...], basis: str, field: str | None
) -> None:
    one = study(pem=badge, criteria=criteria, pem_basis=basis)
    expected = [] if field is None else [(f"studies/{FIRST}.toml", field)]
    assert found(catalogue(one)) == expected


def test_a_badge_that_rests_on_nobodys_words_may_only_be_unclear_or_not_applicable() -> None:
    assert found(catalogue(study(pem_source=PemSource.NONE))) == [(f"studies/{FIRST}.toml", "pem_source")]
    unclear = study(pem_source=PemSource.NONE, pem=Pem.UNCLEAR, criteria=(), pem_basis="No text was seen.")
    assert found(catalogue(unclear)) == []


def test_a_review_has_no_other_badge_than_not_applicable() -> None:
    problem = the_problem(catalogue(study(design=Design.SYSTEMATIC_REVIEW)))
    assert (problem.field, "no participants" in problem.what) == ("pem", True)
    review = study(
        design=Design.SYSTEMATIC_REVIEW, pem=Pem.NOT_APPLICABLE, criteria=(), pem_basis="A review of trials."
    )
    assert found(catalogue(review)) == []


def test_related_studies_name_each_other() -> None:
    one, other = study(related=(SECOND,)), study(SECOND)
    problem = the_problem(catalogue(one, other))
    assert problem.what == f"'{SECOND}' does not name this study in return"
    assert problem.mend == f"add '{FIRST}' to related in studies/{SECOND}.toml"
    assert found(catalogue(one, study(SECOND, related=(FIRST,)))) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("doi", "10.1234/a"),
        ("pmid", "9201656"),
        ("pmcid", "PMC3128000"),
        ("atlas_url", "https://example.org/atlas"),
    ],
)
def test_two_studies_do_not_share_an_identifier(field: str, value: str) -> None:
    problem = the_problem(catalogue(study(**{field: value}), study(SECOND, **{field: value})))
    assert (problem.file, problem.field) == (f"studies/{SECOND}.toml", field)
    assert f"studies/{FIRST}.toml" in problem.what


def test_one_paper_is_not_entered_twice() -> None:
    same = catalogue(study(title="Grip in CFS"), study(SECOND, title="Grip in CFS!"))
    assert found(same) == [(f"studies/{SECOND}.toml", "title")]
    assert found(catalogue(study(title="Grip"), study(SECOND, title="Grip", year=2002))) == []


@pytest.mark.parametrize(
    ("field", "changes", "said"),
    [
        ("studies", {"studies": (FIRST, "nobody-2000-knows-it")}, "does not exist"),
        ("related_topics", {"related_topics": ("nobody-asks-this",)}, "does not exist"),
        ("related_topics", {"related_topics": ("is-grip-weak",)}, "itself"),
        ("limitations", {"limitations": (f"Small. [{SECOND}]",)}, "not among studies"),
        ("short_answer", {"short_answer": "Nobody knows. [nobody-2000-knows-it]"}, "does not exist"),
        (
            "what_research_shows",
            {"what_research_shows": ("One small study found no difference.",)},
            "no study",
        ),
        ("asked_as", {"asked_as": ("weak grip", "Weak grip?", "grip test")}, "twice"),
        ("markers", {"kind": TopicKind.TEST}, "missing"),
        ("what_it_does_not_prove", {"what_it_does_not_prove": ("TODO",)}, "TODO"),
    ],
)
def test_a_fault_in_a_topic_is_named(field: str, changes: dict[str, Any], said: str) -> None:
    problem = the_problem(catalogue(study(), study(SECOND), topic(**changes)))
    assert (problem.file, problem.field) == ("topics/is-grip-weak.toml", field)
    assert said in problem.what


def test_a_phrasing_leads_to_one_topic_only() -> None:
    phrase = ("weak hands in m.e.", "grip one", "grip two")
    other = ("Weak hands in M.E", "grip three", "grip four")
    problem = the_problem(catalogue(study(), topic(asked_as=phrase), topic("other", asked_as=other)))
    assert (problem.file, problem.field) == ("topics/other.toml", "asked_as")
    assert "topics/is-grip-weak.toml" in problem.what


def test_a_phrasing_may_repeat_its_own_question() -> None:
    asked = ("is grip weak", "grip one", "grip two")
    assert found(catalogue(study(), topic(question="Is grip weak?", asked_as=asked))) == []


def test_a_topic_and_a_study_do_not_share_an_id() -> None:
    assert found(catalogue(study(), topic(FIRST))) == [(f"topics/{FIRST}.toml", "id")]


def test_a_name_means_one_case_definition_only() -> None:
    definitions = (
        criterion("Fukuda 1994", requires_pem=False, known_as=("CDC criteria",)),
        criterion("CCC 2003", requires_pem=True, known_as=("cdc criteria",)),
    )
    problem = the_problem(catalogue(study(), criteria=definitions))
    assert (problem.file, problem.field) == ("criteria.toml", "ccc-2003.known_as")


def test_the_paper_of_a_case_definition_exists() -> None:
    definitions = (criterion("Fukuda 1994", requires_pem=False, study="nobody-2000-knows-it"),)
    problem = the_problem(catalogue(study(), criteria=definitions))
    assert (problem.file, problem.field) == ("criteria.toml", "fukuda-1994.study")


def test_a_correction_without_a_year_and_a_single_limit_are_listed_but_no_problem() -> None:
    one = study(retraction=Retraction(RetractionStatus.CORRECTED), limitations=("Small",))
    unused = topic(studies=(FIRST, SECOND))
    sources = catalogue(one, study(SECOND), unused)
    assert found(sources) == []
    assert {warning.field for warning in rules.warnings(sources, DAY)} == {
        "retraction",
        "limitations",
        "studies",
    }


def test_gaps_tell_what_nobody_has_seen_most_wanted_first() -> None:
    cut = study(authors_complete=False, pmid="9201656")
    nameless = study(SECOND, authors=(), authors_complete=False, curator_note="No source names the authors.")
    bare = study("fourth-2004", pmid="2", sources=("http://192.0.2.1:8081/9201656",))
    undated = study("third-2003", pmid="1", retraction=Retraction(RetractionStatus.CORRECTED))
    assert [(gap.file, gap.field) for gap in rules.gaps(catalogue(cut, nameless, bare, undated))] == [
        (f"studies/{SECOND}.toml", "authors"),
        (f"studies/{SECOND}.toml", "doi"),
        ("studies/third-2003.toml", "retraction"),
        ("studies/fourth-2004.toml", "sources"),
        (f"studies/{FIRST}.toml", "authors"),
    ]


def test_every_rule_has_a_sentence_that_says_what_it_holds() -> None:
    every = (*rules.STUDY, *rules.TOPIC, *rules.CRITERION, *rules.CATALOGUE)
    assert [rule.__name__ for rule in every if not (rule.__doc__ or "").strip()] == []
