"""Identifiers in text: every usual form of each, and nothing that only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.identifiers import Kind, link_key, recognise

DOI = "10.1016/s0140-6736(11)60096-2"


@pytest.mark.parametrize(
    "text",
    [
        DOI,
        DOI.upper(),
        f"doi:{DOI}",
        f"DOI {DOI}.",
        f"https://doi.org/{DOI}",
        f"http://dx.doi.org/{DOI}?x=1#y",
        f"({DOI})",
        f"**{DOI}**,",
        f"[paper](https://doi.org/{DOI})",
        "https://doi.org/10.1016%2FS0140-6736%2811%2960096-2",
        "10.1016%2FS0140-6736(11)60096-2",
        f"https://www.example.org/doi/full/{DOI}",
        "10. 1016/s0140-6736(11)60096-2",
        "10.1016 / s0140-6736(11)60096-2",
        "10.1016/s0140‐6736(11)60096‐2",
        "https://www.thelancet.com/journals/lancet/article/PIIS0140-6736(11)60096-2/fulltext",
        "https://www.sciencedirect.com/science/article/pii/S0140673611600962",
    ],
)
def test_a_doi_is_known_in_every_usual_form(text: str) -> None:
    (found,) = recognise(text)
    assert found.kind is Kind.DOI
    assert DOI in found.readings


@pytest.mark.parametrize(
    ("url", "doi"),
    [
        ("https://www.nature.com/articles/s41467-024-45107-3", "10.1038/s41467-024-45107-3"),
        ("https://www.bmj.com/content/340/bmj.c1777", "10.1136/bmj.c1777"),
        (
            "https://www.frontiersin.org/articles/10.3389/fimmu.2020.578/full",
            "10.3389/fimmu.2020.578",
        ),
        (
            "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0232475&type=printable",
            "10.1371/journal.pone.0232475",
        ),
        (
            "https://www.medrxiv.org/content/10.1101/2025.08.06.25333109v1.full.pdf",
            "10.1101/2025.08.06.25333109",
        ),
    ],
)
def test_a_publishers_page_gives_its_doi(url: str, doi: str) -> None:
    (found,) = recognise(url)
    assert doi in found.readings


@pytest.mark.parametrize(
    "text",
    [
        "9201656",
        "PMID 9201656",
        "pmid:9201656.",
        "PubMed ID: 9201656",
        "https://pubmed.ncbi.nlm.nih.gov/9201656/",
        "http://www.ncbi.nlm.nih.gov/pubmed/9201656",
        "https://www.ncbi.nlm.nih.gov/pubmed/?term=9201656",
        "https://europepmc.org/article/MED/9201656",
        "https://europepmc.org/abstract/MED/9201656",
    ],
)
def test_a_pmid_is_known_in_every_usual_form(text: str) -> None:
    assert [(i.kind, i.value) for i in recognise(text)] == [(Kind.PMID, "9201656")]


@pytest.mark.parametrize(
    "text",
    [
        "PMC3128000",
        "pmc3128000",
        "PMCID: PMC3128000",
        "PMC 3128000",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC3128000/",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3128000/pdf/x.pdf",
        "https://europepmc.org/articles/PMC3128000",
        "https://europepmc.org/article/PMC/3128000",
    ],
)
def test_a_pmcid_is_known_in_every_usual_form(text: str) -> None:
    assert [(i.kind, i.value) for i in recognise(text)] == [(Kind.PMCID, "PMC3128000")]


@pytest.mark.parametrize(
    "text",
    ["2011", "12345", "in 2015 we saw 123456 patients", "ratio 10.5/2", "IL-6", "call 0800 123456", "3/10"],
)
def test_numbers_in_passing_are_no_identifiers(text: str) -> None:
    assert recognise(text) == ()


def test_identifiers_come_in_their_order_and_each_once() -> None:
    text = f"PMID 9201656, then {DOI}, then PMID 9201656 again, PMC3128000"
    assert [i.kind for i in recognise(text)] == [Kind.PMID, Kind.DOI, Kind.PMCID]


def test_the_old_and_the_new_atlas_are_one() -> None:
    assert link_key("https://www.cfsmeatlas.com/evidence/x-2020-y/") == link_key(
        "http://mecfsatlas.com/evidence/x-2020-y?a=b"
    )


@given(st.text(max_size=300))
def test_places_are_inside_the_text_and_do_not_overlap(text: str) -> None:
    end = 0
    for found in recognise(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


_SUFFIX = st.from_regex(r"[a-z0-9]{1,8}([.\-_/][a-z0-9]{1,8}){0,3}", fullmatch=True)


@given(
    prefix=st.integers(1000, 99999),
    suffix=_SUFFIX,
    before=st.sampled_from(["", "doi:", "see (", "https://doi.org/"]),
)
def test_any_doi_is_read_out_of_a_sentence(prefix: int, suffix: str, before: str) -> None:
    doi = f"10.{prefix}/{suffix}"
    closing = ")." if before.endswith("(") else "."
    (found,) = recognise(f"{before}{doi}{closing}")
    assert doi in found.readings
