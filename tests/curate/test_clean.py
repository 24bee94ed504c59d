from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import Author
from bot.curate import clean


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("149-56", "149-156"),
        ("149–156", "149-156"),
        ("240--255", "240-255"),
        ("e1024-e1031", "e1024-e1031"),
        ("S12-8", "S12-S18"),
        ("S12-S18", "S12-S18"),
        ("1098-101", "1098-1101"),
        ("62", "62"),
        ("62-62", "62"),
        ("e0193672", "e0193672"),
        ("71-82; discussion 83", "71-82"),
        ("pp. 3-9", "3-9"),
        ("n/a", None),
        ("", None),
        ("156-149", "156-149"),
    ],
)
def test_pages_are_written_in_full(written: str, meant: str | None) -> None:
    assert clean.pages(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "10.5555/Invented.1",
        "https://doi.org/10.5555/invented.1",
        "http://dx.doi.org/10.5555/INVENTED.1",
        "doi:10.5555/invented.1.",
        "DOI 10.5555/invented.1",
    ],
)
def test_a_doi_is_found_however_it_is_written(written: str) -> None:
    assert clean.doi(written) == "10.5555/invented.1"


@pytest.mark.parametrize(
    "written", ["", None, 5, "n/a", "10.55/x", "unavailable", "11.5555/x", "10.5555/a b"]
)
def test_what_is_no_doi_is_given_up(written: object) -> None:
    assert clean.doi(written) is None


@pytest.mark.parametrize(
    "written", [9201656, "9201656", "PMID: 9201656", "https://pubmed.ncbi.nlm.nih.gov/9201656/"]
)
def test_a_pmid_is_found_however_it_is_written(written: object) -> None:
    assert clean.pmid(written) == "9201656"


@pytest.mark.parametrize("written", ["0", 0, -1, True, "", "PMC123", "12a", "1234567890"])
def test_what_is_no_pmid_is_given_up(written: object) -> None:
    assert clean.pmid(written) is None


def test_a_number_of_absurd_length_is_given_up() -> None:
    assert clean.short(10**6000) is None
    assert clean.pmid(10**6000) is None
    assert clean.year(10**6000) is None
    assert clean.short(-12) == "-12"


def test_a_pmcid_has_its_letters() -> None:
    assert clean.pmcid("PMC3128000") == clean.pmcid("3128000") == clean.pmcid("PMC3128000.2") == "PMC3128000"


def test_a_title_loses_its_final_stop_but_not_that_of_an_abbreviation() -> None:
    assert clean.title("An invented title.") == "An invented title"
    assert clean.title("Invented care in the U.S.A.") == "Invented care in the U.S.A."


def test_names_have_their_suffix_behind_the_given_names() -> None:
    assert clean.person("Inventa", "Ada", "Jr") == Author(family="Inventa", given="Ada Jr")
    assert clean.person("Inventa, Jr", "Ada") == Author(family="Inventa", given="Ada Jr")
    assert clean.person(None, "Cher") == Author(family="Cher")
    assert clean.written_name("Inventa, Ada Q.") == Author(family="Inventa", given="Ada Q.")
    assert clean.written_name("The Made-up Group") == Author(literal="The Made-up Group")


@given(st.text())
def test_cleaning_twice_changes_nothing(value: str) -> None:
    for cleaner in (clean.pages, clean.doi, clean.pmid, clean.pmcid, clean.short):
        once: Any = cleaner(value)
        assert once is None or cleaner(once) == once


@given(st.text() | st.integers() | st.none() | st.booleans() | st.binary() | st.lists(st.text()))
def test_whatever_comes_in_only_a_usable_value_comes_out(value: object) -> None:
    found = {
        "title": clean.title(value),
        "journal": clean.text(value),
        "year": clean.year(value),
        "volume": clean.short(value),
        "pages": clean.pages(value),
        "doi": clean.doi(value),
        "pmid": clean.pmid(value),
        "pmcid": clean.pmcid(value),
        "url": clean.url(value),
    }
    assert [field for field, one in found.items() if one is not None and not clean.usable(field, one)] == []


@given(st.text())
def test_words_for_ids_have_only_the_letters_an_id_may_have(value: str) -> None:
    assert all(clean.usable("id", word[:80]) for word in clean.ascii_words(value))
