"""Suggestions for an option while somebody types: the same for every front."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.answer.commands import Kind, Option
from bot.answer.library import Library
from bot.answer.names import LABEL, cut, label
from bot.citation.styles import OFFERED

#: Discord's limit for the suggestions of an option.
MOST: Final = 25


@dataclass(frozen=True)
class Completion:
    """A suggestion: what the person reads, and what the option gets; each at most 100 characters."""

    label: str
    value: str


def complete(library: Library, option: Option, typed: str) -> list[Completion]:
    """At most 25 suggestions, best first; none for an option that takes free text."""
    suggest = _SUGGEST.get(option.kind)
    if suggest is None:
        return []
    found: list[Completion] = []
    for completion in suggest(library, option, typed):
        found.append(completion)
        if len(found) == MOST:
            break
    return found


def _studies(library: Library, _option: Option, typed: str) -> Iterator[Completion]:
    labels = library.templates.labels
    for study in library.catalogue.studies(library.search.complete_studies(typed, MOST)):
        yield Completion(label(study, labels), study.id)


def _topics(library: Library, _option: Option, typed: str) -> Iterator[Completion]:
    for identifier in library.search.complete_topics(typed, MOST):
        topic = library.catalogue.topic(identifier)
        if topic:
            yield Completion(cut(topic.question, LABEL), topic.id)


def _markers(library: Library, _option: Option, typed: str) -> Iterator[Completion]:
    for marker in library.search.complete_markers(typed, MOST):
        if len(marker) <= LABEL:
            yield Completion(marker, marker)


def _criteria(library: Library, _option: Option, typed: str) -> Iterator[Completion]:
    criteria = {criterion.id: criterion for criterion in library.catalogue.criteria()}
    for identifier in library.search.criteria(typed).ids if typed else criteria:
        criterion = criteria[identifier]
        yield Completion(cut(f"{criterion.name}: {criterion.full_name}", LABEL), criterion.name)


def _tags(library: Library, _option: Option, typed: str) -> Iterator[Completion]:
    return (Completion(tag, tag) for tag in library.catalogue.tags() if typed.casefold() in tag)


def _styles(_library: Library, _option: Option, typed: str) -> Iterator[Completion]:
    for style in OFFERED:
        if typed.casefold() in " ".join((style.key, style.name, *style.aliases)).casefold():
            yield Completion(style.name, style.key)


def _choices(library: Library, option: Option, typed: str) -> Iterator[Completion]:
    words = library.templates.labels.get(option.name, {})
    for choice in option.choices:
        shown = str(words.get(choice, choice))
        if typed.casefold() in f"{choice} {shown}".casefold():
            yield Completion(cut(shown, LABEL), choice)


def _truth(_library: Library, _option: Option, typed: str) -> Iterator[Completion]:
    return (Completion(word, word) for word in ("yes", "no") if word.startswith(typed.casefold()))


_SUGGEST: Final[Mapping[Kind, Callable[[Library, Option, str], Iterator[Completion]]]] = {
    Kind.STUDY: _studies,
    Kind.TOPIC: _topics,
    Kind.MARKER: _markers,
    Kind.CRITERION: _criteria,
    Kind.TAG: _tags,
    Kind.STYLE: _styles,
    Kind.CHOICE: _choices,
    Kind.TRUTH: _truth,
}
