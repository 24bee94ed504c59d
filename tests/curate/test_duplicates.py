from typing import Any

import pytest

from bot.catalogue.model import Author, Study
from bot.curate.crossref import from_work
from bot.curate.duplicates import Known, is_preprint
from bot.curate.merge import Merged, merge
from bot.curate.reading import reading
from tests.catalogue.fabricated import study
from tests.curate.invented import DOI, TITLE, crossref_work

PEOPLE = (Author(family="Inventa", given="A. Q."),)


def there(**changes: Any) -> Study:
    values: dict[str, Any] = {"title": TITLE, "authors": PEOPLE, "year": 2019, "doi": DOI} | changes
    return study("inventa-2019-grip", **values)


def work(hyphenated: dict[str, Any] | None = None, /, **changes: Any) -> Merged:
    return merge([from_work(crossref_work(hyphenated, **changes))])


def found(known: Study, one: Merged) -> list[tuple[str, bool]]:
    return [(match.why, match.sure) for match in Known([known]).matches(one)]


def test_the_same_doi_is_the_same_work_and_the_file_is_named() -> None:
    (match,) = Known([there()]).matches(work())
    assert str(match) == f"studies/inventa-2019-grip.toml: has the same DOI, {DOI}"
    assert match.sure


@pytest.mark.parametrize("field", ["pmid", "pmcid"])
def test_the_same_pmid_or_pmcid_is_the_same_work(field: str) -> None:
    value = "900000001" if field == "pmid" else "PMC900001"
    known = there(doi=None, title="Something else entirely", **{field: value})
    assert found(known, merge([reading("PubMed", {"title": TITLE, field: value})])) == [
        (f"has the same {field.upper()}, {value}", True)
    ]


def test_the_same_title_author_and_year_is_the_same_work() -> None:
    known = there(doi=None, title=TITLE.upper() + "!")
    assert found(known, work()) == [("has the same title", True)]


def test_the_same_title_by_others_or_in_another_year_is_only_alike() -> None:
    assert found(there(doi=None, year=2001), work()) == [("has the same title", False)]
    assert found(there(doi=None, authors=()), work()) == [("has the same title", False)]


def test_nearly_the_same_title_is_only_alike() -> None:
    known = there(doi=None, title="Grip strength in an invented cohort: a made up comparisons")
    assert found(known, work()) == [("has nearly the same title (99 of 100)", False)]


def test_titles_that_differ_in_a_number_are_two_works() -> None:
    first = there(doi=None, title="An invented follow-up of grip strength after 2 years")
    assert (
        found(first, work(title=["An invented follow-up of grip strength after 5 years"], subtitle=[])) == []
    )


def test_a_preprint_is_found_by_its_link_and_by_its_title() -> None:
    preprint = there(doi="10.5555/preprint.1", journal="medRxiv")
    linked = work(relation={"has-preprint": [{"id-type": "doi", "id": "10.5555/PREPRINT.1"}]})
    assert found(preprint, linked) == [("is its preprint (Crossref links them)", True)]
    assert found(preprint, work()) == [("is its preprint, by the title (the same title)", False)]


def test_the_version_in_a_journal_is_found_by_its_link_and_by_its_title() -> None:
    posted = {"container-title": [], "institution": [{"name": "bioRxiv"}]}
    linked = {"is-preprint-of": [{"id-type": "doi", "id": DOI}]}
    preprint = work(posted, doi="10.5555/preprint.1", type="posted-content", relation=linked)
    assert is_preprint(preprint)
    assert found(there(), preprint) == [("is its version in a journal (Crossref links them)", True)]
    unlinked = work(posted, doi="10.5555/preprint.1", type="posted-content")
    assert found(there(), unlinked) == [("is its version in a journal, by the title (the same title)", False)]


def test_a_sentence_case_title_is_known_by_as_well() -> None:
    known = there(doi=None, title="GSIC: A Made-Up Comparison", title_sentence=TITLE)
    assert found(known, work()) == [("has the same title", True)]


def test_other_works_are_not_matched() -> None:
    assert found(there(doi="10.5555/else", title="Sleep of invented mice in a maze"), work()) == []
    assert Known([]).matches(work()) == []
