"""How much of each thing is kept, and what a value must look like to be stored.

Everything that people can make grow has a limit, so that nobody can fill the disk through the bot.
"""

import re
import unicodedata
from typing import Final

from bot.state.errors import UnusableValueError

LISTS_IN_A_GUILD: Final = 25  # as many as a select menu of Discord can offer
ENTRIES_IN_A_LIST: Final = 100
BOT_CHANNELS: Final = 50
CARDS_IN_A_GUILD: Final = 5_000
ENTRIES_ON_A_CARD: Final = 25
OPEN_SUGGESTIONS: Final = 10_000

LIST_NAME: Final = 40
ENTRY_ID: Final = 100
SUGGESTION: Final = 4_000  # what a text field of Discord's forms can hold
WHERE_WRONG: Final = 1_000
LINK: Final = 500
CONTACT: Final = 200
CONTENT_HASH: Final = 128
SAID: Final = 8_000
SHARER_TAG: Final = 64
COOLDOWN_MINUTES: Final = 7 * 24 * 60

_LARGEST_ID: Final = 2**63 - 1  # what both engines hold; Discord's ids have 64 bits, the top one unused
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")


def text(value: str, field: str, longest: int, *, one_line: bool = False) -> str:
    """The text without blanks around it, if it can be stored in either engine exactly as it is.

    Args:
        value: what somebody wrote.
        field: what it is, for the error.
        longest: the limit in characters (code points).
        one_line: whether line breaks and other control characters are refused.

    Raises:
        UnusableValueError: it is empty, too long, or holds a character that cannot be stored.
    """
    value = value.strip()
    if not value:
        raise UnusableValueError(field, f"The {field} is empty.", "Write something in it.")
    if len(value) > longest:
        raise UnusableValueError(
            field,
            f"The {field} has {len(value):,} characters; {longest:,} fit.",
            "Make it shorter.",
        )
    # PostgreSQL stores no NUL, and neither engine half a character; refuse them alike.
    if _UNSTORABLE.search(value):
        raise UnusableValueError(
            field, f"The {field} holds a character that cannot be stored.", "Take it out."
        )
    if one_line and any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in value):
        raise UnusableValueError(field, f"The {field} has more than one line.", "Write it on one line.")
    return value


def optional_text(value: str | None, field: str, longest: int, *, one_line: bool = False) -> str | None:
    """As :func:`text`; nothing and blanks are None."""
    if value is None or not value.strip():
        return None
    return text(value, field, longest, one_line=one_line)


def entry(value: str) -> str:
    """An entry id, if it can be one. Whether there is such an entry is not known here."""
    return text(value, "entry id", ENTRY_ID, one_line=True)


def snowflake(value: int, field: str) -> int:
    """An id of the chat platform, if it can be one."""
    if not 0 < value <= _LARGEST_ID:
        raise UnusableValueError(field, f"The {field} is no id.", "Give the number that the platform shows.")
    return value


def between(value: int, field: str, least: int, most: int) -> int:
    """A number, if it is in range."""
    if not least <= value <= most:
        raise UnusableValueError(
            field, f"The {field} is out of range.", f"Choose a number from {least:,} to {most:,}."
        )
    return value


def language(value: str) -> str:
    """A language tag, if it looks like one (BCP 47, as Discord's locales: ``en``, ``de``, ``pt-BR``)."""
    if not _LANGUAGE.fullmatch(value):
        raise UnusableValueError(
            "language", "The language is no language tag.", "Give one such as en or pt-BR."
        )
    return value


def list_name(name: str) -> str:
    """The name with single blanks, if a list can have it."""
    return " ".join(text(name, "name", LIST_NAME, one_line=True).split())


def list_key(name: str) -> str:
    """What two spellings of a list's name have in common: no case, no compatibility forms, single blanks."""
    folded = searchable(name)
    for _ in range(2):  # folding case undoes some of the normal form, and the other way round
        folded = unicodedata.normalize("NFKC", folded.casefold())
    return " ".join(folded.split())


def searchable(value: str) -> str:
    """The text in a form that either engine can look for: what cannot be stored is found nowhere."""
    return _UNSTORABLE.sub("\ufffd", value)
