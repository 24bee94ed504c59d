"""``/test``: is there a test for ME/CFS? In general, or for one marker."""

import re
from typing import Final

from bot.answer import ask, listing, topics
from bot.answer.library import Library
from bot.answer.reply import Reply, Request
from bot.catalogue.search import Verdict

#: The topic that answers "is there a test?".
MAIN: Final = "is-there-a-blood-test"
#: Words that name no marker: "/test blood" asks the main question.
_NO_MARKER: Final = frozenset(
    {
        "a",
        "an",
        "any",
        "blood",
        "bloodtest",
        "cfs",
        "for",
        "lab",
        "labs",
        "mecfs",
        "me",
        "test",
        "testing",
        "tests",
        "the",
    }
)


def answer(library: Library, request: Request) -> Reply:
    """The main answer; with a ``marker``, the reviewed question about it, else the studies that list it."""
    marker = request.options.get("marker")
    if marker is None or _NO_MARKER.issuperset(re.findall(r"[a-z]+", marker.lower().replace("/", ""))):
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
    elsewhere = _elsewhere(library, marker)
    name, found = library.catalogue.listing_marker(marker)
    if found:
        questions = [topic.question for topic in map(library.catalogue.topic, elsewhere[:1]) if topic]
        remark = "No reviewed answer is about it as a test. No test for ME/CFS is validated: see /test."
        if questions:
            remark += f" A reviewed question speaks of it: {questions[0]}"
        return listing.page_of(
            library,
            request,
            found,
            heading=f"Studies that list {name}",
            remark=remark,
        )
    near = match.ids if match.verdict is not Verdict.NONE else ()
    return ask.unanswered(library, request, "marker", marker, tuple(dict.fromkeys((*elsewhere, *near))))


def _elsewhere(library: Library, marker: str) -> tuple[str, ...]:
    """Reviewed questions that are not about tests and speak of the marker."""
    named = library.catalogue.topics_on_marker(marker)
    meant = library.search.topics(marker)
    return tuple(dict.fromkeys([*named, *(meant.ids[:1] if meant.verdict is Verdict.CERTAIN else ())]))
