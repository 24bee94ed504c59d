"""A typed line as a request: ``/study gupta 1997 view:full``; a line without a slash is a question."""

import re
import shlex
from collections.abc import Iterator
from typing import Final

from bot.answer.commands import COMMANDS, Command, Kind, Option, checked, usable
from bot.answer.errors import UnusableRequestError
from bot.answer.reply import BUDGET, Request

#: "name:value", "name=value", "--name value"; a quoted text is passed over.
_MARK: Final = re.compile(
    r'"[^"]*"|(?<!\S)(?:(?P<colon>[a-z]+):(?=\S)|(?P<sign>[a-z]+)=(?=\S)|--(?P<dashed>[a-z]+)[:=\s])'
)
#: What may stand before a colon and is no option: identifiers and addresses.
_SCHEMES: Final = frozenset({"doi", "pmid", "pmcid", "pmc", "http", "https"})
_SHORTEST_NAME: Final = 3
_VERSUS: Final = re.compile(r"\s+(?:vs\.?|versus|and|against|with)\s+|\s*[,|]\s*", re.IGNORECASE)
#: Two entry ids: they have hyphens in them, and no blanks.
_IDS: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){2,}(?:\s+[a-z0-9]+(?:-[a-z0-9]+){2,})+")
#: Commands that are meant even without their slash, with words behind them or alone.
_WITH_WORDS: Final = frozenset({"cite", "compare", "study"})
_ALONE: Final = frozenset({"about", "help", "map", "pem", "privacy", "test"})
_ABOUT_STUDIES: Final = frozenset(
    {"about", "by", "finding", "from", "in", "into", "of", "on", "showing", "that"}
)


def parse(line: str, *, budget: int = BUDGET, shown: tuple[str, ...] = ()) -> Request:
    """The request that a typed line means.

    Raises:
        UnusableRequestError: when there is no such command or option, or a value that it cannot take.
    """
    line = line.strip()
    if not line.startswith("/") and not _means_a_command(line):
        return checked(Request("ask", {"question": line}, budget, shown))
    name, _, rest = line.lstrip("/").strip().partition(" ")
    command = COMMANDS.get(name.lower() or "help")
    if command is None:
        raise UnusableRequestError.unknown_command(name, list(COMMANDS))
    options: dict[str, str] = {}
    words = " ".join(_read_options(command, rest, options)).strip()
    if words:
        _place(command, words, options)
    return checked(Request(command.name, options, budget, shown))


def _means_a_command(line: str) -> bool:
    """Whether a line is a command whose slash somebody forgot: "cite gupta 1997", "help"."""
    first, _, rest = line.lower().partition(" ")
    if not rest:
        return first in _ALONE
    return first in _WITH_WORDS and rest.split()[0] not in _ABOUT_STUDIES


def _read_options(command: Command, text: str, options: dict[str, str]) -> Iterator[str]:
    """Put the named options of a text into ``options``, and give back the words that belong to none."""
    at = 0
    option: Option | None = None
    for mark in _MARK.finditer(text):
        name = mark["colon"] or mark["sign"] or mark["dashed"]
        found = command.option(name) if name else None
        if found is None:
            unknown = mark["dashed"] or (mark["colon"] if mark["colon"] not in _SCHEMES else None)
            if unknown and len(unknown) >= _SHORTEST_NAME:
                raise UnusableRequestError.unknown_option(
                    command.name, unknown, [o.name for o in command.options]
                )
            continue
        yield _take(option, text[at : mark.start()], options)
        option, at = found, mark.end()
    yield _take(option, text[at:], options)


def _take(option: Option | None, text: str, options: dict[str, str]) -> str:
    """Give an option the value that a text begins with; return what is left of the text."""
    text = text.strip()
    if option is None or not text:
        return text
    if text.startswith('"'):
        options[option.name], _, left = text[1:].partition('"')
        return left.strip()
    words = text.split()
    length = len(words)
    if option.kind in {Kind.CHOICE, Kind.NUMBER, Kind.TRUTH}:
        # Several words may be one value ("case control"); what follows the longest such value is words again.
        length = next((n for n in range(len(words), 0, -1) if usable(option, " ".join(words[:n]))), 1)
    options[option.name] = " ".join(words[:length])
    return " ".join(words[length:])


def _place(command: Command, words: str, options: dict[str, str]) -> None:
    """Give words that name no option to the first options that were not named."""
    free = [o for o in command.options if o.required and o.name not in options]
    if len(free) > 1:
        parts = _VERSUS.split(words, maxsplit=1)
        if len(parts) == 1 and ('"' in words or _IDS.fullmatch(words)):
            try:
                parts = shlex.split(words)
            except ValueError:
                parts = [words]
        if len(parts) == len(free):
            options.update(zip((option.name for option in free), parts, strict=True))
            return
    target = next(iter(free), None) or next((o for o in command.options if o.name not in options), None)
    if target is None:
        raise UnusableRequestError.too_many_words(command.name, words)
    left = ""
    if target.kind is Kind.CHOICE:
        left = _take(target, words, options)
    else:
        options[target.name] = words
    if left:
        _place(command, left, options)
