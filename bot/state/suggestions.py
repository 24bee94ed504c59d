"""Suggestions and corrections for the maintainers. Nothing here says who sent one, nor from where.

Only the day is kept, not the time, so that a suggestion cannot be matched with who was there at that moment.
The contact, which people may leave, is erased when the suggestion is closed.
"""

import datetime as dt
import enum
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state import limits
from bot.state.clock import today
from bot.state.database import Database
from bot.state.errors import StateLimitError, UnknownSuggestionError
from bot.state.tables import counters, suggestions

_COUNTER = "suggestions"
_PAGE = 200
_LARGEST = 2**31 - 1  # what the column holds


class Status(enum.StrEnum):
    """Whether somebody still has to look at it."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Suggestion:
    """What somebody suggested.

    Attributes:
        number: its number; never given twice.
        created: the day it came in (UTC).
        what: what they wrote.
        entry_id: the entry that it is about.
        where_wrong: where that entry is wrong.
        link: a source.
        contact: how to reach them, if they said so; gone once it is closed.
        status: open or closed.
        closed: the day it was closed.
    """

    number: int
    created: dt.date
    what: str
    entry_id: str | None = None
    where_wrong: str | None = None
    link: str | None = None
    contact: str | None = None
    status: Status = Status.OPEN
    closed: dt.date | None = None


class Suggestions:
    """All suggestions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        *,
        what: str,
        entry_id: str | None = None,
        where_wrong: str | None = None,
        link: str | None = None,
        contact: str | None = None,
    ) -> Suggestion:
        """Keep a suggestion; it has its number when it is on the disk.

        Raises:
            UnusableValueError: a text is empty, too long or cannot be stored.
            StateLimitError: so many are open that no more are taken.
            StateUnavailableError: it was not kept, or that it was kept is not known.
        """
        suggestion = Suggestion(
            number=0,
            created=today(),
            what=limits.text(what, "suggestion", limits.SUGGESTION),
            entry_id=None if entry_id is None else limits.entry(entry_id),
            where_wrong=limits.optional_text(where_wrong, "place", limits.WHERE_WRONG),
            link=limits.optional_text(link, "link", limits.LINK, one_line=True),
            contact=limits.optional_text(contact, "contact", limits.CONTACT, one_line=True),
        )
        async with self._database.write(hold=_COUNTER) as connection:
            if await _count(connection, Status.OPEN) >= limits.OPEN_SUGGESTIONS:
                what = f"{limits.OPEN_SUGGESTIONS:,} suggestions wait to be read; no more are taken."
                what_to_do = "Try again when the maintainers have read some."
                raise StateLimitError(what, what_to_do, limits.OPEN_SUGGESTIONS)
            suggestion = replace(suggestion, number=await _next_number(connection))
            await connection.execute(insert(suggestions).values(asdict(suggestion)))
        return suggestion

    async def list(
        self, status: Status | None = Status.OPEN, *, limit: int = 50, before: int | None = None
    ) -> tuple[Suggestion, ...]:
        """The newest suggestions, newest first.

        Args:
            status: only those; None for all.
            limit: how many at most.
            before: only those with a smaller number: the next page.

        Raises:
            StateUnavailableError: they cannot be read now.
        """
        query = select(suggestions).order_by(suggestions.c.number.desc()).limit(limit)
        if status is not None:
            query = query.where(suggestions.c.status == status)
        if before is not None:
            query = query.where(suggestions.c.number < min(before, _LARGEST))
        async with self._database.read() as connection:
            return tuple(_suggestion(row) for row in await connection.execute(query))

    async def count(self, status: Status | None = Status.OPEN) -> int:
        """How many there are.

        Raises:
            StateUnavailableError: they cannot be counted now.
        """
        async with self._database.read() as connection:
            return await _count(connection, status)

    async def show(self, number: int) -> Suggestion:
        """One suggestion.

        Raises:
            UnknownSuggestionError: there is none with that number.
            StateUnavailableError: it cannot be read now.
        """
        async with self._database.read() as connection:
            return await _found(connection, number)

    async def close(self, number: int) -> Suggestion:
        """Say that it was dealt with, and erase the contact; to close it twice is no error.

        Raises:
            UnknownSuggestionError: there is none with that number.
            StateUnavailableError: it was not closed.
        """
        async with self._database.write(hold=_COUNTER) as connection:
            await _found(connection, number)
            await connection.execute(
                update(suggestions)
                .where(suggestions.c.number == number, suggestions.c.status == Status.OPEN)
                .values(status=Status.CLOSED, closed=today(), contact=None)
            )
            closed = await _found(connection, number)
        await self._database.scrub()
        return closed

    async def erase(self, number: int) -> None:
        """Erase all of it, because somebody asked for that.

        Raises:
            UnknownSuggestionError: there is none with that number.
            StateUnavailableError: it was not erased.
        """
        async with self._database.write(hold=_COUNTER) as connection:
            await _found(connection, number)
            await connection.execute(delete(suggestions).where(suggestions.c.number == number))
        await self._database.scrub()

    async def export(self, status: Status | None = None) -> AsyncIterator[Suggestion]:
        """All suggestions, oldest first, a page at a time.

        Raises:
            StateUnavailableError: they cannot be read now.
        """
        last = 0
        while True:
            query = select(suggestions).where(suggestions.c.number > last).order_by(suggestions.c.number)
            if status is not None:
                query = query.where(suggestions.c.status == status)
            async with self._database.read() as connection:
                page = [_suggestion(row) for row in await connection.execute(query.limit(_PAGE))]
            for suggestion in page:
                yield suggestion
            if not page:
                return
            last = page[-1].number


async def _count(connection: AsyncConnection, status: Status | None) -> int:
    query = select(func.count()).select_from(suggestions)
    if status is not None:
        query = query.where(suggestions.c.status == status)
    return await connection.scalar(query) or 0


async def _next_number(connection: AsyncConnection) -> int:
    """The next number; the caller holds the counter."""
    raised = update(counters).where(counters.c.name == _COUNTER).values(value=counters.c.value + 1)
    number: int | None = await connection.scalar(raised.returning(counters.c.value))
    if number is None:
        number = 1
        await connection.execute(insert(counters).values(name=_COUNTER, value=number))
    return number


async def _found(connection: AsyncConnection, number: int) -> Suggestion:
    # PostgreSQL refuses to compare a number that its column cannot hold.
    query = select(suggestions).where(suggestions.c.number == number)
    row = (await connection.execute(query)).one_or_none() if 0 < number <= _LARGEST else None
    if row is None:
        raise UnknownSuggestionError(number)
    return _suggestion(row)


def _suggestion(row: Row[tuple[object, ...]]) -> Suggestion:
    values = dict(row._mapping)  # noqa: SLF001 - its documented name
    return Suggestion(**values | {"status": Status(values["status"])})
