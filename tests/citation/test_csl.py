import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from bot.catalogue.model import Author, Retraction, RetractionStatus
from bot.citation.csl import (
    OTHERS,
    address_of,
    csl_hash,
    csl_record,
    dotted_abbreviation,
    is_article_number,
    retraction_note,
)
from bot.citation.styles import STYLES, style
from tests.catalogue.fabricated import study
from tests.citation.catalogue import STUDIES

SCHEMA = json.loads((Path(__file__).parent / "schema" / "csl-data.json").read_text(encoding="utf-8"))


def test_every_record_of_the_catalogue_is_valid_csl_json_in_every_variation() -> None:
    Draft7Validator.check_schema(SCHEMA)
    validator = Draft7Validator(SCHEMA)
    for wanted in (None, *STYLES):
        records = [csl_record(one, wanted) for one in STUDIES.values()]
        assert [error.message for error in validator.iter_errors(records)] == []


def test_no_blank_field_and_no_html_entity_is_in_any_record() -> None:
    for one in STUDIES.values():
        text = json.dumps(csl_record(one), ensure_ascii=False)
        assert '""' not in text.replace('\\"', "")
        assert "&amp;" not in text
        assert ": null" not in text


@pytest.mark.parametrize(
    ("pages", "numbered"),
    [
        ("e0193672", True),
        ("CD003200", True),
        ("628029", True),
        ("c1777", True),
        ("149", False),
        ("S88", False),
        ("149-156", False),
        ("e1003-e1010", False),
    ],
)
def test_an_article_number_is_told_from_a_page(pages: str, numbered: bool) -> None:  # noqa: FBT001
    assert is_article_number(pages) is numbered


def test_an_article_number_is_a_number_in_apa_and_ieee_and_a_page_elsewhere() -> None:
    made = study(pages="e0193672")
    variables = {one.key: {"page", "number"} & csl_record(made, one).keys() for one in STYLES}
    assert variables.pop("apa") == variables.pop("ieee") == {"number"}
    assert set(map(frozenset, variables.values())) == {frozenset({"page"})}


def test_styles_get_the_title_in_the_case_they_want() -> None:
    made = study(
        title="Fatigue in Adults: A Review of β2 Receptors",
        title_sentence="Fatigue in adults: A review of β2 receptors",
    )
    titles = {one.key: csl_record(made, one)["title"] for one in STYLES}
    assert titles["apa"] == titles["ieee"] == "Fatigue in adults: A review of β2 receptors"
    assert (
        titles["vancouver"]
        == titles["ama"]
        == titles["harvard"]
        == "Fatigue in adults: a review of β2 receptors"
    )
    wrapped = 'Fatigue in adults: A review of <span class="nocase">β2</span> receptors'
    assert titles["mla"] == titles["chicago"] == wrapped
    assert (
        csl_record(made)["title"] == 'Fatigue in Adults: A Review of <span class="nocase">β2</span> Receptors'
    )


@pytest.mark.parametrize("status", [RetractionStatus.RETRACTED, RetractionStatus.WITHDRAWN])
def test_a_paper_that_no_longer_counts_says_so_before_its_title_once(status: RetractionStatus) -> None:
    made = study(
        title="A finding", retraction=Retraction(status=status, year=2011, notice_doi="10.5555/notice")
    )
    for wanted in (None, *STYLES):
        assert csl_record(made, wanted)["title"] == f"{status.upper()}: A finding"
    assert retraction_note(made) == f"{status.upper()} 2011, notice: https://doi.org/10.5555/notice"
    named = study(title=f"{status.upper()}: A finding", retraction=Retraction(status=status, year=2011))
    assert csl_record(named, style("apa"))["title"] == f"{status.upper()}: A finding"


def test_a_corrected_paper_keeps_its_title_and_has_a_note() -> None:
    made = study(title="A finding", retraction=Retraction(status=RetractionStatus.CORRECTED, year=2019))
    assert csl_record(made, style("apa"))["title"] == "A finding"
    assert csl_record(made)["note"] == "Correction published 2019"


def test_authors_nobody_could_read_are_marked_at_the_end_of_the_list() -> None:
    made = study(authors_complete=False)
    assert csl_record(made, style("apa"))["author"][-1] == {"literal": OTHERS}
    assert csl_record(made)["author"][-1] == {"literal": "et al."}


def test_a_list_that_is_empty_gets_no_mark() -> None:
    assert "author" not in csl_record(study(authors=(), authors_complete=False), style("apa"))


def test_a_doi_is_percent_encoded_where_it_will_be_a_link_and_bare_where_it_is_exported() -> None:
    doi = "10.5555/(sici)1097(1999)18:1<1::aid-x>3.0.co;2-#"
    assert (
        csl_record(study(doi=doi), style("apa"))["DOI"]
        == "10.5555/(sici)1097(1999)18:1%3C1::aid-x%3E3.0.co;2-%23"
    )
    assert csl_record(study(doi=doi))["DOI"] == doi


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"url": "https://example.org/a b", "pmid": "1"}, "https://example.org/a%20b"),
        ({"url": "https://www.mecfsatlas.com/x", "pmid": "12"}, "https://pubmed.ncbi.nlm.nih.gov/12/"),
        ({"url": "https://www.mecfsatlas.com/x"}, None),
        ({"pmid": "12", "pmcid": "PMC34"}, "https://pmc.ncbi.nlm.nih.gov/articles/PMC34/"),
        ({}, None),
    ],
)
def test_a_reference_without_doi_leads_to_the_work_and_not_to_a_page_about_it(
    fields: dict[str, str], expected: str | None
) -> None:
    assert address_of(study(doi=None, **fields)) == expected


@pytest.mark.parametrize(
    ("journal", "expected"),
    [
        (
            "Journal of Made-up Studies",
            {"type": "article-journal", "container-title": "Journal of Made-up Studies"},
        ),
        ("medRxiv", {"type": "article", "genre": "Preprint", "publisher": "medRxiv"}),
        ("The National Academies Press", {"type": "book", "publisher": "The National Academies Press"}),
        (
            "NICE guideline NG206",
            {"type": "report", "genre": "Guideline", "number": "NG206", "publisher": "NICE"},
        ),
        (
            "AHRQ Evidence Report/Technology Assessment Number 219",
            {
                "type": "report",
                "collection-title": "AHRQ Evidence Report/Technology Assessment",
                "number": "219",
            },
        ),
        (
            "Report by the Centre of Made-up",
            {"type": "report", "genre": "Report", "publisher": "Centre of Made-up"},
        ),
        ("Physiological Reports", {"type": "article-journal", "container-title": "Physiological Reports"}),
    ],
)
def test_the_kind_of_work_is_what_the_record_itself_tells(journal: str, expected: dict[str, str]) -> None:
    record = csl_record(study(journal=journal, issue=None))
    assert {name: record.get(name) for name in expected} == expected


def test_the_series_of_a_report_goes_where_the_style_prints_it() -> None:
    made = study(journal="NCHS Data Brief", issue="488")
    assert csl_record(made, style("vancouver"))["collection-title"] == "NCHS Data Brief"
    assert csl_record(made, style("apa"))["genre"] == "NCHS Data Brief"
    assert csl_record(made, style("ama"))["publisher"] == "NCHS Data Brief No. 488"
    for wanted in (None, *STYLES):
        assert csl_record(made, wanted)["number"] == "488"


@pytest.mark.parametrize(
    ("abbreviation", "journal", "dotted"),
    [
        ("J Psychiatr Res", "Journal of Psychiatric Research", "J. Psychiatr. Res."),
        ("PLoS One", "PLoS ONE", "PLoS One"),
        ("Healthcare (Basel)", "Healthcare", "Healthcare (Basel)"),
        (
            "Proc Natl Acad Sci U S A",
            "Proceedings of the National Academy of Sciences of the United States of America",
            "Proc. Natl. Acad. Sci. U.S.A.",
        ),
    ],
)
def test_ieee_has_full_stops_in_shortened_words_only(abbreviation: str, journal: str, dotted: str) -> None:
    assert dotted_abbreviation(abbreviation, journal) == dotted


def test_the_hash_changes_with_every_field_that_is_cited_and_with_no_other() -> None:
    made = study(volume="31", doi="10.5555/a")
    first = csl_hash(csl_record(made, style("apa")))
    changed = [study(volume="32", doi="10.5555/a"), study(volume="31", doi="10.5555/b"), study(volume="31")]
    assert len({first, *(csl_hash(csl_record(one, style("apa"))) for one in changed)}) == 4
    assert csl_hash(csl_record(study(volume="31", doi="10.5555/a", finding="Else."), style("apa"))) == first


def test_names_in_vancouver_and_ama_carry_no_stops_or_hyphens_of_their_own() -> None:
    made = study(authors=(Author(family="Fivash", given="J-L Jr"),))
    assert csl_record(made, style("ama"))["author"] == [
        {"family": "Fivash", "given": "J. L.", "suffix": "Jr"}
    ]
    assert csl_record(made, style("apa"))["author"] == [
        {"family": "Fivash", "given": "J.-L.", "suffix": "Jr."}
    ]
