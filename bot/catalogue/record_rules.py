"""Rules about one record: more than one of its fields, or what it names elsewhere in the catalogue.

Each rule looks at a record, and at what is around it, and yields what is wrong. What one field must look like
stands in its type, in :mod:`bot.catalogue.model`.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import msgspec

from bot.catalogue.model import Criterion, Record, RetractionStatus, Study, Topic, TopicKind
from bot.catalogue.pem_rules import NOT_DEFINITIONS, OTHER, badge_faults
from bot.catalogue.source import STUDIES, TAGS, TOPICS, Sources

#: What a rule yields: the field, what is wrong with it, and how to mend it.
Fault: TypeAlias = tuple[str, str, str]

_BRACKETS: Final = re.compile(r"\[([^\[\]]*)\]")
_RANGE: Final = re.compile(r"(?P<kind>[A-Za-z]*)(?P<first>[0-9]+)-(?P=kind)(?P<last>[0-9]+)")
_MARKUP: Final = re.compile(r"</?[A-Za-z]+>|&#?\w+;")
_LEFT_OPEN: Final = re.compile(r"\bTODO\b")
_FEWEST_LIMITATIONS: Final = 2
_MOST_LIMITATIONS: Final = 4
_NEED_A_YEAR: Final = frozenset(set(RetractionStatus) - {RetractionStatus.CORRECTED})
_DENIALS: Final = ("It does not show", "This does not prove")


@dataclass(frozen=True)
class Around:
    """What a rule may look at beside the record itself."""

    sources: Sources
    today: dt.date

    @cached_property
    def unread(self) -> frozenset[str]:
        """Files that are there and could not be read: what they hold is not known to be missing."""
        return frozenset(problem.file for problem in self.sources.problems)

    @cached_property
    def requires_pem(self) -> dict[str, bool | None]:
        """Each named case definition, and whether it requires PEM."""
        return {criterion.name: criterion.requires_pem for criterion in self.sources.criteria.values()}

    def has(self, kind: str, identifier: str) -> bool:
        """Whether there is such an entry in ``studies`` or ``topics``, be it one that could not be read."""
        read = self.sources.studies if kind == STUDIES else self.sources.topics
        return identifier in read or f"{kind}/{identifier}.toml" in self.unread


def words(text: str) -> str:
    """The words of a phrase without case and punctuation: what two phrasings must differ in."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def page(address: str) -> str:
    """A web address without what two spellings of it differ in: the scheme, "www." and a final slash."""
    return re.sub(r"^https?://(www\.)?", "", address).rstrip("/")


def bracketed(text: str) -> Iterator[str]:
    """The study ids that a text names in square brackets, such as ``[gupta-1997-cytokine-production]``."""
    for inside in _BRACKETS.findall(text):
        for one in inside.split(","):
            if one.strip():
                yield one.strip()


def texts(record: msgspec.Struct) -> Iterator[tuple[str, str]]:
    """Every text in a record, with the name of its field."""
    for name in record.__struct_fields__:
        value = getattr(record, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, str):
                yield name, part
            elif isinstance(part, msgspec.Struct):
                for _, text in texts(part):
                    yield name, text


# --- every record -----------------------------------------------------------------------------------------


def nothing_left_open(record: Record, _: Around) -> Iterator[Fault]:
    """A drafted record says TODO where a person has still to write."""
    for name, text in texts(record):
        if _LEFT_OPEN.search(text):
            yield name, "still says TODO", "write what belongs there, or leave the field out"


def lists_without_repeats(record: Record, _: Around) -> Iterator[Fault]:
    """No list holds the same entry twice."""
    for name in record.__struct_fields__:
        entries = getattr(record, name)
        if not isinstance(entries, tuple) or name in ("changes", "authors"):
            continue
        keys = [page(entry) if name == "sources" else words(entry) for entry in entries]
        for entry in dict.fromkeys(key for key in keys if keys.count(key) > 1):
            yield name, f"holds {entry!r} twice", "keep one of them"


def history_in_order(record: Record, around: Around) -> Iterator[Fault]:
    """The dated history runs forward and ends no later than tomorrow (somewhere it is tomorrow already)."""
    dates = [change.date for change in record.changes]
    if dates != sorted(dates):
        yield "changes", "are not in order of their dates", "put the newest line last"
    if max(dates) > around.today + dt.timedelta(days=1):
        yield "changes", f"holds a date in the future, {max(dates)}", "write the day of the change"


def year_not_in_the_future(record: Study | Criterion, around: Around) -> Iterator[Fault]:
    """Nothing is cited before its year of publication has come."""
    if record.year > around.today.year:
        yield "year", f"is {record.year}, which has not begun", "write the year that the source states"


# --- a study ----------------------------------------------------------------------------------------------


def title_plain(study: Study, _: Around) -> Iterator[Fault]:
    """A title is plain text without a final full stop, so that every citation style can set its own."""
    for name in ("title", "title_sentence"):
        title = getattr(study, name) or ""
        if title.endswith(".") and not title.endswith(".."):
            yield name, "ends with a full stop", "take the full stop out"
        if _MARKUP.search(title):
            yield name, "holds markup of a web page", "write the characters themselves"


def authors_named(study: Study, _: Around) -> Iterator[Fault]:
    """There are authors; or, if no source names any, the record says so itself."""
    if study.authors:
        return
    if study.authors_complete:
        yield "authors_complete", "is true, but there are no authors", "name the authors, or write false"
    if "author" not in (study.curator_note or "").casefold():
        yield "authors", "are missing", "name them, or say in curator_note that no source names the authors"


def authors_are_people_or_bodies(study: Study, _: Around) -> Iterator[Fault]:
    """An author has either a family name or, for an institution, a literal one."""
    for number, author in enumerate(study.authors, start=1):
        if author.literal and (author.family or author.given):
            what = f"has both a literal and a person's name in number {number}"
            yield "authors", what, "keep literal for an institution, family and given for a person"
        elif not author.literal and not author.family:
            yield "authors", f"has no name in number {number}", "write family (and given), or literal"


def no_author_twice(study: Study, _: Around) -> Iterator[Fault]:
    """The same name does not stand twice in the list of authors."""
    seen = [(author.family, author.given, author.literal) for author in study.authors]
    for author in dict.fromkeys(study.authors):
        if seen.count((author.family, author.given, author.literal)) > 1 and (author.given or author.literal):
            yield "authors", f"names {author.name} twice", "keep one of them"


def address_only_without_doi(study: Study, _: Around) -> Iterator[Fault]:
    """A DOI is the address; another one beside it would only grow old."""
    if study.doi and study.url:
        yield "url", "stands beside a DOI", "take the url out; the DOI is the address"


def pages_ascend(study: Study, _: Around) -> Iterator[Fault]:
    """A page range does not run backwards, which is how a shortened last page ("149-56") looks."""
    match = _RANGE.fullmatch(study.pages or "")
    if match and int(match["first"]) > int(match["last"]):
        yield "pages", f"{study.pages!r} runs backwards", "write both pages in full, such as 149-156"


def criteria_known(study: Study, around: Around) -> Iterator[Fault]:
    """Every criterion is a definition of criteria.toml, another way in by its usual name, or 'other: …'."""
    known = [*around.requires_pem, *sorted(NOT_DEFINITIONS)]
    for name in study.criteria:
        if name not in known and not name.startswith(OTHER):
            yield "criteria", f"{name!r} is not known", f"write 'other: …', or one of: {', '.join(known)}"


def badge_consistent(study: Study, around: Around) -> Iterator[Fault]:
    """The PEM badge follows from the criteria and its basis."""
    yield from badge_faults(study, around.requires_pem)


def denies_an_overclaim(study: Study, _: Around) -> Iterator[Fault]:
    """``does_not_show`` begins in one of the two ways that readers learn to look for."""
    if not study.does_not_show.startswith(tuple(f"{start} " for start in _DENIALS)):
        yield "does_not_show", "begins otherwise", f'begin with "{_DENIALS[0]}" or "{_DENIALS[1]}"'


def tags_known(study: Study, around: Around) -> Iterator[Fault]:
    """Every tag is in the vocabulary."""
    for tag in study.topics:
        if tag not in around.sources.tags:
            yield "topics", f"{tag!r} is not in {TAGS}", f"use a tag of {TAGS}, or add it there"


def related_both_ways(study: Study, around: Around) -> Iterator[Fault]:
    """A related study exists, is another one, and names this one in return."""
    for other in study.related:
        if other == study.id:
            yield "related", "names the study itself", "take it out"
        elif not around.has(STUDIES, other):
            yield "related", f"{other!r} does not exist", "correct the id, or take it out"
        elif other in around.sources.studies and study.id not in around.sources.studies[other].related:
            mend = f"add {study.id!r} to related in {STUDIES}/{other}.toml"
            yield "related", f"{other!r} does not name this study in return", mend


def notice_dated(study: Study, around: Around) -> Iterator[Fault]:
    """A notice on the paper as a whole has a year, from the paper's own year on."""
    notice = study.retraction
    if notice is None:
        return
    if notice.year is None:
        if notice.status in _NEED_A_YEAR:
            yield "retraction", f"({notice.status.value}) has no year", "write the year of the notice"
    elif not study.year <= notice.year <= around.today.year:
        what = f"has the year {notice.year}, which cannot be"
        yield "retraction", what, "write the year of the notice, not before the paper's own"
    if notice.notice_doi and notice.notice_doi == study.doi:
        yield (
            "retraction",
            "gives the paper's DOI as that of the notice",
            "write the DOI of the notice itself",
        )


def notice_in_the_finding(study: Study, _: Around) -> Iterator[Fault]:
    """The finding of a retracted paper says so first: it may be read where the notice is not beside it."""
    notice = study.retraction
    if notice and notice.status in _NEED_A_YEAR:
        said = notice.status.value.replace("-", " ").upper()
        if not study.finding.startswith(said):
            yield "finding", f"does not begin with {said}", f'begin with "{said}." and say what was claimed'


# --- a topic ----------------------------------------------------------------------------------------------


def topic_studies_exist(topic: Topic, around: Around) -> Iterator[Fault]:
    """The studies behind an answer are in the catalogue."""
    for study in topic.studies:
        if not around.has(STUDIES, study):
            yield "studies", f"{study!r} does not exist", "correct the id, or take it out"


def related_topics_exist(topic: Topic, around: Around) -> Iterator[Fault]:
    """A neighbouring question exists and is another one."""
    for other in topic.related_topics:
        if other == topic.id:
            yield "related_topics", "names the topic itself", "take it out"
        elif not around.has(TOPICS, other):
            yield "related_topics", f"{other!r} does not exist", "correct the id, or take it out"


def bracketed_ids_listed(topic: Topic, around: Around) -> Iterator[Fault]:
    """An id in square brackets, anywhere in a topic's text, is an existing study that the topic lists."""
    for name, text in texts(topic):
        for one in bracketed(text):
            if not around.has(STUDIES, one):
                yield name, f"[{one}] does not exist", "correct the id, or take it out"
            elif one not in topic.studies:
                yield name, f"[{one}] is not among studies", "add it to studies"


def lines_name_their_studies(topic: Topic, _: Around) -> Iterator[Fault]:
    """Every line of what research shows ends with the studies it rests on."""
    for number, line in enumerate(topic.what_research_shows, start=1):
        if not re.search(r"\[[^\[\]]+\]$", line):
            yield (
                "what_research_shows",
                f"names no study at the end of line {number}",
                "end it with [study-id]",
            )


def tests_have_markers(topic: Topic, _: Around) -> Iterator[Fault]:
    """A question about one test says which marker it answers for."""
    if topic.kind is TopicKind.TEST and not topic.markers:
        yield "markers", "are missing, so that no marker leads here", "name what is measured"


# --- worth a look -----------------------------------------------------------------------------------------


def correction_undated(study: Study, _: Around) -> Iterator[Fault]:
    """A correction may lack its year, where no source gives it; but it is worth a search."""
    if study.retraction and study.retraction.year is None and study.retraction.status not in _NEED_A_YEAR:
        yield "retraction", f"({study.retraction.status.value}) has no year", "look for the notice"


def limitations_few(study: Study, _: Around) -> Iterator[Fault]:
    """Two to four limits, or readers skip them."""
    count = len(study.limitations)
    if not _FEWEST_LIMITATIONS <= count <= _MOST_LIMITATIONS:
        yield "limitations", f"are {count}", "write two to four limits of this study"


def studies_used(topic: Topic, _: Around) -> Iterator[Fault]:
    """A study behind an answer is named in one of its lines."""
    named = {one for _, text in texts(topic) for one in bracketed(text)}
    for study in topic.studies:
        if study not in named:
            yield "studies", f"{study!r} is named in no line", "name it where it is used, or take it out"
