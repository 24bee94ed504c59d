"""What has been studied: counts of a set of studies by PEM badge, topic, year and size."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from bot.answer.limits import NO_PATIENTS
from bot.catalogue.model import Pem, Study

#: Topics that are named; the rest are counted in a sentence.
TOPICS: Final = 8
#: Years are put together in spans of five where they reach over more than this many.
SINGLE_YEARS: Final = 9
_SPAN: Final = 5
#: Upper ends, not included, of the groups by number of people studied.
_SIZES: Final = (20, 50, 100, 200, 1_000)

NOT_STATED: Final = "not stated"
NO_PEOPLE: Final = "no people counted"


@dataclass(frozen=True)
class Bar:
    """How many studies have something in common.

    Attributes:
        name: what they have in common: a tag, a span of years, a range of sizes.
        badges: how many have each PEM badge, in the order of :class:`Pem`.
    """

    name: str
    badges: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.badges)

    @property
    def pem_required(self) -> int:
        """How many of them required PEM."""
        return self.badges[list(Pem).index(Pem.REQUIRED)]


@dataclass(frozen=True)
class Overview:
    """A set of studies, counted.

    Attributes:
        all: every study of the set.
        topics: the most frequent tags, most frequent first; a study may be in several.
        more_topics: how many further tags the studies carry.
        years: years of publication, or spans of five, in order and without gaps.
        sizes: groups by the number of people studied, cases and controls together, in order.
    """

    all: Bar
    topics: tuple[Bar, ...]
    more_topics: int
    years: tuple[Bar, ...]
    sizes: tuple[Bar, ...]


def overview(studies: Sequence[Study], *, besides: str = "") -> Overview:
    """Count a set of studies, which must not be empty; ``besides`` is a tag that is not counted, because all
    of them carry it.
    """
    tags = Counter(tag for study in studies for tag in study.topics if tag != besides)
    named = sorted(tags, key=lambda tag: (-tags[tag], tag))[:TOPICS]
    return Overview(
        all=_bar("", studies),
        topics=tuple(_bar(tag, [s for s in studies if tag in s.topics]) for tag in named),
        more_topics=len(tags) - len(named),
        years=_years(studies),
        sizes=_sizes(studies),
    )


def _bar(name: str, studies: Iterable[Study]) -> Bar:
    counts = Counter(study.pem for study in studies)
    return Bar(name, tuple(counts[pem] for pem in Pem))


def _years(studies: Sequence[Study]) -> tuple[Bar, ...]:
    first, last = min(s.year for s in studies), max(s.year for s in studies)
    span = 1 if last - first < SINGLE_YEARS else _SPAN
    starts = range(first - first % span, last + 1, span)
    return tuple(
        _bar(
            str(start) if start in (last, start + span - 1) else f"{start}–{min(start + span - 1, last)}",
            [s for s in studies if start <= s.year < start + span],
        )
        for start in starts
    )


def _sizes(studies: Sequence[Study]) -> tuple[Bar, ...]:
    names = [f"under {_SIZES[0]}"]
    names += [f"{low:,}–{high - 1:,}" for low, high in pairwise(_SIZES)]
    names += [f"{_SIZES[-1]:,} or more", NOT_STATED, NO_PEOPLE]
    groups: dict[str, list[Study]] = {name: [] for name in names}
    for study in studies:
        people = people_studied(study)
        if people is not None:
            groups[names[sum(people >= end for end in _SIZES)]].append(study)
        else:
            groups[NO_PEOPLE if study.design in NO_PATIENTS else NOT_STATED].append(study)
    return tuple(_bar(name, group) for name, group in groups.items())


def people_studied(study: Study) -> int | None:
    """Cases and controls together, as far as they are stated; ``None`` where neither is."""
    if study.n_cases is None and study.n_controls is None:
        return None
    return (study.n_cases or 0) + (study.n_controls or 0)
