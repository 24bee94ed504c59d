"""Back-ups while the bot runs: by SQLite itself, or by PostgreSQL's ``pg_dump``."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.state.address import Address, Kind
from bot.state.errors import StateUnavailableError
from bot.state.files import written_whole
from bot.state.trouble import told_plainly


async def backup(address: Address, target: Path) -> None:
    """Write a back-up: of SQLite, a file to put in its place; of PostgreSQL, one for ``pg_restore``.

    Args:
        address: what to back up.
        target: the file to write; it must not be there, and appears when it is whole.

    Raises:
        TransferError: the file is there already, or cannot be written.
        StateUnavailableError: the database cannot be read, or is damaged.
    """
    with written_whole(target) as part:
        if address.kind is Kind.SQLITE:
            await asyncio.to_thread(_copy, address, part)
        else:
            await _dump(address, part)


def _copy(address: Address, part: Path) -> None:
    with told_plainly(address):
        with closing(sqlite3.connect(f"{address.path.absolute().as_uri()}?mode=rw", uri=True)) as source:
            source.execute("VACUUM INTO ?", (os.fspath(part),))
        with closing(sqlite3.connect(part)) as copy:
            healthy = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    if not healthy:
        what = f"The state database is damaged. ({address.shown})"
        raise StateUnavailableError(what, "Restore an older back-up of it.")


async def _dump(address: Address, part: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        what = "pg_dump, which makes back-ups of PostgreSQL, is not installed here."
        raise StateUnavailableError(what, "Install PostgreSQL's client programs (Debian: postgresql-client).")
    dsn, secrets = address.for_libpq()
    process = await asyncio.create_subprocess_exec(
        program,
        "--format=custom",
        "--no-owner",
        "--no-password",
        f"--file={part}",
        f"--dbname={dsn}",
        env=os.environ | secrets,  # on the command line everybody on the machine could read them
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    if process.returncode:
        what = f"pg_dump could not read the database. ({address.shown})"
        raise StateUnavailableError(what, f"It said: {told.decode(errors='replace').strip()}")
