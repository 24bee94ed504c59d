"""Questions that must not get a study for an answer: a person's own health, and words of crisis."""

from typing import Final

from bot.answer.library import Library
from bot.answer.reply import Outcome, Reply, Request
from bot.catalogue.intent import Intent, intent, is_crisis
from bot.catalogue.search import Verdict

#: Options that hold a person's own words, by command; advice is asked for in the first two only.
_WORDS: Final = {"ask": "question", "test": "marker", "study": "query", "find": "text", "cite": "query"}
_ADVICE: Final = frozenset({"ask", "test"})


def reply(library: Library, request: Request) -> Reply | None:
    """The fixed, kind reply that such a request gets; ``None`` for every other."""
    words = request.options.get(_WORDS.get(request.command, ""), "")
    if not words or library.catalogue.study(words) or library.catalogue.topic(words):
        return None
    advisable = request.command in _ADVICE
    meant = intent(words) if advisable else Intent.CRISIS if is_crisis(words) else Intent.RESEARCH
    if meant is Intent.CRISIS:
        blocks = library.templates.fitted("crisis", request.budget)
        return Reply(
            command=request.command, outcome=Outcome.GUIDANCE, title="You are not alone", blocks=blocks
        )
    if meant is Intent.PERSONAL_ADVICE:
        match = library.search.topics(words)
        near = library.catalogue.topic(match.ids[0]) if match.verdict is not Verdict.NONE else None
        blocks = library.templates.fitted("guidance", request.budget, nearest=near.question if near else None)
        return Reply(
            command=request.command, outcome=Outcome.GUIDANCE, title="Not a question for a bot", blocks=blocks
        )
    return None
