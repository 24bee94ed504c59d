"""The snapshot line: which state of the catalogue somebody read.

It is for those who cite the catalogue's own reading of a paper (its summary, limitations and PEM badge). The
paper's citation is a different thing, comes first, and is the one for research work.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from bot.catalogue.prose import day

_HASH_LENGTH: Final = 8


@dataclass(frozen=True)
class Snapshot:
    """What was read, and when.

    Args:
        catalogue: the catalogue's version, such as "2026.11.21".
        content_hash: the hash of the catalogue's content, in hexadecimal; the line shows its first eight
        digits. wording: the version of the wording scanner that the text passed. policy: the version of the
        editorial policy. accessed: the day of reading. entries: the ids of the entries that were read, at
        least one.

    Raises:
        ValueError: when there is no entry, or the hash is shorter than what is shown.
    """

    catalogue: str
    content_hash: str
    wording: str
    policy: str
    accessed: dt.date
    entries: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a line that would not say what was read."""
        if not self.entries:
            message = "a snapshot names at least one entry"
            raise ValueError(message)
        if len(self.content_hash) < _HASH_LENGTH:
            message = f"the content hash has fewer than {_HASH_LENGTH} digits"
            raise ValueError(message)

    def line(self) -> str:
        """The snapshot in one line of plain text.

        >>> Snapshot("2026.11.21", "0a1b2c3d4e5f", "2", "1", dt.date(2026, 11, 21),
        ("gupta-1997",)).line() 'Catalogue 2026.11.21 (0a1b2c3d), wording check 2, policy 1, read 21 Nov 2026,
        entry gupta-1997'
        """
        entries = ("entry " if len(self.entries) == 1 else "entries ") + ", ".join(self.entries)
        return (
            f"Catalogue {self.catalogue} ({self.content_hash[:_HASH_LENGTH]}), wording check {self.wording}, "
            f"policy {self.policy}, read {day(self.accessed)}, {entries}"
        )
