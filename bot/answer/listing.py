"""A page of studies, as long as the budget lets it be."""

from collections.abc import Sequence
from typing import Any, Final

from bot.answer.errors import UnusableRequestError
from bot.answer.library import Library
from bot.answer.limits import limits
from bot.answer.names import label
from bot.answer.reply import BUDGET, Action, Menu, Outcome, Reply, Request

#: Entries on a page at most: more is a wall of text on a phone.
PAGE: Final = 4
LAST_PAGE: Final = 200


def page_of(
    library: Library, request: Request, identifiers: Sequence[str], *, heading: str, remark: str = ""
) -> Reply:
    """The page of a list that the request's ``page`` asks for, with each study's badge, basis and limits.

    A page holds :data:`PAGE` entries; with a small budget every page holds fewer, so that page numbers
    always mean the same for one budget.

    Raises:
        UnusableRequestError: when there is no such page.
    """
    # Half the budget holds fewer than half the entries: what stands around them has the same length.
    size = max(1, PAGE * request.budget // BUDGET - 1) if request.budget < BUDGET * 3 // 4 else PAGE
    number = int(request.options.get("page", "1"))
    pages = -(-len(identifiers) // size)
    if number > pages:
        raise UnusableRequestError("last_page", pages=pages)
    start = (number - 1) * size
    studies = library.catalogue.studies(identifiers[start : start + size])
    values: dict[str, Any] = {
        "heading": heading,
        "remark": remark,
        "first": start + 1,
        "total": len(identifiers),
        "next_page": number + 1 if number < pages else None,
        "meta": library.catalogue.meta,
    }
    blocks = library.templates.fitted(
        "listing", request.budget, studies=studies, set=limits(studies), **values
    )
    labels = library.templates.labels
    turns = [(name, to) for name, to in (("previous", number - 1), ("next", number + 1)) if 1 <= to <= pages]
    return Reply(
        command=request.command,
        outcome=Outcome.ANSWER,
        title=heading,
        blocks=blocks,
        studies=tuple(study.id for study in studies),
        actions=tuple(
            Action(labels["button"][name], request.command, {**request.options, "page": str(to)})
            for name, to in turns
        ),
        menus=(
            Menu(
                labels["menu"]["open"],
                tuple(Action(label(s, labels), "study", {"query": s.id}) for s in studies),
                start + 1,
            ),
        ),
    )
