"""The studies that a message names, or the question that it asks: for the menus on messages."""

import re
from typing import Final

from bot.answer.library import Library
from bot.answer.listing import PAGE, page_of
from bot.answer.names import label
from bot.answer.reply import Action, Menu, Reply, Request

#: Studies offered from one message at most: what fits in one list to pick from.
MOST: Final = 25
#: Studies cited from one message at most: their ids have to fit in one request.
_CITED: Final = 15
_SENTENCE: Final = re.compile(r"[^.!?\n]{8,300}\?")
_QUESTION: Final = 300


def evidence(library: Library, text: str) -> Request | Reply | None:
    """What a message is about: the request for the one study it names or the question it asks, or a list.

    ``None`` when it names papers of which the catalogue has none, or when it has no words.
    """
    found = library.search.mentions(text)[:MOST]
    if len(found) == 1:
        return Request("study", {"query": found[0]})
    if found:
        return _several(library, found)
    question = _question(text)
    if not question or library.search.identifiers(text):
        return None
    return Request("ask", {"question": question})


def citations(library: Library, text: str) -> Request | None:
    """The request for the citations of the papers that a message names; ``None`` if it names none we have."""
    found = library.search.mentions(text)[:_CITED]
    return Request("cite", {"query": ",".join(found)}) if found else None


def unknown(library: Library, text: str) -> list[str]:
    """Identifiers in a text that the catalogue does not have, as they are written: "DOI 10.1/x"."""
    named = (f"{one.kind} {one.value}" for one in library.search.identifiers(text))
    return [name for name in named if not library.search.listing(name)][:MOST]


def _several(library: Library, found: tuple[str, ...]) -> Reply:
    remark = "" if len(found) <= PAGE else f"The first {PAGE} are shown. Open the others from the list below."
    reply = page_of(
        library,
        Request("find"),
        found[:PAGE],
        heading=f"{len(found)} studies named in that message",
        remark=remark,
    )
    labels = library.templates.labels
    entries = tuple(
        Action(label(study, labels), "study", {"query": study.id})
        for study in library.catalogue.studies(found)
    )
    return reply.but(menus=(Menu(labels["menu"]["open"], entries),))


def _question(text: str) -> str:
    """The first sentence that ends with a question mark, else the beginning of the text."""
    asked = _SENTENCE.search(text)
    return (asked[0] if asked else text[:_QUESTION]).strip()
