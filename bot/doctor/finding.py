"""What the doctor says: one line each."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How it is. Only ``MEND`` makes the exit code 2."""

    OK = "ok"
    NOTE = "note"  # not looked at, or fine as long as the operator means it so
    MEND = "mend"


@dataclass(frozen=True)
class Finding:
    """One line.

    Attributes:
        kind: how it is.
        about: what was looked at, in a word or two.
        text: what was found; for ``MEND``, also what to do.
    """

    kind: Kind
    about: str
    text: str

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.kind:<5} {self.about}: {self.text}"


def ok(about: str, text: str) -> Finding:
    """All is well."""
    return Finding(Kind.OK, about, text)


def note(about: str, text: str) -> Finding:
    """Something to know."""
    return Finding(Kind.NOTE, about, text)


def mend(about: str, text: str) -> Finding:
    """Something to mend."""
    return Finding(Kind.MEND, about, text)
