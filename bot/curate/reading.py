"""What one source says of one work, before anybody decides anything.

A :class:`Reading` holds only values that a study may hold; whatever the source wrote in another form is told
in ``unusable``, so that a curator learns of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz

from bot.catalogue.model import Author, RetractionStatus
from bot.curate import clean

#: The bibliographic fields that sources are asked for, in the order of the model.
FIELDS: Final = (
    "title",
    "authors",
    "journal",
    "journal_abbrev",
    "year",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "pmcid",
    "url",
)
_ALIKE: Final = 88  # of 100: titles of one work in two sources, by rapidfuzz' ratio of their words
_LONG_ENOUGH: Final = 25  # letters a title needs before its subtitle may be missing in the other source

_CLEANERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "title": clean.title,
    "journal": clean.text,
    "journal_abbrev": clean.text,
    "year": clean.year,
    "volume": clean.short,
    "issue": clean.short,
    "pages": clean.pages,
    "doi": clean.doi,
    "pmid": clean.pmid,
    "pmcid": clean.pmcid,
    "url": clean.url,
}


@dataclass(frozen=True)
class Notice:
    """What was later said about a work: by which source, and what that source calls it.

    ``status`` is ``None`` for what changes nothing about the work, such as its being printed again.
    """

    source: str
    label: str
    status: RetractionStatus | None
    year: int | None = None
    doi: str | None = None
    pmid: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one source says of one work; ``None`` is what it does not say.

    Attributes:
        source: its name, as a curator knows it: "Crossref", "PubMed", or that of a file.
        address: the page the values can be looked up at, if the source has one.
        authors: empty where the source names none.
        authors_complete: false where the source itself says that the list is cut.
        kinds: the source's own words for what kind of work it is.
        notices: retractions, corrections and the like.
        published_as: the DOI of the journal's version, where this is its preprint.
        preprint: the DOI of the preprint, where this is the journal's version.
        unusable: field and text of what the source wrote in a form that a study cannot hold.
    """

    source: str
    address: str | None = None
    title: str | None = None
    authors: tuple[Author, ...] = ()
    authors_complete: bool = True
    journal: str | None = None
    journal_abbrev: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str | None = None
    kinds: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    published_as: str | None = None
    preprint: str | None = None
    unusable: tuple[tuple[str, str], ...] = ()

    def value(self, field: str) -> Any:
        """The value of a field of :data:`FIELDS`; ``None`` if the source does not say."""
        return getattr(self, field) or None


def reading(
    source: str,
    raw: Mapping[str, object],
    *,
    authors: Iterable[Author | None] = (),
    **more: Any,
) -> Reading:
    """A reading of ``raw``, field by field as the source wrote them; ``more`` is passed on as it is."""
    values: dict[str, Any] = {}
    unusable: list[tuple[str, str]] = []
    for field, value in raw.items():
        if value is None or value == "":
            continue
        cleaned = _CLEANERS[field](value)
        if cleaned is not None and clean.usable(field, cleaned):
            values[field] = cleaned
        elif field != "url":
            unusable.append((field, str(value)[:80]))
    named = tuple(author for author in authors if author is not None)
    return Reading(source=source, authors=named, unusable=tuple(unusable), **values, **more)


def same_title(one: str, other: str) -> bool:
    """Whether two titles are, by their words, of one work; a subtitle may be missing in one of them."""
    first, second = clean.title_key(one), clean.title_key(other)
    if not first or not second:
        return False
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) >= _LONG_ENOUGH and longer.startswith(f"{shorter} "):
        return True
    return fuzz.ratio(first, second) >= _ALIKE
