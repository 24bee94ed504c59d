"""Every rule of the catalogue beyond the shape of one field, and the functions that apply them.

A rule is a small function that yields what is wrong. Those about one record stand in
:mod:`bot.catalogue.record_rules`, those about many records here.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

from bot.catalogue import record_rules as on
from bot.catalogue.model import Study, Topic
from bot.catalogue.record_rules import Around, Fault, words
from bot.catalogue.source import CRITERIA, STUDIES, TOPICS, Problem, Sources

_BARE_HOST: Final = re.compile(r"https?://[0-9.]+(:[0-9]+)?(/|$)")


def identifiers_unique(around: Around) -> Iterator[tuple[str, Fault]]:
    """No two studies share a DOI, a PMID, a PMCID or an atlas page."""
    for name in ("doi", "pmid", "pmcid", "atlas_url"):
        pairs = [(getattr(study, name), _study_file(study)) for study in around.sources.studies.values()]
        for value, files in _shared(pairs):
            mend = "look both up at their source and correct the wrong one"
            yield files[-1], (name, f"{value!r} is also in {', '.join(files[:-1])}", mend)


def titles_unique(around: Around) -> Iterator[tuple[str, Fault]]:
    """The same title in the same year is the same paper entered twice."""
    pairs = [(f"{words(s.title)} ({s.year})", _study_file(s)) for s in around.sources.studies.values()]
    for _, files in _shared(pairs):
        yield files[-1], ("title", f"is also that of {', '.join(files[:-1])}", "keep one of the two records")


def ids_unique_across_kinds(around: Around) -> Iterator[tuple[str, Fault]]:
    """No topic has a study's id: a link must lead to one of them only."""
    for topic in around.sources.topics.values():
        if topic.id in around.sources.studies:
            yield _topic_file(topic), ("id", f"{topic.id!r} is a study's id too", "give the topic another id")


def phrasings_unique(around: Around) -> Iterator[tuple[str, Fault]]:
    """The same phrasing leads to one topic only, whatever its case and punctuation."""
    pairs = [
        (phrase, _topic_file(topic))
        for topic in around.sources.topics.values()
        for phrase in dict.fromkeys(words(asked) for asked in (topic.question, *topic.asked_as))
    ]
    for phrase, files in _shared(pairs):
        what = f"{phrase!r} is also asked in {', '.join(files[:-1])}"
        yield files[-1], ("asked_as", what, "keep it where the answer fits best")


def definitions_named_once(around: Around) -> Iterator[tuple[str, Fault]]:
    """A name, or another name, of a case definition means one of them only; its paper is in the catalogue."""
    pairs = [
        (words(name), criterion.id)
        for criterion in around.sources.criteria.values()
        for name in {words(n): n for n in (criterion.name, *criterion.known_as)}.values()
    ]
    for name, ids in _shared(pairs):
        what = f"{name!r} is also a name of {', '.join(ids[:-1])}"
        yield CRITERIA, (f"{ids[-1]}.known_as", what, "keep it for one of them")
    for criterion in around.sources.criteria.values():
        if criterion.study and not around.has(STUDIES, criterion.study):
            what = f"{criterion.study!r} does not exist"
            yield CRITERIA, (f"{criterion.id}.study", what, "correct the id, or leave it out")


RecordRule: TypeAlias = Callable[[Any, Around], Iterator[Fault]]
CatalogueRule: TypeAlias = Callable[[Around], Iterator[tuple[str, Fault]]]

EVERY_RECORD: Final[tuple[RecordRule, ...]] = (
    on.nothing_left_open,
    on.lists_without_repeats,
    on.history_in_order,
)
STUDY: Final[tuple[RecordRule, ...]] = (
    *EVERY_RECORD,
    on.year_not_in_the_future,
    on.title_plain,
    on.authors_named,
    on.authors_are_people_or_bodies,
    on.no_author_twice,
    on.address_only_without_doi,
    on.pages_ascend,
    on.criteria_known,
    on.badge_consistent,
    on.denies_an_overclaim,
    on.tags_known,
    on.related_both_ways,
    on.notice_dated,
    on.notice_in_the_finding,
)
TOPIC: Final[tuple[RecordRule, ...]] = (
    *EVERY_RECORD,
    on.topic_studies_exist,
    on.related_topics_exist,
    on.bracketed_ids_listed,
    on.lines_name_their_studies,
    on.tests_have_markers,
)
CRITERION: Final[tuple[RecordRule, ...]] = (*EVERY_RECORD, on.year_not_in_the_future)
CATALOGUE: Final[tuple[CatalogueRule, ...]] = (
    identifiers_unique,
    titles_unique,
    ids_unique_across_kinds,
    phrasings_unique,
    definitions_named_once,
)
STUDY_WARNINGS: Final[tuple[RecordRule, ...]] = (on.correction_undated, on.limitations_few)
TOPIC_WARNINGS: Final[tuple[RecordRule, ...]] = (on.studies_used,)


#: What a study may lack, most wanted first: a test, the field, and what to say of it.
_GAPS: Final[tuple[tuple[Callable[[Study], bool], str, str, str], ...]] = (
    (lambda s: not s.authors, "authors", "no source names them", "find a page that does"),
    (lambda s: s.link is None, "doi", "there is no address at all", "find its DOI, PMID or page"),
    (
        lambda s: s.retraction is not None and s.retraction.year is None,
        "retraction",
        "no source dates the notice",
        "find the notice",
    ),
    (
        lambda s: any(_BARE_HOST.match(address) for address in s.sources),
        "sources",
        "one is a bare network address, which may vanish",
        "find the same page at its own site",
    ),
    (
        lambda s: bool(s.authors) and not s.authors_complete,
        "authors",
        "the list is cut short",
        "find a page with all of them",
    ),
)


def problems(sources: Sources, today: dt.date) -> Iterator[Problem]:
    """Everything that breaks a rule."""
    around = Around(sources, today)
    yield from _apply(STUDY, TOPIC, CRITERION, around)
    for rule in CATALOGUE:
        for file, fault in rule(around):
            yield Problem(file, *fault)


def warnings(sources: Sources, today: dt.date) -> Iterator[Problem]:
    """What is allowed but worth a look."""
    yield from _apply(STUDY_WARNINGS, TOPIC_WARNINGS, (), Around(sources, today))


def gaps(sources: Sources) -> Iterator[Problem]:
    """What readers would want and nobody has seen a source for, most wanted first."""
    for lacks, name, what, mend in _GAPS:
        for study in sources.studies.values():
            if lacks(study):
                yield Problem(_study_file(study), name, what, mend)


def _apply(
    study_rules: Iterable[RecordRule],
    topic_rules: Iterable[RecordRule],
    criterion_rules: Iterable[RecordRule],
    around: Around,
) -> Iterator[Problem]:
    for study in around.sources.studies.values():
        for rule in study_rules:
            for fault in rule(study, around):
                yield Problem(_study_file(study), *fault)
    for topic in around.sources.topics.values():
        for rule in topic_rules:
            for fault in rule(topic, around):
                yield Problem(_topic_file(topic), *fault)
    for criterion in around.sources.criteria.values():
        for rule in criterion_rules:
            for name, what, mend in rule(criterion, around):
                yield Problem(CRITERIA, f"{criterion.id}.{name}", what, mend)


def _shared(pairs: Iterable[tuple[str | None, str]]) -> Iterator[tuple[str, list[str]]]:
    """Values that more than one owner has, with the owners in their order."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for value, owner in pairs:
        if value is not None:
            owners[value].append(owner)
    yield from ((value, found) for value, found in owners.items() if len(found) > 1)


def _study_file(study: Study) -> str:
    return f"{STUDIES}/{study.id}.toml"


def _topic_file(topic: Topic) -> str:
    return f"{TOPICS}/{topic.id}.toml"
