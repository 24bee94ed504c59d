"""The citation style that somebody asks for, and the menu to switch it."""

from bot.answer.errors import UnusableRequestError
from bot.answer.library import Library
from bot.answer.reply import Action, Menu, Request
from bot.citation import styles
from bot.citation.styles import OFFERED, Format, Style


def named(asked: str) -> Style | Format:
    """The style or format of that name.

    Raises:
        UnusableRequestError: when there is none.
    """
    style = styles.find(asked)
    if style is None:
        raise UnusableRequestError.not_a_choice("style", asked, [offered.name for offered in OFFERED])
    return style


def at_the_end(words: str) -> tuple[str, Style | Format]:
    """The words without the style at their end ("gupta 1997 bibtex"), and the style, or APA 7."""
    parts = words.split()
    for length in (3, 2, 1):
        style = styles.find(" ".join(parts[-length:])) if len(parts) >= length else None
        if style:
            return " ".join(parts[:-length]).rstrip(" ,;"), style
    return words, styles.DEFAULT_STYLE


def style_menu(library: Library, again: Request, option: str = "style") -> Menu:
    """Every style and format, each asking ``again`` with ``option`` set to it."""
    entries = tuple(Action(s.name, again.command, {**again.options, option: s.key}) for s in OFFERED)
    return Menu(library.templates.labels["menu"]["style"], entries)
