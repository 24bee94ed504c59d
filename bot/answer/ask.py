"""``/ask``: the reviewed question that fits, else studies, else a plain "I do not know"."""

from bot.answer import listing, pick, topics
from bot.answer.library import Library
from bot.answer.names import cut
from bot.answer.reply import Action, Menu, Outcome, Reply, Request
from bot.answer.study import card
from bot.catalogue.search import Verdict


def answer(library: Library, request: Request) -> Reply:
    """The reply to a question in a person's own words."""
    question = request.options["question"]
    topic = library.catalogue.topic(question)
    if topic:
        return topics.card(library, request, topic)
    match = library.search.topics(question)
    if match.verdict is Verdict.CERTAIN:
        topic = library.catalogue.topic(match.ids[0])
        if topic:
            return topics.card(library, request, topic)
    named = library.search.studies(question)
    studies = library.catalogue.studies(named.ids)
    if named.verdict is Verdict.CERTAIN and studies:
        return card(library, request, studies[0])
    if named.verdict is Verdict.CHOICES and match.verdict is Verdict.NONE:
        return listing.page_of(
            library,
            request,
            [study.id for study in studies],
            heading="No reviewed answer, but these studies fit",
        )
    near = match.ids if match.verdict in {Verdict.CHOICES, Verdict.NEAREST} else ()
    return unanswered(library, request, "answer", question, near)


def unanswered(library: Library, request: Request, what: str, asked: str, near: tuple[str, ...]) -> Reply:
    """The reply that says there is no reviewed answer, with the nearest questions, if any are near."""
    nearest = [topic for topic in map(library.catalogue.topic, near) if topic]
    if not nearest:
        return pick.no_match(library, request, what, asked)
    blocks = library.templates.fitted(
        "no_match",
        request.budget,
        what=what,
        asked=asked,
        unknown_identifier=None,
        nearest=[topic.question for topic in nearest],
    )
    entries = tuple(Action(cut(topic.question, 100), "ask", {"question": topic.id}) for topic in nearest)
    return Reply(
        command=request.command,
        outcome=Outcome.NO_MATCH,
        title="No reviewed answer",
        blocks=blocks,
        menus=(Menu(library.templates.labels["menu"]["question"], entries),),
    )
