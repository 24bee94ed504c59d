"""CHANGELOG-data.md: what was added to the catalogue and changed in it, out of each record's own history."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from bot.catalogue import prose
from bot.catalogue.model import Criterion, Record, Study, Topic
from bot.catalogue.source import Sources

_HEAD: Final = """# Changes to the data

Made from the `changes` of every record by `evidence-bot changelog`; do not edit it by hand.
"""
_KINDS: Final[tuple[tuple[type[Record], str], ...]] = (
    (Study, "Studies"),
    (Topic, "Questions"),
    (Criterion, "Case definitions"),
)


def changelog(sources: Sources) -> str:
    """The changelog as Markdown: the newest day first; each day by kind of record, then by what was done."""
    days: defaultdict[dt.date, list[Record]] = defaultdict(list)
    for record in _records(sources):
        for day in dict.fromkeys(change.date for change in record.changes):
            days[day].append(record)
    parts = [_HEAD]
    for day in sorted(days, reverse=True):
        parts.append(f"\n## {prose.day(day)}\n")
        for kind, heading in _KINDS:
            if lines := list(_lines(day, (one for one in days[day] if isinstance(one, kind)))):
                parts.append(f"\n### {heading}\n\n" + "".join(lines))
    return "".join(parts)


def _records(sources: Sources) -> Iterator[Record]:
    yield from sources.studies.values()
    yield from sources.topics.values()
    yield from sources.criteria.values()


def _lines(day: dt.date, records: Iterable[Record]) -> Iterator[str]:
    """One line for each thing done that day, with the ids it was done to."""
    done: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        for change in record.changes:
            if change.date == day:
                done[change.what].append(record.id)
    for what, ids in sorted(done.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(ids) == 1:
            yield f"- {_escaped(what)} `{ids[0]}`\n"
        else:  # an id a line, which Markdown joins: a diff then shows what came in
            named = ",\n".join(f"  `{one}`" for one in sorted(ids))
            yield f"- {_escaped(what)} ({len(ids)})\n{named}\n"


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|" else sign for sign in text)
