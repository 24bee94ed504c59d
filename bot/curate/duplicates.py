"""Is a work in the catalogue already, perhaps as its preprint or under a title written otherwise?"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from bot.catalogue.model import Author, Study
from bot.catalogue.source import STUDIES
from bot.citation.csl import PREPRINT_SERVERS
from bot.curate import clean
from bot.curate.merge import Merged

_NEARLY: Final = 90  # of 100, by rapidfuzz' ratio of the words of two titles
_DIGITS: Final = re.compile(r"\d+|\b[ivx]+\b")
_SERVERS: Final = frozenset(clean.words(name) for name in PREPRINT_SERVERS)
# How Crossref, PubMed and CSL-JSON name a preprint.
_KINDS: Final = frozenset({"posted-content", "preprint"})


@dataclass(frozen=True)
class Match:
    """A study that is, or may be, the same work: its id, why, and whether that is beyond doubt."""

    study_id: str
    why: str
    sure: bool

    def __str__(self) -> str:
        """One line: the file and why."""
        return f"{STUDIES}/{self.study_id}.toml: {self.why}"


class Known:
    """The works of a catalogue, to look others up in."""

    def __init__(self, studies: Iterable[Study]) -> None:
        self._studies: dict[str, Study] = {}
        self._by_identifier: dict[tuple[str, str], str] = {}
        self._titles: dict[str, tuple[str, ...]] = {}
        for study in studies:
            self.add(study)

    @property
    def ids(self) -> frozenset[str]:
        """The ids that are taken."""
        return frozenset(self._studies)

    def add(self, study: Study) -> None:
        """Count a study among the known."""
        self._studies[study.id] = study
        for field in ("doi", "pmid", "pmcid"):
            if value := getattr(study, field):
                self._by_identifier.setdefault((field, value), study.id)
        titles = (study.title, study.title_sentence or study.title)
        self._titles[study.id] = tuple(dict.fromkeys(clean.title_key(title) for title in titles))

    def by_identifier(self, field: str, value: str) -> Match | None:
        """The study with this ``doi``, ``pmid`` or ``pmcid``."""
        found = self._by_identifier.get((field, value))
        return Match(found, f"has the same {field.upper()}, {value}", sure=True) if found else None

    def matches(self, work: Merged) -> list[Match]:
        """Every study that is or may be this work, the surest first, each once."""
        found: dict[str, Match] = {}
        for match in sorted(self._matches(work), key=lambda one: not one.sure):
            found.setdefault(match.study_id, match)
        return list(found.values())

    def _matches(self, work: Merged) -> Iterator[Match]:
        for field in ("doi", "pmid", "pmcid"):
            if (value := work.value(field)) and (match := self.by_identifier(field, value)):
                yield match
        for one in work.readings:
            links = ((one.published_as, "is its version in a journal"), (one.preprint, "is its preprint"))
            for other, what in links:
                if other and (found := self.by_identifier("doi", other)):
                    yield Match(found.study_id, f"{what} ({one.source} links them)", sure=True)
        if title := work.value("title"):
            yield from self._by_title(work, clean.title_key(title))

    def _by_title(self, work: Merged, title: str) -> Iterator[Match]:
        for study_id, known in self._titles.items():
            alike = max((fuzz.ratio(title, one, score_cutoff=_NEARLY) for one in known), default=0)
            # Part 1 and part 2, or the follow-ups of 2 and 5 years, differ in a number only.
            if not alike or all(_DIGITS.findall(title) != _DIGITS.findall(one) for one in known):
                continue
            study = self._studies[study_id]
            same = "the same title" if title in known else f"nearly the same title ({alike:.0f} of 100)"
            preprint = is_preprint(work)
            if preprint != _on_a_server(study.journal):
                what = "is its version in a journal" if preprint else "is its preprint"
                yield Match(study_id, f"{what}, by the title ({same})", sure=False)
            else:
                people = _first_name(study.authors) == _first_name(work.value("authors") or ())
                sure = title in known and people and study.year == work.value("year")
                yield Match(study_id, f"has {same}", sure=sure)


def is_preprint(work: Merged) -> bool:
    """Whether a work is a preprint, by what a source calls it or by where it came out."""
    kinds = {kind.casefold() for one in work.readings for kind in one.kinds}
    return bool(kinds & _KINDS) or _on_a_server(work.value("journal"))


def _on_a_server(journal: str | None) -> bool:
    return journal is not None and clean.words(journal).split(" preprint")[0] in _SERVERS


def _first_name(authors: tuple[Author, ...]) -> str:
    return clean.words(authors[0].name) if authors else ""
