"""Which command tree an application last registered, so that it is registered anew only when it changed."""

from sqlalchemy import delete, insert, select

from bot.state import limits
from bot.state.database import Database
from bot.state.tables import command_trees

_EVERYWHERE = 0  # what stands for "no guild" in a primary key
_LONGEST = 128


class Trees:
    """The hashes of registered command trees."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, application_id: int, guild_id: int | None = None) -> str | None:
        """The hash of the tree that was registered for a guild (None: for all), or None when none was.

        Raises:
            StateUnavailableError: it cannot be read now.
        """
        query = select(command_trees.c.tree_hash).where(
            command_trees.c.application_id == application_id,
            command_trees.c.guild_id == (guild_id or _EVERYWHERE),
        )
        async with self._database.read() as connection:
            found: str | None = await connection.scalar(query)
        return found

    async def set(self, application_id: int, tree_hash: str, guild_id: int | None = None) -> None:
        """Remember that a tree was registered.

        Raises:
            UnusableValueError: the hash is too long.
            StateUnavailableError: it was not remembered.
        """
        limits.snowflake(application_id, "application")
        key = {"application_id": application_id, "guild_id": guild_id or _EVERYWHERE}
        tree_hash = limits.text(tree_hash, "hash", _LONGEST, one_line=True)
        async with self._database.write(hold=f"tree {application_id}") as connection:
            await connection.execute(delete(command_trees).filter_by(**key))
            await connection.execute(insert(command_trees).values(**key, tree_hash=tree_hash))
