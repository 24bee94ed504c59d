"""What Crossref says of a work, and whether a DOI still resolves.

Formats: Crossref REST API, works (https://api.crossref.org/swagger-ui/index.html); the DOI proxy's REST API
(DOI Handbook, "DOI REST API Request and Response Formats").
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from bot.catalogue.model import Author, RetractionStatus
from bot.curate import clean
from bot.curate.fetch import Fetcher, UnusableAnswerError
from bot.curate.reading import Notice, Reading, reading

NAME: Final = "Crossref"
_PER_SECOND: Final = 5.0  # half of what the polite pool allows
_SEARCHES_PER_SECOND: Final = 1.5
_HITS: Final = 3

#: Crossref's update types that say something of the work as a whole; a new version or an addendum does not.
_UPDATES: Final[Mapping[str, RetractionStatus]] = {
    "retraction": RetractionStatus.RETRACTED,
    "withdrawal": RetractionStatus.WITHDRAWN,
    "removal": RetractionStatus.WITHDRAWN,
    "expression_of_concern": RetractionStatus.EXPRESSION_OF_CONCERN,
    "partial_retraction": RetractionStatus.CORRECTED,
    "correction": RetractionStatus.CORRECTED,
    "corrigendum": RetractionStatus.CORRECTED,
    "erratum": RetractionStatus.CORRECTED,
}
_PUBLISHED: Final = "is-preprint-of"
_PREPRINT: Final = "has-preprint"
_HANDLE_FOUND: Final = 1
_HANDLE_NOT_FOUND: Final = 100
_HANDLE_EMPTY: Final = 200


class Crossref:
    """Asks Crossref at ``base``, and the DOI proxy at ``doi_base``."""

    def __init__(self, fetcher: Fetcher, base: str, doi_base: str) -> None:
        self._fetcher = fetcher
        self._base = base
        self._doi_base = doi_base

    def work(self, doi: str) -> Reading | None:
        """What Crossref says of the work with this DOI; ``None`` if it has none.

        Raises:
            FetchError: when Crossref cannot be asked, or answers otherwise than documented.
        """
        url = f"{self._base}/works/{quote(doi, safe='')}"
        return self._fetcher.get(
            url, read_work, per_second=_PER_SECOND, courtesy={"mailto": self._fetcher.contact}
        )

    def search(self, words: str) -> tuple[Reading, ...]:
        """The works that Crossref finds nearest to a title, or a title and an author, nearest first.

        Raises:
            FetchError: as :meth:`work` does.
        """
        query = urlencode({"query.bibliographic": words, "rows": _HITS})
        found = self._fetcher.get(
            f"{self._base}/works?{query}",
            _read_works,
            per_second=_SEARCHES_PER_SECOND,
            courtesy={"mailto": self._fetcher.contact},
        )
        return found or ()

    def resolves(self, doi: str) -> bool:
        """Whether the DOI is registered anywhere: asked of the DOI proxy, which knows every registry.

        Raises:
            FetchError: when the proxy cannot be asked.
        """
        url = f"{self._doi_base}/api/handles/{quote(doi, safe='/')}"
        return bool(self._fetcher.get(url, _read_handle, per_second=_PER_SECOND))


def read_work(body: bytes) -> Reading:
    """The reading of one answer of ``/works/{doi}``.

    Raises:
        UnusableAnswerError: when it is not such an answer.
    """
    work = _json(body).get("message")
    if not isinstance(work, dict) or clean.doi(work.get("DOI")) is None:
        message = "Crossref's answer holds no work"
        raise UnusableAnswerError(message)
    return from_work(work)


def from_work(work: Mapping[str, Any]) -> Reading:
    """The reading of one work as Crossref describes it; what is of another shape is left out."""
    doi = clean.doi(work.get("DOI"))
    kind = work.get("type")
    posted = kind == "posted-content"
    raw = {
        "title": _title(work),
        "journal": _first(work.get("container-title")) or (_institution(work) if posted else None),
        "year": _year(work),
        "volume": work.get("volume"),
        "issue": work.get("issue"),
        "pages": work.get("page") or work.get("article-number"),
        "doi": doi,
    }
    return reading(
        NAME,
        raw,
        authors=_authors(work.get("author")),
        address=f"https://api.crossref.org/works/{quote(doi, safe='/')}" if doi else None,
        kinds=tuple(str(k) for k in (kind, work.get("subtype")) if isinstance(k, str)),
        notices=tuple(_notices(work.get("updated-by"), doi)),
        published_as=_related(work, _PUBLISHED),
        preprint=_related(work, _PREPRINT),
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        what = "a web page" if body.lstrip()[:1] == b"<" else "something"
        message = f"the answer is {what} and not JSON"
        raise UnusableAnswerError(message) from None
    if not isinstance(answer, dict):
        message = "the answer is not a JSON object"
        raise UnusableAnswerError(message)
    return answer


def _read_works(body: bytes) -> tuple[Reading, ...]:
    message = _json(body).get("message")
    items = message.get("items") if isinstance(message, dict) else None
    if not isinstance(items, list):
        what = "Crossref's answer to a search holds no list"
        raise UnusableAnswerError(what)
    return tuple(from_work(one) for one in items if isinstance(one, dict))


def _read_handle(body: bytes) -> bool:
    code = _json(body).get("responseCode")
    if code not in (_HANDLE_FOUND, _HANDLE_NOT_FOUND, _HANDLE_EMPTY):
        message = f"the DOI proxy answered with code {code!r}"
        raise UnusableAnswerError(message)
    return bool(code != _HANDLE_NOT_FOUND)


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None


def _title(work: Mapping[str, Any]) -> str | None:
    """The title with its subtitle, which some publishers register apart and some in both places."""
    title, subtitle = clean.text(_first(work.get("title"))), clean.text(_first(work.get("subtitle")))
    if title is None or subtitle is None or clean.words(subtitle) in clean.words(title):
        return title
    return f"{title}{' ' if title.endswith((':', '?', '!')) else ': '}{subtitle}"


def _institution(work: Mapping[str, Any]) -> object:
    """Where a preprint was posted: the server that registered it."""
    institution = work.get("institution")
    first = _first(institution) if isinstance(institution, list) else institution
    return first.get("name") if isinstance(first, dict) else None


def _year(work: Mapping[str, Any]) -> int | None:
    """The year of the issue, which is the one that is cited; else that of the first appearance."""
    for name in ("published-print", "issued", "published-online", "posted"):
        if (found := _date_year(work.get(name))) is not None:
            return found
    return None


def _date_year(value: object) -> int | None:
    parts = _first(value.get("date-parts")) if isinstance(value, dict) else None
    return clean.year(_first(parts))


def _authors(value: object) -> Iterator[Author | None]:
    for one in value if isinstance(value, list) else ():
        if not isinstance(one, dict):
            continue
        if (body := clean.text(one.get("name") or one.get("literal"))) is not None:
            yield Author(literal=body)
        else:
            yield clean.person(one.get("family"), one.get("given"), one.get("suffix"))


def _notices(value: object, doi: str | None) -> Iterator[Notice]:
    for one in value if isinstance(value, list) else ():
        if not isinstance(one, dict) or not isinstance(kind := one.get("type"), str):
            continue
        status = _UPDATES.get(kind.lower().replace("-", "_").replace(" ", "_"))
        if status is None:
            continue
        notice = clean.doi(one.get("DOI"))
        watched = one.get("source") == "retraction-watch"
        yield Notice(
            source=f"{NAME} (Retraction Watch)" if watched else NAME,
            label=clean.text(one.get("label")) or kind,
            status=status,
            year=_date_year(one.get("updated")),
            doi=None if notice == doi else notice,
        )


def _related(work: Mapping[str, Any], name: str) -> str | None:
    relation = work.get("relation")
    links: Sequence[Any] = relation.get(name, ()) if isinstance(relation, dict) else ()
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("id-type") == "doi" and (found := clean.doi(link.get("id"))):
            return found
    return None
