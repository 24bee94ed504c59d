"""``/help``, ``/about`` and ``/privacy``."""

from typing import Any, Final

from bot.answer.library import Library
from bot.answer.reply import Outcome, Reply, Request

#: Days on which something changed that "/about" tells of.
NEWS: Final = 3


def help_(library: Library, request: Request) -> Reply:
    """How to use the bot: every command with an example."""
    from bot.answer.commands import COMMANDS  # noqa: PLC0415 - the registry names this function

    return _notice(library, request, "help", "Help", commands=list(COMMANDS.values()))


def about(library: Library, request: Request) -> Reply:
    """What the catalogue is: version, counts, what is new, who writes it, its limits, the badge."""
    catalogue = library.catalogue
    blocks = library.templates.fitted(
        "about",
        request.budget,
        studies=[],
        meta=catalogue.meta,
        pem=catalogue.counts("pem"),
        abstract_unseen=catalogue.abstract_unseen(),
        news=catalogue.news(NEWS),
        site=library.site,
    )
    return Reply(command=request.command, outcome=Outcome.ANSWER, title="About", blocks=blocks)


def privacy(library: Library, request: Request) -> Reply:
    """What is stored about people, and how to have it erased."""
    return _notice(library, request, "privacy", "Privacy")


def _notice(library: Library, request: Request, template: str, title: str, **values: Any) -> Reply:
    blocks = library.templates.fitted(template, request.budget, **values)
    return Reply(command=request.command, outcome=Outcome.ANSWER, title=title, blocks=blocks)
