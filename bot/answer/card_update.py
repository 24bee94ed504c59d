"""What is said on a shared card that was corrected in place; the sentences are in responses/."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.answer.library import Library
from bot.answer.material import Change, Kind
from bot.answer.names import short
from bot.answer.reply import Block, Outcome, Reply, Role

#: Characters that the line about an update may have: what a Discord message has over the budget of a reply,
#: less the gap between the two.
ROOM: Final = 190


@dataclass(frozen=True)
class Told:
    """Changes of one kind, as one sentence tells them; see responses/card_update.md.j2."""

    kind: Kind
    own: bool
    topic: bool
    count: int
    name: str | None
    year: int | None
    was: str | None
    now: str | None


def updated(library: Library, reply: Reply, changes: Sequence[Change], today: dt.date) -> Reply:
    """A card with the line that says what changed, after the notice on a retracted paper if there is one.

    Args:
        library: gives names and sentences.
        reply: the card as it is now, within a budget that leaves :data:`ROOM`.
        changes: what changed, most serious first; at least one.
        today: the date to tell.
    """
    line = _line(library, reply.subject or "", changes, today)
    first, *others = reply.blocks
    if first.role is not Role.NOTICE:
        return reply.but(blocks=(line, first, *others))
    notice = Block(Role.NOTICE, f"{first.text}\n\n{line.text}")
    return reply.but(blocks=(notice, *others))


def gone(library: Library, subject: str, changes: Sequence[Change], today: dt.date) -> Reply:
    """What stands in the place of the card of an entry that is no longer in the catalogue."""
    told = tuple(_told(library, subject, changes))
    blocks = library.templates.blocks("card_update", today=today, gone=True, told=told)
    return Reply(command="", outcome=Outcome.GUIDANCE, title=f"{subject} is gone", blocks=blocks)


def _line(library: Library, subject: str, changes: Sequence[Change], today: dt.date) -> Block:
    """As many sentences as there is room for, most serious first; without names where those are too long."""
    told = list(_told(library, subject, changes))
    while True:
        for named in (True, False):
            shown = told if named else [replace(one, name=None) for one in told]
            (line,) = library.templates.blocks("card_update", today=today, gone=False, told=shown)
            if len(line.text) <= ROOM:
                return line
        if len(told) == 1:
            return line  # no single sentence without names is that long: a test holds it
        del told[-1]


def _told(library: Library, subject: str, changes: Sequence[Change]) -> Iterator[Told]:
    groups: dict[tuple[Kind, bool, str | None], list[Change]] = {}
    for change in changes:
        lifted = change.was if change.kind is Kind.LIFTED else None
        groups.setdefault((change.kind, change.entry == subject, lifted), []).append(change)
    topic = library.catalogue.topic(subject) is not None
    for (kind, own, _), (first, *others) in groups.items():
        study = None if own or others else library.catalogue.study(first.entry)
        yield Told(
            kind=kind,
            own=own,
            topic=topic,
            count=1 + len(others),
            name=short(study) if study else None,
            year=None if others else first.year,
            was=first.was,
            now=first.now,
        )
