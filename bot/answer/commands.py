"""The one registry of commands: name, options, help, who may use it. Every front takes its commands from
here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.answer import ask, cite, compare, find, info, is_there_a_test, map, pem, study  # noqa: A004
from bot.answer.errors import UnusableRequestError
from bot.answer.library import Library
from bot.answer.reply import Reply, Request
from bot.catalogue.model import Design, Pem
from bot.citation.styles import FORMATS

Answer = Callable[[Library, Request], Reply]


class Kind(StrEnum):
    """What an option holds, so that a front can complete it and check it."""

    TEXT = "text"
    STUDY = "study"
    TOPIC = "topic"
    MARKER = "marker"
    CRITERION = "criterion"
    TAG = "tag"
    STYLE = "style"
    CHOICE = "choice"
    NUMBER = "number"
    TRUTH = "truth"


class Who(StrEnum):
    """Who may use a command. Fronts check it; where there is no server, everyone is alone with the bot."""

    EVERYONE = "everyone"
    MODERATORS = "moderators"  # may manage messages
    MANAGERS = "managers"  # may manage the server


@dataclass(frozen=True)
class Option:
    """An option of a command. ``about`` is at most 100 characters, for that is all Discord shows."""

    name: str
    about: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 9_999


@dataclass(frozen=True)
class Command:
    """A command.

    Attributes:
        name: without the slash.
        about: what it does, at most 100 characters.
        options: the first one takes the words that follow the command where no option is named.
        answer: makes the reply; ``None`` for what only a front with servers can do (lists, settings, forms).
        example: a line that works, for the help.
        who: who may use it.
    """

    name: str
    about: str
    example: str
    options: tuple[Option, ...] = ()
    answer: Answer | None = None
    who: Who = Who.EVERYONE

    def option(self, name: str) -> Option | None:
        """The option of that name, or ``None``."""
        return next((option for option in self.options if option.name == name), None)


#: Other words for a choice, in the form in which choices are compared.
_ALSO: Final[Mapping[str, str]] = {
    "rct": "randomised_controlled_trial",
    "randomized_controlled_trial": "randomised_controlled_trial",
    "does_not_apply": "not_applicable",
}

VIEWS: Final = ("quick", "full", "related", "history")

_TEXT: Final = Option("text", "Words to look for")
_TAG: Final = Option("topic", "Only studies with this tag", Kind.TAG)
_NARROWED: Final = (
    Option("pem", "Only studies with this PEM badge", Kind.CHOICE, choices=tuple(Pem)),
    Option("criteria", "Only studies that used this case definition", Kind.CRITERION),
    Option("design", "Only studies of this design", Kind.CHOICE, choices=tuple(Design)),
    Option("from", "Published in this year or later", Kind.NUMBER, least=1900),
    Option("to", "Published in this year or earlier", Kind.NUMBER, least=1900),
    Option("size", "At least this many people studied", Kind.NUMBER, most=100_000_000),
    Option("retracted", "Yes: only retracted papers. No: leave them out", Kind.TRUTH),
)

COMMANDS: Final[Mapping[str, Command]] = {
    command.name: command
    for command in (
        Command(
            "study",
            "Look up one study: what was found, its limits, its PEM badge",
            "/study gupta cytokine",
            (
                Option(
                    "query",
                    "Author and year, title words, a known name, DOI or PMID",
                    Kind.STUDY,
                    required=True,
                ),
                Option("view", "How much to show", Kind.CHOICE, choices=VIEWS),
            ),
            study.answer,
        ),
        Command(
            "test",
            "Is there a test for ME/CFS? The honest answer, in general or for one marker",
            "/test nk cells",
            (
                Option("marker", "A test or marker, such as cytokines or 2-day CPET", Kind.MARKER),
                Option("view", "How much to show", Kind.CHOICE, choices=("quick", "full")),
            ),
            is_there_a_test.answer,
        ),
        Command(
            "ask",
            "Ask a question about ME/CFS research; answered from reviewed topics only",
            "/ask why are my labs normal",
            (
                Option("question", "Your question, in your own words", Kind.TOPIC, required=True),
                Option("view", "How much to show", Kind.CHOICE, choices=("quick", "full")),
            ),
            ask.answer,
        ),
        Command(
            "find",
            "List studies by words and filters, each with its badge",
            "/find cytokines pem:required from:2010",
            (
                _TEXT,
                _TAG,
                *_NARROWED,
                Option("cite", "Give the whole list as citations in this style or format", Kind.STYLE),
                Option("page", "Which page of the list", Kind.NUMBER, least=1, most=find.LAST_PAGE),
            ),
            find.answer,
        ),
        Command(
            "map",
            "What has been studied: a picture of the studies by topic, PEM badge, year and size",
            "/map cytokines",
            (_TAG, _TEXT, *_NARROWED),
            map.answer,
        ),
        Command(
            "cite",
            "One correct citation, ready to copy",
            "/cite gupta 1997 bibtex",
            (
                Option("query", "A study; several ids or DOIs may be separated by commas", Kind.STUDY),
                Option("style", "Citation style or file format", Kind.STYLE),
            ),
            cite.answer,
        ),
        Command(
            "compare",
            "Two studies side by side: design, definition, PEM, size, finding, limits",
            "/compare lombardi 2009 vs alter 2012",
            (
                Option("first", "The first study", Kind.STUDY, required=True),
                Option("second", "The second study", Kind.STUDY, required=True),
            ),
            compare.answer,
        ),
        Command(
            "pem",
            "What the PEM badge means, and which case definitions require PEM",
            "/pem canadian",
            (Option("criteria", "A case definition, such as Fukuda or CCC", Kind.CRITERION),),
            pem.answer,
        ),
        Command("help", "How to use this bot", "/help", (), info.help_),
        Command("about", "Version of the catalogue, what is in it, who curates it", "/about", (), info.about),
        Command("privacy", "What is stored about you: almost nothing", "/privacy", (), info.privacy),
        Command(
            "list",
            "This server's reading lists: show, add, remove, export",
            "/list show basics",
            (
                Option(
                    "action",
                    "What to do",
                    Kind.CHOICE,
                    required=True,
                    choices=("show", "add", "remove", "export"),
                ),
                Option("name", "Name of the list"),
                Option("study", "The study to add or remove", Kind.STUDY),
                Option("format", "Format of the file", Kind.CHOICE, choices=tuple(f.key for f in FORMATS)),
                Option("page", "Which page of the list", Kind.NUMBER, least=1, most=find.LAST_PAGE),
            ),
        ),
        Command("suggest", "Suggest a paper or a correction, in private; a person reads it", "/suggest"),
        Command(
            "settings", "What this server chooses: who sees and shares replies", "/settings", who=Who.MANAGERS
        ),
    )
}


def checked(request: Request) -> Request:
    """The request with its values checked against the registry and put in their plain form.

    Raises:
        UnusableRequestError: when a value is missing, or one that the option cannot take.
    """
    command = COMMANDS.get(request.command)
    if command is None:
        raise UnusableRequestError.unknown_command(request.command, list(COMMANDS))
    options: dict[str, str] = {}
    for name, value in request.options.items():
        option = command.option(name)
        if option is None:
            raise UnusableRequestError.unknown_option(command.name, name, [o.name for o in command.options])
        if value.strip():
            options[name] = _value(option, value.strip())
    for option in command.options:
        if option.required and option.name not in options:
            raise UnusableRequestError.missing(command.name, option.name, command.example)
    return Request(request.command, options, request.budget, request.shown)


def usable(option: Option, value: str) -> bool:
    """Whether an option can have this value."""
    try:
        _value(option, value)
    except UnusableRequestError:
        return False
    return True


def _value(option: Option, value: str) -> str:
    match option.kind:
        case Kind.CHOICE:
            wanted = value.lower().replace(" ", "_").replace("-", "_").removeprefix(f"{option.name}_")
            wanted = _ALSO.get(wanted, wanted)
            for choice in option.choices:
                if choice.replace("-", "_") == wanted:
                    return choice
            raise UnusableRequestError.not_a_choice(option.name, value, option.choices)
        case Kind.NUMBER:
            if not re.fullmatch(r"[0-9]{1,9}", value) or not option.least <= int(value) <= option.most:
                raise UnusableRequestError.not_a_number(option.name, value, option.least, option.most)
            return str(int(value))
        case Kind.TRUTH:
            if value.lower() in {"yes", "true", "1", "on", "y"}:
                return "yes"
            if value.lower() in {"no", "false", "0", "off", "n"}:
                return "no"
            raise UnusableRequestError.not_a_choice(option.name, value, ("yes", "no"))
        case _:
            return value
