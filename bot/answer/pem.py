"""``/pem``: what the badge means, and which case definitions require PEM."""

from bot.answer.library import Library
from bot.answer.names import LABEL
from bot.answer.pick import no_match
from bot.answer.reply import Action, Menu, Outcome, Reply, Request
from bot.catalogue.model import Criterion
from bot.catalogue.search import Verdict
from bot.catalogue.store import Filters


def answer(library: Library, request: Request) -> Reply:
    """The meaning of the badge; with ``criteria``, one case definition and what it says about PEM."""
    asked = request.options.get("criteria")
    criteria = library.catalogue.criteria()
    if asked is None:
        blocks = library.templates.fitted(
            "pem",
            request.budget,
            studies=[],
            criteria=criteria,
            counts=library.catalogue.counts("pem"),
            meta=library.catalogue.meta,
        )
        return Reply(
            command=request.command, outcome=Outcome.ANSWER, title="What the PEM badge means", blocks=blocks
        )
    match = library.search.criteria(asked)
    if not match.ids:
        return no_match(library, request, "definition", asked)
    if match.verdict is Verdict.CHOICES:
        return _which(library, request, asked, [c for c in criteria if c.id in match.ids])
    criterion = next(c for c in criteria if c.id == match.ids[0])
    study = library.catalogue.study(criterion.study) if criterion.study else None
    blocks = library.templates.fitted(
        "criterion",
        request.budget,
        criterion=criterion,
        studies=[study] if study else [],
        used_by=len(library.catalogue.find(Filters(criterion=criterion.name))),
        meta=library.catalogue.meta,
    )
    labels = library.templates.labels["button"]
    return Reply(
        command=request.command,
        outcome=Outcome.ANSWER,
        title=criterion.full_name,
        blocks=blocks,
        subject=criterion.id,
        again=Request("pem", {"criteria": criterion.id}),
        actions=(Action(labels["studies"], "find", {"criteria": criterion.name}),)
        + ((Action(labels["paper"], "study", {"query": study.id}),) if study else ()),
    )


def _which(library: Library, request: Request, asked: str, criteria: list[Criterion]) -> Reply:
    """The reply that lets a person pick one of several case definitions of that name."""
    blocks = library.templates.fitted("which_definition", request.budget, asked=asked, criteria=criteria)
    entries = tuple(Action(f"{c.name}: {c.full_name}"[:LABEL], "pem", {"criteria": c.name}) for c in criteria)
    return Reply(
        command=request.command,
        outcome=Outcome.CHOICES,
        title="Several case definitions fit",
        blocks=blocks,
        menus=(Menu(library.templates.labels["menu"]["definition"], entries),),
    )
