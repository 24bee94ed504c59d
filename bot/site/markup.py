"""The Markdown of replies as HTML, as Discord would lay it out.

Only what :mod:`bot.answer.markdown` names is read: bold, italics, lists, block quotes, code, links. Raw HTML
is text. A line break is one. A line after a list ends it, as in Discord; CommonMark would draw it into the
list's last entry (section 5.2, "lazy continuation line").
"""

import re
from collections.abc import Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

_LIST: Final = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_RULES: Final = [
    "autolink",
    "backticks",
    "blockquote",
    "emphasis",
    "escape",
    "fence",
    "link",
    "list",
    "newline",
]
_ALONE: Final = re.compile(r"^\*\*((?:(?!\*\*).)+)\*\*$", re.MULTILINE)
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)


def html(markdown: str) -> Markup:
    """A text in the replies' Markdown as safe HTML, as in a message."""
    return Markup(_MESSAGE.render(_parted(markdown)))  # noqa: S704 - raw HTML is off, addresses are checked


def article(markdown: str) -> Markup:
    """The same for a page, where a bold line that stands alone is a heading of the second level.

    Messages have no headings that read well on a phone; pages need them, for people who go from heading to
    heading.
    """
    text = _parted(_ALONE.sub(r"## \1\n", markdown))
    return Markup(_ARTICLE.render(text))  # noqa: S704 - as above


def _parted(markdown: str) -> str:
    """The text with a blank line after every list that has none."""
    lines: list[str] = []
    fenced = listed = False
    for line in markdown.split("\n"):
        if listed and not fenced and line.strip() and not _LIST.match(line) and not line.startswith("  "):
            lines.append("")
        if line.startswith("```"):
            fenced = not fenced
        listed = not fenced and (bool(_LIST.match(line)) or (listed and line.startswith("  ")))
        lines.append(line)
    return "\n".join(lines)


def _link(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    """A link does not tell where the reader came from: that would tell what they read."""
    tokens[place].attrSet("rel", "noreferrer")
    return renderer.renderToken(tokens, place, options, env)


def _renderer(*more: str) -> MarkdownIt:
    made = MarkdownIt("zero", {"html": False, "breaks": True, "xhtmlOut": False})
    made.enable([*_RULES, *more])
    made.validateLink = lambda url: bool(_WEB.match(url))  # type: ignore[method-assign]
    made.add_render_rule("link_open", _link)
    return made


_MESSAGE: Final = _renderer()
_ARTICLE: Final = _renderer("heading")
