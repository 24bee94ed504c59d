import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from bot.catalogue import rules
from bot.catalogue.check import check
from bot.catalogue.model import Design, Pem, Retraction, RetractionStatus, Study
from bot.catalogue.source import decode, dump, read_folder, write, write_criteria
from bot.curate.crossref import from_work
from bot.curate.draft import DraftError, draft, notice_of, study_id
from bot.curate.merge import merge
from bot.curate.pubmed import read_articles
from bot.curate.reading import Notice, Reading, reading
from tests.catalogue.fabricated import catalogue
from tests.curate.invented import DOI, PMID, TITLE, crossref_work, pubmed_article, pubmed_set
from tests.curate.test_merge import readings

DAY = dt.date(2026, 11, 21)
TODO_FIELDS = {
    "population",
    "pem_basis",
    "finding",
    "why_it_matters",
    "limitations",
    "does_not_show",
    "curator_note",
}


def drafted(*several: Reading, taken: tuple[str, ...] = ()) -> Study:
    return draft(merge(several), taken, DAY)


def both(**changes: Any) -> tuple[Reading, Reading]:
    return (
        from_work(crossref_work()),
        read_articles(pubmed_set(pubmed_article(**changes)))[0],
    )


def test_a_draft_states_every_bibliographic_field_and_where_it_was_read() -> None:
    study = drafted(*both())

    assert study.id == "inventa-2019-grip-strength-invented"
    assert (study.title, study.year, study.doi, study.pmid) == (TITLE, 2019, DOI, PMID)
    assert study.sources == (
        f"https://api.crossref.org/works/{DOI}",
        f"https://pubmed.ncbi.nlm.nih.gov/{PMID}/",
    )
    (change,) = study.changes
    assert change.date == DAY
    assert change.what == (
        "Drafted: title, journal, year, volume, issue, pages, doi from Crossref; "
        "authors, journal_abbrev, pmid, pmcid from PubMed."
    )
    assert not study.abstract_seen


@pytest.mark.parametrize("kinds", [("Journal Article",), ("Journal Article", "Systematic Review")])
def test_check_names_each_todo_of_a_draft_and_finds_nothing_else(kinds: tuple[str, ...]) -> None:
    sources = catalogue(drafted(*both(kinds=kinds)))
    found = list(rules.problems(sources, DAY))

    assert {problem.field for problem in found if "TODO" in problem.what} == TODO_FIELDS
    assert [str(problem) for problem in found if "TODO" not in problem.what] == []


def test_a_draft_can_be_written_and_read_and_is_laid_out_as_the_others(tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    write_criteria({}, tmp_path)
    study = drafted(*both())
    write(study, tmp_path)

    report = check(read_folder(tmp_path), today=DAY)
    assert read_folder(tmp_path).studies[study.id] == study
    assert all("TODO" in problem.what for problem in report.problems)


def test_the_publication_type_settles_the_design_and_the_badge() -> None:
    study = drafted(*both(kinds=("Journal Article", "Meta-Analysis")))
    assert (study.design, study.pem) == (Design.META_ANALYSIS, Pem.NOT_APPLICABLE)


def test_a_retraction_that_a_source_tells_of_is_never_left_out_of_a_draft() -> None:
    link = ("RetractionIn", "J Invent Results. 2021 Mar 2;14(1):9. doi: 10.5555/notice.1.")
    study = drafted(*both(links=(link,)))
    assert study.retraction == Retraction(RetractionStatus.RETRACTED, 2021, "10.5555/notice.1")
    assert study.finding.startswith("RETRACTED. TODO: ")
    assert all("TODO" in problem.what for problem in rules.problems(catalogue(study), DAY))


def test_the_gravest_notice_counts_then_the_one_that_can_be_read() -> None:
    notices = (
        Notice("PubMed", "erratum", RetractionStatus.CORRECTED, 2022, "10.5555/erratum"),
        Notice("PubMed", "retraction", RetractionStatus.RETRACTED, 2021),
        Notice("Crossref", "Retraction", RetractionStatus.RETRACTED, None, "10.5555/notice"),
        Notice("PubMed", "republished", None, 2023),
    )
    assert notice_of(notices, 2019) == Retraction(RetractionStatus.RETRACTED, 2021, "10.5555/notice")
    assert notice_of(notices[-1:], 2019) is None


def test_a_year_of_a_notice_before_the_paper_is_not_believed() -> None:
    notice = Notice("PubMed", "erratum", RetractionStatus.CORRECTED, 2001)
    assert notice_of((notice,), 2019) == Retraction(RetractionStatus.CORRECTED)


def test_a_draft_says_where_the_sources_disagree() -> None:
    study = drafted(*both(year="<Year>2020</Year>"))
    assert "year: Crossref: 2019; PubMed: 2020" in (study.curator_note or "")


def test_a_work_without_title_or_year_is_refused() -> None:
    with pytest.raises(DraftError, match="no source states the year"):
        drafted(reading("refs.bib", {"title": TITLE}))
    with pytest.raises(DraftError, match="no source states the title"):
        drafted(reading("refs.bib", {"year": 2019}))


def test_a_file_is_no_page_so_the_page_is_left_to_write() -> None:
    study = drafted(reading("refs.bib", {"title": TITLE, "year": "2019"}))
    found = [problem.field for problem in rules.problems(catalogue(study), DAY) if "TODO" in problem.what]
    assert {"sources", "journal"} <= set(found)


def test_an_id_that_is_taken_gets_more_of_the_title_then_a_number() -> None:
    work = merge(both())
    taken: list[str] = []
    for _ in range(6):
        taken.append(study_id(work, taken))
    assert taken == [
        "inventa-2019-grip-strength-invented",
        "inventa-2019-grip-strength-invented-cohort",
        "inventa-2019-grip-strength-invented-cohort-made",
        "inventa-2019-grip-strength-invented-cohort-made-up",
        "inventa-2019-grip-strength-invented-cohort-made-up-comparison",
        "inventa-2019-grip-strength-invented-2",
    ]


def test_an_id_is_made_of_a_title_in_any_script() -> None:
    assert drafted(reading("refs.bib", {"title": "慢性疲労", "year": 2019})).id == "anonymous-2019"


@given(readings)
def test_every_draft_survives_its_file(one: Reading) -> None:
    try:
        study = drafted(one)
    except DraftError:
        return
    problems: list[Any] = []
    raw = msgspec.toml.decode(dump(study))
    assert decode(raw, Study, "x", problems) == study
    assert problems == []
