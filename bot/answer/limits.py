"""The limits of a set of studies, counted from their records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.catalogue.model import Design, Pem, RetractionStatus, Study

#: Below this many patients a study is called small. A reader's aid, stated in words wherever it is used.
SMALL: Final = 50

#: Designs that study no patients of their own.
NO_PATIENTS: Final = frozenset(
    {
        Design.META_ANALYSIS,
        Design.SYSTEMATIC_REVIEW,
        Design.NARRATIVE_REVIEW,
        Design.GUIDELINE,
        Design.CASE_DEFINITION,
        Design.PROTOCOL,
        Design.COMMENTARY,
        Design.LABORATORY,
    }
)


@dataclass(frozen=True)
class SetLimits:
    """Counts over a set of studies, for a reader who sees many at once."""

    total: int
    small: int
    size_unknown: int
    uncontrolled: int
    reviews: int
    pem_unclear: int
    pem_not_required: int
    withdrawn: int


def limits(studies: Sequence[Study]) -> SetLimits:
    """Count what limits a set: small or unstated groups, no comparison group, no or unclear PEM,
    retractions.
    """
    with_patients = [s for s in studies if s.design not in NO_PATIENTS]
    return SetLimits(
        total=len(studies),
        small=sum(s.n_cases is not None and s.n_cases < SMALL for s in with_patients),
        size_unknown=sum(s.n_cases is None for s in with_patients),
        uncontrolled=sum(s.design in {Design.CASE_SERIES, Design.OPEN_LABEL_TRIAL} for s in with_patients),
        reviews=len(studies) - len(with_patients),
        pem_unclear=sum(s.pem == Pem.UNCLEAR for s in studies),
        pem_not_required=sum(s.pem == Pem.NOT_REQUIRED for s in studies),
        withdrawn=sum(
            s.retraction is not None
            and s.retraction.status in {RetractionStatus.RETRACTED, RetractionStatus.WITHDRAWN}
            for s in studies
        ),
    )
