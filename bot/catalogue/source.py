"""The only reader and writer of ``data/**/*.toml``.

A record is a TOML file that people review line by line: fields in the order of the model, prose as multi-line
strings with one sentence a line, lists with one entry a line. A line break inside prose is a space. A field that is
left out is one that nobody has seen a source for.
"""

import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import EnumType
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, get_type_hints

import msgspec
import tomli_w

from bot.catalogue.model import Criterion, Prose, Record, Retraction, Study, Topic
from bot.catalogue.prose import fold, sentences

_RecordT = TypeVar("_RecordT", Study, Topic, Criterion)


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

    ``texts`` holds each file's text by its path relative to the folder, so that checks on the files themselves (their
    names, their layout) need not read them again.
    """

    studies: Mapping[str, Study]
    topics: Mapping[str, Topic]
    criteria: Mapping[str, Criterion]
    problems: tuple[Problem, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


STUDIES: Final = "studies"
TOPICS: Final = "topics"
CRITERIA: Final = "criteria.toml"

_LAYOUT_MEND: Final = "run `evidence-bot format`"


def read_folder(data: Path) -> Sources:
    """Read every record below ``data``: ``studies/*.toml``, ``topics/*.toml`` and ``criteria.toml``.

    Never raises for what a file contains: a record that cannot be read is left out and told as a :class:`Problem`.

    Raises:
        FileNotFoundError: when the folder has no ``studies``, ``topics`` or ``criteria.toml``.
    """
    problems: list[Problem] = []
    texts: dict[str, str] = {}

    def collect(folder: str, kind: type[_RecordT]) -> dict[str, _RecordT]:
        found: dict[str, _RecordT] = {}
        for path in sorted((data / folder).glob("*.toml")):
            name = f"{folder}/{path.name}"
            raw = _load(path, name, texts, problems)
            if raw is None:
                continue
            record = decode(raw, kind, name, problems)
            if record is None:
                continue
            if record.id != path.stem:
                problems.append(
                    Problem(name, "id", f"is {record.id!r} in a file named {path.name!r}", "give both the same name")
                )
            found[path.stem] = record
        return found

    for needed in (STUDIES, TOPICS, CRITERIA):
        if not (data / needed).exists():
            message = f"no {needed} in {data}"
            raise FileNotFoundError(message)
    studies = collect(STUDIES, Study)
    topics = collect(TOPICS, Topic)
    criteria: dict[str, Criterion] = {}
    raw = _load(data / CRITERIA, CRITERIA, texts, problems) or {}
    entries = raw.get("criteria", [])
    if not isinstance(entries, list) or set(raw) - {"criteria"}:
        problems.append(Problem(CRITERIA, "-", "has something beside [[criteria]] tables", "keep only [[criteria]] tables"))
        entries = []
    for number, entry in enumerate(entries, start=1):
        criterion = decode(entry, Criterion, f"{CRITERIA}[{number}]", problems)
        if criterion is None:
            continue
        if criterion.id in criteria:
            problems.append(Problem(CRITERIA, "id", f"{criterion.id!r} stands twice", "give each its own id"))
        criteria[criterion.id] = criterion
    return Sources(studies, topics, criteria, tuple(problems), texts)


def layout_problems(sources: Sources) -> Iterator[Problem]:
    """Files whose text is not what :func:`write` would write for the record they hold."""
    expected: dict[str, str] = {
        **{f"{STUDIES}/{stem}.toml": dump(record) for stem, record in sources.studies.items()},
        **{f"{TOPICS}/{stem}.toml": dump(record) for stem, record in sources.topics.items()},
    }
    if not any(problem.file.startswith(CRITERIA) for problem in sources.problems):
        expected[CRITERIA] = dump_criteria(sources.criteria)
    for name, text in expected.items():
        if sources.texts[name] != text:
            yield Problem(name, "-", "is not laid out as the other files are", _LAYOUT_MEND)


def decode(raw: Mapping[str, Any], kind: type[_RecordT], name: str, problems: list[Problem]) -> _RecordT | None:
    """Make a record of ``kind`` from parsed TOML, adding every problem found to ``problems``; ``None`` if any was.

    Each field is looked at by itself, so that one fault does not hide the next.
    """
    before = len(problems)
    fields = {f.name: f for f in msgspec.structs.fields(kind)}
    if not isinstance(raw, Mapping):
        problems.append(Problem(name, "-", "is not a table", "write one [[criteria]] table for each"))
        return None
    values: dict[str, Any] = {}
    for key in raw.keys() - fields.keys():
        problems.append(Problem(name, key, "is no field of this kind of record", f"use one of: {', '.join(fields)}"))
    for key, info in fields.items():
        if key not in raw:
            if info.required:
                problems.append(Problem(name, key, "is missing", _mend(kind, key) or "add it"))
            continue
        value = _unfold(raw[key], kind, key)
        try:
            values[key] = msgspec.convert(value, info.type)
        except msgspec.ValidationError as error:
            problems.append(Problem(name, key, _wrong(value, error), _mend(kind, key, inside="[" in str(error)) or "see docs/curating.md"))
    return kind(**values) if len(problems) == before else None


def dump(record: Record) -> str:
    """The text of the file that holds ``record``."""
    return tomli_w.dumps(_plain(record), multiline_strings=True)


def dump_criteria(criteria: Mapping[str, Criterion]) -> str:
    """The text of ``criteria.toml``."""
    return tomli_w.dumps({"criteria": [_plain(c) for c in criteria.values()]}, multiline_strings=True)


def write(record: Study | Topic, data: Path) -> Path:
    """Write ``record`` to its file below ``data`` and return the path. A kill half-way leaves the old file whole."""
    folder = STUDIES if isinstance(record, Study) else TOPICS
    path = data / folder / f"{record.id}.toml"
    write_whole(path, dump(record).encode())
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content`` in one step: readers see the old file or the new one, never a part."""
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


def _load(path: Path, name: str, texts: dict[str, str], problems: list[Problem]) -> dict[str, Any] | None:
    try:
        text = path.read_bytes().decode()
        texts[name] = text
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        problems.append(Problem(name, "-", f"is not UTF-8 text (byte {error.start})", "save the file as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at (.+)\)$", str(error))
        what = str(error)[: place.start()].strip() if place else str(error)
        where = place.group(1) if place else "an unknown place"
        problems.append(Problem(name, where, f"is not valid TOML ({what})", "mend the file at that place"))
    except OSError as error:
        problems.append(Problem(name, "-", f"cannot be read ({error.strerror})", "make the file readable"))
    return None


@cache
def _prose_fields(kind: type[msgspec.Struct]) -> frozenset[str]:
    hints = get_type_hints(kind, include_extras=True)

    def is_prose(hint: Any) -> bool:
        # `Prose | None` and `Annotated[Prose | None, …]` nest the marker; equality of the inner hint is the test.
        if hint == Prose or getattr(hint, "__metadata__", ())[:1] == getattr(Prose, "__metadata__", (None,))[:1]:
            return True
        return any(is_prose(part) for part in getattr(hint, "__args__", ()))

    return frozenset(name for name, hint in hints.items() if is_prose(hint))


def _unfold(value: Any, kind: type[msgspec.Struct], key: str) -> Any:
    """Undo the layout: prose becomes one line; a table's prose likewise."""
    if key in _prose_fields(kind) and isinstance(value, str):
        return fold(value)
    if key == "retraction" and isinstance(value, dict):
        return {k: _unfold(v, Retraction, k) for k, v in value.items()}
    return value


def _plain(record: msgspec.Struct) -> dict[str, Any]:
    """The record as TOML values in file order: absent fields and empty lists left out, prose one sentence a line."""
    plain: dict[str, Any] = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if value is None or value == ():
            continue
        if name in _prose_fields(type(record)):
            plain[name] = "\n".join(sentences(value)) + "\n"
        elif isinstance(value, tuple):
            plain[name] = [_plain(v) if isinstance(v, msgspec.Struct) else v for v in value]
        elif isinstance(value, msgspec.Struct):
            plain[name] = _plain(value)
        else:
            plain[name] = value
    return plain


@cache
def _mend(kind: type[msgspec.Struct], key: str, *, inside: bool = False) -> str | None:
    """How to put a field right: the ``mend`` of its type (of its items, if ``inside``) or the values it may have."""
    hint = get_type_hints(kind, include_extras=True)[key]
    found: list[str] = []

    def walk(part: Any) -> None:
        for meta in getattr(part, "__metadata__", ()):
            extra = getattr(meta, "extra", None)
            if extra and "mend" in extra:
                found.append(extra["mend"])
        if isinstance(part, EnumType):
            found.append("use one of: " + ", ".join(str(member) for member in part))
        if getattr(part, "__origin__", tuple) is not tuple:
            walk(part.__origin__)
        for argument in getattr(part, "__args__", ()):
            walk(argument)

    walk(hint)
    if hint is bool or bool in getattr(hint, "__args__", ()):
        found.append("write true or false, without quotes")
    return found[-1 if inside else 0] if found else None


def _wrong(value: Any, error: msgspec.ValidationError) -> str:
    """What is wrong with a value, with the value itself where it is short enough to show."""
    text = str(error)
    place = re.search(r" - at `\$(.*)`$", text)
    where = f" at {place.group(1)}" if place and place.group(1) else ""
    what = text[: place.start()] if place else text
    what = re.sub(r"matching regex '.*'", "of another form", what)
    shown = repr(value)
    if len(shown) > 60:  # noqa: PLR2004 - a line on a terminal
        shown = shown[:57] + "…"
    return f"{shown}{where} ({what[0].lower()}{what[1:]})"
