"""Sentences and dates: read and written in one way in files, replies and the wording scanner alike."""

import datetime as dt
import re
from typing import Final

_STOP = re.compile(r"[.!?…]+[\"'”’)\]]*\s+(?=[\"'“‘(\[]*(?P<next>\w))")
# Words whose full stop does not end a sentence.
_ABBREVIATION = re.compile(r"\b(?:vs|et al|e\.g|i\.e|cf|Dr|Prof|St|Figs?|approx|ca|spp|Jr|Sr|Mt|resp|incl)$")
_NUMBER_SIGN = re.compile(r"\b[Nn]o$")
# A capital that stands alone is an initial after the start, a capitalised word or a word before a name …
_INITIAL = re.compile(
    r"(?:^|[(\"“‘,;–-] ?|\b[A-Z]\w*[.,]? |\b[A-Z]\.|\b(?:and|by|for|from|of|to|with) )[^\W\d_]$"
)
# … but not in these, which name things.
_LETTERED = re.compile(
    r"\b(?:vitamin|hepatitis|complex|type|group|phase|part|influenza) [A-Z]$", re.IGNORECASE
)
_LOOK_BACK = 40

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def sentences(text: str) -> list[str]:
    """Split prose into its sentences, each with its closing punctuation, none empty.

    White space (line breaks too) is folded to single spaces first, so ``" ".join(sentences(text))`` is the
    text with its spacing tidied. A sentence begins with anything but a small letter; a full stop after an
    abbreviation or an initial ends nothing.
    """
    text = fold(text)
    found: list[str] = []
    start = 0
    for stop in _STOP.finditer(text):
        if stop["next"].islower() or _belongs_to_a_word(text, stop.start()):
            continue
        found.append(text[start : stop.end()].rstrip())
        start = stop.end()
    rest = text[start:]
    return [*found, rest] if rest else found


def day(date: dt.date) -> str:
    """A date as readers see it, "21 Nov 2026". Not strftime: its month names follow the machine's locale."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def fold(text: str) -> str:
    """The text with every run of white space made one space, and none at its ends."""
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """As many whole sentences from the start as fit into ``limit`` characters; "" if not even one does."""
    kept = ""
    for sentence in sentences(text):
        longer = f"{kept} {sentence}" if kept else sentence
        if len(longer) > limit:
            break
        kept = longer
    return kept


def _belongs_to_a_word(text: str, stop: int) -> bool:
    """Whether the full stop at ``stop`` is part of an abbreviation, of "no. 5" or of an initial."""
    if text[stop] != ".":
        return False
    before = text[max(0, stop - _LOOK_BACK) : stop]
    if _ABBREVIATION.search(before):
        return True
    if _NUMBER_SIGN.search(before):
        return text[stop + 1 : stop + 3].strip().isdigit()
    return before[-1:].isupper() and bool(_INITIAL.search(before)) and not _LETTERED.search(before)
