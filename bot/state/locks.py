"""Work that one process may do at a time, however many run. The lock goes with the process that holds it."""

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from sqlalchemy import text

from bot.state.address import Kind
from bot.state.database import Database
from bot.state.trouble import told_plainly


@asynccontextmanager
async def only_one(database: Database, work: str) -> AsyncIterator[bool]:
    """Whether this process may do the work; if so, no other may until the block ends, or the process does.

    Args:
        database: what the processes share.
        work: the name of the work: small letters and hyphens.

    Raises:
        StateUnavailableError: the database cannot be asked.
    """
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", work):
        message = f"{work!r} is no name of a lock"
        raise ValueError(message)
    if database.kind is Kind.POSTGRESQL:
        async with database.session() as connection:
            lock = {"work": f"evidence-bot only {work}"}
            mine = await connection.scalar(
                text("SELECT pg_try_advisory_lock(hashtextextended(:work, 0))"), lock
            )
            try:
                yield bool(mine)
            finally:
                await connection.invalidate()  # the lock goes with the connection, whatever state that is in
        return
    file = database.address.path.with_suffix(f".{work}.lock")
    with told_plainly(database.address):
        held = await asyncio.to_thread(_try_lock, file)
    if held is None:
        yield False
        return
    with closing(held):
        yield True


def _try_lock(file: Path) -> sqlite3.Connection | None:
    """Lock a file by SQLite's own means, which work on every system; None when another process has it."""
    connection = sqlite3.connect(os.fspath(file), timeout=0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorname == "SQLITE_BUSY":
            return None
        raise
    return connection
