import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.catalogue.model import Author
from bot.curate.crossref import Crossref
from bot.curate.fetch import Fetcher
from bot.curate.lookup import Lookup, Sought
from bot.curate.pubmed import PubMed
from tests.curate.invented import (
    DOI,
    PMID,
    TITLE,
    crossref_answer,
    crossref_work,
    pubmed_article,
    pubmed_set,
    search_answer,
)
from tests.curate.loopback import Loopback

WORK = Sought(title=f"{TITLE}.", authors=(Author(family="Inventa", given="A"),), year=2018)


@pytest.fixture
def lookup(loopback: Loopback, fetcher: Callable[..., Fetcher]) -> Lookup:
    loopback.on("/esearch.fcgi", search_answer())
    loopback.on("/works", found())
    made = fetcher()
    return Lookup(Crossref(made, loopback.base, loopback.base), PubMed(made, loopback.base))


def found(*works: dict[str, Any]) -> bytes:
    return json.dumps({"status": "ok", "message-type": "work-list", "message": {"items": works}}).encode()


def test_a_work_without_an_identifier_is_found_in_both_sources_by_its_title(
    lookup: Lookup, loopback: Loopback
) -> None:
    loopback.on("/esearch.fcgi", search_answer(PMID))
    loopback.on("/efetch.fcgi", pubmed_set(pubmed_article()))
    loopback.on(f"/works/{DOI}", crossref_answer())
    (asked,) = lookup.ask([WORK])

    assert [(one.source, one.doi) for one in asked.readings] == [("Crossref", DOI), ("PubMed", DOI)]
    assert loopback.asked[0].form["term"] == (
        "strength[ti] AND invented[ti] AND cohort[ti] AND comparison[ti]"
    )


def test_what_pubmed_does_not_know_is_searched_in_crossref(lookup: Lookup, loopback: Loopback) -> None:
    loopback.on("/works", found(crossref_work(doi="10.5555/else", title=["Sleep of mice"]), crossref_work()))
    (asked,) = lookup.ask([WORK])
    assert [(one.source, one.doi) for one in asked.readings] == [("Crossref", DOI)]
    assert loopback.asked[-1].query["query.bibliographic"] == f"{TITLE}. Inventa"


@pytest.mark.parametrize(
    "works",
    [
        [crossref_work(title=["Grip strength in another cohort"])],
        [crossref_work(author=[{"family": "Nemo", "given": "A."}])],
        [crossref_work(author=None)],
        [crossref_work({"published-print": {"date-parts": [[2012]]}})],
        [crossref_work(), crossref_work(doi="10.5555/twin")],
        [],
    ],
    ids=["title", "author", "nobody", "year", "two", "none"],
)
def test_what_is_not_surely_the_same_work_is_not_taken(
    lookup: Lookup, loopback: Loopback, works: list[dict[str, Any]]
) -> None:
    loopback.on("/works", found(*works))
    (asked,) = lookup.ask([WORK])
    assert asked.readings == ()


def test_without_a_title_or_an_identifier_nobody_is_asked(lookup: Lookup, loopback: Loopback) -> None:
    assert [asked.readings for asked in lookup.ask([Sought()])] == [()]
    assert loopback.asked == []


def test_a_search_that_fails_is_told(lookup: Lookup, loopback: Loopback) -> None:
    loopback.on("/works", b'{"message": "something else"}')
    (asked,) = lookup.ask([WORK])
    assert asked.failures == ("by its title: Crossref's answer to a search holds no list",)


def test_a_pmid_that_pubmed_does_not_know_leads_nowhere(lookup: Lookup, loopback: Loopback) -> None:
    loopback.on("/efetch.fcgi", pubmed_set())
    (asked,) = lookup.ask([Sought(pmid=PMID)])
    assert asked.dead == (("pmid", PMID),)


def test_each_work_is_given_as_soon_as_it_is_known(lookup: Lookup, loopback: Loopback) -> None:
    loopback.on(f"/works/{DOI}", crossref_answer())
    steps: list[int] = []
    going = lookup.ask([Sought(doi=DOI), Sought(doi="10.5555/later")], lambda: steps.append(1))
    assert next(going).readings[0].doi == DOI
    assert "/works/10.5555/later" not in loopback.paths()
    assert steps == []
