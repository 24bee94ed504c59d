"""Who shares a card in a channel says so first, so that no two processes post the same card at once."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from sqlalchemy import delete, insert, select

from bot.state import limits
from bot.state.clock import now as this_moment
from bot.state.database import Database
from bot.state.errors import StateUnavailableError
from bot.state.tables import share_claims

#: How long a claim holds when the process that made it dies. Discord may hold a message back for a while.
HELD: Final = dt.timedelta(minutes=1)


class Claims:
    """The claims of all processes. A claim tells of no user."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def sharing(
        self, guild_id: int, channel_id: int, entry_id: str, now: dt.datetime | None = None
    ) -> AsyncIterator[bool]:
        """Whether this process may share a card now; if so, no other may until the block ends.

        Args:
            guild_id: the server.
            channel_id: where the card is to stand.
            entry_id: what it is a card of.
            now: the moment; by default, this one.

        Raises:
            UnusableValueError: a value cannot be stored.
            StateUnavailableError: nothing was claimed.
        """
        moment = now or this_moment()
        claim = {
            "channel_id": limits.snowflake(channel_id, "channel"),
            "entry_id": limits.entry(entry_id),
        }
        mine = await self._claim(claim, limits.snowflake(guild_id, "server"), moment)
        try:
            yield mine
        finally:
            if mine:
                with suppress(StateUnavailableError):  # then it ends by itself
                    await self._end(claim)

    async def _claim(self, claim: dict[str, object], guild_id: int, moment: dt.datetime) -> bool:
        async with self._database.write(hold=f"share {claim['channel_id']}") as connection:
            ended = share_claims.c.until <= moment
            await connection.execute(delete(share_claims).where(ended))
            if (await connection.execute(select(share_claims).filter_by(**claim))).first() is not None:
                return False
            row = {**claim, "guild_id": guild_id, "until": moment + HELD}
            await connection.execute(insert(share_claims).values(row))
        return True

    async def _end(self, claim: dict[str, object]) -> None:
        async with self._database.write() as connection:
            await connection.execute(delete(share_claims).filter_by(**claim))
