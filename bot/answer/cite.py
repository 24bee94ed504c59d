"""``/cite``: citations ready to copy, and files for reference managers."""

import re
from typing import Final

from bot.answer import pick
from bot.answer.errors import UnusableRequestError
from bot.answer.library import Library
from bot.answer.names import short
from bot.answer.references import reference_list
from bot.answer.reply import File, Outcome, Reply, Request, Role
from bot.answer.snapshot import snapshot, today
from bot.answer.styles import at_the_end, named, style_menu
from bot.catalogue.model import Study
from bot.catalogue.search import Verdict
from bot.citation.citations import NotRenderedError, unknown_fields
from bot.citation.export import NothingToExportError, export
from bot.citation.styles import Format, Style

_EXAMPLE: Final = "/cite gupta 1997 apa"
#: A citation longer than this goes into a file alone.
_LONGEST_SHOWN: Final = 1_000
_SEVERAL: Final = re.compile(r"\s*[,;]\s*|\s+(?=10\.\d{4,9}/)")


def answer(library: Library, request: Request) -> Reply:
    """The citation of the study that is meant, or of the one shown last, in the
    style asked for (by default APA 7).

    Several studies may be named, with commas between them; the id of a reviewed question means its studies.
    """
    asked = request.options.get("style")
    words, style = (
        (request.options.get("query", ""), None) if asked else at_the_end(request.options.get("query", ""))
    )
    style = style or named(asked or "")
    if not words:
        if not request.shown:
            raise UnusableRequestError("nothing_shown", example=_EXAMPLE)
        words = ", ".join(request.shown)
    topic = library.catalogue.topic(words)
    if topic:
        studies = library.catalogue.studies(topic.studies)
        menu = style_menu(library, Request("cite", {"query": topic.id}))
        return reference_list(library, request, studies, style, menu=menu)
    # One title may have commas in it, so the whole is tried before its parts.
    parts = [part for part in _SEVERAL.split(words) if part]
    if len(parts) > 1 and library.search.studies(words).verdict is not Verdict.CERTAIN:
        return _several(library, request, parts, style)
    found = pick.one_study(library, request, words)
    return found if isinstance(found, Reply) else card(library, request, found, style)


def _several(library: Library, request: Request, parts: list[str], style: Style | Format) -> Reply:
    """One list of all the studies that are named; what is not found, or not clear, is said and left out."""
    studies: dict[str, Study] = {}
    unknown: list[str] = []
    for part in parts:
        found = pick.one_study(library, request, part)
        if isinstance(found, Reply):
            unknown.append(part)
        else:
            studies[found.id] = found
    if not studies:
        return pick.no_match(library, request, "study", ", ".join(unknown))
    if len(studies) == 1 and not unknown:
        return card(library, request, next(iter(studies.values())), style)
    menu = style_menu(library, Request("cite", {"query": ",".join(studies)}))
    return reference_list(library, request, list(studies.values()), style, menu=menu, unknown=unknown)


def card(library: Library, request: Request, study: Study, style: Style | Format) -> Reply:
    """One study in one style or format, with a list of the others to switch to.

    Raises:
        UnusableRequestError: when the entry lacks what the format needs, or was edited since it was rendered.
    """
    # The day, too: it stands in the snapshot line.
    shows = (study, style.key, request.command, request.budget, today())
    return library.kept.card(shows, lambda: _made(library, request, study, style))


def _made(library: Library, request: Request, study: Study, style: Style | Format) -> Reply:
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
        keep=frozenset({Role.CITATION}),
        answer=Role.CITATION.value,
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
        again=Request("cite", {"query": study.id, "style": style.key}),
        files=files,
        menus=(style_menu(library, Request("cite", {"query": study.id})),),
    )
