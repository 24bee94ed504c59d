"""Text with italics, as one string that can be searched and mended, and as plain text with spans."""

import re
from collections.abc import Iterable
from typing import Final

Spans = tuple[tuple[int, int], ...]

# Delimiters of italics inside a marked string: private-use characters, which no citation contains.
ITALIC_ON: Final = "\ue001"
ITALIC_OFF: Final = "\ue002"

_SUPERSCRIPT: Final = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPT: Final = str.maketrans("0123456789+-−=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓ")


def italic(text: str) -> str:
    """The text as a marked string, in italics."""
    return f"{ITALIC_ON}{text}{ITALIC_OFF}"


def from_runs(runs: Iterable[tuple[str, str]]) -> str:
    """One marked string from the runs that ``render.lua`` writes.

    Superscripts and subscripts become Unicode characters where every character has one, and stay plain where
    not. White space, the no-break kind too, becomes single ordinary spaces: people paste this into their own
    text.
    """
    parts: list[str] = []
    for run, marks in runs:
        text = run
        if "^" in marks:
            text = _raised(text, _SUPERSCRIPT)
        elif "_" in marks:
            text = _raised(text, _SUBSCRIPT)
        # Italics inside italics stand upright, as in print.
        parts.append(italic(text) if marks.count("i") % 2 else text)
    joined = "".join(parts).replace(ITALIC_OFF + ITALIC_ON, "")
    return re.sub(r"\s+", " ", joined).strip()


def plain(marked: str) -> tuple[str, Spans]:
    """The marked string as plain text, and where in it italics begin and end (offsets in characters)."""
    text: list[str] = []
    spans: list[tuple[int, int]] = []
    start = length = 0
    for piece in re.split(f"([{ITALIC_ON}{ITALIC_OFF}])", marked):
        if piece == ITALIC_ON:
            start = length
        elif piece == ITALIC_OFF:
            if length > start:
                spans.append((start, length))
        else:
            text.append(piece)
            length += len(piece)
    return "".join(text), tuple(spans)


def _raised(text: str, table: dict[int, int]) -> str:
    return text.translate(table) if all(ord(c) in table for c in text) else text
