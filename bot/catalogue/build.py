"""The build: records -> ``catalogue.db``, with sqlite-utils. Same input, same bytes.

The database is a build product. It is written to a temporary file beside its place and moved there in one
step, so that a kill half-way, or two processes that build at once, leave a whole file.
"""

import os
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import sqlite_utils

from bot.catalogue import index, tables, wording
from bot.catalogue.fresh import UnbuildableError
from bot.catalogue.model import Criterion, Study, Topic
from bot.catalogue.source import Sources

_BATCH: Final = 2000  # records that wait to be written
_ABANDONED: Final = 3600  # seconds after which a half-made file is nobody's
# What those who browse the catalogue (datasette, sqlite-utils) can search in; the bot has its own index.
_FULL_TEXT: Final = {
    "studies": ("title", "population", "finding", "why_it_matters", "does_not_show"),
    "topics": ("question", "short_answer"),
}


def catalogue_version(records: Iterable[Study | Topic | Criterion]) -> str:
    """The date of the newest change of any record, as ``2026.11.21``."""
    newest = max((change.date for record in records for change in record.changes), default=None)
    return newest.strftime("%Y.%m.%d") if newest else "0000.00.00"


def build(
    sources: Sources,
    target: Path,
    *,
    citations: Iterable[Mapping[str, Any]] = (),
    content: str,
) -> None:
    """Write the catalogue database.

    Args:
        sources: the records; they must have been read without a problem.
        target: the file to write; its folder must exist.
        citations: rows for the table ``citations`` (see :func:`bot.citation.entries.read_entries`).
        content: the content hash to store, from :func:`bot.catalogue.content.content_hash`.

    Raises:
        UnbuildableError: when a data file could not be read; nothing is written.
        OSError: when the target cannot be written; an older file stays as it was.
    """
    if sources.problems:
        first, more = sources.problems[0], len(sources.problems) - 1
        message = f"{first}" + (f" (and {more} more: run `evidence-bot check`)" if more else "")
        raise UnbuildableError(message)
    _sweep(target)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    part = Path(name)
    try:
        _fill(part, sources, [dict(row) for row in citations], content)
        part.chmod(0o644)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _sweep(target: Path) -> None:
    """Remove what builds that were killed left beside the target; no build takes an hour."""
    for part in target.parent.glob(f".{target.name}.*"):
        with suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > _ABANDONED:
                part.unlink()


def _fill(path: Path, sources: Sources, citations: Sequence[dict[str, Any]], content: str) -> None:
    connection = sqlite3.connect(path)
    try:
        # A crash leaves a temporary file that nobody reads, so nothing need be synced on the way.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        database = sqlite_utils.Database(connection)
        records: dict[str, Sequence[Study | Topic | Criterion]] = {
            "studies": sorted(sources.studies.values(), key=lambda s: s.id),
            "topics": sorted(sources.topics.values(), key=lambda t: t.id),
            "criteria": list(sources.criteria.values()),  # in the order of the file: by age
        }
        with connection:
            for table, entries in records.items():
                _create(database, table)
                for start in range(0, len(entries), _BATCH):
                    _insert(connection, table, entries[start : start + _BATCH])
            for table, columns in _FULL_TEXT.items():
                database.table(table).enable_fts(columns, tokenize="porter")
            _citations(database, citations)
            index.create(database, sources)
            version = catalogue_version([r for rs in records.values() for r in rs])
            database.table("meta").create({"key": str, "value": str}, pk="key", not_null={"value"})
            database.table("meta").insert_all(
                {"key": key, "value": str(value)}
                for key, value in {
                    "schema_version": tables.SCHEMA_VERSION,
                    "index_version": index.INDEX_VERSION,
                    "catalogue_version": version,
                    "content_hash": content,
                    "scanner_version": wording.SCANNER_VERSION,
                    "policy_version": wording.POLICY_VERSION,
                    "studies": len(records["studies"]),
                    "topics": len(records["topics"]),
                    "criteria": len(records["criteria"]),
                }.items()
            )
        connection.execute("ANALYZE")
        connection.commit()
        connection.execute("VACUUM")
    finally:
        connection.close()


def _insert(connection: sqlite3.Connection, table: str, entries: Sequence[Study | Topic | Criterion]) -> None:
    pending: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for entry in entries:
        for where, row in tables.rows(table, entry):
            pending[where].append(row)
    for where, found in pending.items():
        marks = ", ".join("?" * len(found[0]))
        connection.executemany(f"INSERT INTO {where} VALUES ({marks})", found)  # noqa: S608 - our own names


def _create(database: sqlite_utils.Database, table: str) -> None:
    this = tables.shape(table)
    database.table(table).create(
        {c.name: c.sql for c in this.columns},
        pk="id",
        not_null={c.name for c in this.columns if c.required},
        foreign_keys=[
            (column, other, "id")
            for (owner, column), other in tables.COLUMN_REFERENCES.items()
            if owner == table
        ],
    )
    for child in this.children:
        columns: dict[str, Any] = {"owner": str}
        if child.many:
            columns["position"] = int
        columns.update({c.name: c.sql for c in child.columns})
        references = [("owner", table, "id")]
        references += [
            (c.name, tables.REFERENCES[child.table, c.name], "id")
            for c in child.columns
            if (child.table, c.name) in tables.REFERENCES
        ]
        created = database.create_table_sql(
            child.table,
            columns,
            pk=child.key,
            not_null={*child.key, *(c.name for c in child.columns if c.required)},
            foreign_keys=references,
        )
        # The key is most of such a row, and is stored only once without a rowid.
        database.execute(f"{created.rstrip().removesuffix(';')} WITHOUT ROWID")


def _citations(database: sqlite_utils.Database, citations: Sequence[dict[str, Any]]) -> None:
    columns = ("study_id", "style", "text", "italic", "parenthetical", "narrative", "csl")
    database.table("citations").create(
        dict.fromkeys(columns, str),
        pk=("study_id", "style"),
        not_null=set(columns),
        foreign_keys=[("study_id", "studies", "id")],
    )
    database.table("citations").insert_all(citations)
