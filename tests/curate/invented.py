"""Works that do not exist, in the shapes in which Crossref and PubMed describe works.

Every title says that it is invented; DOIs have the prefix 10.5555, which Crossref keeps for tests; names are
made up. Shapes: Crossref REST API, ``/works/{doi}``; NLM, PubmedArticleSet.
"""

import json
from typing import Any
from xml.sax.saxutils import escape

DOI = "10.5555/invented.2019.001"
PMID = "900000001"
TITLE = "Grip strength in an invented cohort: a made-up comparison"


def crossref_work(
    hyphenated: dict[str, Any] | None = None, /, doi: str = DOI, **changes: Any
) -> dict[str, Any]:
    """A work as Crossref describes it, with changes; a change to ``None`` takes the key away."""
    work: dict[str, Any] = {
        "DOI": doi,
        "type": "journal-article",
        "title": ["Grip strength in an invented cohort"],
        "subtitle": ["a made-up comparison"],
        "container-title": ["Journal of Invented Results"],
        "short-container-title": ["J. Inv. Res."],
        "author": [
            {"given": "Ada Q.", "family": "Inventa", "sequence": "first", "affiliation": []},
            {"given": "B.", "family": "van Fictie", "sequence": "additional", "affiliation": []},
            {"name": "The Made-up Group", "sequence": "additional", "affiliation": []},
        ],
        "published-print": {"date-parts": [[2019, 5]]},
        "published-online": {"date-parts": [[2018, 12, 1]]},
        "issued": {"date-parts": [[2018, 12, 1]]},
        "volume": "12",
        "issue": "3",
        "page": "149-56",
        "URL": f"https://doi.org/{doi}",
        "relation": {},
        "publisher": "Invented Press",
    }
    work.update((hyphenated or {}) | changes)
    return {key: value for key, value in work.items() if value is not None}


def crossref_answer(hyphenated: dict[str, Any] | None = None, /, doi: str = DOI, **changes: Any) -> bytes:
    """The whole answer of ``/works/{doi}``."""
    answer = {
        "status": "ok",
        "message-type": "work",
        "message-version": "1.0.0",
        "message": crossref_work(hyphenated, doi=doi, **changes),
    }
    return json.dumps(answer).encode()


def pubmed_article(  # noqa: PLR0913
    pmid: str = PMID,
    *,
    doi: str | None = DOI,
    title: str = f"{TITLE}.",
    year: str = "<Year>2019</Year><Month>May</Month>",
    kinds: tuple[str, ...] = ("Journal Article",),
    links: tuple[tuple[str, str], ...] = (),
    complete: str = "Y",
    journal: str = "Journal of invented results",
) -> str:
    """A PubmedArticle element. ``title`` and ``year`` are XML; ``links`` are (RefType, RefSource)."""
    types = "".join(f'<PublicationType UI="D016428">{escape(kind)}</PublicationType>' for kind in kinds)
    listed = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>{escape(source)}</RefSource>'
        f'<PMID Version="1">900000099</PMID></CommentsCorrections>'
        for kind, source in links
    )
    location = f'<ELocationID EIdType="doi" ValidYN="Y">{escape(doi)}</ELocationID>' if doi else ""
    ids = f'<ArticleId IdType="doi">{escape(doi)}</ArticleId>' if doi else ""
    return f"""<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>
<Article PubModel="Print"><Journal><ISSN IssnType="Print">0000-0000</ISSN>
<JournalIssue CitedMedium="Print"><Volume>12</Volume><Issue>3</Issue><PubDate>{year}</PubDate></JournalIssue>
<Title>{escape(journal)}</Title><ISOAbbreviation>J Invent Results</ISOAbbreviation></Journal>
<ArticleTitle>{title}</ArticleTitle><Pagination><StartPage>149</StartPage><EndPage>156</EndPage>
<MedlinePgn>149-56</MedlinePgn></Pagination>{location}
<Abstract><AbstractText>This text is invented.</AbstractText></Abstract>
<AuthorList CompleteYN="{complete}">
<Author ValidYN="Y"><LastName>Inventa</LastName><ForeName>Ada Q</ForeName><Initials>AQ</Initials></Author>
<Author ValidYN="Y"><LastName>van Fictie</LastName><ForeName>Bert</ForeName><Initials>B</Initials></Author>
<Author ValidYN="Y"><CollectiveName>The Made-up Group</CollectiveName></Author></AuthorList>
<Language>eng</Language><PublicationTypeList>{types}</PublicationTypeList></Article>
<MedlineJournalInfo><Country>Nowhere</Country><MedlineTA>J Invent Results</MedlineTA></MedlineJournalInfo>
<CommentsCorrectionsList>{listed}</CommentsCorrectionsList></MedlineCitation>
<PubmedData><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>
<ArticleId IdType="pubmed">{pmid}</ArticleId>{ids}
<ArticleId IdType="pmc">PMC900001</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList>
<ArticleId IdType="doi">10.5555/cited</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData>
</PubmedArticle>"""


def pubmed_set(*articles: str) -> bytes:
    """A PubmedArticleSet with the document type that EFetch sends."""
    return (
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC '
        '"-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
        f"<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>"
    ).encode()


def search_answer(*pmids: str) -> bytes:
    """The answer of ESearch in JSON."""
    result = {"count": str(len(pmids)), "retmax": "400", "retstart": "0", "idlist": list(pmids)}
    return json.dumps({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result}).encode()


def handle_answer(code: int) -> bytes:
    """The answer of the DOI proxy."""
    return json.dumps({"responseCode": code, "handle": DOI}).encode()
