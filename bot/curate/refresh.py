"""Every entry held against what Crossref, PubMed and Retraction Watch say today."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from bot.catalogue.model import Study
from bot.curate.compare import Comparison, Finding, Kind, compare
from bot.curate.duplicates import Known
from bot.curate.lookup import BATCH, Asked, Lookup, Sought
from bot.curate.reading import Notice


def refresh(  # noqa: PLR0913 - each is one thing that a curator may set
    studies: Sequence[Study],
    lookup: Lookup | None,
    watched: Mapping[str, Sequence[Notice]],
    today: dt.date,
    *,
    only: Collection[str],
    fill: bool,
    step: Callable[[], None] = lambda: None,
) -> Iterator[Comparison]:
    """Compare entry after entry; the caller may stop at any time and keep what it has.

    Args:
        studies: the whole catalogue, so that two entries are not given the same identifier.
        lookup: asks Crossref and PubMed; ``None`` asks nobody.
        watched: notices from elsewhere, by the ids of the entries.
        today: the day that proposals are dated with.
        only: the ids of the entries to compare.
        fill: whether to propose values for empty fields.
        step: called once for each entry.
    """
    known = Known(studies)
    chosen = [study for study in studies if study.id in only]
    for start in range(0, len(chosen), BATCH):
        batch = chosen[start : start + BATCH]
        for study, asked in zip(batch, _ask(batch, lookup, step, fill=fill), strict=True):
            found = compare(study, asked.readings, watched.get(study.id, ()), known, today, fill=fill)
            yield Comparison((*_troubles(study, asked), *found.findings), found.proposed)


def _ask(
    batch: Sequence[Study], lookup: Lookup | None, step: Callable[[], None], *, fill: bool
) -> Iterator[Asked]:
    if lookup is not None:
        yield from lookup.ask([_sought(study, fill=fill) for study in batch], step)
        return
    for _ in batch:
        step()
        yield Asked()


def _sought(study: Study, *, fill: bool) -> Sought:
    """An entry without an identifier is looked for by its title only to fill it."""
    title = study.title if fill else None
    return Sought(study.doi, study.pmid, title, study.authors, study.year)


def _troubles(study: Study, asked: Asked) -> Iterator[Finding]:
    for failure in asked.failures:
        yield Finding(Kind.FAILED, study.id, failure)
    for field, value in asked.dead:
        yield Finding(Kind.DEAD, study.id, f"{field} {value} leads nowhere")
