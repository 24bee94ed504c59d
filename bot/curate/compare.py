"""One entry held against what sources say of it now: what is new, what is missing, what differs.

Nothing is decided here. A finding is told; where a value can be proposed, the changed record is given too,
with a dated line that names the source of each field. A person reviews it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import msgspec

from bot.catalogue.model import Change, Retraction, RetractionStatus, Study
from bot.catalogue.record_rules import page
from bot.catalogue.source import STUDIES
from bot.curate.draft import GRAVITY, notice_of, said_by, with_notice
from bot.curate.duplicates import Known
from bot.curate.merge import Chosen, Merged, agree, merge, shown
from bot.curate.reading import Notice, Reading, same_title

# What an entry always has, so that a source can only differ.
_NEVER_EMPTY: Final = frozenset({"title", "journal", "year", "url"})
_UNIQUE: Final = frozenset({"doi", "pmid", "pmcid"})


class Kind(IntEnum):
    """What a finding is about, the most pressing first."""

    RETRACTION = 1
    CONCERN = 2
    CORRECTION = 3
    STRANGER = 4
    DEAD = 5
    PUBLISHED = 6
    NOTICE = 7
    DIFFERS = 8
    EMPTY = 9
    FAILED = 10

    @property
    def title(self) -> str:
        """The heading of a list of such findings."""
        return _TITLES[self]


_TITLES: Final = {
    Kind.RETRACTION: "Retracted or withdrawn",
    Kind.CONCERN: "Expressions of concern",
    Kind.CORRECTION: "Corrections",
    Kind.STRANGER: "Identifiers that lead to another title",
    Kind.DEAD: "Identifiers that lead nowhere",
    Kind.PUBLISHED: "Preprints that were published since",
    Kind.NOTICE: "Other notices",
    Kind.DIFFERS: "Fields that every source states otherwise",
    Kind.EMPTY: "Fields that are empty here and stated by a source",
    Kind.FAILED: "Could not be asked",
}
_OF_STATUS: Final = {
    RetractionStatus.RETRACTED: Kind.RETRACTION,
    RetractionStatus.WITHDRAWN: Kind.RETRACTION,
    RetractionStatus.EXPRESSION_OF_CONCERN: Kind.CONCERN,
    RetractionStatus.CORRECTED: Kind.CORRECTION,
}


@dataclass(frozen=True, order=True)
class Finding:
    """Something a curator should know of one entry."""

    kind: Kind
    study_id: str
    text: str

    def __str__(self) -> str:
        """One line: the file and what was found."""
        return f"{STUDIES}/{self.study_id}.toml: {self.text}"


@dataclass(frozen=True)
class Comparison:
    """What was found of one entry, and the entry as it is proposed; ``None`` where nothing is proposed."""

    findings: tuple[Finding, ...]
    proposed: Study | None = None


def compare(
    study: Study,
    readings: Sequence[Reading],
    watched: Iterable[Notice],
    known: Known,
    today: dt.date,
    *,
    fill: bool,
) -> Comparison:
    """Hold ``study`` against ``readings`` of it, and against notices ``watched`` elsewhere.

    A retraction, an expression of concern or a correction that the entry lacks is always proposed; values of
    empty fields only if ``fill``. What another entry has already (``known``) is told, not proposed.
    """
    work = _Work(study, known, today)
    fitting = [one for one in readings if one.title is None or same_title(study.title, one.title)]
    for one in readings:
        if one not in fitting:
            work.tell(Kind.STRANGER, _stranger(one))
    merged = merge(fitting) if fitting else None
    notices = [*(merged.notices if merged else ()), *watched]
    work.hold_notices(notices, fitting, fill=fill)
    if merged is not None:
        work.hold_fields(merged, fitting, fill=fill)
        work.hold_versions(fitting)
    return Comparison(tuple(sorted(work.findings)), work.proposed())


class _Work:
    """The findings on one entry, and the changes to it, as they come together."""

    def __init__(self, study: Study, known: Known, today: dt.date) -> None:
        self._study = study
        self._known = known
        self._today = today
        self._found = "" if study.doi or study.pmid else ", found by its title"
        self._values: dict[str, Any] = {}
        self._history: list[str] = []
        self._pages: list[str] = []
        self.findings: list[Finding] = []

    def tell(self, kind: Kind, text: str) -> None:
        self.findings.append(Finding(kind, self._study.id, text))

    def proposed(self) -> Study | None:
        if not self._values:
            return None
        changes = tuple(Change(date=self._today, what=line) for line in self._history)
        named = {page(address) for address in self._study.sources}
        new = [address for address in dict.fromkeys(self._pages) if page(address) not in named]
        return msgspec.structs.replace(
            self._study,
            **self._values,
            sources=(*self._study.sources, *new),
            changes=(*self._study.changes, *changes),
        )

    def hold_notices(self, notices: Sequence[Notice], readings: Sequence[Reading], *, fill: bool) -> None:
        """Propose the gravest notice, unless the entry has it, or a graver one, already."""
        for notice in notices:
            if notice.status is None:
                self.tell(Kind.NOTICE, _told(notice))
        stated = notice_of(notices, self._study.year)
        if stated is None:
            return
        present = self._study.retraction
        if present is not None and GRAVITY.index(present.status) >= GRAVITY.index(stated.status):
            if present.status is stated.status:
                said = ", ".join(dict.fromkeys(one.source for one in notices if one.status is stated.status))
                self._complete_notice(present, stated, said, fill=fill)
            return
        same = [one for one in notices if one.status is stated.status]
        self.tell(_OF_STATUS[stated.status], "; ".join(dict.fromkeys(_told(one) for one in same)))
        self._values["retraction"] = stated
        self._values["finding"] = with_notice(self._study.finding, stated)
        said = ", ".join(dict.fromkeys(one.source for one in same))
        self._history.append(f"Marked as {stated.status}: {said}.")
        speaking = [one for one in readings if any(notice in same for notice in one.notices)]
        self._pages += [one.address for one in speaking if one.address]

    def _complete_notice(self, present: Retraction, stated: Retraction, said: str, *, fill: bool) -> None:
        missing = [name for name in ("year", "notice_doi") if getattr(present, name) is None]
        found = {name: value for name in missing if (value := getattr(stated, name)) is not None}
        for name, value in found.items():
            self.tell(Kind.EMPTY, f"retraction.{name}: {value} ({said})")
        if found and fill:
            self._values["retraction"] = msgspec.structs.replace(present, **found)
            self._history.append(f"Filled: {', '.join(f'retraction.{name}' for name in found)} from {said}.")

    def hold_fields(self, merged: Merged, readings: Sequence[Reading], *, fill: bool) -> None:
        """Tell the fields that are empty or differ; fill the empty ones if that is wished."""
        filled: dict[str, list[str]] = {}
        for field, chosen in merged.fields.items():
            mine = getattr(self._study, field) or None
            if field == "authors" and self._may_complete(chosen, merged):
                mine = None
            if mine is None and field not in _NEVER_EMPTY:
                if self._taken(field, chosen):
                    continue
                who = f"{', '.join(chosen.sources)}{self._found}"
                self.tell(Kind.EMPTY, f"{field}: {shown(chosen.value)} ({who})")
                if fill:
                    self._values[field] = chosen.value
                    filled.setdefault(chosen.sources[0], []).append(field)
            elif mine is not None and not self._same(field, mine, readings):
                said = [f"{one.source}: {shown(one.value(field))}" for one in readings if one.value(field)]
                self.tell(Kind.DIFFERS, f"{field}: here {shown(mine)}; {'; '.join(said)}")
        if "authors" in self._values:
            self._values["authors_complete"] = merged.authors_complete
        if filled:
            self._history.append(f"Filled{self._found}: {said_by(filled)}.")
            if "doi" in self._values and self._study.url:
                self._values["url"] = None
                self._history.append(f"Took out the address {self._study.url}: the DOI is the address.")
            self._pages += [one.address for one in readings if one.source in filled and one.address]

    def _may_complete(self, chosen: Chosen, merged: Merged) -> bool:
        """Whether the entry's list of authors is cut, and the stated one goes on where it ends."""
        mine = self._study.authors
        longer = merged.authors_complete and len(chosen.value) >= len(mine)
        return (
            not self._study.authors_complete and longer and agree("authors", mine, chosen.value[: len(mine)])
        )

    def _taken(self, field: str, chosen: Chosen) -> bool:
        match = self._known.by_identifier(field, chosen.value) if field in _UNIQUE else None
        if match is None or match.study_id == self._study.id:
            return False
        stated = f"{field}: {chosen.value} ({', '.join(chosen.sources)})"
        self.tell(Kind.DIFFERS, f"{stated} stands in {STUDIES}/{match.study_id}.toml: is one a duplicate?")
        return True

    def _same(self, field: str, mine: Any, readings: Sequence[Reading]) -> bool:
        """Whether any source agrees with the entry; a cut list of authors as far as it goes."""
        stated = [one.value(field) for one in readings if one.value(field) is not None]
        if field == "authors" and not self._study.authors_complete:
            return any(agree(field, mine, value[: len(mine)]) for value in stated)
        return any(agree(field, mine, value) for value in stated)

    def hold_versions(self, readings: Sequence[Reading]) -> None:
        """Tell a preprint's version in a journal, unless both name each other already."""
        for one in readings:
            if one.published_as:
                match = self._known.by_identifier("doi", one.published_as)
                if match is None:
                    self.tell(Kind.PUBLISHED, f"published as {one.published_as} ({one.source})")
                elif match.study_id not in self._study.related:
                    where = f"{STUDIES}/{match.study_id}.toml"
                    self.tell(Kind.PUBLISHED, f"published as {where} ({one.source}); name both in related")


def _stranger(one: Reading) -> str:
    identifier = f"doi {one.doi}" if one.doi else f"pmid {one.pmid}"
    graver = [notice for notice in one.notices if notice.status is not None]
    also = f"; it tells of: {'; '.join(_told(notice) for notice in graver)}" if graver else ""
    return f"{one.source} has another title under {identifier}: {one.title}{also}"


def _told(notice: Notice) -> str:
    """A notice in words: what, when, where, and who says so."""
    parts = [notice.label, str(notice.year) if notice.year else None]
    place = notice.doi or (f"PMID {notice.pmid}" if notice.pmid else None)
    return f"{', '.join(part for part in (*parts, place) if part)} ({notice.source})"
