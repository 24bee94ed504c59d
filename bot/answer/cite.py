"""``/cite``: citations ready to copy, and files for reference managers."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from bot.answer import pick
from bot.answer.errors import UnusableRequestError
from bot.answer.library import Library
from bot.answer.names import short
from bot.answer.reply import Action, File, Menu, Outcome, Reply, Request, Role
from bot.catalogue.model import Study
from bot.citation import styles
from bot.citation.citations import NotRenderedError, unknown_fields
from bot.citation.export import NothingToExportError, export
from bot.citation.snapshot import Snapshot
from bot.citation.styles import OFFERED, Format, Style

_EXAMPLE: Final = "/cite gupta 1997 apa"
#: A citation longer than this goes into a file alone.
_LONGEST_SHOWN: Final = 1_000


def answer(library: Library, request: Request) -> Reply:
    """The citation of the study that is meant, or of the one shown last, in the style asked for (APA 7 by
    default).
    """
    words, style = _style(request)
    if not words:
        if not request.shown:
            raise UnusableRequestError("nothing_shown", example=_EXAMPLE)
        found: Study | Reply = pick.one_study(library, request, request.shown[0])
    else:
        found = pick.one_study(library, request, words)
    if isinstance(found, Reply):
        return found
    return card(library, request, found, style)


def _style(request: Request) -> tuple[str, Style | Format]:
    """The words without a style that stands at their end ("gupta 1997 bibtex"), and the style."""
    words = request.options.get("query", "")
    asked = request.options.get("style")
    if asked:
        style = styles.find(asked)
        if style is None:
            raise UnusableRequestError.not_a_choice("style", asked, [s.name for s in OFFERED])
        return words, style
    parts = words.split()
    for length in (2, 1):
        style = styles.find(" ".join(parts[-length:])) if len(parts) >= length else None
        if style:
            return " ".join(parts[:-length]), style
    return words, styles.DEFAULT_STYLE


def card(library: Library, request: Request, study: Study, style: Style | Format) -> Reply:
    """One study in one style or format, with a list of the others to switch to.

    Raises:
        UnusableRequestError: when the entry lacks what the format needs, or was edited since it was rendered.
    """
    files: tuple[File, ...] = ()
    in_text: tuple[str, ...] = ()
    if isinstance(style, Format):
        try:
            file = export([study], style.key)
        except NothingToExportError as error:
            raise UnusableRequestError(
                "no_format", style=style.name, needs="a PubMed number (PMID)"
            ) from error
        text = file.text.strip()
        files = (File(file.name, file.text),)
    else:
        try:
            citation = library.citations.text(study, style.key)
        except NotRenderedError as error:
            raise UnusableRequestError("no_citation", entry=study.id, style=style.name) from error
        text = citation.text
        in_text = (citation.parenthetical, citation.narrative)
    # A list of a hundred authors is a file, not a message: half of it would be a wrong citation.
    too_long = len(text) > min(_LONGEST_SHOWN, request.budget // 3)
    if too_long and not files:
        files = (File(f"{study.id}.txt", text + "\n"),)
    blocks = library.templates.fitted(
        "cite",
        request.budget,
        keep=frozenset({Role.SUMMARY}),
        study=study,
        studies=[study],
        style=style.name,
        citation=None if too_long else text,
        in_text=in_text,
        file_name=files[0].name if files else None,
        incomplete=not study.authors_complete,
        unknown=unknown_fields(study),
        snapshot=snapshot(library, (study.id,)),
        meta=library.catalogue.meta,
    )
    return Reply(
        command=request.command,
        outcome=Outcome.ANSWER,
        title=f"{short(study)}, in {style.name}",
        blocks=blocks,
        studies=(study.id,),
        subject=study.id,
        files=files,
        menus=(style_menu(library, {"query": study.id}),),
    )


def snapshot(library: Library, entries: tuple[str, ...]) -> str:
    """The line that cites the catalogue's own text of these entries, as read today (UTC)."""
    meta = library.catalogue.meta
    return Snapshot(
        catalogue=meta.catalogue_version,
        content_hash=meta.content_hash,
        wording=meta.scanner_version,
        policy=meta.policy_version,
        accessed=dt.datetime.now(dt.UTC).date(),
        entries=entries,
    ).line()


def style_menu(library: Library, options: Mapping[str, str]) -> Menu:
    """Every style and format, each asking ``/cite`` again with the same options."""
    entries = tuple(Action(s.name, "cite", {**options, "style": s.key}) for s in OFFERED)
    return Menu(library.templates.labels["menu"]["style"], entries)
