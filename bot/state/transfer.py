"""Export and import: all of state as JSON Lines, to move it between engines and machines.

The first line says what the file is and how many rows of each table follow; then one line a row, tables in an
order in which every row comes after what it refers to; the last line counts them again, so that half a file
is told from a whole one. Names are those of the tables and columns; dates and moments are in ISO 8601,
moments in UTC.
"""

import datetime as dt
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from sqlalchemy import Column, Table, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state.clock import now
from bot.state.database import Database
from bot.state.errors import TransferError
from bot.state.tables import REVISION, metadata

#: Told how many rows are done, and how many there are.
Progress: TypeAlias = Callable[[int, int], None]

_FORMAT: Final = "evidence-bot state"
_VERSION: Final = 1
_BATCH: Final = 200
_PATIENCE: Final = 600.0
#: Tables with what a bot notes by itself: the commands it registered, and what it is doing this moment.
_NOTHING_TO_KEEP: Final = frozenset({"command_trees", "share_claims"})


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


async def export(database: Database, progress: Progress = _silent) -> AsyncIterator[str]:
    """The lines of an export, each with its line end: one moment of the database, also while others write.

    Raises:
        StateUnavailableError: it cannot be read now.
    """
    async with database.read(patience=_PATIENCE) as connection:
        counts = {table.name: await _count(connection, table) for table in metadata.sorted_tables}
        total, done = sum(counts.values()), 0
        yield _line(
            {
                "format": _FORMAT,
                "version": _VERSION,
                "revision": REVISION,
                "exported": now().isoformat(timespec="seconds"),
                "rows": counts,
            }
        )
        for table in metadata.sorted_tables:
            rows = await connection.stream(select(table).order_by(*table.primary_key.columns))
            async for row in rows.mappings():
                values = {column.name: _plain(row[column]) for column in table.c}
                yield _line({"table": table.name, "row": values})
                done += 1
                progress(done, total)
        yield _line({"end": done})


async def import_(
    database: Database, lines: Iterable[str], *, replace: bool = False, progress: Progress = _silent
) -> int:
    """Take in an export: all of it, or nothing when anything about it is wrong.

    Args:
        database: where to; it must hold nothing but command trees.
        lines: the export.
        replace: erase first what is there.
        progress: told how far it is.

    Returns:
        How many rows came in.

    Raises:
        TransferError: it is no whole export of this version, or there is something already.
        StateUnavailableError: nothing was taken in.
    """
    numbered = enumerate(lines, start=1)
    total = _head(numbered)
    async with database.write(hold="import", patience=_PATIENCE) as connection:
        await _make_room(connection, replace=replace)
        done = 0
        for table, rows in _batches(numbered, total):
            try:
                await connection.execute(insert(table), rows)
            except IntegrityError:  # not kept as a cause: the driver's message quotes the row
                what = f"The rows of {table.name} in the export contradict each other."
                raise TransferError(what, "Export it anew.") from None
            done += len(rows)
            progress(done, total)
    return done


async def _make_room(connection: AsyncConnection, *, replace: bool) -> None:
    for table in reversed(metadata.sorted_tables):
        if not replace and table.name not in _NOTHING_TO_KEEP and await _count(connection, table):
            what = "There is something in this state already."
            raise TransferError(what, "Import into an empty one, or say that it is to be replaced.")
        await connection.execute(delete(table))


def _head(lines: Iterator[tuple[int, str]]) -> int:
    """Read the first line; how many rows it promises."""
    _, first = next(lines, (1, ""))
    head = _object(1, first)
    if head.get("format") != _FORMAT:
        what = "This is no export of state."
        raise TransferError(what, "Give a file that `evidence-bot state export` wrote.")
    if head.get("version") != _VERSION or head.get("revision") != REVISION:
        what = f"The export has another form than {REVISION}, in which this bot keeps state."
        raise TransferError(what, "Export it anew with the same version of the bot.")
    counts = head.get("rows")
    if not isinstance(counts, dict) or not all(isinstance(count, int) for count in counts.values()):
        raise _unreadable(1)
    return sum(counts.values())


def _batches(lines: Iterator[tuple[int, str]], total: int) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The rows, some of one table at a time, until the line that ends them."""
    batch: list[dict[str, Any]] = []
    current: Table | None = None
    for number, line in lines:
        content = _object(number, line)
        if "end" in content:
            if content["end"] != number - 2 or content["end"] != total:  # its own line, and the first
                break
            if current is not None and batch:
                yield current, batch
            return
        table, row = _row(number, content)
        if current is not None and batch and (table is not current or len(batch) >= _BATCH):
            yield current, batch
            batch = []
        current = table
        batch.append(row)
    what = "The export is not whole: rows are missing at its end, or were added."
    raise TransferError(what, "Export it anew.")


def _row(number: int, content: Mapping[str, Any]) -> tuple[Table, dict[str, Any]]:
    table = metadata.tables.get(str(content.get("table")))
    row = content.get("row")
    if table is None or not isinstance(row, dict) or set(row) != {column.name for column in table.c}:
        raise _unreadable(number)
    try:
        return table, {key: _typed(table.c[key], value) for key, value in row.items()}
    except ValueError:
        raise _unreadable(number) from None


def _typed(column: Column[Any], value: object) -> object:
    """The value as its column wants it: a file that somebody edited may hold anything."""
    if value is None:
        if column.nullable:
            return None
        raise ValueError(column.name)
    wanted = column.type.python_type
    if wanted in {dt.date, dt.datetime} and isinstance(value, str):
        value = wanted.fromisoformat(value)
    if type(value) is not wanted or (isinstance(value, dt.datetime) and value.tzinfo is None):
        raise ValueError(column.name)
    return value


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _line(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"


def _object(number: int, line: str) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except ValueError:
        raise _unreadable(number) from None
    if not isinstance(content, dict):
        raise _unreadable(number)
    return content


def _unreadable(number: int) -> TransferError:
    return TransferError(f"Line {number} of the export cannot be read.", "Export it anew.")


async def _count(connection: AsyncConnection, table: Table) -> int:
    return await connection.scalar(select(func.count()).select_from(table)) or 0
