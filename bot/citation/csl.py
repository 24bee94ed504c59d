"""A study as CSL-JSON, the record that every citation engine reads, in the variation that a style needs.

Specification: https://docs.citationstyles.org/en/stable/specification.html and the CSL-JSON schema, version
1.0.2.
"""

import hashlib
import json
import re
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlsplit

from bot.catalogue.model import Author, RetractionStatus, Study
from bot.citation.names import person
from bot.citation.styles import Case, Style
from bot.citation.titles import nocase, sentence_title, whole, with_subtitle

Csl: TypeAlias = dict[str, Any]

# Stands for the authors that nobody could read; render.py turns it into "et al.". A private-use character can
# be in no name, so what is put right afterwards cannot be anything else.
OTHERS: Final = "\ue000"

# Pages that speak about a paper. A reference list names the place where the work itself stands, or none.
_ABOUT: Final = frozenset(
    {
        "ammes.org",
        "greenmedinfo.com",
        "jci.org",
        "jhu.pure.elsevier.com",
        "cfsmeatlas.com",
        "mecfsatlas.com",
        "meassociation.org.uk",
        "ncf-net.org",
        "ohsu.pure.elsevier.com",
        "ouci.dntb.gov.ua",
        "prohealth.com",
        "pubmedcentralcanada.ca",
        "pure.johnshopkins.edu",
        "s4me.info",
        "wames.org.uk",
    }
)
PREPRINT_SERVERS: Final = frozenset({"medRxiv", "bioRxiv", "arXiv", "Research Square", "SSRN", "PsyArXiv"})
_PUBLISHER: Final = re.compile(r"\b(?:Press|Publishers?|Publishing)$")
# Reports, by what the record says they came out as; each gives genre, series, number and publisher where it
# has them.
_REPORTS: Final = (
    re.compile(r"^(?P<publisher>NICE)? ?(?P<genre>guideline) (?P<number>[A-Z]+[0-9]+)$"),
    re.compile(r"^(?P<series>.*Report.*) Number (?P<number>[0-9]+)$"),
    re.compile(r"^(?P<series>NCHS Data Brief)$"),
    re.compile(r"^(?P<genre>Report) (?:by|from) (?:the )?(?P<publisher>.+)$"),
)


def csl_record(study: Study, style: Style | None = None) -> Csl:
    """The study as a CSL-JSON item: for one style, or (``None``) the neutral one that is exported.

    Only what the record holds goes in; a field that is not known is left out, never filled with a blank.
    """
    record: Csl = {"id": study.id, "type": "article-journal", "language": style.locale if style else "en"}
    record["title"] = _title(study, style)
    if authors := _authors(study, style):
        record["author"] = authors
    record |= _container(study, style)
    record["issued"] = {"date-parts": [[study.year]]}
    if study.volume:
        record["volume"] = study.volume
    if study.issue and "number" not in record:
        record["issue" if record["type"] == "article-journal" else "number"] = _issue(study.issue, style)
    if study.pages:
        as_number = style is not None and style.article_number and is_article_number(study.pages)
        record["number" if as_number and record["type"] == "article-journal" else "page"] = study.pages
    if study.doi:
        record["DOI"] = study.doi if style is None else _doi_for_links(study.doi)
    elif address := address_of(study):
        record["URL"] = address
    if study.pmid:
        record["PMID"] = study.pmid
    if study.pmcid:
        record["PMCID"] = study.pmcid
    if style is None and (note := retraction_note(study)):
        record["note"] = note
    return record


def csl_hash(record: Csl) -> str:
    """A short hash of a CSL record: it changes exactly when what the engine is given changes."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


#: Article numbers with a hyphen in them, as the journals of the American Society for Microbiology had.
_HYPHENATED: Final = re.compile(r"e\d{5}-\d{2}")


def is_article_number(pages: str) -> bool:
    """Whether ``pages`` holds an article number ("e0193672", "CD003200", "628029") and not a page or a range.

    A single number of five digits and more, or one with letters that is no page of a supplement ("S88"), is
    one; a shorter bare number may be either, and stays a page.
    """
    if "-" in pages:
        return bool(_HYPHENATED.fullmatch(pages))
    return len(pages) >= 5 if pages.isdigit() else not re.fullmatch(r"[A-Z]\d{1,3}", pages)  # noqa: PLR2004


def address_of(study: Study) -> str | None:
    """Where the work itself stands, for a reference without a DOI; ``None`` where only pages about it are
    known.

    Order: the stored address unless it merely speaks about the work, PubMed Central, PubMed.
    """
    is_article = _kind(study.journal)["type"] == "article-journal"
    host = (urlsplit(study.url).hostname or "").removeprefix("www.") if study.url else ""
    if study.url and not (host in _ABOUT and is_article):
        return quote(study.url, safe="/:;?#[]()@!$&'*+,=-._~%")
    if study.pmcid:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{study.pmcid}/"
    if study.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{study.pmid}/"
    return None


def retraction_mark(study: Study) -> str | None:
    """The word that stands before the title of a paper that no longer counts: "RETRACTED" or "WITHDRAWN"."""
    if study.retraction and study.retraction.status in {
        RetractionStatus.RETRACTED,
        RetractionStatus.WITHDRAWN,
    }:
        return study.retraction.status.upper()
    return None


def retraction_note(study: Study) -> str | None:
    """One line on a later notice: what, in which year, where it stands; ``None`` where there is no notice."""
    notice = study.retraction
    if notice is None:
        return None
    words = {
        RetractionStatus.RETRACTED: "RETRACTED",
        RetractionStatus.WITHDRAWN: "WITHDRAWN",
        RetractionStatus.EXPRESSION_OF_CONCERN: "Expression of concern published",
        RetractionStatus.CORRECTED: "Correction published",
    }
    year = f" {notice.year}" if notice.year else ""
    place = f", notice: https://doi.org/{notice.notice_doi}" if notice.notice_doi else ""
    return f"{words[notice.status]}{year}{place}"


def _issue(issue: str, style: Style | None) -> str:
    """The issue with the dash of the style between two numbers: engines do that for pages only."""
    return re.sub(r"(?<=\d)-(?=\d)", style.range_dash, issue) if style else issue


def _title(study: Study, style: Style | None) -> str:
    if style is None:
        title = nocase(study.title)
    elif style.case is Case.TITLE:
        # From sentence case the engine capitalises every title in the same way ("with", never "With").
        title = nocase(sentence_title(study))
    else:
        title = with_subtitle(sentence_title(study), capital=style.case is Case.SENTENCE_CAPITAL)
    mark = retraction_mark(study)
    return title if mark is None or title.upper().startswith(mark) else f"{mark}: {title}"


def _authors(study: Study, style: Style | None) -> list[dict[str, str]]:
    authors = [_author(author, bare=style is not None and style.bare_names) for author in study.authors]
    if authors and not study.authors_complete:
        # Rendering puts "et al." in the place of the mark.
        authors.append({"literal": OTHERS if style else "et al."})
    return authors


def _author(author: Author, *, bare: bool) -> dict[str, str]:
    if author.literal:
        return {"literal": author.literal}
    name = person(author)
    parts = {
        "family": name.family,
        "given": name.given.replace(".-", ". ") if bare else name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix.rstrip(".") if bare else name.suffix,
    }
    return {key: value for key, value in parts.items() if value}


def _container(study: Study, style: Style | None) -> Csl:
    """The CSL variables that say where the work came out, ``type`` among them."""
    kind = _kind(study.journal)
    if kind["type"] == "article-journal":
        # Engines capitalise the names of journals too ("Tidsskrift for Den Norske …"); ours are as they
        # should be.
        kind["container-title"] = study.journal if style is None else whole(study.journal)
        if study.journal_abbrev:
            dotted = style is not None and style.dotted_journals
            short = (
                dotted_abbreviation(study.journal_abbrev, study.journal) if dotted else study.journal_abbrev
            )
            kind["container-title-short"] = short
    if style is not None and "collection-title" in kind and style.series_in not in kind:
        series = kind.pop("collection-title")
        # AMA prints no number of a report; with the series it says which report it is.
        numbered = style.series_in == "publisher" and (number := kind.get("number") or study.issue)
        kind[style.series_in] = f"{series} No. {number}" if numbered else series
    return kind


def dotted_abbreviation(abbreviation: str, journal: str) -> str:
    """The NLM abbreviation with the full stops that IEEE wants: "J Psychiatr Res" -> "J. Psychiatr. Res.".

    A word that stands whole in the journal's title is not abbreviated and gets none ("Nat. Aging", "Lancet");
    nor does a place in brackets that the NLM adds to tell journals apart.
    """
    whole = {word.casefold() for word in re.findall(r"\w+", journal)}

    def dot(word: str) -> str:
        return word if word.casefold() in whole or not word.isalpha() else f"{word}."

    name, bracket, place = abbreviation.partition(" (")
    dotted = " ".join(dot(word) for word in name.split())
    return dotted.replace("U. S. A.", "U.S.A.") + bracket + place


def _kind(journal: str) -> Csl:
    if journal in PREPRINT_SERVERS:
        return {"type": "article", "genre": "Preprint", "publisher": journal}
    if _PUBLISHER.search(journal):
        return {"type": "book", "publisher": journal}
    for pattern in _REPORTS:
        if found := pattern.match(journal):
            part = found.groupdict()
            report = {
                "type": "report",
                "genre": _sentence(part.get("genre")),
                "collection-title": part.get("series"),
                "number": part.get("number"),
                "publisher": part.get("publisher"),
            }
            return {key: value for key, value in report.items() if value}
    return {"type": "article-journal"}


def _sentence(text: str | None) -> str | None:
    return text[0].upper() + text[1:] if text else None


def _doi_for_links(doi: str) -> str:
    """The DOI with what may not stand in a URL percent-encoded: styles print it as https://doi.org/…"""
    return quote(doi, safe="/:;()@!$&'*+,=-._~")
