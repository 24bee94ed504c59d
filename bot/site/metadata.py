"""What a page tells programs about a study: meta tags for reference managers, and JSON-LD for search engines.

Meta tags are the Highwire Press ones that Zotero's "Embedded Metadata" translator and Google Scholar read.
JSON-LD uses the vocabulary of schema.org (ScholarlyArticle, Report, PublicationIssue, PublicationVolume,
Periodical, PropertyValue). Only what the record states is told.
"""

from collections.abc import Iterator
from typing import Any, Final

from bot.catalogue.model import Author, RetractionStatus, Study, Topic, doi_link
from bot.citation.csl import csl_record
from bot.citation.names import person

CONTEXT: Final = "https://schema.org"
_STATUS: Final = {
    RetractionStatus.RETRACTED: "Retracted",
    RetractionStatus.WITHDRAWN: "Withdrawn",
    RetractionStatus.EXPRESSION_OF_CONCERN: "Expression of concern",
    RetractionStatus.CORRECTED: "Corrected",
}


def meta_tags(study: Study) -> Iterator[tuple[str, str]]:
    """Names and contents of the meta tags of a study, in order."""
    article = _is_article(study)
    yield "citation_title", study.title
    for author in study.authors:
        yield "citation_author", _author_tag(author, alone=len(study.authors) == 1)
    yield "citation_publication_date", str(study.year)
    yield "citation_journal_title" if article else "citation_technical_report_institution", study.journal
    first, _, last = (study.pages or "").partition("-")
    given = (
        ("citation_journal_abbrev", study.journal_abbrev if article else None),
        ("citation_volume", study.volume),
        ("citation_issue", study.issue),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        ("citation_doi", study.doi),
        ("citation_pmid", study.pmid),
        ("citation_public_url", study.link),
        ("citation_language", "en"),
    )
    yield from ((name, value) for name, value in given if value)


def study_json(study: Study, page: str) -> dict[str, Any]:
    """The JSON-LD of a study's page: the page, and the work that it is about.

    Args:
        study: the study.
        page: the address of its page; relative where the site has no address yet.
    """
    return {
        "@context": CONTEXT,
        "@type": "WebPage",
        "url": page,
        "name": study.title,
        "inLanguage": "en",
        "dateCreated": study.changes[0].date.isoformat(),
        "dateModified": study.changes[-1].date.isoformat(),
        "mainEntity": work_json(study),
    }


def work_json(study: Study) -> dict[str, Any]:
    """The work itself, as a ScholarlyArticle, or as a Report where no journal published it."""
    article = _is_article(study)
    identifiers = (("DOI", study.doi), ("PMID", study.pmid), ("PMCID", study.pmcid))
    first, _, last = (study.pages or "").partition("-")
    pubmed = f"https://pubmed.ncbi.nlm.nih.gov/{study.pmid}/" if study.pmid else None
    work: dict[str, Any] = {
        "@type": "ScholarlyArticle" if article else "Report",
        "name": study.title,
        "headline": study.title,
        "author": [_author_json(author) for author in study.authors],
        "datePublished": str(study.year),
        "isPartOf": _container(study) if article else None,
        "publisher": None if article else {"@type": "Organization", "name": study.journal},
        "pageStart": first if last else None,
        "pageEnd": last,
        "pagination": study.pages,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": name, "value": value}
            for name, value in identifiers
            if value
        ],
        "url": study.link,
        "sameAs": [link for link in (doi_link(study.doi) if study.doi else None, pubmed) if link],
        "creativeWorkStatus": _STATUS[study.retraction.status] if study.retraction else None,
        "keywords": list(study.topics),
    }
    return {name: value for name, value in work.items() if value}


def topic_json(topic: Topic, studies: list[Study], page: str) -> dict[str, Any]:
    """The JSON-LD of a question's page: the page, and the works that it cites."""
    return {
        "@context": CONTEXT,
        "@type": "WebPage",
        "url": page,
        "name": topic.question,
        "inLanguage": "en",
        "dateCreated": topic.changes[0].date.isoformat(),
        "dateModified": topic.changes[-1].date.isoformat(),
        "citation": [work_json(study) for study in studies],
    }


def _is_article(study: Study) -> bool:
    return bool(csl_record(study)["type"].startswith("article"))


def _author_tag(author: Author, *, alone: bool) -> str:
    if author.literal:
        return author.literal
    name = person(author)
    family = " ".join(part for part in (name.particle, name.family, name.suffix) if part)
    text = f"{family}, {name.given}" if name.given else family
    # Zotero takes a lone "van der Meer, Jos W" for two people, unless a ";" shows how the list is parted.
    return f"{text};" if alone and " " in family and " " in name.given else text


def _author_json(author: Author) -> dict[str, str]:
    if author.literal:
        return {"@type": "Organization", "name": author.literal}
    name = person(author)
    family = " ".join(part for part in (name.particle, name.family) if part)
    return {
        "@type": "Person",
        "name": " ".join(part for part in (name.given, family, name.suffix) if part),
        "familyName": family,
        **({"givenName": name.given} if name.given else {}),
    }


def _container(study: Study) -> dict[str, Any]:
    """The journal, inside it the volume, inside that the issue, as far as they are known."""
    container: dict[str, Any] = {"@type": "Periodical", "name": study.journal}
    if study.journal_abbrev:
        container["alternateName"] = study.journal_abbrev
    if study.volume:
        container = {"@type": "PublicationVolume", "volumeNumber": study.volume, "isPartOf": container}
    if study.issue:
        container = {"@type": "PublicationIssue", "issueNumber": study.issue, "isPartOf": container}
    return container
