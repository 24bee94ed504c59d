"""Templates -> blocks. ``responses/*.md.j2`` hold every sentence the bot can say around the data.

A template is rendered once; marks that only this module can set part its text into blocks by role. Every
value that a template prints is escaped for Markdown, unless it is Markdown already.
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.answer import markdown
from bot.answer.reply import Block, IncompleteReplyError, Role, fit

# Control characters, which `markdown.clean` and the model keep out of every value.
_OPEN: Final = "\x02"
_CLOSE: Final = "\x03"


class Templates:
    """The templates and labels of a folder.

    Args:
        folder: where ``*.md.j2``, ``labels.toml`` and ``failure.md`` lie.

    Raises:
        OSError: when the folder lacks ``labels.toml`` or ``failure.md``.
        tomllib.TOMLDecodeError: when the labels cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.labels: Mapping[str, Any] = tomllib.loads((folder / "labels.toml").read_text(encoding="utf-8"))
        self.failure = (folder / "failure.md").read_text(encoding="utf-8").strip()
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,  # so that macros and {% set %} blocks yield Markup, which is printed as it is
            finalize=_as_markdown,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["role"] = _mark
        self._environment.globals["labels"] = self.labels

    def add_filters(self, **filters: Callable[..., Any]) -> None:
        """Give the templates more filters, by name."""
        self._environment.filters.update(filters)

    def blocks(self, template: str, **values: Any) -> tuple[Block, ...]:
        """Render ``<template>.md.j2`` into its blocks, none empty, in the order of the template.

        Raises:
            jinja2.TemplateError: when the template is faulty or asks for a value it was not given.
        """
        text = self._environment.get_template(f"{template}.md.j2").render(values)
        found: list[Block] = []
        for part in text.split(_OPEN)[1:]:
            name, _, body = part.partition(_CLOSE)
            body = _tidy(body)
            if body:
                found.append(Block(Role(name), body))
        return tuple(found)

    def fitted(
        self, template: str, budget: int, *, keep: frozenset[Role] = frozenset(), **values: Any
    ) -> tuple[Block, ...]:
        """Render and bring within a budget; where the required blocks alone are too long, in their compact
        form.

        Raises:
            IncompleteReplyError: when even that is too long.
        """
        try:
            return fit(self.blocks(template, compact=False, **values), budget, keep)
        except IncompleteReplyError:
            return fit(self.blocks(template, compact=True, **values), budget, keep)


def _as_markdown(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    return Markup(markdown.escape(str(value)))  # noqa: S704 - escaped for Markdown, the only markup there is


def _mark(name: str) -> Markup:
    return Markup(f"{_OPEN}{Role(name).value}{_CLOSE}")  # noqa: S704 - a constant


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.strip().split("\n")]
    tidy: list[str] = []
    for line in lines:
        if line or (tidy and tidy[-1]):
            tidy.append(line)
    return "\n".join(tidy)
