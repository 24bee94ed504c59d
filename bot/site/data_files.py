"""The catalogue as data: CSV, JSON, SQLite, and formats of reference managers."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from bot.answer.library import Library
from bot.catalogue.model import Criterion, Record, Study, Topic
from bot.citation import export
from bot.site import dictionary

#: What parts the entries of a list in a cell of CSV.
BETWEEN: Final = " | "


def csv_text(records: Sequence[Record], kind: type[Record]) -> str:
    """Records as CSV (RFC 4180, UTF-8, with a header): one row each, one column for each field of the model.

    Lists are joined by " | "; authors stand as "Family, Given", institutions by name; a change as
    "date: what"; the parts of a retraction have columns of their own. An empty cell is a field that nobody
    has seen a source for.
    """
    out = io.StringIO(newline="")
    rows = [_row(record) for record in records]
    writer = csv.DictWriter(out, fieldnames=columns(kind), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def columns(kind: type[Record]) -> list[str]:
    """The columns of a kind of record, in the order of the model."""
    names: list[str] = []
    for name in kind.__struct_fields__:
        names += dictionary.RETRACTION_COLUMNS if name == "retraction" else [name]
    return names


def _row(record: Record) -> dict[str, str]:
    row: dict[str, str] = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if name == "retraction":
            for column in dictionary.RETRACTION_COLUMNS:
                part = getattr(value, column.removeprefix("retraction_")) if value else None
                row[column] = _cell(part)
        else:
            row[name] = _cell(value)
    return row


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return BETWEEN.join(map(_cell, value))
        case msgspec.Struct():
            parts = [getattr(value, name) for name in value.__struct_fields__]
            between = ": " if hasattr(value, "what") else ", "
            return between.join(str(part) for part in parts if part is not None)
        case _:
            return str(value)


def json_text(library: Library, studies: Sequence[Study], topics: Sequence[Topic]) -> str:
    """Everything as one JSON object: ``meta``, ``studies``, ``topics``, ``criteria``, as in the model."""
    everything = {
        "meta": library.catalogue.meta,
        "studies": studies,
        "topics": topics,
        "criteria": library.catalogue.criteria(),
    }
    return json.dumps(msgspec.to_builtins(everything), ensure_ascii=False, indent=1) + "\n"


def copy_database(library: Library, path: Path) -> None:
    """Copy the built catalogue, which any SQLite can read; an older file is replaced.

    Raises:
        OSError: when the file cannot be written.
    """
    try:
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as place:
            part = Path(place) / path.name
            with closing(sqlite3.connect(part)) as target:
                library.catalogue.connection.backup(target)
            part.replace(path)
    except sqlite3.OperationalError as error:  # a full disk, as SQLite tells it
        raise OSError(None, str(error), str(path)) from error


def references(key: str) -> Callable[[Library, Sequence[Study], Sequence[Topic]], str]:
    """What writes the studies in a format of reference managers."""

    def write(_library: Library, studies: Sequence[Study], _topics: Sequence[Topic]) -> str:
        return export(studies, key).text

    return write


#: Formats that are one text, with how it is made.
TEXTS: Final[dict[str, Callable[[Library, Sequence[Study], Sequence[Topic]], str]]] = {
    "json": json_text,
    "bib": references("bibtex"),
    "ris": references("ris"),
    "csl": references("csl-json"),
}
_CSV: Final[dict[str, tuple[type[Record], str]]] = {
    "studies.csv": (Study, "one row a study"),
    "questions.csv": (Topic, "one row a reviewed question"),
    "criteria.csv": (Criterion, "one row a case definition"),
}
DICTIONARY: Final = "data-dictionary.md"


def write_csv(
    library: Library, folder: Path, studies: Sequence[Study], topics: Sequence[Topic]
) -> list[tuple[str, str]]:
    """Write the three tables and the data dictionary into a folder; return their names and what they are.

    Raises:
        OSError: when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    records: dict[type[Record], Sequence[Record]] = {
        Study: studies,
        Topic: topics,
        Criterion: library.catalogue.criteria(),
    }
    for name, (kind, _) in _CSV.items():
        (folder / name).write_text(csv_text(records[kind], kind), encoding="utf-8", newline="")
    (folder / DICTIONARY).write_text(dictionary.text(), encoding="utf-8", newline="\n")
    listed = [(name, about) for name, (_, about) in _CSV.items()]
    return [*listed, (DICTIONARY, "what every field means")]


def write_all(
    library: Library, folder: Path, studies: Sequence[Study], topics: Sequence[Topic]
) -> list[tuple[str, str]]:
    """Write every form of the data into a folder; return the names of the files and what they are.

    Raises:
        OSError: when the folder cannot be written.
    """
    listed = write_csv(library, folder, studies, topics)
    one_text = {
        "json": ("catalogue.json", "everything, as the model has it"),
        "bib": ("catalogue.bib", "the studies, for BibTeX"),
        "ris": ("catalogue.ris", "the studies, for Zotero, EndNote and others"),
        "csl": ("catalogue.csl.json", "the studies, as CSL-JSON"),
    }
    for key, (name, about) in one_text.items():
        (folder / name).write_text(TEXTS[key](library, studies, topics), encoding="utf-8", newline="\n")
        listed.append((name, about))
    return listed
