"""Crossref and PubMed asked together about a batch of works."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from bot.catalogue.model import Author
from bot.curate import clean
from bot.curate.crossref import NAME as CROSSREF
from bot.curate.crossref import Crossref
from bot.curate.fetch import FetchError
from bot.curate.pubmed import NAME as PUBMED
from bot.curate.pubmed import PubMed
from bot.curate.reading import Reading

#: PubMed is asked about so many works at once, before the first of them is done.
BATCH: Final = 20
_SAME_TITLE: Final = 96  # of 100: a title alone must fit better than a title under a known identifier


@dataclass(frozen=True)
class Sought:
    """What is known of a work that is looked for. The title is used only where there is no identifier."""

    doi: str | None = None
    pmid: str | None = None
    title: str | None = None
    authors: tuple[Author, ...] = ()
    year: int | None = None


@dataclass(frozen=True)
class Asked:
    """What came of asking about one work.

    Attributes:
        readings: what the sources say, Crossref first.
        failures: sources that could not be asked, each with why.
        dead: identifiers that lead nowhere, as a field and its value.
    """

    readings: tuple[Reading, ...] = ()
    failures: tuple[str, ...] = ()
    dead: tuple[tuple[str, str], ...] = ()


class Lookup:
    """Looks works up by DOI and PMID, or by title, each source told what the other one knows."""

    def __init__(self, crossref: Crossref, pubmed: PubMed) -> None:
        self._crossref = crossref
        self._pubmed = pubmed

    def ask(self, works: Sequence[Sought], step: Callable[[], None] = lambda: None) -> Iterator[Asked]:
        """What the sources say of each of the works, in order; ``step`` is called after each.

        Never raises for a source that fails: that is told in :attr:`Asked.failures`.
        """
        by_pmid: dict[str, Reading] = {}
        by_doi: dict[str, Reading] = {}
        failure: str | None = None
        try:
            by_pmid = self._pubmed.records(one.pmid for one in works if one.pmid)
            by_doi = self._pubmed.by_doi(one.doi for one in works if one.doi and not one.pmid)
        except FetchError as error:
            failure = f"{PUBMED}: {error}"
        for one in works:
            if one.doi or one.pmid:
                known = by_pmid.get(one.pmid) if one.pmid else by_doi.get(one.doi or "")
                yield self._by_identifier(one, known, failure)
            else:
                yield self._by_title(one)
            step()

    def _by_identifier(self, work: Sought, known: Reading | None, failure: str | None) -> Asked:
        failures = [failure] if failure else []
        dead: list[tuple[str, str]] = []
        if work.pmid and known is None and not failure:
            dead.append(("pmid", work.pmid))
        registered: Reading | None = None
        doi = work.doi or (known.doi if known else None)
        if doi:
            try:
                registered = self._crossref.work(doi)
                if registered is None and not self._crossref.resolves(doi):
                    dead.append(("doi", doi))
            except FetchError as error:
                failures.append(f"{CROSSREF}: {error}")
        readings = tuple(one for one in (registered, known) if one is not None)
        return Asked(readings=readings, failures=tuple(failures), dead=tuple(dead))

    def _by_title(self, work: Sought) -> Asked:
        """A work with no identifier, found by its title; nothing where it is not surely the same work."""
        if work.title is None:
            return Asked()
        try:
            known = _the_one(work, self._pubmed.by_title(work.title))
            if known is not None and known.doi:
                registered = self._crossref.work(known.doi)
            else:
                author = work.authors[0].name if work.authors else ""
                registered = _the_one(work, self._crossref.search(f"{work.title} {author}".strip()))
        except FetchError as error:
            return Asked(failures=(f"by its title: {error}",))
        return Asked(readings=tuple(one for one in (registered, known) if one is not None))


def _the_one(work: Sought, found: Sequence[Reading]) -> Reading | None:
    """The one of the found works that is the sought one; ``None`` if none is, or more than one could be."""
    fitting = [one for one in found if _is(work, one)]
    return fitting[0] if len(fitting) == 1 else None


def _is(work: Sought, one: Reading) -> bool:
    """The same title, the same first author and, but for online first, the same year."""
    if not work.title or not one.title or not work.authors or not one.authors:
        return False
    alike = fuzz.ratio(clean.title_key(work.title), clean.title_key(one.title)) >= _SAME_TITLE
    people = clean.words(work.authors[0].name) == clean.words(one.authors[0].name)
    near = work.year is not None and one.year is not None and abs(work.year - one.year) <= 1
    return alike and people and near
