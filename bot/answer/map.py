"""``/map``: what has been studied, in words and as one picture."""

from collections.abc import Mapping
from typing import Any, Final

from bot.answer import markdown
from bot.answer.find import in_words, studies_of
from bot.answer.library import Library
from bot.answer.limits import limits
from bot.answer.names import cut
from bot.answer.overview import Bar, Overview, overview
from bot.answer.pick import no_match
from bot.answer.picture import Words
from bot.answer.reply import ALT_LIMIT, Action, File, Outcome, Reply, Request
from bot.catalogue.model import Pem, Study

FILE: Final = "map.png"
#: More retracted papers than this are counted and not named.
_NAMED: Final = 3


def answer(library: Library, request: Request) -> Reply:
    """The map of the studies that the words and filters ask for, or of all; without a picture where it cannot
    be drawn.
    """
    found = studies_of(library, request)
    if not found:
        return no_match(library, request, "studies", request.options.get("text", ""))
    studies = library.catalogue.studies(found)
    shown = overview(studies, besides=request.options.get("topic", "").casefold())
    labels = library.templates.labels
    heading = in_words(library, request) if request.options else labels["map"]["all"]
    blocks = library.templates.fitted(
        "map",
        request.budget,
        heading=heading,
        studies=studies,
        shown=shown,
        badges=dict(zip(Pem, shown.all.badges, strict=True)),
        set=limits(studies),
        retracted=_retracted(studies),
        meta=library.catalogue.meta,
    )
    picture = library.pictures.of(shown, _words(labels))
    return Reply(
        command=request.command,
        outcome=Outcome.ANSWER,
        title=heading,
        blocks=blocks,
        counted=len(found),
        files=(File(FILE, picture, alternative(shown, labels)),) if picture else (),
        actions=(Action(labels["button"]["studies"], "find", request.options),),
    )


def draw_ahead(library: Library) -> int:
    """Draw the maps of all studies and of every tag, so that nobody waits for these; return how many."""
    requests = [Request("map"), *(Request("map", {"topic": tag}) for tag in library.catalogue.tags())]
    return sum(bool(answer(library, request).files) for request in requests)


def alternative(shown: Overview, labels: Mapping[str, Any]) -> str:
    """What the picture shows, in words, at most :data:`ALT_LIMIT` characters."""
    words = labels["map"]

    def list_of(bars: tuple[Bar, ...]) -> str:
        return ", ".join(f"{bar.name} {bar.total:,}" for bar in bars)

    badges = ", ".join(f"{labels['pem'][p]} {n:,}" for p, n in zip(Pem, shown.all.badges, strict=True))
    text = words["alt"].format(
        total=f"{shown.all.total:,}",
        badges=badges,
        topics=list_of(shown.topics) or words["none"],
        years=list_of(shown.years),
        sizes=list_of(shown.sizes),
    )
    return cut(markdown.clean(text), ALT_LIMIT)


def _retracted(studies: list[Study]) -> list[Study]:
    """Retracted or withdrawn papers to be named; none where there are too many to name."""
    found = [s for s in studies if s.retraction and s.retraction.status in {"retracted", "withdrawn"}]
    return found if len(found) <= _NAMED else []


def _words(labels: Mapping[str, Any]) -> Words:
    words = labels["map"]
    return Words(words["topics"], words["years"], words["sizes"], {pem: labels["pem"][pem] for pem in Pem})
