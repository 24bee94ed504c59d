"""What a setting may be, and how each kind of value is read from text.

Every function takes the text that somebody wrote and raises ``ValueError`` for what cannot be used. The error
is for the program alone: the text may be a password.
"""

import re
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_SNOWFLAKE: Final = re.compile(r"[0-9]{15,20}")
_ADDRESS: Final = re.compile(r"https?://\S+")
_PUBLIC_KEY: Final = re.compile(r"[0-9a-fA-F]{64}")
_PORTS: Final = range(1, 65_536)
_MOST_SHARDS: Final = 100_000
_EMAIL: Final = re.compile(r"[^@\s<>,;:()]+@[^@\s<>,;:()]+\.[^@\s<>,;:()]+")
_DATABASE: Final = re.compile(r"(sqlite|postgres|postgresql)(\+[a-z0-9]+)?://\S*")
_TRUTH: Final = {
    "yes": True,
    "true": True,
    "on": True,
    "1": True,
    "no": False,
    "false": False,
    "off": False,
    "0": False,
}


class Secret:
    """A text that does not show itself: not in ``repr``, a log or a copy of the settings."""

    __slots__ = ("reveal",)

    def __init__(self, text: str) -> None:
        #: Gives the text; to be called only where it is used.
        self.reveal: Callable[[], str] = lambda: text

    def __repr__(self) -> str:
        """Never the text."""
        return "Secret(…)"

    def __reduce__(self) -> str:
        """A secret is not written anywhere.

        Raises:
            TypeError: always.
        """
        message = "a secret is not written anywhere"
        raise TypeError(message)

    def __deepcopy__(self, memo: object) -> "Secret":
        """Itself, so that ``dataclasses.asdict`` hides it as well."""
        return self

    def __eq__(self, other: object) -> bool:
        """Whether both hide the same text."""
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        """As the text."""
        return hash(self.reveal())


class LogFormat(StrEnum):
    """How log lines look. ``auto``: for people on a terminal, JSON otherwise."""

    AUTO = "auto"
    HUMAN = "human"
    JSON = "json"


def snowflake(text: str) -> int:
    """An id as Discord gives them: 15 to 20 digits."""
    return int(_matched(_SNOWFLAKE, text))


def truth(text: str) -> bool:
    """Yes or no, in any of the usual words."""
    if text.lower() not in _TRUTH:
        raise ValueError(text)
    return _TRUTH[text.lower()]


def log_format(text: str) -> LogFormat:
    """One of :class:`LogFormat`, in capitals or not."""
    return LogFormat(text.lower())


def database(text: str) -> Secret:
    """The address of a database; it may hold a password."""
    return Secret(_matched(_DATABASE, text))


def address(text: str) -> str:
    """A web address, without a slash at its end."""
    return _matched(_ADDRESS, text).rstrip("/")


def email(text: str) -> str:
    """An e-mail address."""
    return _matched(_EMAIL, text)


def public_key(text: str) -> str:
    """An Ed25519 key as Discord shows it: 64 hexadecimal digits."""
    return _matched(_PUBLIC_KEY, text).lower()


def port(text: str) -> int:
    """A TCP port, from 1."""
    return _among(_PORTS, text)


def shard_count(text: str) -> int:
    """How many shards there are, from 1."""
    return _among(range(1, _MOST_SHARDS + 1), text)


def shard_ids(text: str) -> tuple[int, ...]:
    """Shards: ``0-15``, ``3`` or ``0,2,4-6``, each once and in order."""
    ids: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        start = _among(range(_MOST_SHARDS), first)
        ids.update(range(start, _among(range(start, _MOST_SHARDS), last or first) + 1))
    return tuple(sorted(ids))


def host(text: str) -> str:
    """An IP address of this machine."""
    return str(ip_address(text))


def _among(numbers: range, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) not in numbers:
        raise ValueError(text)
    return int(text)


def _matched(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text
