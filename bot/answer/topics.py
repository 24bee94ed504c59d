"""The card of a reviewed question, for ``/ask`` and ``/test``."""

import re
from typing import Final

from bot.answer.library import Library
from bot.answer.limits import limits
from bot.answer.names import cut, label, short
from bot.answer.reply import Action, Menu, Outcome, Reply, Request
from bot.catalogue.model import Topic

_BASIS: Final = re.compile(r"\s*\[([a-z0-9-]+(?:, ?[a-z0-9-]+)*)\](\.?)$")
_LISTED: Final = 25  # entries of a Discord select


def card(library: Library, request: Request, topic: Topic) -> Reply:
    """The card of a topic, quick or full as the request's ``view`` says."""
    full = request.options.get("view") == "full"
    return library.kept.card(
        (topic, full, request.command, request.budget), lambda: _made(library, request, topic, full=full)
    )


def _made(library: Library, request: Request, topic: Topic, *, full: bool) -> Reply:
    studies = library.catalogue.studies(topic.studies)
    blocks = library.templates.fitted(
        "topic",
        request.budget,
        topic=topic,
        studies=studies,
        set=limits(studies),
        shows=[_with_names(library, line) for line in topic.what_research_shows],
        view="full" if full else "quick",
        meta=library.catalogue.meta,
    )
    labels = library.templates.labels
    neighbours = [t for t in map(library.catalogue.topic, topic.related_topics) if t]
    other = "quick" if full else "full"
    return Reply(
        command=request.command,
        outcome=Outcome.ANSWER,
        title=topic.question,
        blocks=blocks,
        studies=tuple(study.id for study in studies),
        topics=(topic.id,),
        subject=topic.id,
        again=Request("ask", {"question": topic.id, "view": "full"} if full else {"question": topic.id}),
        actions=(
            Action(labels["button"][other], "ask", {"question": topic.id, "view": other}),
            Action(labels["button"]["cite"], "cite", {"query": topic.id}),
        ),
        menus=(
            Menu(
                labels["menu"]["open"],
                tuple(Action(label(s, labels), "study", {"query": s.id}) for s in studies[:_LISTED]),
            ),
            *(
                [
                    Menu(
                        labels["menu"]["question"],
                        tuple(
                            Action(cut(t.question, 100), "ask", {"question": t.id})
                            for t in neighbours[:_LISTED]
                        ),
                    )
                ]
                if neighbours
                else []
            ),
        ),
    )


def _with_names(library: Library, line: str) -> str:
    """A line of a topic with the studies it rests on named for people: "(Loebel and others 2016)"."""
    basis = _BASIS.search(line)
    if not basis:
        return line
    named = [short(study) for study in library.catalogue.studies(basis[1].replace(" ", "").split(","))]
    return f"{line[: basis.start()]} ({'; '.join(named)})"
