"""What a search gives: hits, why each is there, and how sure the search is."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a reply may do with the hits."""

    CERTAIN = "certain"  #: show the first
    CHOICES = "choices"  #: several fit: let the reader pick one
    NEAREST = "nearest"  #: none fits well: "did you mean"
    NONE = "none"  #: nothing; there are no hits


@dataclass(frozen=True)
class Signal:
    """One reason why a hit is where it is: what matched, what it adds to the score, and the detail."""

    name: str
    weight: float
    detail: str


@dataclass(frozen=True)
class Hit:
    """A study, topic or case definition, with its score (about 0 to 1) and the signals behind it."""

    id: str
    score: float
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True)
class Match:
    """The outcome of a search: hits, best first, and what to do with them."""

    verdict: Verdict
    hits: tuple[Hit, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the hits, best first."""
        return tuple(hit.id for hit in self.hits)


NOTHING = Match(Verdict.NONE)
