"""Which study somebody means: one, or a reply that helps to name it."""

from collections.abc import Sequence

from bot.answer.library import Library
from bot.answer.limits import limits
from bot.answer.names import label
from bot.answer.reply import Action, Menu, Outcome, Reply, Request
from bot.catalogue.model import Study
from bot.catalogue.search import Verdict

_SHOWN = 5


def one_study(library: Library, request: Request, asked: str, option: str = "query") -> Study | Reply:
    """The study that ``asked`` means, or the reply to give instead: several to pick from, or none with the
    nearest.

    Args:
        library: where to look.
        request: the request it is asked in; picking an entry asks the same again with ``option`` set to its
        id.
        asked: an entry id, an identifier, or words.
        option: the option that ``asked`` came in.
    """
    exact = library.catalogue.study(asked)
    if exact:
        return exact
    match = library.search.studies(asked, _SHOWN)
    studies = library.catalogue.studies(match.ids)
    if match.verdict is Verdict.CERTAIN and studies:
        return studies[0]
    if match.verdict is Verdict.CHOICES and studies:
        return choices(library, request, asked, studies, option)
    nearest = studies if match.verdict is Verdict.NEAREST else []
    return no_match(library, request, "study", asked, nearest, option)


def choices(
    library: Library, request: Request, asked: str, studies: Sequence[Study], option: str = "query"
) -> Reply:
    """The reply that lets a person pick one of several studies."""
    blocks = library.templates.fitted(
        "choices",
        request.budget,
        asked=asked,
        studies=studies,
        set=limits(studies),
        meta=library.catalogue.meta,
    )
    return Reply(
        command=request.command,
        outcome=Outcome.CHOICES,
        title="Several studies fit",
        blocks=blocks,
        studies=tuple(study.id for study in studies),
        menus=(Menu(library.templates.labels["menu"]["open"], _openings(library, request, studies, option)),),
    )


def no_match(
    library: Library,
    request: Request,
    what: str,
    asked: str,
    nearest: Sequence[Study] = (),
    option: str = "query",
) -> Reply:
    """The reply that says plainly that there is nothing, with the nearest studies if any are near."""
    identifiers = library.search.identifiers(asked) if asked else ()
    labels = library.templates.labels
    blocks = library.templates.fitted(
        "no_match",
        request.budget,
        what=what,
        asked=asked,
        unknown_identifier=f"{identifiers[0].kind} {identifiers[0].value}" if identifiers else None,
        nearest=[f"{label(study, labels, 160)}. Entry {study.id}" for study in nearest],
        known=[criterion.name for criterion in library.catalogue.criteria()],
    )
    menus = (
        (Menu(library.templates.labels["menu"]["open"], _openings(library, request, nearest, option)),)
        if nearest
        else ()
    )
    return Reply(
        command=request.command, outcome=Outcome.NO_MATCH, title="No match", blocks=blocks, menus=menus
    )


def _openings(
    library: Library, request: Request, studies: Sequence[Study], option: str
) -> tuple[Action, ...]:
    labels = library.templates.labels
    return tuple(
        Action(label(study, labels), request.command, {**request.options, option: study.id})
        for study in studies
    )
