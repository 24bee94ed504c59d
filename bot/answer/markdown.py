"""The Markdown that replies are written in: the part that Discord and CommonMark share.

Bold, italics, lists, block quotes, code, ``[text](address)`` and ``<address>``; nothing else.
"""

import re
import unicodedata
from typing import Final

_SPECIAL: Final = re.compile(r"([\\`*_~|\[\]<>#])")
_LINE_START: Final = re.compile(r"^(\s*)([-+](?=\s|$)|\d+(?=[.)](?:\s|$)))", re.MULTILINE)
_ADDRESS: Final = re.compile(r"(?<=[A-Za-z]):(?=//)")
_MASS_MENTION: Final = re.compile(r"@(?=everyone\b|here\b)", re.IGNORECASE)

_LINK: Final = re.compile(r"\[((?:\\.|[^\]\\])+)\]\(<?([^)>\s]+)>?\)")
_ANGLE: Final = re.compile(r"(?<!\\)<(https?://[^>\s]+)>")
_FENCE: Final = re.compile(r"^```[a-z]*\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_MARKS: Final = re.compile(r"(?<!\\)(\*\*|\*|`)")
_ESCAPED: Final = re.compile(r"\\([^0-9A-Za-z\s])")


def clean(text: str) -> str:
    """Text from outside made one harmless line: no control, format or direction characters, spaces folded.

    Unicode categories Cc (control), Cf (format: bidi overrides, zero-width marks), Cs, Co and Cn go; the
    zero-width joiner stays, for it holds emoji together.
    """
    kept = (
        " " if char.isspace() else char
        for char in text
        if char.isspace() or char == "\u200d" or unicodedata.category(char)[0] != "C"
    )
    return " ".join("".join(kept).split())


def escape(text: str) -> str:
    """Text as Markdown that prints as itself: it cannot format, mention, or become a link or a list."""
    text = _SPECIAL.sub(r"\\\1", text)
    text = _LINE_START.sub(lambda m: m[1] + (f"{m[2]}\\" if m[2][0].isdigit() else f"\\{m[2]}"), text)
    text = _ADDRESS.sub(r"\\:", text)
    return _MASS_MENTION.sub("@\u200b", text)


def fence(text: str) -> str:
    """Text as a code block, ready to copy. Backticks in it cannot end the block."""
    return "```\n" + text.replace("```", "`\u200b`\u200b`") + "\n```"


def address(url: str) -> str:
    """An address that can stand in ``(…)`` or ``<…>``: brackets, quotes and spaces percent-encoded."""
    return url.translate({ord(char): f"%{ord(char):02X}" for char in '()<> "\\'})


def plain(markdown: str) -> str:
    """The same without marks, for a screen reader, a log or a pipe: ``[text](address)`` becomes ``text:
    address``.
    """
    parts: list[str] = []
    at = 0
    for block in _FENCE.finditer(markdown):
        parts += [_plain(markdown[at : block.start()]), block[1]]
        at = block.end()
    parts.append(_plain(markdown[at:]))
    return "".join(parts)


def _plain(markdown: str) -> str:
    text = _LINK.sub(r"\1: \2", markdown)
    text = _ANGLE.sub(r"\1", text)
    text = _MARKS.sub("", text)
    text = _ESCAPED.sub(r"\1", text)
    return text.replace("@\u200b", "@")
