"""Brings a database to the newest form of the tables. Of many processes at once, one does the work."""

from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state.database import Database
from bot.state.errors import StateUnavailableError
from bot.state.tables import REVISION

# The others wait for the one that migrates.
_PATIENCE: Final = 60.0


async def migrate(database: Database) -> bool:
    """Migrate if need be; False when there was nothing to do.

    All of it is one transaction: a migration that is killed leaves the tables as they were.

    Raises:
        StateUnavailableError: the database cannot be reached or changed, or a newer bot has migrated it
            already.
    """
    async with database.read() as connection:
        if await revision(connection) == REVISION:
            return False
    async with database.write(hold="migration", patience=_PATIENCE) as connection:
        found = await revision(connection)
        if found == REVISION:
            return False
        await connection.run_sync(_upgrade, found)
        return True


async def revision(connection: AsyncConnection) -> str | None:
    """The revision of the tables; None before the first."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return None
    found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection, found: str | None) -> None:
    # Imported here: Alembic is slow to import, and almost every start needs none of it.
    from pathlib import Path  # noqa: PLC0415

    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        what = f"The state database has the form {found}, which a newer version of the bot gave it."
        raise StateUnavailableError(what, "Update the bot, or use another database.")
    command.upgrade(config, REVISION)
