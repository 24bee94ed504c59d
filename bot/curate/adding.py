"""New entries, one or hundreds: looked up, merged, held against the catalogue, and written as drafts.

Each draft is written as soon as its batch was looked up, so that a run that is stopped keeps what it did; the
next run finds those in the catalogue and goes on.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import Path

from bot.catalogue.source import STUDIES, Sources, read_folder, write
from bot.curate.draft import DraftError, draft
from bot.curate.duplicates import Known, Match
from bot.curate.lookup import BATCH, Asked, Lookup, Sought
from bot.curate.merge import Merged, merge
from bot.curate.reading import FIELDS, Reading


class Outcome(Enum):
    """What became of one work."""

    WRITTEN = "written"
    PRESENT = "already there"
    ALIKE = "perhaps already there"
    FAILED = "not written"


@dataclass(frozen=True)
class Added:
    """What became of one work, and what a curator should know about it, a line each."""

    work: str
    outcome: Outcome
    told: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """One line: the work and what became of it."""
        return f"{self.work}: {self.outcome.value}"


class Bench:
    """Adds works to the data folder ``data``.

    Args:
        data: the folder; its studies are read once.
        lookup: asks the sources; ``None`` works with what the readings say, without a network.
        today: the day that drafts are dated with.
        alike: whether a work is written although one of nearly its title is there.

    Raises:
        FileNotFoundError: when ``data`` is no data folder.
    """

    def __init__(self, data: Path, lookup: Lookup | None, today: dt.date, *, alike: bool = False) -> None:
        self._data = data
        self._lookup = lookup
        self._today = today
        self._alike = alike
        sources = read_folder(data)
        self._known = Known(sources.studies.values())
        self._unread = _unread(sources)

    @property
    def unread(self) -> tuple[str, ...]:
        """Study files that cannot be read, and so are only searched for identifiers."""
        return tuple(self._unread)

    def add(self, works: Iterable[Reading], step: Callable[[], None] = lambda: None) -> Iterator[Added]:
        """Add works one after another, and tell of each. ``step`` is called once for each work."""
        waiting = iter(works)
        while batch := list(islice(waiting, BATCH)):
            new: list[Reading] = []
            for work in batch:
                if (match := self._by_identifier(work)) is not None:
                    step()
                    yield Added(_name(work), Outcome.PRESENT, (str(match),))
                else:
                    new.append(work)
            for work, asked in zip(new, self._ask(new, step), strict=True):
                yield self._added(work, asked)

    def _ask(self, works: Sequence[Reading], step: Callable[[], None]) -> Iterator[Asked]:
        if self._lookup is not None:
            yield from self._lookup.ask([_sought(work) for work in works], step)
            return
        for _ in works:
            step()
            yield Asked()

    def _added(self, work: Reading, asked: Asked) -> Added:
        name = _name(work)
        if asked.failures:
            return Added(name, Outcome.FAILED, (*asked.failures, "run the same command again later"))
        said = [*asked.readings, *([work] if _says_more(work) else [])]
        if not said:
            sources = (
                "Crossref and PubMed do not know it" if self._lookup else "nothing but an identifier is known"
            )
            return Added(name, Outcome.FAILED, (sources,))
        merged = merge(said)
        matches = self._matches(merged)
        if sure := [match for match in matches if match.sure]:
            return Added(name, Outcome.PRESENT, tuple(map(str, sure)))
        if matches and not self._alike:
            return Added(name, Outcome.ALIKE, (*map(str, matches), "--alike writes it all the same"))
        try:
            study = draft(merged, self._taken(), self._today)
        except DraftError as error:
            return Added(name, Outcome.FAILED, (str(error),))
        path = write(study, self._data)
        self._known.add(study)
        told = [f"{STUDIES}/{path.name}"]
        told += [f"see also {match}" for match in matches]
        told += [f"the sources disagree on {one}" for one in merged.disagreements]
        told += [
            f"left out {one.source}, which has another title under this identifier: {one.title}"
            for one in merged.strangers
        ]
        if study.retraction:
            told.append(f"marked as {study.retraction.status}")
        return Added(name, Outcome.WRITTEN, tuple(told))

    def _by_identifier(self, work: Reading) -> Match | None:
        for field in ("doi", "pmid", "pmcid"):
            value = work.value(field)
            if value is None:
                continue
            if (match := self._known.by_identifier(field, value)) is not None:
                return match
            for file, text in self._unread.items():
                if f'"{value}"' in text:
                    stem = file.removeprefix(f"{STUDIES}/").removesuffix(".toml")
                    return Match(stem, f"cannot be read, but holds {value}", sure=True)
        return None

    def _matches(self, merged: Merged) -> list[Match]:
        found = self._known.matches(merged)
        stated = Reading(source="", **{name: merged.value(name) for name in ("doi", "pmid", "pmcid")})
        unread = self._by_identifier(stated)
        return [unread, *found] if unread and unread.study_id not in self._known.ids else found

    def _taken(self) -> frozenset[str]:
        """Ids that no draft may get: those of records, and of whatever else has their file's name."""
        return self._known.ids | {path.stem for path in (self._data / STUDIES).glob("*.toml")}


def _unread(sources: Sources) -> dict[str, str]:
    read = {f"{STUDIES}/{stem}.toml" for stem in sources.studies}
    return {
        name: text
        for name, text in sources.texts.items()
        if name.startswith(f"{STUDIES}/") and name not in read
    }


def _sought(work: Reading) -> Sought:
    return Sought(work.doi, work.pmid, work.title, work.authors, work.year)


def _says_more(work: Reading) -> bool:
    """Whether a reading says anything but identifiers, which say nothing by themselves."""
    return any(work.value(field) is not None for field in FIELDS if field not in ("doi", "pmid", "pmcid"))


def _name(work: Reading) -> str:
    if work.doi:
        return work.doi
    return f"PMID {work.pmid}" if work.pmid else (work.title or "an entry without a title")
