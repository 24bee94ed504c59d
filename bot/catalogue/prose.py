"""Sentences: found in one place, for files, replies and the wording scanner alike."""

import re

# Words whose full stop does not end a sentence. "no." only before a number ("no. 5").
_ABBREVIATION = re.compile(
    r"(?:\b(?:vs|et al|e\.g|i\.e|cf|Dr|Prof|St|Fig|Figs|approx|ca|spp|Jr|Sr|Mt|resp|incl)|\b[Nn]o(?=\. \d)|\b[A-Z])\.$"
)
_BREAK = re.compile(r"(?<=[.!?])(?P<closing>[\"'”’)\]]*)\s+(?=[\"'“‘(\[]?[A-Z0-9Α-Ω])")


def sentences(text: str) -> list[str]:
    """Split prose into its sentences, each with its closing punctuation, none empty.

    White space (line breaks too) is folded to single spaces first, so ``" ".join(sentences(text))`` is the text with
    its spacing tidied. A full stop after a known abbreviation or a single capital (an initial) ends nothing.
    """
    text = fold(text)
    found: list[str] = []
    start = 0
    for gap in _BREAK.finditer(text):
        end = gap.end("closing")
        if not _ABBREVIATION.search(text[start : gap.start()]):
            found.append(text[start:end])
            start = gap.end()
    rest = text[start:]
    return [*found, rest] if rest else found


def fold(text: str) -> str:
    """The text with every run of white space made one space, and none at its ends."""
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """The longest run of whole sentences from the start that fits into ``limit`` characters; "" if not even one does."""
    kept = ""
    for sentence in sentences(text):
        longer = f"{kept} {sentence}" if kept else sentence
        if len(longer) > limit:
            break
        kept = longer
    return kept
