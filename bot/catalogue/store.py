"""Read-only queries on ``catalogue.db``: records by id, and pages of studies by filter."""

import datetime
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from bot.catalogue import tables
from bot.catalogue.model import Criterion, Design, Pem, Study, Topic

_RecordT = TypeVar("_RecordT", Study, Topic, Criterion)

# Records kept decoded, about 3 kB each. Fewer than there are would be as good as none for who reads all.
_CACHED: Final = 2_048


class DamagedCatalogueError(Exception):
    """The file is not a whole catalogue of this version; the message says what is wrong with it."""


class News(msgspec.Struct, frozen=True):
    """What happened to the catalogue on one day: how many records were entered, how many changed since."""

    date: datetime.date
    studies: int
    topics: int
    criteria: int
    changed: int


class Meta(msgspec.Struct, frozen=True):
    """What the catalogue says of itself."""

    schema_version: int
    index_version: int
    catalogue_version: str
    content_hash: str
    scanner_version: str
    policy_version: str
    studies: int
    topics: int
    criteria: int


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Conditions on studies; those that are given must all hold.

    ``size`` is the least number of people studied (cases and controls together, as far as they are stated);
    ``tag`` a tag of the vocabulary; ``retracted`` true for only, false for no papers retracted or withdrawn.
    """

    pem: Pem | None = None
    criterion: str | None = None
    design: Design | None = None
    tag: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    size: int | None = None
    retracted: bool | None = None

    def sql(self) -> tuple[str, list[Any]]:
        """A WHERE expression on ``studies`` and its parameters; ``1`` where nothing is asked."""
        parts: list[tuple[str, Any]] = [
            ("pem = ?", self.pem),
            (
                "EXISTS (SELECT 1 FROM studies_criteria c WHERE c.owner = studies.id AND c.criteria = ?)",
                self.criterion,
            ),
            ("design = ?", self.design),
            ("EXISTS (SELECT 1 FROM studies_topics t WHERE t.owner = studies.id AND t.topics = ?)", self.tag),
            ("year >= ?", self.year_from),
            ("year <= ?", self.year_to),
            ("coalesce(n_cases, 0) + coalesce(n_controls, 0) >= ?", self.size),
        ]
        asked = [
            (condition, str(value) if isinstance(value, str) else value)
            for condition, value in parts
            if value is not None
        ]
        conditions = [condition for condition, _ in asked]
        if self.retracted is not None:
            conditions.append(
                ("" if self.retracted else "NOT ")
                + "EXISTS (SELECT 1 FROM studies_retraction r WHERE r.owner = studies.id"
                " AND r.status IN ('retracted', 'withdrawn'))"
            )
        return " AND ".join(conditions) or "1", [value for _, value in asked]


class Catalogue:
    """An open catalogue. Cheap to open; one thread at a time may use it.

    Raises:
        FileNotFoundError: when there is no such file.
        DamagedCatalogueError: when it is not a SQLite file, not a catalogue, of another schema, or not whole.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            message = f"no catalogue at {path}"
            raise FileNotFoundError(message)
        self.path = path
        self.connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False
        )
        # One transaction for good: the file is replaced as a whole and never written to, so there is nothing
        # newer to see in it, and to lock it anew for each query is a tenth of a search.
        self.connection.execute("BEGIN")
        try:
            self.meta = self._read_meta()
        except sqlite3.DatabaseError as error:
            self.connection.close()
            message = f"{path.name} is not a whole catalogue ({error})"
            raise DamagedCatalogueError(message) from error
        except msgspec.ValidationError as error:
            self.connection.close()
            message = f"{path.name} is not a catalogue of this program ({error})"
            raise DamagedCatalogueError(message) from error
        if self.meta.schema_version != tables.SCHEMA_VERSION:
            self.connection.close()
            message = f"{path.name} has schema {self.meta.schema_version}, not {tables.SCHEMA_VERSION}"
            raise DamagedCatalogueError(message)
        self.study = lru_cache(maxsize=_CACHED)(self._study)
        self.topic = lru_cache(maxsize=_CACHED)(self._topic)

    def shed(self) -> None:
        """Let go of the records that are kept decoded."""
        self.study.cache_clear()
        self.topic.cache_clear()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def _read_meta(self) -> Meta:
        (quick,) = self.connection.execute("PRAGMA quick_check(1)").fetchone()
        if quick != "ok":
            raise sqlite3.DatabaseError(quick)
        found = dict(self.connection.execute("SELECT key, value FROM meta"))
        return msgspec.convert(found, Meta, strict=False)

    def _one(self, table: str, identifier: str, kind: type[_RecordT]) -> _RecordT | None:
        query = f"SELECT {tables.record_json(table)} FROM {table} WHERE id = ?"
        row = self.connection.execute(query, (identifier,)).fetchone()
        return msgspec.json.decode(row[0], type=kind) if row else None

    def _all(self, table: str, kind: type[_RecordT], order: str) -> list[_RecordT]:
        query = f"SELECT {tables.record_json(table)} FROM {table} ORDER BY {order}"
        return [msgspec.json.decode(row[0], type=kind) for row in self.connection.execute(query)]

    def _study(self, identifier: str) -> Study | None:
        """The study with this id, or ``None``."""
        return self._one("studies", identifier, Study)

    def _topic(self, identifier: str) -> Topic | None:
        """The topic with this id, or ``None``."""
        return self._one("topics", identifier, Topic)

    def studies(self, identifiers: Iterable[str]) -> list[Study]:
        """The studies with these ids, in this order; an id that is not in the catalogue is passed over."""
        return [study for study in map(self.study, identifiers) if study]

    def all_studies(self) -> list[Study]:
        """Every study, by id."""
        return self._all("studies", Study, "id")

    def all_topics(self) -> list[Topic]:
        """Every topic, by id."""
        return self._all("topics", Topic, "id")

    def criteria(self) -> list[Criterion]:
        """Every case definition, oldest first."""
        return self._all("criteria", Criterion, "rowid")

    def find(self, filters: Filters, within: Sequence[str] | None = None) -> list[str]:
        """Ids of the studies that meet the filters.

        Args:
            filters: what must hold.
            within: ids to choose from, whose order is kept; ``None`` for all, newest first.
        """
        where, values = filters.sql()
        if within is None:
            query = f"SELECT id FROM studies WHERE {where} ORDER BY year DESC, id"
            return [row[0] for row in self.connection.execute(query, values)]
        query = (
            "SELECT studies.id FROM json_each(?) AS asked JOIN studies ON studies.id = asked.value"
            f" WHERE {where} ORDER BY asked.key"
        )
        return [
            row[0]
            for row in self.connection.execute(query, [msgspec.json.encode(list(within)).decode(), *values])
        ]

    def topics_citing(self, study: str) -> list[str]:
        """Ids of the topics that rest on this study."""
        query = "SELECT owner FROM topics_studies WHERE studies = ? ORDER BY position, owner"
        return [row[0] for row in self.connection.execute(query, (study,))]

    def listing_marker(self, marker: str) -> tuple[str | None, list[str]]:
        """A marker in the catalogue's own spelling, and the ids of the studies that list it, newest first.

        Case, hyphens, blanks and British or American spelling make no difference ("IL10", "il-10"). ``None``
        and nothing where no study lists it.
        """
        wanted = _plain_marker(marker)
        rows = self.connection.execute(
            "SELECT markers, owner FROM studies_markers JOIN studies ON studies.id = owner"
            " ORDER BY year DESC, studies.id"
        ).fetchall()
        found = [(name, owner) for name, owner in rows if _plain_marker(name) == wanted]
        return (found[0][0], list(dict.fromkeys(owner for _, owner in found))) if found else (None, [])

    def topics_on_marker(self, marker: str) -> list[str]:
        """Ids of the topics of any kind that speak of this marker, in whatever spelling."""
        wanted = _plain_marker(marker)
        rows = self.connection.execute("SELECT markers, owner FROM topics_markers ORDER BY owner").fetchall()
        return list(dict.fromkeys(owner for name, owner in rows if _plain_marker(name) == wanted))

    def news(self, days: int) -> list[News]:
        """What happened on the last days on which something did, newest first.

        The first line of a record's history says that it was entered; a record counts once a day as changed.
        """
        kinds = ("studies", "topics", "criteria")
        lines = " UNION ALL ".join(
            f"SELECT '{kind}' AS kind, owner, date, position FROM {kind}_changes" for kind in kinds
        )
        entered = ", ".join(f"sum(kind = '{kind}' AND first = 1)" for kind in kinds)
        query = (
            f"SELECT date, {entered}, sum(first = 0) FROM"
            f" (SELECT kind, date, max(position = 1) AS first FROM ({lines}) GROUP BY kind, owner, date)"
            " GROUP BY date ORDER BY date DESC LIMIT ?"
        )
        names = News.__struct_fields__
        return [
            msgspec.convert(dict(zip(names, row, strict=True)), News)
            for row in self.connection.execute(query, (days,))
        ]

    def abstract_unseen(self) -> int:
        """How many studies rest on what others wrote, because their abstract could not be opened."""
        (count,) = self.connection.execute("SELECT count(*) FROM studies WHERE NOT abstract_seen").fetchone()
        return int(count)

    def tags(self) -> list[str]:
        """Every tag that a study carries, by name."""
        return [
            row[0] for row in self.connection.execute("SELECT DISTINCT topics FROM studies_topics ORDER BY 1")
        ]

    def counts(self, column: str) -> dict[str, int]:
        """How many studies have each value of ``pem`` or ``design``, most first."""
        if column not in {"pem", "design"}:
            raise ValueError(column)
        query = f"SELECT {column}, count(*) AS n FROM studies GROUP BY 1 ORDER BY n DESC, 1"
        return dict(self.connection.execute(query).fetchall())

    def citation(self, study: str, style: str) -> dict[str, str] | None:
        """The row of the table ``citations`` for a study and a style key, by column; ``None`` where there is
        none.
        """
        cursor = self.connection.execute(
            "SELECT * FROM citations WHERE study_id = ? AND style = ?", (study, style)
        )
        row = cursor.fetchone()
        return dict(zip((column[0] for column in cursor.description), row, strict=True)) if row else None


def _plain_marker(marker: str) -> str:
    """A marker's letters and digits, in one spelling, for comparing."""
    return "".join(char for char in marker.casefold() if char.isalnum()).replace("ae", "e")
