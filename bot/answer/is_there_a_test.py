"""``/test``: is there a test for ME/CFS? In general, or for one marker."""

from typing import Final

from bot.answer import ask, listing, topics
from bot.answer.library import Library
from bot.answer.reply import Reply, Request
from bot.catalogue.search import Verdict

#: The topic that answers "is there a test?".
MAIN: Final = "is-there-a-blood-test"


def answer(library: Library, request: Request) -> Reply:
    """The main answer; with a ``marker``, the reviewed question about it, else the studies that measured
    it.
    """
    marker = request.options.get("marker")
    if marker is None:
        topic = library.catalogue.topic(MAIN)
        if topic is None:
            message = f"the topic {MAIN}, which /test answers from, is not in the catalogue"
            raise LookupError(message)
        return topics.card(library, request, topic)
    match = library.search.topics(marker, kind="test")
    if match.verdict is Verdict.CERTAIN:
        topic = library.catalogue.topic(match.ids[0])
        if topic:
            return topics.card(library, request, topic)
    measured = library.catalogue.measuring(marker)
    if measured:
        return listing.page_of(
            library,
            request,
            measured,
            heading=f"Studies that measured {marker}",
            remark="Nobody has reviewed it as a test here. No test for ME/CFS is validated: see /test.",
        )
    near = match.ids if match.verdict is not Verdict.NONE else ()
    return ask.unanswered(library, request, "marker", marker, near)
