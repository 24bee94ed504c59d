import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import rules
from bot.catalogue.model import Author, Retraction, RetractionStatus, Study
from bot.curate.compare import Comparison, Kind, compare
from bot.curate.crossref import from_work
from bot.curate.duplicates import Known
from bot.curate.pubmed import read_articles
from bot.curate.reading import Notice, Reading
from tests.catalogue.fabricated import catalogue, study
from tests.curate.invented import DOI, PMID, TITLE, crossref_work, pubmed_article, pubmed_set
from tests.curate.test_merge import readings

DAY = dt.date(2026, 12, 1)
AUTHORS = (
    Author(family="Inventa", given="Ada Q."),
    Author(family="van Fictie", given="Bert"),
    Author(literal="The Made-up Group"),
)
NOTICE = {
    "DOI": "10.5555/notice.1",
    "type": "retraction",
    "label": "Retraction",
    "updated": {"date-parts": [[2021]]},
}


def entry(**changes: Any) -> Study:
    values: dict[str, Any] = {
        "title": TITLE,
        "authors": AUTHORS,
        "journal": "Journal of Invented Results",
        "journal_abbrev": "J Invent Results",
        "year": 2019,
        "volume": "12",
        "issue": "3",
        "pages": "149-156",
        "doi": DOI,
        "pmid": PMID,
        "pmcid": "PMC900001",
    }
    return study("inventa-2019-grip", **(values | changes))


def crossref(hyphenated: dict[str, Any] | None = None, /, **changes: Any) -> Reading:
    return from_work(crossref_work(hyphenated, **changes))


def pubmed(**changes: Any) -> Reading:
    return read_articles(pubmed_set(pubmed_article(**changes)))[0]


def held(one: Study, *readings: Reading, fill: bool = False, others: tuple[Study, ...] = ()) -> Comparison:
    return compare(one, readings, (), Known([one, *others]), DAY, fill=fill)


def told(comparison: Comparison) -> list[tuple[Kind, str]]:
    return [(finding.kind, finding.text) for finding in comparison.findings]


def problems(one: Study) -> list[str]:
    return [str(problem) for problem in rules.problems(catalogue(one), DAY)]


def test_an_entry_that_agrees_with_its_sources_needs_nothing() -> None:
    assert held(entry(), crossref(), pubmed(), fill=True) == Comparison(())


def test_a_new_retraction_is_proposed_whether_or_not_values_are_wanted() -> None:
    found = held(entry(), crossref({"updated-by": [NOTICE]}), pubmed(kinds=("Retracted Publication",)))

    assert told(found) == [
        (
            Kind.RETRACTION,
            "Retraction, 2021, 10.5555/notice.1 (Crossref); Retracted Publication (PubMed)",
        )
    ]
    assert found.proposed is not None
    assert found.proposed.retraction == Retraction(RetractionStatus.RETRACTED, 2021, "10.5555/notice.1")
    assert found.proposed.changes[-1].what == "Marked as retracted: Crossref, PubMed."
    assert found.proposed.changes[-1].date == DAY
    assert found.proposed.sources[-2:] == (
        f"https://api.crossref.org/works/{DOI}",
        f"https://pubmed.ncbi.nlm.nih.gov/{PMID}/",
    )
    assert found.proposed.finding.startswith("RETRACTED. TODO: say what was claimed. Two groups of ten")
    assert [problem for problem in problems(found.proposed) if "TODO" not in problem] == []


def test_a_page_that_is_named_already_is_not_named_again() -> None:
    named = entry(sources=(f"http://pubmed.ncbi.nlm.nih.gov/{PMID}",), volume=None)
    filled = held(named, pubmed(), fill=True).proposed
    assert filled is not None
    assert filled.sources == named.sources


def test_a_graver_notice_replaces_a_milder_one_and_never_the_other_way() -> None:
    corrected = entry(retraction=Retraction(RetractionStatus.CORRECTED, 2020, reason="A table was mended."))
    found = held(corrected, crossref({"updated-by": [NOTICE]}))
    assert found.proposed is not None
    assert found.proposed.retraction == Retraction(RetractionStatus.RETRACTED, 2021, "10.5555/notice.1")

    retracted = entry(retraction=Retraction(RetractionStatus.RETRACTED, 2021, "10.5555/notice.1"))
    erratum = pubmed(links=(("ErratumIn", "J Invent Results. 2020 Jan;13(1):5"),))
    assert held(retracted, erratum, crossref({"updated-by": [NOTICE]}), fill=True) == Comparison(())


def test_a_known_notice_without_its_place_gets_it_only_if_that_is_wanted() -> None:
    known = entry(retraction=Retraction(RetractionStatus.RETRACTED, reason="In our own words."))
    reading = crossref({"updated-by": [NOTICE]})
    assert told(held(known, reading)) == [
        (Kind.EMPTY, "retraction.notice_doi: 10.5555/notice.1 (Crossref)"),
        (Kind.EMPTY, "retraction.year: 2021 (Crossref)"),
    ]
    assert held(known, reading).proposed is None
    filled = held(known, reading, fill=True).proposed
    assert filled is not None
    assert filled.retraction == Retraction(
        RetractionStatus.RETRACTED, 2021, "10.5555/notice.1", "In our own words."
    )
    assert filled.changes[-1].what == "Filled: retraction.year, retraction.notice_doi from Crossref."


@pytest.mark.parametrize(
    ("kind", "heading", "status"),
    [
        ("ErratumIn", Kind.CORRECTION, RetractionStatus.CORRECTED),
        ("ExpressionOfConcernIn", Kind.CONCERN, RetractionStatus.EXPRESSION_OF_CONCERN),
        ("RetractedandRepublishedIn", Kind.RETRACTION, RetractionStatus.RETRACTED),
    ],
)
def test_each_kind_of_notice_has_its_heading(kind: str, heading: Kind, status: RetractionStatus) -> None:
    found = held(entry(), pubmed(links=((kind, "J Invent Results. 2020 Jan;13(1):5. doi: 10.5555/n."),)))
    assert [finding.kind for finding in found.findings] == [heading]
    assert found.proposed is not None
    assert found.proposed.retraction == Retraction(status, 2020, "10.5555/n")


def test_a_work_that_was_printed_again_is_told_and_nothing_is_proposed() -> None:
    found = held(entry(), pubmed(links=(("RepublishedIn", "Other J. 2022;1:1"),)))
    assert told(found) == [(Kind.NOTICE, "republished, 2022, PMID 900000099 (PubMed)")]
    assert found.proposed is None


def test_what_retraction_watch_knows_counts_as_well() -> None:
    watched = Notice("Retraction Watch", "retraction (Concerns)", RetractionStatus.RETRACTED, 2022)
    found = compare(entry(), (), (watched,), Known([entry()]), DAY, fill=False)
    assert told(found) == [(Kind.RETRACTION, "retraction (Concerns), 2022 (Retraction Watch)")]
    assert found.proposed is not None
    assert found.proposed.changes[-1].what == "Marked as retracted: Retraction Watch."


def test_empty_fields_are_told_and_filled_only_if_that_is_wanted() -> None:
    sparse = entry(volume=None, pages=None, pmid=None, pmcid=None, journal_abbrev=None)
    found = held(sparse, crossref(), pubmed())
    assert [finding.text for finding in found.findings] == [
        "journal_abbrev: J Invent Results (PubMed)",
        "pages: 149-156 (Crossref, PubMed)",
        "pmcid: PMC900001 (PubMed)",
        f"pmid: {PMID} (PubMed)",
        "volume: 12 (Crossref, PubMed)",
    ]
    assert found.proposed is None

    filled = held(sparse, crossref(), pubmed(), fill=True).proposed
    assert filled is not None
    assert (filled.volume, filled.pages, filled.pmid) == ("12", "149-156", PMID)
    assert (
        filled.changes[-1].what
        == "Filled: journal_abbrev, pmid, pmcid from PubMed; volume, pages from Crossref."
    )
    assert problems(filled) == []


def test_a_doi_that_is_filled_takes_the_place_of_the_address() -> None:
    filled = held(entry(doi=None, url="https://example.org/paper"), pubmed(), fill=True).proposed
    assert filled is not None
    assert (filled.doi, filled.url) == (DOI, None)
    assert "Took out the address https://example.org/paper" in filled.changes[-1].what
    assert problems(filled) == []


def test_a_cut_list_of_authors_is_completed_by_one_that_goes_on() -> None:
    cut = entry(authors=AUTHORS[:1], authors_complete=False)
    filled = held(cut, crossref(), pubmed(), fill=True).proposed
    assert filled is not None
    assert (filled.authors, filled.authors_complete) == (AUTHORS[:1] + AUTHORS[1:], True) or len(
        filled.authors
    ) == 3
    assert filled.authors_complete


def test_a_cut_list_that_does_not_fit_is_left_as_it_is() -> None:
    cut = entry(authors=(Author(family="Nemo", given="N"),), authors_complete=False)
    found = held(cut, crossref(), pubmed(), fill=True)
    assert found.proposed is None
    assert [finding.kind for finding in found.findings] == [Kind.DIFFERS]


def test_no_authors_are_filled_from_a_source_that_has_them() -> None:
    filled = held(entry(authors=(), authors_complete=False), pubmed(), fill=True).proposed
    assert filled is not None
    assert len(filled.authors) == 3
    assert filled.authors_complete


def test_a_field_differs_only_if_no_source_agrees() -> None:
    assert told(held(entry(year=2018), crossref(), pubmed())) == [
        (Kind.DIFFERS, "year: here 2018; Crossref: 2019; PubMed: 2019")
    ]
    assert told(held(entry(), crossref(volume="13"), pubmed())) == []
    assert held(entry(year=2018), crossref(), fill=True).proposed is None


def test_a_slip_in_a_title_is_told() -> None:
    slip = TITLE.replace("Grip", "Grib")
    assert told(held(entry(title=slip), crossref(), pubmed())) == [
        (Kind.DIFFERS, f"title: here {slip}; Crossref: {TITLE}; PubMed: {TITLE}")
    ]
    without_subtitle = entry(title=TITLE.split(":")[0])
    assert told(held(without_subtitle, crossref(), pubmed())) == []


def test_an_identifier_that_leads_to_another_title_is_told_and_nothing_of_it_is_used() -> None:
    stranger = crossref({"updated-by": [NOTICE]}, title=["Sleep of invented mice"], subtitle=[])
    found = held(entry(volume=None), stranger, fill=True)
    (finding,) = found.findings
    assert finding.kind is Kind.STRANGER
    assert finding.text == (
        f"Crossref has another title under doi {DOI}: Sleep of invented mice; "
        "it tells of: Retraction, 2021, 10.5555/notice.1 (Crossref)"
    )
    assert found.proposed is None


def test_an_identifier_that_another_entry_has_is_told_and_not_filled() -> None:
    other = study("other-2001-entry", title="Sleep of invented mice", pmid=PMID)
    found = held(entry(pmid=None), pubmed(), fill=True, others=(other,))
    assert told(found) == [
        (Kind.DIFFERS, f"pmid: {PMID} (PubMed) stands in studies/other-2001-entry.toml: is one a duplicate?")
    ]
    assert found.proposed is None


def test_a_preprint_that_was_published_is_told_with_what_to_do() -> None:
    relation = {"is-preprint-of": [{"id-type": "doi", "id": "10.5555/journal.9"}]}
    preprint = entry(journal="medRxiv", volume=None, issue=None, pages=None, journal_abbrev=None, pmid=None)
    reading = crossref(
        {"container-title": []},
        relation=relation,
        volume=None,
        issue=None,
        page=None,
        type="posted-content",
        institution=[{"name": "medRxiv"}],
    )
    assert told(held(preprint, reading)) == [(Kind.PUBLISHED, "published as 10.5555/journal.9 (Crossref)")]
    journal = study("inventa-2020-grip", doi="10.5555/journal.9")
    assert told(held(preprint, reading, others=(journal,))) == [
        (Kind.PUBLISHED, "published as studies/inventa-2020-grip.toml (Crossref); name both in related")
    ]


@given(
    several=st.lists(readings, max_size=3),
    empty=st.sets(
        st.sampled_from(["volume", "issue", "pages", "doi", "pmid", "pmcid", "journal_abbrev", "authors"])
    ),
    status=st.sampled_from([None, *RetractionStatus]),
    fill=st.booleans(),
)
def test_a_proposal_adds_and_never_changes_what_a_person_wrote(
    *, several: list[Reading], empty: set[str], status: RetractionStatus | None, fill: bool
) -> None:
    fields: dict[str, Any] = {field: () if field == "authors" else None for field in empty}
    one = entry(authors_complete="authors" not in empty, **fields)
    notices = (Notice("Retraction Watch", "notice", status, 2022),) if status else ()
    found = compare(one, several, notices, Known([one]), DAY, fill=fill)
    if found.proposed is None:
        return
    assert found.findings, "nothing is proposed in silence"
    for field in one.__struct_fields__:
        before, after = getattr(one, field), getattr(found.proposed, field)
        if field in ("sources", "changes"):
            assert after[: len(before)] == before
        elif field == "finding":
            assert after.endswith(before)
        elif field in empty:
            assert fill or not after
        elif field not in ("retraction", "authors_complete"):
            assert after == before, field
    assert len(found.proposed.changes) > len(one.changes), "each proposal says what it is"
