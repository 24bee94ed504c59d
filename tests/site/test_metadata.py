"""What pages tell Zotero and search engines."""

from typing import Any

import pytest

from bot.catalogue.model import Author, Retraction, RetractionStatus, Study
from bot.catalogue.store import Catalogue
from bot.site.metadata import meta_tags, study_json, topic_json, work_json
from tests.catalogue.fabricated import study

#: The tags that Zotero's "Embedded Metadata" translator reads (HIGHWIRE_MAPPINGS and addHighwireMetadata in
#: its source, zotero/translators), of which a page of ours has some.
ZOTERO = {
    "citation_title",
    "citation_author",
    "citation_publication_date",
    "citation_journal_title",
    "citation_journal_abbrev",
    "citation_technical_report_institution",
    "citation_volume",
    "citation_issue",
    "citation_firstpage",
    "citation_lastpage",
    "citation_doi",
    "citation_pmid",
    "citation_public_url",
    "citation_language",
}
#: Properties that each type has by itself or from the types above it, with what each may hold: text, or one
#: of some types (schema.org, pages of these types; only what we use).
WORK: dict[str, Any] = {
    "name": str,
    "headline": str,
    "author": {"Person", "Organization"},
    "datePublished": str,
    "identifier": {"PropertyValue"},
    "url": str,
    "sameAs": str,
    "creativeWorkStatus": str,
    "keywords": str,
    "publisher": {"Organization"},
    "isPartOf": {"Periodical", "PublicationVolume", "PublicationIssue"},
}
TYPES: dict[str, dict[str, Any]] = {
    "WebPage": {
        **dict.fromkeys(("url", "name", "inLanguage", "dateCreated", "dateModified"), str),
        "mainEntity": {"ScholarlyArticle", "Report"},
        "citation": {"ScholarlyArticle", "Report"},
    },
    "ScholarlyArticle": {**WORK, "pageStart": str, "pageEnd": str, "pagination": str},
    "Report": {**WORK, "pageStart": str, "pageEnd": str, "pagination": str},
    "Person": {"name": str, "familyName": str, "givenName": str},
    "Organization": {"name": str},
    "PropertyValue": {"propertyID": str, "value": str},
    "Periodical": {"name": str, "alternateName": str},
    "PublicationVolume": {"volumeNumber": str, "isPartOf": {"Periodical"}},
    "PublicationIssue": {"issueNumber": str, "isPartOf": {"Periodical", "PublicationVolume"}},
}


def faults(thing: dict[str, Any], allowed: set[str]) -> list[str]:
    """What in a piece of JSON-LD the vocabulary does not allow."""
    kind = thing.get("@type", "")
    if kind not in allowed:
        return [f"{kind} where {sorted(allowed)} may stand"]
    found = []
    for name, value in thing.items():
        if name in {"@type", "@context"}:
            continue
        wanted = TYPES[kind].get(name)
        if wanted is None:
            found.append(f"{kind} has no {name}")
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(wanted, set) and isinstance(one, dict):
                found += faults(one, wanted)
            elif isinstance(wanted, set) or not isinstance(one, str) or not one:
                found.append(f"{kind}.{name} is {one!r}")
    return found


def tags(one: Study) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, content in meta_tags(one):
        found.setdefault(name, []).append(content)
    return found


def test_every_study_tells_zotero_what_its_record_states_and_nothing_else(catalogue: Catalogue) -> None:
    for one in catalogue.all_studies():
        found = tags(one)
        assert found.keys() <= ZOTERO
        assert found["citation_title"] == [one.title]
        assert found["citation_publication_date"] == [str(one.year)]
        assert len(found.get("citation_author", [])) == len(one.authors)
        assert found.get("citation_doi", [None]) == [one.doi]
        assert found.get("citation_pmid", [None]) == [one.pmid]
        pages = "-".join(found.get(f"citation_{end}page", [""])[0] for end in ("first", "last")).strip("-")
        assert pages == (one.pages or "")
        assert all(content for contents in found.values() for content in contents)


def test_a_journal_article_and_a_report_are_told_apart(catalogue: Catalogue) -> None:
    article = catalogue.study("gupta-1997-cytokine-production")
    report = catalogue.study("nice-2021-ng206")
    assert article is not None
    assert report is not None
    assert tags(article)["citation_journal_title"] == ["Journal of Psychiatric Research"]
    assert tags(article)["citation_author"][0] == "Gupta, S."
    assert "citation_journal_title" not in tags(report)
    assert work_json(report)["@type"] == "Report"
    assert work_json(article)["@type"] == "ScholarlyArticle"


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ((Author(family="van der Meer", given="Jos W M"),), ["van der Meer, Jos W. M.;"]),
        ((Author(family="Twisk", given="FNM"),), ["Twisk, F. N. M."]),
        ((Author(literal="The Made-up Group"),), ["The Made-up Group"]),
        (
            (Author(family="van der Meer", given="J W"), Author(family="Twisk", given="F")),
            ["van der Meer, J. W.", "Twisk, F."],
        ),
    ],
)
def test_a_lone_author_of_several_words_is_not_taken_for_two(
    authors: tuple[Author, ...], expected: list[str]
) -> None:
    # The translator splits a lone author at the comma where both sides hold a space, unless it finds a ";".
    assert tags(study(authors=authors))["citation_author"] == expected


def test_the_json_ld_of_every_page_keeps_to_the_vocabulary(catalogue: Catalogue) -> None:
    for one in catalogue.all_studies():
        page = study_json(one, "https://evidence.example/")
        assert page["@context"] == "https://schema.org"
        assert not faults(page, {"WebPage"}), one.id
        assert page["mainEntity"]["headline"] == one.title
    for topic in catalogue.all_topics():
        page = topic_json(topic, catalogue.studies(topic.studies), "https://evidence.example/")
        assert not faults(page, {"WebPage"}), topic.id
        assert len(page["citation"]) == len(topic.studies)


def test_the_vocabulary_of_this_test_refuses_what_is_not_in_it() -> None:
    assert faults({"@type": "Person", "doi": "10.1/a"}, {"Person"}) == ["Person has no doi"]
    assert faults({"@type": "Person", "name": ""}, {"Person"}) == ["Person.name is ''"]
    assert faults({"@type": "Person"}, {"Organization"})


def test_a_volume_stands_in_its_journal_and_an_issue_in_its_volume() -> None:
    found = work_json(study(volume="31", issue="1"))["isPartOf"]
    assert found["@type"] == "PublicationIssue"
    assert found["isPartOf"]["volumeNumber"] == "31"
    assert found["isPartOf"]["isPartOf"]["name"] == "Journal of Made-up Studies"


def test_a_retraction_is_told_to_programs_too() -> None:
    retracted = study(retraction=Retraction(status=RetractionStatus.RETRACTED, year=2011))
    assert work_json(retracted)["creativeWorkStatus"] == "Retracted"
    assert "creativeWorkStatus" not in work_json(study())
