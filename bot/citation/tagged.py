"""RIS and NBIB, written with rispy."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from rispy import RisWriter
from rispy.writer import BaseWriter

_Record = Mapping[str, str | list[str]]


_NBIB_TAGS: Final = (
    "PMID",
    "OWN",
    "DP",
    "TI",
    "VI",
    "IP",
    "PG",
    "LID",
    "FAU",
    "CN",
    "LA",
    "PT",
    "TA",
    "JT",
    "PMC",
    "AID",
    "GN",
)


class _Ris(RisWriter):  # type: ignore[misc]  # rispy has no types
    """RIS without the "1." line before each record, which some readers (pandoc) refuse."""

    def set_header(self, count: int) -> str:  # noqa: ARG002 - rispy's signature
        return ""


class _Nbib(BaseWriter):  # type: ignore[misc]
    """PubMed's format: a tag of up to four letters, "- ", the value; records are parted by an empty line."""

    START_TAG = "PMID"
    END_TAG = ""
    REFERENCE_TYPE_KEY = "pmid"
    SEPARATOR = None
    PATTERN = "{tag:<4}- {value}"
    DEFAULT_LIST_TAGS: ClassVar[list[str]] = ["FAU", "CN", "PT", "AID", "LA"]
    DEFAULT_MAPPING: ClassVar[dict[str, str]] = {tag: tag.lower() for tag in _NBIB_TAGS}
    DEFAULT_DELIMITER_MAPPING: ClassVar[dict[str, str]] = {}

    def set_header(self, count: int) -> str:  # noqa: ARG002 - rispy's signature
        return ""

    def _format_line(self, tag: str, value: Any = "") -> str:
        return str(super()._format_line(tag, value)) if tag else ""


def ris_text(records: Sequence[_Record]) -> str:
    """Records under rispy's field names as one RIS file."""
    return str(_Ris().formats([dict(record) for record in records]))


def nbib_text(records: Sequence[_Record]) -> str:
    """Records under lower-case PubMed tags as one NBIB file."""
    return str(_Nbib().formats([dict(record) for record in records]))
