"""What is dropped by itself after its time, and what is erased when a server goes."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete

from bot.state.clock import now as this_moment
from bot.state.database import Database
from bot.state.suggestions import Status
from bot.state.tables import (
    command_trees,
    guild_settings,
    reading_lists,
    share_claims,
    shared_cards,
    suggestions,
)

#: How long a shared card is remembered and kept true.
CARDS_KEPT: Final = dt.timedelta(days=365)
#: How long a suggestion is kept after it was closed.
CLOSED_SUGGESTIONS_KEPT: Final = dt.timedelta(days=365)


@dataclass(frozen=True)
class Tidied:
    """How many rows were dropped because their time was over."""

    cards: int
    suggestions: int


@dataclass(frozen=True)
class Forgotten:
    """How many of each a server had left here."""

    settings: int
    lists: int
    cards: int
    trees: int

    def __bool__(self) -> bool:
        """Whether there was anything."""
        return bool(self.settings or self.lists or self.cards or self.trees)


async def tidy(database: Database, now: dt.datetime | None = None) -> Tidied:
    """Drop what is over its time.

    Raises:
        StateUnavailableError: nothing was dropped.
    """
    moment = now or this_moment()
    async with database.write() as connection:
        cards = await connection.execute(
            delete(shared_cards).where(shared_cards.c.shared_at < moment - CARDS_KEPT)
        )
        old = await connection.execute(
            delete(suggestions).where(
                suggestions.c.status == Status.CLOSED,
                suggestions.c.closed < (moment - CLOSED_SUGGESTIONS_KEPT).date(),
            )
        )
    await database.scrub()
    return Tidied(cards.rowcount, old.rowcount)


async def forget(database: Database, guild_id: int) -> Forgotten:
    """Erase all that a server left here. Suggestions stay: nothing says which server one came from.

    Raises:
        StateUnavailableError: nothing was erased.
    """
    async with database.write() as connection:
        counts = [
            (await connection.execute(delete(table).where(table.c.guild_id == guild_id))).rowcount
            for table in (guild_settings, reading_lists, shared_cards, command_trees)
        ]
        await connection.execute(delete(share_claims).where(share_claims.c.guild_id == guild_id))
    await database.scrub()
    return Forgotten(*counts)
