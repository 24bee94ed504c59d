"""A reading list that a server keeps: as a page to read, and as a file for a reference manager."""

from collections.abc import Sequence

from bot.answer.errors import UnusableRequestError
from bot.answer.library import Library
from bot.answer.listing import page_of
from bot.answer.reply import File, Reply, Request
from bot.citation import styles
from bot.citation.export import NothingToExportError, export
from bot.citation.styles import FORMATS, Format


def page(library: Library, request: Request, name: str, entries: Sequence[str]) -> Reply:
    """The page of a list that the request's ``page`` asks for.

    Args:
        library: where to look.
        request: the request for the list; its buttons ask it again.
        name: of the list.
        entries: ids of its studies, some of which the catalogue may no longer have; at least one it must.

    Raises:
        UnusableRequestError: when there is no such page.
    """
    studies = library.catalogue.studies(entries)
    gone = len(entries) - len(studies)
    remark = ""
    if gone:
        remark = f"{gone} {'entry is' if gone == 1 else 'entries are'} no longer in the catalogue."
    return page_of(
        library, request, [study.id for study in studies], heading=f"Reading list: {name}", remark=remark
    )


def exported(library: Library, request: Request, name: str, entries: Sequence[str], form: str) -> Reply:
    """The first page of a list, with all of it as a file.

    Args:
        library: where to look.
        request: the request for the list.
        name: of the list.
        entries: ids of its studies; the catalogue must have at least one.
        form: a format such as "ris"; see :data:`bot.citation.styles.FORMATS`.

    Raises:
        UnusableRequestError: when there is no such format, or it can hold none of the studies.
    """
    chosen = styles.find(form)
    if not isinstance(chosen, Format):
        raise UnusableRequestError.not_a_choice("format", form, [known.name for known in FORMATS])
    studies = library.catalogue.studies(entries)
    try:
        written = export(studies, chosen.key)
    except NothingToExportError as error:
        raise UnusableRequestError("no_format", style=chosen.name, needs="a PubMed number (PMID)") from error
    reply = page(library, request, name, entries)
    return reply.but(files=(File(written.name, written.text),))
