"""How the records lie in SQLite: derived from the model, used by the build and by the store alike.

A scalar field is a column. A tuple field is a child table ``<owner>_<field>`` with one row an entry, kept in
order by ``position``. A Struct field is a child table with at most one row. So a field that is added to the
model is in the database, typed and described, with no line of code here.
"""

import datetime
import types
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec

from bot.catalogue import index
from bot.catalogue.model import Criterion, Study, Topic

#: Raised whenever the shape of the database changes in a way that the model's fields do not tell.
SCHEMA_VERSION: Final = 1

RECORDS: Final[dict[str, type[msgspec.Struct]]] = {"studies": Study, "topics": Topic, "criteria": Criterion}

#: Child columns that name another record: (child table, column) -> table.
REFERENCES: Final = {
    ("studies_related", "related"): "studies",
    ("topics_studies", "studies"): "studies",
    ("topics_related_topics", "related_topics"): "topics",
}
#: Columns of the record tables that name another record.
COLUMN_REFERENCES: Final = {("criteria", "study"): "studies"}


@dataclass(frozen=True)
class Column:
    """A column: its name, its SQLite type and what it holds."""

    name: str
    sql: type[int] | type[str]
    about: str
    required: bool
    truth: bool = False  # SQLite has no booleans: 0 and 1 become false and true in JSON


@dataclass(frozen=True)
class Child:
    """A table that holds the entries of one field of a record."""

    table: str
    field: str
    columns: tuple[Column, ...]
    about: str
    many: bool
    plain: bool  # entries are strings, not structs

    @property
    def key(self) -> tuple[str, ...]:
        """The primary key: the owner, and the position where there are several entries."""
        return ("owner", "position") if self.many else ("owner",)


@dataclass(frozen=True)
class Shape:
    """The columns and child tables of one kind of record."""

    table: str
    kind: type[msgspec.Struct]
    columns: tuple[Column, ...]
    children: tuple[Child, ...]


@cache
def shape(table: str) -> Shape:
    """The shape of ``studies``, ``topics`` or ``criteria``."""
    kind = RECORDS[table]
    hints = get_type_hints(kind, include_extras=True)
    columns: list[Column] = []
    children: list[Child] = []
    for info in msgspec.structs.fields(kind):
        about, core, optional = _open(hints[info.name])
        if get_origin(core) is tuple:
            item_about, item, _ = _open(get_args(core)[0])
            struct = _is_struct(item)
            inner = tuple(_columns(item)) if struct else (Column(info.name, str, item_about, required=True),)
            children.append(
                Child(
                    f"{table}_{info.name}", info.name, inner, about or item_about, many=True, plain=not struct
                )
            )
        elif _is_struct(core):
            inner = tuple(_columns(core))
            children.append(Child(f"{table}_{info.name}", info.name, inner, about, many=False, plain=False))
        else:
            columns.append(_column(info.name, core, about, required=not optional))
    return Shape(table, kind, tuple(columns), tuple(children))


@cache
def record_json(table: str) -> str:
    """A SQL expression that gives a row of ``table`` (named as itself in the query) as the JSON of its
    record.
    """
    this = shape(table)
    parts = [f"'{c.name}', {_json_value(table, c)}" for c in this.columns]
    for child in this.children:
        if child.plain:
            item = f'"{child.columns[0].name}"'
        else:
            item = (
                "json_object(" + ", ".join(f"'{c.name}', {_json_value(None, c)}" for c in child.columns) + ")"
            )
        if child.many:
            rows = f"SELECT * FROM {child.table} WHERE owner = {table}.id ORDER BY position"
            parts.append(f"'{child.field}', (SELECT json_group_array({item}) FROM ({rows}))")
        else:
            # json() keeps SQLite from quoting the object as a string.
            parts.append(
                f"'{child.field}', json((SELECT {item} FROM {child.table} WHERE owner = {table}.id))"
            )
    return f"json_object({', '.join(parts)})"


def rows(table: str, record: msgspec.Struct) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every row that ``record`` becomes, as (table, values in the order of its columns)."""
    this = shape(table)
    yield table, _values(record, this.columns)
    owner = getattr(record, "id")  # noqa: B009 - every record has one, but Struct does not say so
    for child in this.children:
        value = getattr(record, child.field)
        entries = value if child.many else () if value is None else (value,)
        for position, entry in enumerate(entries, start=1):
            key = (owner, position) if child.many else (owner,)
            yield child.table, key + ((_sql_value(entry),) if child.plain else _values(entry, child.columns))


def _values(record: msgspec.Struct, columns: tuple[Column, ...]) -> tuple[Any, ...]:
    return tuple([_sql_value(getattr(record, column.name)) for column in columns])


def _columns(kind: type[msgspec.Struct]) -> Iterator[Column]:
    for name, hint in get_type_hints(kind, include_extras=True).items():
        about, core, optional = _open(hint)
        yield _column(name, core, about, required=not optional)


def _column(name: str, core: Any, about: str, *, required: bool) -> Column:
    whole = isinstance(core, type) and issubclass(core, int)
    return Column(name, int if whole else str, about, required, truth=core is bool)


def _open(hint: Any) -> tuple[str, Any, bool]:
    """Peel ``Annotated`` and ``| None`` off a type: (its outermost description, what is left, whether None
    may be).
    """
    about = ""
    optional = False
    while True:
        if hasattr(hint, "__metadata__"):
            about = about or next((m.description for m in hint.__metadata__ if m.description), "")
            hint = hint.__origin__
        elif get_origin(hint) in (types.UnionType, Union):
            optional = True
            (hint,) = (part for part in get_args(hint) if part is not types.NoneType)
        else:
            return about, hint, optional


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _json_value(table: str | None, column: Column) -> str:
    name = f'{table}."{column.name}"' if table else f'"{column.name}"'
    if column.truth:
        return f"json(CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    return name


def _sql_value(value: Any) -> Any:
    if value is None or type(value) is str:  # nearly every value
        return value
    match value:
        case StrEnum():
            return value.value
        case bool():
            return int(value)
        case datetime.date():
            return value.isoformat()
        case _:
            return value


def datasette_metadata() -> dict[str, Any]:
    """Descriptions of every table and column, for ``datasette --metadata``; its docs have the format."""
    described: dict[str, Any] = {
        "citations": {"description": "Each study in each citation style, rendered ahead of time."},
        "meta": {
            "description": "What the catalogue says of itself: versions, counts, the hash of its sources."
        },
    }
    for name, kind in RECORDS.items():
        this = shape(name)
        about = (kind.__doc__ or "").split("\n")[0]
        described[name] = {"description": about, "columns": {c.name: c.about for c in this.columns}}
        for child in this.children:
            described[child.table] = {"description": f"{child.about} One row an entry of {name}."}
    described |= {name: {"hidden": True} for name in index.TABLES}
    return {
        "title": "ME/CFS evidence catalogue",
        "license": "CC BY 4.0 for our own texts",
        "license_url": "https://creativecommons.org/licenses/by/4.0/",
        "databases": {"catalogue": {"tables": described}},
    }
