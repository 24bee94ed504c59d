"""The filters that templates use for the catalogue's values."""

import re
from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

from bot.answer import markdown
from bot.answer.names import cut, short, who
from bot.answer.render import Templates
from bot.catalogue.model import Study, doi_link
from bot.catalogue.prose import day

_IDS: Final = re.compile(r"\s*\[[a-z0-9-]+(?:, ?[a-z0-9-]+)*\]")


def add(templates: Templates) -> None:
    """Give the templates every filter of this module."""
    templates.add_filters(
        clip=cut,
        day=day,
        doi=doi_link,
        fence=lambda text: Markup(markdown.fence(str(text))),  # noqa: S704 - made safe for Markdown by fence
        join_plain=join_plain,
        short=short,
        shortest=shortest,
        slash=lambda name: f"/{name}",
        stop=stop,
        thousands=lambda number: f"{number:,}",
        url=lambda address: Markup(markdown.address(str(address))),  # noqa: S704 - its brackets are encoded
        who=who,
        without_ids=without_ids,
        without_other=without_other,
    )


def join_plain(parts: Iterable[str], between: str = ", ") -> str:
    """Texts joined, still to be escaped as one (Jinja's own ``join`` would escape each for HTML)."""
    return between.join(str(part) for part in parts)


def shortest(study: Study) -> str:
    """As in "Gupta 1997": the first author alone, where room is short."""
    return f"{study.authors[0].name} {study.year}" if study.authors else short(study)


def stop(text: str) -> str:
    """The text with a full stop, if it ends without a closing mark."""
    return text if text.rstrip().endswith((".", "!", "?", "…")) else f"{text.rstrip()}."


def without_ids(text: str) -> str:
    """A line of a topic without the entry ids that it rests on."""
    return _IDS.sub("", text)


def without_other(criterion: str) -> str:
    """A case definition without the mark "other:" that curators set before one with no name of its own."""
    return criterion.removeprefix("other:").strip()
