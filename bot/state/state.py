"""The one way in: an open state, with everything that a server chose."""

import datetime as dt
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from sqlalchemy import text, update

from bot.state import housekeeping, locks
from bot.state.cards import Cards
from bot.state.claims import Claims
from bot.state.database import PATIENCE, Database, prepared
from bot.state.guilds import Guilds
from bot.state.housekeeping import Forgotten, Tidied
from bot.state.lists import ReadingLists
from bot.state.migrate import migrate
from bot.state.suggestions import Suggestions
from bot.state.tables import counters
from bot.state.trees import Trees


class State:
    """An open state; made by :meth:`open`, and to be closed.

    Every write is on the disk when it returns. While the database is away, every call raises
    :class:`bot.state.errors.StateUnavailableError` within about ``patience`` seconds; the next call tries
    anew.

    Attributes:
        database: what it is kept in.
        guilds: the settings of servers.
        lists: their reading lists.
        suggestions: what people sent to the maintainers.
        cards: the cards that were shared.
        claims: those that are being shared just now.
        trees: which command trees are registered.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.guilds = Guilds(database)
        self.lists = ReadingLists(database)
        self.suggestions = Suggestions(database)
        self.cards = Cards(database)
        self.claims = Claims(database)
        self.trees = Trees(database)

    def __repr__(self) -> str:
        """Without the password."""
        return f"State({self.where!r})"

    @classmethod
    async def open(cls, url: str | None = None, *, patience: float = PATIENCE) -> Self:
        """Open state, creating it and bringing it up to date when need be.

        Args:
            url: a DATABASE_URL, see :meth:`bot.state.address.Address.read`; None: ``sqlite:///var/state.db``.
            patience: seconds that one call may take.

        Raises:
            StateUnavailableError: it cannot be reached, read or written.
        """
        state = cls(Database(prepared(url), patience))
        try:
            if not await migrate(state.database):
                await state.check()
        except BaseException:
            await state.close()
            raise
        return state

    async def __aenter__(self) -> Self:
        """Nothing to do: it is open."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    @property
    def where(self) -> str:
        """Where it is kept, for people and logs; it holds no password."""
        return self.database.address.shown

    async def close(self) -> None:
        """Close it; to close twice is no error."""
        await self.database.close()

    async def check(self) -> None:
        """See that state can be read and written now. Changes nothing.

        Raises:
            StateUnavailableError: it cannot.
        """
        async with self.database.write() as connection:
            await connection.execute(text("SELECT version_num FROM alembic_version"))
            # Nothing has that name, but an engine that may not write says so all the same.
            await connection.execute(update(counters).where(counters.c.name == "").values(value=0))

    async def tidy(self, now: dt.datetime | None = None) -> Tidied:
        """Drop cards and closed suggestions that are over a year old; meant for once a day.

        Raises:
            StateUnavailableError: nothing was dropped.
        """
        return await housekeeping.tidy(self.database, now)

    async def forget(self, guild_id: int) -> Forgotten:
        """Erase all that a server left here.

        Raises:
            StateUnavailableError: nothing was erased.
        """
        return await housekeeping.forget(self.database, guild_id)

    def only_one(self, work: str) -> AbstractAsyncContextManager[bool]:
        """See :func:`bot.state.locks.only_one`."""
        return locks.only_one(self.database, work)
