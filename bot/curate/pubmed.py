"""What PubMed says of works: by PMID, or by DOI.

Format: PubmedArticleSet (https://dtd.nlm.nih.gov/ncbi/pubmed/doc/out/), asked for with ESearch and EFetch of
the E-utilities (NCBI, NBK25499). The XML is read without expanding entities or loading anything it names.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element, ParseError

import defusedxml
import defusedxml.ElementTree
import msgspec

from bot.catalogue.model import Author, RetractionStatus
from bot.curate import clean
from bot.curate.fetch import TOOL, Fetcher, UnusableAnswerError
from bot.curate.reading import Notice, Reading, reading

NAME: Final = "PubMed"
_RETRACTED: Final = "Retracted Publication"
_BATCH: Final = 100  # records a request
_DOIS: Final = 40  # of a search
_TELLING: Final = 5  # letters of a word that is searched for; PubMed leaves out most shorter ones itself
_WORDS: Final = 12  # of a title that are searched for
_HITS: Final = 5  # of a search by title that are looked at
_RATE: Final = 3.0
_RATE_WITH_KEY: Final = 9.0

#: Links from a work to what was later said about it. Those to comments, and from a notice back to the work,
#: are not about it.
_LINKS: Final[Mapping[str, tuple[str, RetractionStatus | None]]] = {
    "RetractionIn": ("retraction", RetractionStatus.RETRACTED),
    "RetractedandRepublishedIn": ("retracted and republished", RetractionStatus.RETRACTED),
    "ExpressionOfConcernIn": ("expression of concern", RetractionStatus.EXPRESSION_OF_CONCERN),
    "PartialRetractionIn": ("partial retraction", RetractionStatus.CORRECTED),
    "ErratumIn": ("erratum", RetractionStatus.CORRECTED),
    "CorrectedandRepublishedIn": ("corrected and republished", RetractionStatus.CORRECTED),
    "RepublishedIn": ("republished", None),
}
_DOI_IN_SOURCE: Final = re.compile(r"\bdoi:\s*(10\.\S+)", re.IGNORECASE)


class PubMed:
    """Asks the E-utilities at ``base``, with an API key if there is one."""

    def __init__(self, fetcher: Fetcher, base: str, key: str | None = None) -> None:
        self._fetcher = fetcher
        self._base = base
        self._rate = _RATE_WITH_KEY if key else _RATE
        self._courtesy = {"tool": TOOL, "email": fetcher.contact} | ({"api_key": key} if key else {})

    def records(self, pmids: Iterable[str]) -> dict[str, Reading]:
        """What PubMed says of each of these works, by PMID; those it does not know are left out.

        Raises:
            FetchError: when PubMed cannot be asked, or answers otherwise than documented.
        """
        found: dict[str, Reading] = {}
        for batch in _batches(list(dict.fromkeys(pmids)), _BATCH):
            form = {"db": "pubmed", "retmode": "xml", "id": ",".join(batch)}
            answer = self._fetcher.post(
                f"{self._base}/efetch.fcgi",
                form,
                read_articles,
                per_second=self._rate,
                courtesy=self._courtesy,
            )
            found |= {one.pmid: one for one in answer or () if one.pmid in batch and one.pmid is not None}
        return found

    def by_doi(self, dois: Iterable[str]) -> dict[str, Reading]:
        """What PubMed says of the works with these DOIs, by DOI: only works whose record names that very DOI.

        Raises:
            FetchError: as :meth:`records` does.
        """
        wanted = list(dict.fromkeys(doi for doi in dois if '"' not in doi))
        pmids: list[str] = []
        for batch in _batches(wanted, _DOIS):
            pmids += self._search(" OR ".join(f'"{doi}"[doi]' for doi in batch))
        by_doi = {one.doi: one for one in self.records(pmids).values()}
        return {doi: by_doi[doi] for doi in wanted if doi in by_doi}

    def by_title(self, title: str) -> tuple[Reading, ...]:
        """The works that PubMed finds with the words of a title in their titles.

        Raises:
            FetchError: as :meth:`records` does.
        """
        telling = [word for word in clean.words(title).split() if len(word) >= _TELLING]
        if not telling:
            return ()
        pmids = self._search(" AND ".join(f"{word}[ti]" for word in list(dict.fromkeys(telling))[:_WORDS]))
        return tuple(self.records(pmids[:_HITS]).values())

    def _search(self, term: str) -> tuple[str, ...]:
        form = {"db": "pubmed", "retmode": "json", "retmax": str(10 * _DOIS), "term": term}
        found = self._fetcher.post(
            f"{self._base}/esearch.fcgi", form, _read_search, per_second=self._rate, courtesy=self._courtesy
        )
        return found or ()


def read_articles(body: bytes) -> tuple[Reading, ...]:
    """The readings of a PubmedArticleSet. Books, and records with no article, are left out.

    Raises:
        UnusableAnswerError: when it is not such a set, is cut short, or has entities of its own.
    """
    try:
        root = defusedxml.ElementTree.fromstring(body, forbid_entities=True, forbid_external=True)
    except (ParseError, defusedxml.DefusedXmlException, ValueError, LookupError):
        message = "PubMed's answer is broken XML, or none"
        raise UnusableAnswerError(message) from None
    if root.tag != "PubmedArticleSet":
        message = f"PubMed answered with {root.tag!r} and not with articles"
        raise UnusableAnswerError(message)
    try:
        found = [_article(one) for one in root.findall("PubmedArticle")]
    except RecursionError:
        message = "PubMed's answer is nested without end"
        raise UnusableAnswerError(message) from None
    return tuple(one for one in found if one is not None)


def _read_search(body: bytes) -> tuple[str, ...]:
    try:
        answer = msgspec.json.decode(body)
        return tuple(pmid for one in answer["esearchresult"]["idlist"] if (pmid := clean.pmid(one)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError):
        message = "PubMed's answer to a search is not what it should be"
        raise UnusableAnswerError(message) from None


def _article(record: Element) -> Reading | None:
    citation = record.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if citation is None or article is None:
        return None
    pmid = clean.pmid(_text(citation.find("PMID")))
    kinds = tuple(
        kind for one in article.findall("PublicationTypeList/PublicationType") if (kind := _text(one))
    )
    issue = article.find("Journal/JournalIssue")
    listed = article.find("AuthorList")
    ids = {str(one.get("IdType")): _text(one) for one in record.findall("PubmedData/ArticleIdList/ArticleId")}
    stated = [_text(one) for one in article.findall("ELocationID") if one.get("EIdType") == "doi"]
    raw = {
        "title": _text(article.find("ArticleTitle")) or _text(article.find("VernacularTitle")),
        "journal": _text(article.find("Journal/Title")),
        "journal_abbrev": _text(citation.find("MedlineJournalInfo/MedlineTA")),
        "year": _year(issue),
        "volume": _text(issue.find("Volume")) if issue is not None else None,
        "issue": _text(issue.find("Issue")) if issue is not None else None,
        "pages": _text(article.find("Pagination/MedlinePgn")),
        "doi": ids.get("doi") or (stated[0] if stated else None),
        "pmid": pmid,
        "pmcid": ids.get("pmc"),
    }
    return reading(
        NAME,
        raw,
        authors=_authors(listed),
        authors_complete=listed is None or listed.get("CompleteYN", "Y") == "Y",
        address=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else None,
        kinds=kinds,
        notices=with_retraction(tuple(_notices(citation)), kinds),
        published_as=_published_as(citation) if "Preprint" in kinds else None,
    )


def _text(element: Element | None) -> str | None:
    """All the text inside, with raised and lowered parts marked as :func:`clean.text` reads them."""
    if element is None:
        return None
    # Serialising would escape "<" and "&", which are unescaped again in clean.text.
    parts = [_escape(element.text)]
    for inner in element:
        inside = _text(inner) or ""
        parts.append(f"<{inner.tag}>{inside}</{inner.tag}>" if inner.tag in ("sup", "sub") else inside)
        parts.append(_escape(inner.tail))
    return "".join(parts).strip() or None


def _escape(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;")


def _year(issue: Element | None) -> str | None:
    if issue is None:
        return None
    return _text(issue.find("PubDate/Year")) or _text(issue.find("PubDate/MedlineDate"))


def _authors(listed: Element | None) -> Iterator[Author | None]:
    for one in listed.findall("Author") if listed is not None else ():
        if one.get("ValidYN") == "N":
            continue  # an earlier, misspelt form of a name
        if (body := clean.text(_text(one.find("CollectiveName")))) is not None:
            yield Author(literal=body)
        else:
            given = _text(one.find("ForeName")) or _text(one.find("Initials"))
            yield clean.person(_text(one.find("LastName")), given, _text(one.find("Suffix")))


def _links(citation: Element) -> Iterator[tuple[str, str, str | None]]:
    """The kind, the source line and the PMID of everything that a record links to."""
    for one in citation.findall("CommentsCorrectionsList/CommentsCorrections"):
        yield str(one.get("RefType")), _text(one.find("RefSource")) or "", clean.pmid(_text(one.find("PMID")))


def _notices(citation: Element) -> Iterator[Notice]:
    for kind, source, pmid in _links(citation):
        if (found := link_notice(kind, source, pmid)) is not None:
            yield found


def link_notice(kind: str, source: str, pmid: str | None) -> Notice | None:
    """The notice that a link leads to; ``None`` for a link to something else.

    Args:
        kind: of the link, a RefType.
        source: where the notice stands, such as "J Name. 2020 Jan;13(1):5. doi: 10.5555/x".
        pmid: of the notice.
    """
    if kind not in _LINKS:
        return None
    label, status = _LINKS[kind]
    stated = _DOI_IN_SOURCE.search(source)
    return Notice(
        source=NAME,
        label=label,
        status=status,
        year=clean.year(_DOI_IN_SOURCE.sub("", source)),
        doi=clean.doi(stated[1]) if stated else None,
        pmid=pmid,
    )


def with_retraction(notices: tuple[Notice, ...], kinds: tuple[str, ...]) -> tuple[Notice, ...]:
    """The notices, with a retraction among them if only the publication types tell of it."""
    if _RETRACTED not in kinds or any(one.status is RetractionStatus.RETRACTED for one in notices):
        return notices
    return (*notices, Notice(source=NAME, label=_RETRACTED, status=RetractionStatus.RETRACTED))


def _published_as(citation: Element) -> str | None:
    for kind, source, _ in _links(citation):
        if kind == "UpdateIn" and (stated := _DOI_IN_SOURCE.search(source)):
            return clean.doi(stated[1])
    return None


def _batches(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
