"""What a button, a list or a form means, written into its ``custom_id``: no view is stored anywhere.

A message may outlive the process, the machine and the catalogue that made it, so the meaning travels with
it: ``1`` (the version of this form), one letter for the kind, the command, and its options as in a web
address. An option that holds an entry id is marked with ``*``, so that an entry that has gone can be told
from words. Where ids are too long for Discord's 100 characters, hashes of them are sent, marked with ``~``.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, quote

#: Discord's limit for a custom_id, and for the value of an option of a select.
LONGEST: Final = 100

_VERSION: Final = "1"
_ID: Final = "*"
_HASH: Final = "~"
_HASH_BYTES: Final = 9  # twelve characters; among 10,000 entries two alike have a chance of 1 in 10^14
_KEPT: Final = "/:,"  # what need not be percent-encoded here
#: What is neither a letter or digit of any script, nor one of the marks that stay as they are in addresses.
_ODD: Final = re.compile(rf"[^\w.~{_KEPT}-]")


class Kind(StrEnum):
    """What pressing does. The letter stands in the custom_id; letters are never given a new meaning."""

    ASK = "a"  # answers a request in a new private message
    TURN = "t"  # answers it in place: another page, another view of the same thing
    PICK = "m"  # a list to pick from; what is picked is in the values
    SHARE = "s"  # posts the card in the channel
    DELETE = "d"  # deletes a card that was shared
    REPORT = "r"  # opens the form for suggestions
    SUGGEST = "f"  # that form, sent
    POST = "p"  # posts a card as a reply to a message
    SETTING = "g"  # changes a setting of the server


class UnreadablePressError(Exception):
    """A custom_id that this program did not write, or wrote in a form that it no longer reads."""


class GoneError(Exception):
    """An entry that a button speaks of is no longer in the catalogue. The message is its id, if known."""


@dataclass(frozen=True)
class Press:
    """A meaning: what to do, with which command and options."""

    kind: Kind
    command: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def write(press: Press, is_entry: Callable[[str], bool]) -> str | None:
    """The custom_id of a press; ``None`` when it cannot be brought within Discord's limit.

    Args:
        press: what to write.
        is_entry: whether a text is the id of an entry of the catalogue.
    """
    entries = {name for name, value in press.options.items() if is_entry(value)}
    plain = _written(press, dict.fromkeys(entries, _ID))
    if len(plain) <= LONGEST:
        return plain
    hashed = _written(press, dict.fromkeys(entries, _HASH))
    return hashed if len(hashed) <= LONGEST else None


def _written(press: Press, marks: Mapping[str, str]) -> str:
    pairs = []
    for name, value in press.options.items():
        mark = marks.get(name, "")
        pairs.append(f"{name}{mark}={_quoted(_hash(value) if mark == _HASH else value)}")
    return f"{_VERSION}{press.kind}{press.command}" + ("?" if pairs else "") + "&".join(pairs)


def _quoted(text: str) -> str:
    """As ``quote_plus``, but letters of every script stay: Discord counts characters, not bytes."""
    return _ODD.sub(lambda found: "+" if found[0] == " " else quote(found[0]), text)


def read(custom_id: str, entries: Callable[[], Collection[str]]) -> Press:
    """The meaning of a custom_id.

    Args:
        custom_id: as Discord hands it back.
        entries: gives the ids of every entry of the catalogue.

    Raises:
        UnreadablePressError: when it is not one of ours.
        GoneError: when an entry it speaks of is not in the catalogue.
    """
    if not custom_id.startswith(_VERSION) or len(custom_id) > LONGEST:
        raise UnreadablePressError
    command, _, query = custom_id[2:].partition("?")
    options: dict[str, str] = {}
    try:
        kind = Kind(custom_id[1:2])
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    except ValueError as error:
        raise UnreadablePressError from error
    for marked, value in pairs:
        name = marked.rstrip(_ID + _HASH)
        if not name or name in options:
            raise UnreadablePressError
        options[name] = _entry(marked.removeprefix(name), value, entries)
    return Press(kind, command, options)


def _entry(mark: str, value: str, entries: Callable[[], Iterable[str]]) -> str:
    if mark == _ID:
        if value not in entries():
            raise GoneError(value)
        return value
    if mark == _HASH:
        for entry in entries():
            if _hash(entry) == value:
                return entry
        raise GoneError("")
    if mark:
        raise UnreadablePressError
    return value


def _hash(entry: str) -> str:
    return urlsafe_b64encode(hashlib.blake2b(entry.encode(), digest_size=_HASH_BYTES).digest()).decode()
