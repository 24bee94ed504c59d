"""What a curator sees beside an entry: its replies as Discord shows them, and our wording with findings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.answer import study as study_card
from bot.answer import topics as topic_card
from bot.answer.library import Library
from bot.answer.reply import BUDGET, Reply, Request
from bot.catalogue.model import Retraction, Study, Topic
from bot.catalogue.source import Problem
from bot.catalogue.wording import SCANNED, Finding

#: Enough for any reply to be whole, so that one can see what a message had to leave out.
WHOLE = 100_000


@dataclass(frozen=True)
class View:
    """A reply as a message shows it.

    ``length`` counts characters as Discord does; ``shortened`` tells that something had to go to fit.
    """

    name: str
    reply: Reply
    budget: int
    shortened: bool

    @property
    def length(self) -> int:
        """Characters of Markdown."""
        return len(self.reply.text)


@dataclass(frozen=True)
class Piece:
    """A part of a text, with what the scanner found in it, if anything."""

    text: str
    finding: Finding | None = None


@dataclass(frozen=True)
class Text:
    """One text of ours, in pieces."""

    field: str
    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Bench:
    """Everything beside one entry."""

    views: tuple[View, ...]
    texts: tuple[Text, ...]
    problems: tuple[Problem, ...]

    @property
    def findings(self) -> int:
        """How many findings there are to look at."""
        return sum(len(text.findings) for text in self.texts)


def study_bench(
    library: Library, study: Study, findings: Sequence[Finding], problems: Sequence[Problem]
) -> Bench:
    """The bench of a study. ``findings`` and ``problems`` are those of its file."""

    def view(name: str, budget: int) -> Reply:
        return study_card.card(library, Request("study", {"query": study.id, "view": name}, budget), study)

    return Bench(
        views=tuple(
            _view(name, view(name, BUDGET), view(name, WHOLE)) for name in ("quick", "full", "history")
        ),
        texts=_texts(study, "study", findings),
        problems=_others(problems, findings),
    )


def topic_bench(
    library: Library, topic: Topic, findings: Sequence[Finding], problems: Sequence[Problem]
) -> Bench:
    """The bench of a topic. ``findings`` and ``problems`` are those of its file."""

    def view(name: str, budget: int) -> Reply:
        return topic_card.card(library, Request("ask", {"question": topic.id, "view": name}, budget), topic)

    return Bench(
        views=tuple(_view(name, view(name, BUDGET), view(name, WHOLE)) for name in ("quick", "full")),
        texts=_texts(topic, "topic", findings),
        problems=_others(problems, findings),
    )


def line_view(reply: Reply) -> View:
    """The view of a reply to a typed line."""
    return View("reply", reply, BUDGET, shortened=False)


def _view(name: str, shown: Reply, whole: Reply) -> View:
    return View(name, shown, BUDGET, shortened=shown.text != whole.text)


def _others(problems: Sequence[Problem], findings: Sequence[Finding]) -> tuple[Problem, ...]:
    """The problems that are not the scanner's, which stand at their places in the texts."""
    scanned = {finding.problem for finding in findings}
    return tuple(problem for problem in problems if problem not in scanned)


def _texts(record: Study | Topic, kind: str, findings: Sequence[Finding]) -> tuple[Text, ...]:
    ordered = sorted(findings, key=lambda finding: finding.field)
    by_field = {field: tuple(group) for field, group in groupby(ordered, key=lambda finding: finding.field)}
    return tuple(
        Text(place, pieces(text, by_field.get(place, ())), by_field.get(place, ()))
        for field in SCANNED[kind]
        for place, text in _places(field, getattr(record, field))
    )


def _places(field: str, value: str | tuple[str, ...] | Retraction | None) -> Iterable[tuple[str, str]]:
    """The texts of a field under the names that findings give them."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, tuple):
        yield from ((f"{field}[{number}]", text) for number, text in enumerate(value, start=1))
    elif value is not None and value.reason:
        yield f"{field}.reason", value.reason


def pieces(text: str, findings: Sequence[Finding]) -> tuple[Piece, ...]:
    """The text cut where findings begin and end; of findings that overlap, the one that begins first is
    marked to its end, and the next from there on.
    """
    cut: list[Piece] = []
    done = 0
    for finding in sorted(findings, key=lambda one: (one.start, one.end)):
        start = max(done, finding.start)
        if finding.end <= start:
            continue
        if start > done:
            cut.append(Piece(text[done:start]))
        cut.append(Piece(text[start : finding.end], finding))
        done = finding.end
    if done < len(text):
        cut.append(Piece(text[done:]))
    return tuple(cut)
