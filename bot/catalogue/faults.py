"""What to tell a curator about a value that the model refuses: what is wrong, where, and how to mend it."""

import datetime as dt
import re
from collections.abc import Iterator
from enum import EnumType
from functools import cache
from typing import Any, Final, get_type_hints

import msgspec

_MEND_PLAIN: Final = {
    bool: "write true or false, without quotes",
    dt.date: "write year-month-day without quotes, such as 2026-11-21",
}
_LONGEST_SHOWN: Final = 60  # characters of a wrong value that fit on a line of a terminal


def mend_at(kind: type[msgspec.Struct], key: str, error: msgspec.ValidationError) -> str | None:
    """How to put right what is wrong inside a field: in the value, its third entry, its ``year``."""
    place = _place(error)
    inner = re.search(r"required field `(\w+)`", str(error)) or re.search(r"\.(\w+)$", place)
    if inner:
        for table in _tables(get_type_hints(kind, include_extras=True)[key]):
            return mend(table, inner[1])
    return mend(kind, key, inside=place.startswith("["))


def _tables(hint: Any) -> Iterator[type[msgspec.Struct]]:
    """The kinds of table that a field may hold."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for part in (getattr(hint, "__origin__", None), *getattr(hint, "__args__", ())):
        if part is not None and part is not tuple:
            yield from _tables(part)


@cache
def mend(kind: type[msgspec.Struct], key: str, *, inside: bool = False) -> str | None:
    """How to put a field right: the ``mend`` of its type (its items' if ``inside``), or its values."""
    hint = get_type_hints(kind, include_extras=True)[key]
    found: list[str] = []

    def walk(part: Any) -> None:
        for meta in getattr(part, "__metadata__", ()):
            extra = getattr(meta, "extra", None)
            if extra and "mend" in extra:
                found.append(extra["mend"])
        if isinstance(part, EnumType):
            members: list[Any] = list(part)
            found.append("use one of: " + ", ".join(map(str, members)))
        if getattr(part, "__origin__", tuple) is not tuple:
            walk(part.__origin__)
        for argument in getattr(part, "__args__", ()):
            walk(argument)

    walk(hint)
    for plain, how in _MEND_PLAIN.items():
        if hint is plain or plain in getattr(hint, "__args__", ()):
            found.append(how)
    return found[-1 if inside else 0] if found else None


def wrong(value: Any, error: msgspec.ValidationError) -> str:
    """What is wrong with a value, with the value itself where it is short enough to show."""
    what, where = str(error).split(" - at `")[0], _place(error)
    what = re.sub(r"matching regex '.*'", "of another form", what)
    shown = repr(value)
    if len(shown) > _LONGEST_SHOWN:
        shown = shown[: _LONGEST_SHOWN - 1] + "…"
    return f"{shown}{f' at {where}' if where else ''} ({what[0].lower()}{what[1:]})"


def _place(error: msgspec.ValidationError) -> str:
    """Where inside a value an error lies, such as ``[0].family``; "" for the value itself."""
    place = re.search(r" - at `\$(.*)`$", str(error))
    return place[1] if place else ""
