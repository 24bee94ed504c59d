"""Crossref and PubMed asked together about a batch of works."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.curate.crossref import NAME as CROSSREF
from bot.curate.crossref import Crossref
from bot.curate.fetch import FetchError
from bot.curate.pubmed import NAME as PUBMED
from bot.curate.pubmed import PubMed
from bot.curate.reading import Reading

#: So many works are asked about before anything is done with the answers: what a Ctrl-C may cost.
BATCH: Final = 20


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
    """Looks works up by DOI and PMID, each source told what the other one knows."""

    def __init__(self, crossref: Crossref, pubmed: PubMed) -> None:
        self._crossref = crossref
        self._pubmed = pubmed

    def ask(
        self, works: Sequence[tuple[str | None, str | None]], step: Callable[[], None] = lambda: None
    ) -> list[Asked]:
        """What the sources say of works, given as (DOI, PMID); ``step`` is called after each work.

        Never raises for a source that fails: that is told in :attr:`Asked.failures`.
        """
        by_pmid, by_doi, failure = self._from_pubmed(works)
        found: list[Asked] = []
        for doi, pmid in works:
            known = by_pmid.get(pmid) if pmid else by_doi.get(doi or "")
            found.append(self._one(doi, pmid, known, failure))
            step()
        return found

    def _from_pubmed(
        self, works: Sequence[tuple[str | None, str | None]]
    ) -> tuple[dict[str, Reading], dict[str, Reading], str | None]:
        try:
            by_pmid = self._pubmed.records(pmid for _, pmid in works if pmid)
            by_doi = self._pubmed.by_doi(doi for doi, pmid in works if doi and not pmid)
        except FetchError as error:
            return {}, {}, f"{PUBMED}: {error}"
        return by_pmid, by_doi, None

    def _one(self, doi: str | None, pmid: str | None, known: Reading | None, failure: str | None) -> Asked:
        failures = [failure] if failure and (doi or pmid) else []
        dead: list[tuple[str, str]] = []
        if pmid and known is None and not failure:
            dead.append(("pmid", pmid))
        registered: Reading | None = None
        asked_for = doi or (known.doi if known else None)
        if asked_for:
            try:
                registered = self._crossref.work(asked_for)
                if registered is None and not self._crossref.resolves(asked_for):
                    dead.append(("doi", asked_for))
            except FetchError as error:
                failures.append(f"{CROSSREF}: {error}")
        readings = tuple(one for one in (registered, known) if one is not None)
        return Asked(readings=readings, failures=tuple(failures), dead=tuple(dead))
