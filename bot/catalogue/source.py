"""The only reader and writer of ``data/**/*.toml``.

A record is a TOML file that people review line by line: fields in the order of the model, prose as multi-line
strings with one sentence a line, lists with one entry a line. A line break inside prose is a space. A field
that is left out is one that nobody has seen a source for.
"""

import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, get_type_hints

import msgspec
import tomli_w

from bot.catalogue.faults import mend, mend_at, wrong
from bot.catalogue.model import Criterion, Prose, Record, Retraction, Study, Topic
from bot.catalogue.prose import fold, sentences
from bot.catalogue.synonyms import Synonyms

_RecordT = TypeVar("_RecordT", Study, Topic, Criterion)

STUDIES: Final = "studies"
TOPICS: Final = "topics"
CRITERIA: Final = "criteria.toml"
TAGS: Final = "tags.toml"
SYNONYMS: Final = "synonyms.toml"

_BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong in a data file, told so that a curator can mend it."""

    file: str
    field: str
    what: str
    mend: str

    def __str__(self) -> str:
        """One line: ``file: field: what is wrong: how to mend it``."""
        return f"{self.file}: {self.field}: {self.what}: {self.mend}"


@dataclass(frozen=True)
class Sources:
    """Everything that was read from a data folder, with what could not be read.

    ``texts`` holds each file's text by its path relative to the folder, so that checks on the files
    themselves (their names, their layout) need not read them again.
    """

    studies: Mapping[str, Study]
    topics: Mapping[str, Topic]
    criteria: Mapping[str, Criterion]
    tags: tuple[str, ...] = ()
    synonyms: Synonyms = field(default_factory=Synonyms)
    problems: tuple[Problem, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def read_folder(data: Path, before: Sources | None = None) -> Sources:
    """Read every record below ``data``, and the vocabularies ``tags.toml`` and ``synonyms.toml``.

    Never raises for what a file contains: a record that cannot be read is left out and told as a
    :class:`Problem`. A folder without a vocabulary has an empty one. A record whose file has the same text as
    ``before`` is taken from there: to read all of the TOML again takes a second or more.

    Raises:
        FileNotFoundError: when the folder has no ``studies``, ``topics`` or ``criteria.toml``.
    """
    for needed in (STUDIES, TOPICS, CRITERIA):
        if not (data / needed).exists():
            message = f"no {needed} in {data}"
            raise FileNotFoundError(message)
    before = before or Sources(studies={}, topics={}, criteria={})
    reader = _Reader(data, before.texts)
    return Sources(
        studies=reader.records(STUDIES, Study, before.studies),
        topics=reader.records(TOPICS, Topic, before.topics),
        criteria=reader.criteria(),
        tags=reader.tags(),
        synonyms=reader.synonyms(),
        problems=tuple(reader.problems),
        texts=reader.texts,
    )


def layout_problems(sources: Sources) -> Iterator[Problem]:
    """Files whose text is not what :func:`write` would write for the record they hold."""
    for name, text in _expected_texts(sources).items():
        if sources.texts[name] != text:
            yield Problem(name, "-", "is not laid out as the other files are", "run `evidence-bot format`")


def tidy(data: Path) -> list[Path]:
    """Lay out every readable file below ``data`` as :func:`write` would; return the paths that were changed.

    Raises:
        FileNotFoundError: as :func:`read_folder` does.
    """
    sources = read_folder(data)
    changed: list[Path] = []
    for name, text in _expected_texts(sources).items():
        if sources.texts[name] != text:
            write_whole(data / name, text.encode())
            changed.append(data / name)
    return changed


def decode(
    raw: Mapping[str, Any], kind: type[_RecordT], name: str, problems: list[Problem]
) -> _RecordT | None:
    """Make a record of ``kind`` from parsed TOML; ``None`` if anything is wrong, which ``problems`` tells.

    Each field is looked at by itself, so that one fault does not hide the next.
    """
    if not isinstance(raw, Mapping):
        problems.append(Problem(name, "-", "is not a table", "write one [[criteria]] table for each"))
        return None
    before = len(problems)
    fields = _fields(kind)
    known = ", ".join(fields)
    problems.extend(
        Problem(name, key, "is no field of this kind of record", f"use one of: {known}")
        for key in sorted(raw.keys() - fields.keys())
    )
    values: dict[str, Any] = {}
    for key, info in fields.items():
        if key not in raw:
            if info.required:
                problems.append(Problem(name, key, "is missing", mend(kind, key) or "add it"))
            continue
        value = _unfold(raw[key], kind, key)
        try:
            values[key] = msgspec.convert(value, info.type)
        except msgspec.ValidationError as error:
            how = mend_at(kind, key, error) or "see docs/curating.md"
            problems.append(Problem(name, key, wrong(value, error), how))
    return kind(**values) if len(problems) == before else None


def dump(record: Record) -> str:
    """The text of the file that holds ``record``."""
    return tomli_w.dumps(_plain(record), multiline_strings=True)


def dump_criteria(criteria: Mapping[str, Criterion]) -> str:
    """The text of ``criteria.toml``."""
    return tomli_w.dumps({"criteria": [_plain(c) for c in criteria.values()]}, multiline_strings=True)


def write(record: Study | Topic, data: Path) -> Path:
    """Write ``record`` to its file below ``data``; return the path. A kill half-way leaves the old file."""
    folder = STUDIES if isinstance(record, Study) else TOPICS
    path = data / folder / f"{record.id}.toml"
    write_whole(path, dump(record).encode())
    return path


def write_criteria(criteria: Mapping[str, Criterion], data: Path) -> Path:
    """Write ``criteria.toml`` below ``data``, in the order given; return its path. Safe as :func:`write`."""
    path = data / CRITERIA
    write_whole(path, dump_criteria(criteria).encode())
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content`` in one step: readers see the old file or the new one, never a part.

    Raises:
        OSError: when it cannot be written; its ``filename`` is ``path``, and nothing is left beside that.
    """
    try:
        _write_whole(path, content)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class _Reader:
    """Reads the files of one data folder, and gathers their texts and problems on the way."""

    def __init__(self, data: Path, before: Mapping[str, str]) -> None:
        self.data = data
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}
        self._before = before

    def records(
        self, folder: str, kind: type[_RecordT], before: Mapping[str, _RecordT]
    ) -> dict[str, _RecordT]:
        """Every record of a folder, by the name of its file."""
        found: dict[str, _RecordT] = {}
        for path in sorted((self.data / folder).glob("*.toml")):
            name = f"{folder}/{path.name}"
            text = self._text(name)
            record = before.get(path.stem) if text == self._before.get(name) else None
            if record is None and (raw := self._parsed(name, text)) is not None:
                record = decode(raw, kind, name, self.problems)
            if record is None:
                continue
            if record.id != path.stem:
                what = f"is {record.id!r} in a file named {path.name!r}"
                self._tell(name, "id", what, "give both the same name")
            found[path.stem] = record
        return found

    def criteria(self) -> dict[str, Criterion]:
        """The case definitions, by id, in the order of the file."""
        raw = self._load(CRITERIA) or {}
        entries = raw.get("criteria", [])
        if not isinstance(entries, list) or raw.keys() - {"criteria"}:
            what = "has something beside [[criteria]] tables"
            self._tell(CRITERIA, "-", what, "keep only [[criteria]] tables")
            entries = []
        found: dict[str, Criterion] = {}
        for number, entry in enumerate(entries, start=1):
            criterion = decode(entry, Criterion, f"{CRITERIA}[{number}]", self.problems)
            if criterion is None:
                continue
            if criterion.id in found:
                self._tell(CRITERIA, "id", f"{criterion.id!r} stands twice", "give each its own id")
            found[criterion.id] = criterion
        return found

    def tags(self) -> tuple[str, ...]:
        """The tag vocabulary: the one list, ``tags``, of ``tags.toml``."""
        raw = self._load(TAGS) if (self.data / TAGS).exists() else None
        if raw is None:
            return ()
        try:
            return msgspec.convert(raw, _Tags).tags
        except msgspec.ValidationError as error:
            self._tell(TAGS, "tags", wrong(raw, error), "keep one list of texts, named tags")
            return ()

    def synonyms(self) -> Synonyms:
        """What counts as the same word in a search: ``synonyms.toml``."""
        raw = self._load(SYNONYMS) if (self.data / SYNONYMS).exists() else None
        if raw is None:
            return Synonyms()
        try:
            return msgspec.convert(raw, Synonyms)
        except msgspec.ValidationError as error:
            mend = "keep only same, near, capitals and elsewhere, in the form that the file shows"
            self._tell(SYNONYMS, "-", wrong(raw, error), mend)
            return Synonyms()

    def _load(self, name: str) -> dict[str, Any] | None:
        return self._parsed(name, self._text(name))

    def _text(self, name: str) -> str | None:
        try:
            text = (self.data / name).read_bytes().decode()
        except UnicodeDecodeError as error:
            self._tell(name, "-", f"is not UTF-8 text (byte {error.start + 1})", "save the file as UTF-8")
            return None
        except OSError as error:
            self._tell(name, "-", f"cannot be read ({error.strerror})", "make the file readable")
            return None
        self.texts[name] = text
        return text

    def _parsed(self, name: str, text: str | None) -> dict[str, Any] | None:
        if text is None:
            return None
        if text.startswith(_BYTE_ORDER_MARK):
            self._tell(name, "-", "begins with a byte order mark", "save the file as UTF-8 without one")
            return None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"\(at (.+)\)$", str(error))
            what = str(error)[: place.start()].strip() if place else str(error)
            where = place[1] if place else "an unknown place"
            self._tell(name, where, f"is not valid TOML ({what})", "mend the file at that place")
        return None

    def _tell(self, file: str, where: str, what: str, mend: str) -> None:
        self.problems.append(Problem(file, where, what, mend))


class _Tags(msgspec.Struct, forbid_unknown_fields=True):
    tags: tuple[str, ...]


def _expected_texts(sources: Sources) -> dict[str, str]:
    """What each file should hold, by its name; ``criteria.toml`` only when all of it could be read."""
    expected: dict[str, str] = {
        **{f"{STUDIES}/{stem}.toml": dump(record) for stem, record in sources.studies.items()},
        **{f"{TOPICS}/{stem}.toml": dump(record) for stem, record in sources.topics.items()},
    }
    if CRITERIA in sources.texts and not any(p.file.startswith(CRITERIA) for p in sources.problems):
        expected[CRITERIA] = dump_criteria(sources.criteria)
    return expected


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {info.name: info for info in msgspec.structs.fields(kind)}


@cache
def prose_fields(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The fields of ``kind`` that hold prose, which a file lays out over several lines."""
    hints = get_type_hints(kind, include_extras=True)
    # `Annotated[Prose | None, …]` nests the marker and `Annotated[Prose, …]` flattens it: the first of the
    # metadata tells.
    marker = Prose.__metadata__[0]  # type: ignore[attr-defined]

    def is_prose(hint: Any) -> bool:
        if getattr(hint, "__metadata__", (None,))[0] == marker:
            return True
        return any(is_prose(part) for part in getattr(hint, "__args__", ()))

    return frozenset(name for name, hint in hints.items() if is_prose(hint))


def _unfold(value: Any, kind: type[msgspec.Struct], key: str) -> Any:
    """Undo the layout: prose becomes one line; a table's prose likewise."""
    if key in prose_fields(kind) and isinstance(value, str):
        return fold(value)
    if key == "retraction" and isinstance(value, dict):
        return {k: _unfold(v, Retraction, k) for k, v in value.items()}
    return value


def _plain(record: msgspec.Struct) -> dict[str, Any]:
    """The record as TOML values in file order: absent fields left out, prose one sentence a line."""
    plain: dict[str, Any] = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if value is None or value == ():
            continue
        if name in prose_fields(type(record)):
            plain[name] = "\n".join(sentences(value)) + "\n"
        elif isinstance(value, tuple):
            plain[name] = [_plain(v) if isinstance(v, msgspec.Struct) else v for v in value]
        elif isinstance(value, msgspec.Struct):
            plain[name] = _plain(value)
        else:
            plain[name] = value
    return plain
