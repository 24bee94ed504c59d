"""What a curated record must look like so that every style can cite it, and what is worth completing first.

These are the rules that no citation engine can mend: engines print what they are given.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bot.catalogue.model import Study, Topic
from bot.catalogue.source import STUDIES, Problem
from bot.citation.csl import csl_record
from bot.citation.titles import stray_capitals

_ENTITY: Final = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,5});")
_TAG: Final = re.compile(r"</?[a-zA-Z][^>]*>")
_CITED: Final = ("title", "title_sentence", "journal", "journal_abbrev")


def problems(studies: Iterable[Study]) -> Iterator[Problem]:
    """Everything in the bibliographic fields that a citation would print wrongly."""
    for study in studies:
        file = f"{STUDIES}/{study.id}.toml"
        for name, what, mend in (*_texts(study), *_titles(study), *_names(study)):
            yield Problem(file, name, what, mend)


@dataclass(frozen=True)
class Missing:
    """Fields of a study that nobody has seen a source for, and how many topics rest on the study."""

    study_id: str
    topics: int
    fields: tuple[str, ...]

    def __str__(self) -> str:
        """One line: the study, how much rests on it, and what is missing."""
        rests = f"{self.topics} topic{'' if self.topics == 1 else 's'}"
        return f"{self.study_id} ({rests}): {', '.join(self.fields)}"


def missing(studies: Iterable[Study], topics: Iterable[Topic]) -> list[Missing]:
    """What curators could complete, the studies that most topics rest on first."""
    worth = Counter(study_id for topic in topics for study_id in set(topic.studies))
    found = [
        Missing(study.id, worth[study.id], fields) for study in studies if (fields := missing_fields(study))
    ]
    return sorted(found, key=lambda gap: (-gap.topics, -len(gap.fields), gap.study_id))


def missing_fields(study: Study) -> tuple[str, ...]:
    """The names of fields that a citation of the study would show and that are not known."""
    wanted: list[tuple[str, object]] = [("authors", study.authors and study.authors_complete)]
    if csl_record(study)["type"] == "article-journal":
        wanted += [
            ("doi", study.doi),
            ("volume", study.volume),
            ("pages", study.pages),
            ("journal_abbrev", study.journal_abbrev),
            ("pmid", study.pmid),
        ]
    else:
        wanted.append(("doi or url", study.doi or study.url))
    return tuple(name for name, value in wanted if not value)


_Fault = tuple[str, str, str]


def _texts(study: Study) -> Iterator[_Fault]:
    for name in _CITED:
        text = getattr(study, name)
        if text is None:
            continue
        if found := _ENTITY.search(text):
            yield name, f"holds the HTML entity {found[0]}", "write the character itself"
        if found := _TAG.search(text):
            yield (
                name,
                f"holds the tag {found[0]}",
                "leave tags out; write ² or ₂ for what is raised or lowered",
            )
        if "  " in text:
            yield name, "holds two spaces in a row", "leave one"
    if study.title.endswith(".") and not re.search(r"\.\w*\.$", study.title):
        yield "title", "ends in a full stop", "leave it out: styles set their own"
    if study.journal_abbrev and "." in study.journal_abbrev:
        what = f"{study.journal_abbrev!r} has full stops"
        yield "journal_abbrev", what, "write it as the NLM Catalog does, without them"


def _titles(study: Study) -> Iterator[_Fault]:
    if study.title_sentence is None:
        if stray := stray_capitals(study.title):
            shown = ", ".join(stray[:4]) + (" …" if stray[4:] else "")
            what = f"is missing, and the title capitalises {shown}"
            mend = "write the title in sentence case (or repeat it, if each of these is a name)"
            yield "title_sentence", what, mend
    elif study.title_sentence.casefold() != study.title.casefold():
        what = "differs from the title in more than capitals"
        yield "title_sentence", what, "change nothing but capitals, or mend the title too"


def _names(study: Study) -> Iterator[_Fault]:
    for author in study.authors:
        for part in (author.family, author.given, author.literal):
            if part and (found := _ENTITY.search(part) or _TAG.search(part)):
                yield "authors", f"{part!r} holds {found[0]}", "write the characters themselves"
        if author.family and "," in author.family:
            yield "authors", f"{author.family!r} holds a comma", "put what follows it into given"
