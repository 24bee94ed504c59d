"""``/compare``: two studies side by side."""

from bot.answer.errors import UnusableRequestError
from bot.answer.library import Library
from bot.answer.names import short
from bot.answer.pick import one_study
from bot.answer.reply import Action, Outcome, Reply, Request


def answer(library: Library, request: Request) -> Reply:
    """Both studies on design, definition, PEM, size, finding and limits; or the way to name one that is not
    clear.
    """
    first = one_study(library, request, request.options["first"], "first")
    if isinstance(first, Reply):
        return first
    second = one_study(library, request, request.options["second"], "second")
    if isinstance(second, Reply):
        return second
    if first.id == second.id:
        raise UnusableRequestError("same_study")
    blocks = library.templates.fitted(
        "compare", request.budget, studies=[first, second], meta=library.catalogue.meta
    )
    return Reply(
        command=request.command,
        outcome=Outcome.ANSWER,
        title=f"{short(first)} and {short(second)}",
        blocks=blocks,
        studies=(first.id, second.id),
        actions=tuple(Action(short(study), "study", {"query": study.id}) for study in (first, second)),
    )
