"""The reading lists of a server: entries in the order of their adding, each with its date; no user."""

import datetime as dt
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state import limits
from bot.state.clock import today
from bot.state.database import Database
from bot.state.errors import ListExistsError, StateLimitError, UnknownListError
from bot.state.tables import list_entries, reading_lists


@dataclass(frozen=True)
class ListEntry:
    """An entry on a list, and since when it is there."""

    entry_id: str
    added: dt.date


@dataclass(frozen=True)
class ReadingList:
    """A reading list; its entries oldest first."""

    name: str
    created: dt.date
    entries: tuple[ListEntry, ...] = ()


@dataclass(frozen=True)
class Added:
    """What came of adding an entry; ``new`` is False when it was on the list already."""

    list: ReadingList
    new: bool


class ReadingLists:
    """The reading lists of all servers. Names are told apart without regard to case and width."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def names(self, guild_id: int) -> tuple[str, ...]:
        """The names of a server's lists, in the order of the alphabet.

        Raises:
            StateUnavailableError: they cannot be read now.
        """
        async with self._database.read() as connection:
            return await _names(connection, guild_id)

    async def show(self, guild_id: int, name: str) -> ReadingList:
        """A list with its entries.

        Raises:
            UnknownListError: there is none of that name; the error has the names that there are.
            StateUnavailableError: it cannot be read now.
        """
        async with self._database.read() as connection:
            return await _found(connection, guild_id, name)

    async def create(self, guild_id: int, name: str) -> ReadingList:
        """Make an empty list.

        Raises:
            UnusableValueError: it cannot have that name.
            ListExistsError: there is one of that name.
            StateLimitError: the server has as many lists as it may have.
            StateUnavailableError: it was not made.
        """
        name = limits.list_name(name)
        async with self._holding(guild_id) as connection:
            existing = await _read(connection, guild_id, name)
            if existing is not None:
                raise ListExistsError(existing.name)
            return await _create(connection, guild_id, name)

    async def add(self, guild_id: int, name: str, entry_id: str, *, create: bool = False) -> Added:
        """Put an entry at the end of a list.

        Args:
            guild_id: the server.
            name: the list.
            entry_id: what to add.
            create: make the list first when there is none of that name.

        Raises:
            UnusableValueError: the name, or the entry's id, cannot be one.
            UnknownListError: there is no such list, and none was to be made.
            StateLimitError: the list is full, or the server has as many lists as it may have.
            StateUnavailableError: nothing was added.
        """
        entry_id = limits.entry(entry_id)
        if create:
            name = limits.list_name(name)
        async with self._holding(guild_id) as connection:
            if create and await _read(connection, guild_id, name) is None:
                await _create(connection, guild_id, name)
            found = await _found(connection, guild_id, name)
            if any(entry.entry_id == entry_id for entry in found.entries):
                return Added(found, new=False)
            if len(found.entries) >= limits.ENTRIES_IN_A_LIST:
                what = f"The list has {limits.ENTRIES_IN_A_LIST} entries, as many as fit."
                raise StateLimitError(
                    what, "Remove one first, or begin another list.", limits.ENTRIES_IN_A_LIST
                )
            last = await connection.scalar(
                select(func.coalesce(func.max(list_entries.c.position), 0)).where(_on_list(guild_id, name))
            )
            await connection.execute(
                insert(list_entries).values(
                    guild_id=guild_id,
                    name_key=limits.list_key(name),
                    entry_id=entry_id,
                    position=(last or 0) + 1,
                    added=today(),
                )
            )
            return Added(await _found(connection, guild_id, name), new=True)

    async def remove(self, guild_id: int, name: str, entry_id: str) -> bool:
        """Take an entry off a list; False when it was not on it.

        Raises:
            UnknownListError: there is no such list.
            StateUnavailableError: nothing was removed.
        """
        async with self._holding(guild_id) as connection:
            await _found(connection, guild_id, name)
            gone = await connection.execute(
                delete(list_entries).where(
                    _on_list(guild_id, name), list_entries.c.entry_id == limits.searchable(entry_id)
                )
            )
        return gone.rowcount > 0

    async def rename(self, guild_id: int, name: str, new_name: str) -> ReadingList:
        """Give a list another name.

        Raises:
            UnusableValueError: it cannot have that name.
            UnknownListError: there is no such list.
            ListExistsError: another list has that name.
            StateUnavailableError: it was not renamed.
        """
        new_name = limits.list_name(new_name)
        async with self._holding(guild_id) as connection:
            await _found(connection, guild_id, name)
            other = await _read(connection, guild_id, new_name)
            if other is not None and limits.list_key(new_name) != limits.list_key(name):
                raise ListExistsError(other.name)
            await connection.execute(
                update(reading_lists)
                .where(_is_list(guild_id, name))
                .values(name=new_name, name_key=limits.list_key(new_name))
            )
            return await _found(connection, guild_id, new_name)

    async def delete(self, guild_id: int, name: str) -> ReadingList:
        """Delete a list, and return what it was, so that it can be told.

        Raises:
            UnknownListError: there is no such list.
            StateUnavailableError: it was not deleted.
        """
        async with self._holding(guild_id) as connection:
            found = await _found(connection, guild_id, name)
            await connection.execute(delete(reading_lists).where(_is_list(guild_id, name)))
        return found

    def _holding(self, guild_id: int) -> AbstractAsyncContextManager[AsyncConnection]:
        limits.snowflake(guild_id, "server")
        return self._database.write(hold=f"lists {guild_id}")


async def _names(connection: AsyncConnection, guild_id: int) -> tuple[str, ...]:
    rows = await connection.execute(
        select(reading_lists.c.name_key, reading_lists.c.name).where(reading_lists.c.guild_id == guild_id)
    )
    return tuple(
        row.name for row in sorted(rows, key=lambda row: row.name_key)
    )  # the same order on both engines


async def _read(connection: AsyncConnection, guild_id: int, name: str) -> ReadingList | None:
    head = (await connection.execute(select(reading_lists).where(_is_list(guild_id, name)))).one_or_none()
    if head is None:
        return None
    rows = await connection.execute(
        select(list_entries).where(_on_list(guild_id, name)).order_by(list_entries.c.position)
    )
    return ReadingList(head.name, head.created, tuple(ListEntry(row.entry_id, row.added) for row in rows))


async def _found(connection: AsyncConnection, guild_id: int, name: str) -> ReadingList:
    found = await _read(connection, guild_id, name)
    if found is None:
        raise UnknownListError(name, await _names(connection, guild_id))
    return found


async def _create(connection: AsyncConnection, guild_id: int, name: str) -> ReadingList:
    if len(await _names(connection, guild_id)) >= limits.LISTS_IN_A_GUILD:
        what = f"There are {limits.LISTS_IN_A_GUILD} reading lists, as many as fit."
        raise StateLimitError(what, "Delete one first.", limits.LISTS_IN_A_GUILD)
    made = ReadingList(name, today())
    await connection.execute(
        insert(reading_lists).values(
            guild_id=guild_id, name_key=limits.list_key(name), name=made.name, created=made.created
        )
    )
    return made


def _is_list(guild_id: int, name: str) -> ColumnElement[bool]:
    key = limits.list_key(name)
    return and_(reading_lists.c.guild_id == guild_id, reading_lists.c.name_key == key)


def _on_list(guild_id: int, name: str) -> ColumnElement[bool]:
    key = limits.list_key(name)
    return and_(list_entries.c.guild_id == guild_id, list_entries.c.name_key == key)
