"""Turns what the database drivers raise into one error that says what is wrong and what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.state.address import Address, Kind
from bot.state.errors import StateUnavailableError

# By the beginning of SQLite's name of the result code (https://www.sqlite.org/rescode.html), most special
# first.
_SQLITE: Final = (
    ("SQLITE_FULL", "The disk is full.", "Make room on it."),
    (
        "SQLITE_READONLY",
        "The state database is read-only.",
        "Let the bot write to the file and to its folder.",
    ),
    (
        "SQLITE_BUSY",
        "Another program keeps the state database locked.",
        "Close that program, then try again.",
    ),
    (
        "SQLITE_NOTADB",
        "The state file is no SQLite database.",
        "Restore a back-up of it, or move it away to begin anew.",
    ),
    (
        "SQLITE_CORRUPT",
        "The state database is damaged.",
        "Restore a back-up of it, or move it away to begin anew.",
    ),
    (
        "SQLITE_CANTOPEN",
        "The state file cannot be opened.",
        "See that its folder exists and the bot may write to it.",
    ),
    ("SQLITE_IOERR", "The disk failed while state was read or written.", "See that it works and has room."),
)
# By SQLSTATE, or the class that it begins with
# (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_POSTGRESQL: Final = (
    ("28", "PostgreSQL refused the name or the password.", "Mend them in DATABASE_URL."),
    ("3D000", "PostgreSQL has no database of that name.", "Create it, or mend its name in DATABASE_URL."),
    (
        "25006",
        "PostgreSQL lets nothing be written here.",
        "Name a primary server in DATABASE_URL, not a copy.",
    ),
    (
        "42501",
        "PostgreSQL does not let the bot do this.",
        "Give its role the right to create and change tables.",
    ),
    ("53100", "The disk of PostgreSQL is full.", "Make room on it."),
    ("53300", "PostgreSQL has no connection left.", "Allow more, or run fewer copies of the bot."),
    ("57P03", "PostgreSQL is starting or stopping.", "Try again in a moment."),
    ("40", "PostgreSQL gave this up in favour of another change.", "Try again."),
    ("55P03", "Another program keeps the state database locked.", "Close that program, then try again."),
)
# What comes from outside. The other errors of SQLAlchemy are mistakes in our code, and go on as they are.
_TROUBLE: Final = (DBAPIError, DisconnectionError, PoolTimeoutError, OSError, sqlite3.Error)


@contextmanager
def told_plainly(address: Address) -> Iterator[None]:
    """Turn what the drivers raise inside into :class:`StateUnavailableError`, with the cause attached."""
    try:
        yield
    except _TROUBLE as error:
        raise explain(error, address) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "asyncpg":
            raise
        # Raised while connecting, where SQLAlchemy lets some of the driver's errors through.
        raise explain(error, address) from error


def explain(error: BaseException, address: Address) -> StateUnavailableError:
    """Say what an error of a driver means for whoever runs the bot."""
    what, what_to_do = (_of_sqlite if address.kind is Kind.SQLITE else _of_postgresql)(error)
    return StateUnavailableError(f"{what} ({address.shown})", what_to_do)


def _of_sqlite(error: BaseException) -> tuple[str, str]:
    for cause in _causes(error):
        name = getattr(cause, "sqlite_errorname", None) or ""
        for code, what, what_to_do in _SQLITE:
            if name.startswith(code):
                return what, what_to_do
    if isinstance(error, TimeoutError | PoolTimeoutError):
        return "The state database is busy.", "Try again in a moment."
    if isinstance(error, OSError):
        return (
            "The state file cannot be made.",
            "See that the bot may write to its folder, or name another one.",
        )
    return "The state database cannot be used.", "The log has the cause."


def _of_postgresql(error: BaseException) -> tuple[str, str]:
    for cause in _causes(error):
        state = getattr(cause, "sqlstate", None) or ""
        for code, what, what_to_do in _POSTGRESQL:
            if state.startswith(code):
                return what, what_to_do
        if state:
            return "PostgreSQL answered with an error.", "The log has the cause."
    return "PostgreSQL does not answer.", "See that it runs and can be reached from here."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        orig = one.orig if isinstance(one, DBAPIError) else None
        waiting += [orig, one.__cause__, one.__context__]
