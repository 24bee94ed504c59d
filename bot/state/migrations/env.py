"""How Alembic reaches the database: by the connection it is handed; for developers, by DATABASE_URL."""

import asyncio
import os
from typing import Literal

from alembic import context
from sqlalchemy import Connection

from bot.state.database import Database, prepared
from bot.state.tables import Moment, metadata


def _render(kind: str, item: object, _: object) -> str | Literal[False]:
    # A migration must mean the same for ever, so it names no type of ours.
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def _run(connection: Connection) -> None:
    # render_as_batch: SQLite can alter little in place; Alembic then copies the table.
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, render_item=_render
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run_for_a_developer() -> None:
    database = Database(prepared(os.environ.get("DATABASE_URL")), patience=60)
    try:
        async with database.write() as connection:
            await connection.run_sync(_run)
    finally:
        await database.close()


handed: Connection | None = context.config.attributes.get("connection")
if handed is not None:
    _run(handed)
else:
    asyncio.run(_run_for_a_developer())
