"""Several studies as one reference list, or one file for a reference manager."""

from collections.abc import Sequence
from typing import Final

from bot.answer.errors import UnusableRequestError
from bot.answer.library import Library
from bot.answer.limits import limits
from bot.answer.reply import File, Menu, Outcome, Reply, Request, Role
from bot.answer.snapshot import snapshot
from bot.catalogue.model import Study
from bot.citation.bibliography import bibliography
from bot.citation.citations import NotRenderedError
from bot.citation.export import NothingToExportError, export
from bot.citation.styles import Format, Style

#: A list longer than this goes into a file alone.
_LONGEST_SHOWN: Final = 1_500
#: Up to here each study's own badge and limits stand in the message; above, those of the set.
_FEW: Final = 4


def reference_list(
    library: Library,
    request: Request,
    studies: Sequence[Study],
    style: Style | Format,
    *,
    menu: Menu,
    unknown: Sequence[str] = (),
) -> Reply:
    """Several studies in one style or format: sorted and told apart as the style wants, and as a file.

    Args:
        library: what to answer from.
        request: the request that is answered.
        studies: what to list, in the order in which they are cited.
        style: a citation style or a file format.
        menu: asks for the same list in another style.
        unknown: what was asked for and not found, in the asker's words.

    Raises:
        UnusableRequestError: when no study can be given in that style or format.
    """
    text, file, left_out = _text(library, studies, style)
    shown = text if len(text) <= min(_LONGEST_SHOWN, request.budget // 3) else None
    few = len(studies) <= _FEW and request.budget >= _LONGEST_SHOWN * 2
    ids = tuple(study.id for study in studies)
    blocks = library.templates.fitted(
        "references",
        request.budget,
        keep=frozenset({Role.CITATION}),
        answer=Role.CITATION.value,
        studies=studies,
        few=few,
        set=limits(studies),
        style=style.name,
        text=shown,
        file_name=file.name,
        left_out=left_out,
        incomplete=sum(not study.authors_complete for study in studies),
        unknown=unknown,
        snapshot=snapshot(library, ids) if few else None,
        meta=library.catalogue.meta,
    )
    return Reply(
        command=request.command,
        outcome=Outcome.ANSWER,
        title=f"{len(studies)} {'study' if len(studies) == 1 else 'studies'}, in {style.name}",
        blocks=blocks,
        studies=ids if few else (),
        counted=len(studies),
        files=(file,),
        menus=(menu,),
    )


def _text(library: Library, studies: Sequence[Study], style: Style | Format) -> tuple[str, File, int]:
    """The list as text, as a file, and how many studies this format cannot hold."""
    if isinstance(style, Format):
        try:
            made = export(studies, style.key)
        except NothingToExportError as error:
            raise UnusableRequestError(
                "no_format", style=style.name, needs="a PubMed number (PMID)"
            ) from error
        return made.text.strip(), File(made.name, made.text), len(made.left_out)
    try:
        found = bibliography(studies, style.key, library.citations)
    except NotRenderedError as error:
        raise UnusableRequestError("no_citation", entry=studies[0].id, style=style.name) from error
    made = found.file()
    return found.text, File(made.name, made.text), 0
