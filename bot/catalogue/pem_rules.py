"""The PEM badge against the case definitions: a badge must follow from what its record says of its basis.

The badge answers one question: did everyone who took part have to meet a definition that requires
post-exertional malaise? ``criteria.toml`` says which definitions do. Where the named ones do not settle
it, ``pem_basis`` has to, in words that these rules look for.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from bot.catalogue.model import Design, Pem, PemSource, Study

OTHER: Final = "other: "
# Ways into a study that are not case definitions, and do not by themselves ask for PEM.
NOT_DEFINITIONS: Final = frozenset({"clinician diagnosis", "self-report", "medical record code"})

# Designs with no participants of their own; for these no other badge makes sense.
_NO_PARTICIPANTS: Final = frozenset(
    {
        Design.META_ANALYSIS,
        Design.SYSTEMATIC_REVIEW,
        Design.NARRATIVE_REVIEW,
        Design.GUIDELINE,
        Design.CASE_DEFINITION,
        Design.COMMENTARY,
    }
)
# Designs that may have none: a plan has none yet, and cells in a dish are no participants.
_PERHAPS_NO_PARTICIPANTS: Final = _NO_PARTICIPANTS | {Design.PROTOCOL, Design.LABORATORY}

_ALL_NEEDED: Final = re.compile(r"\b(all|and|both|each|every)\b", re.IGNORECASE)
_ANY_ENOUGH: Final = re.compile(r"\b(and/or|any of|either|or)\b", re.IGNORECASE)
_NOT_EVERYONE: Final = re.compile(
    _ANY_ENOUGH.pattern + r"|\b(another|outcome|some|not required of everyone)\b", re.IGNORECASE
)
_SPEAKS_OF_ENTRY: Final = re.compile(
    r"\b(PEM|post-exertional malaise|criteria|definitions?|entry|join|outcome|take part)\b", re.IGNORECASE
)
_SPEAKS_OF_PEM: Final = re.compile(r"\b(PEM|post-exertional malaise)\b", re.IGNORECASE)
_SAYS_WHAT_IS_MISSING: Final = re.compile(
    r"\b(cannot|could not|cut short|disagree|does not|do not|did not|lists? only|no|nobody|none|nor|not"
    r"|unknown|without)\b",
    re.IGNORECASE,
)
_NOT_PATIENTS: Final = re.compile(
    r"\b(no (case definition|participants|patients)|not (patients|people)|do not apply)\b", re.IGNORECASE
)


def badge_faults(study: Study, requires_pem: Mapping[str, bool | None]) -> Iterator[tuple[str, str, str]]:
    """What is inconsistent about a study's badge, as (field, what is wrong, how to mend it).

    ``requires_pem`` gives, for each named definition, whether it requires PEM (``None``: it can be argued).
    """
    yield from _source_faults(study)
    match study.pem:
        case Pem.REQUIRED:
            yield from _required_faults(study, requires_pem)
        case Pem.NOT_REQUIRED:
            yield from _not_required_faults(study, requires_pem)
        case Pem.UNCLEAR:
            yield from _unclear_faults(study, requires_pem)
        case Pem.NOT_APPLICABLE:
            yield from _not_applicable_faults(study)
    if study.pem is not Pem.NOT_APPLICABLE and study.design in _NO_PARTICIPANTS:
        what = f"is {study.pem.value}, but a {study.design.value} has no participants of its own"
        yield "pem", what, "write not_applicable, or another design"


def _source_faults(study: Study) -> Iterator[tuple[str, str, str]]:
    if study.pem_source is PemSource.NONE and study.pem in (Pem.REQUIRED, Pem.NOT_REQUIRED):
        what = f"is none, but pem is {study.pem.value}"
        yield "pem_source", what, "say whose words the badge rests on, or make the badge unclear"


def _required_faults(study: Study, requires_pem: Mapping[str, bool | None]) -> Iterator[tuple[str, str, str]]:
    named = [requires_pem[name] for name in study.criteria if name in requires_pem]
    others = [name for name in study.criteria if name.startswith(OTHER)]
    if True not in named and not any(_SPEAKS_OF_PEM.search(name) for name in others):
        what = "is required, but criteria names no definition that requires PEM"
        yield "pem", what, "name the definition that everyone met, or change the badge"
    elif len(study.criteria) > named.count(True) + len(others):
        # Another way in is named beside it: it must be one that was needed as well, not one that was enough.
        if _ANY_ENOUGH.search(study.pem_basis) or not _ALL_NEEDED.search(study.pem_basis):
            what = "does not say that all of the criteria were needed"
            yield "pem_basis", what, "say that people met both (or all) of them, or change the badge"
    elif not named and not _SPEAKS_OF_PEM.search(study.pem_basis):
        yield "pem_basis", "does not say that PEM was required", "say who states that PEM was required"


def _not_required_faults(
    study: Study, requires_pem: Mapping[str, bool | None]
) -> Iterator[tuple[str, str, str]]:
    named = {name: requires_pem[name] for name in study.criteria if name in requires_pem}
    if not study.criteria:
        what = "is not_required, but criteria is empty"
        yield "pem", what, "name what people had to meet, as 'other: …' if need be, or make the badge unclear"
    elif all(named.get(name) is True for name in study.criteria):
        yield (
            "pem",
            "is not_required, but every definition in criteria requires PEM",
            "make the badge required",
        )
    elif True in named.values() and not _NOT_EVERYONE.search(study.pem_basis):
        what = "does not say that one of the criteria was enough"
        yield "pem_basis", what, "say who could take part without meeting a definition that requires PEM"
    elif set(named.values()) == {None} and len(named) == len(study.criteria):
        what = f"is not_required, but {' and '.join(named)} can be read either way"
        yield "pem", what, "make the badge unclear"
    elif all(name.startswith(OTHER) for name in study.criteria) and not _SPEAKS_OF_ENTRY.search(
        study.pem_basis
    ):
        what = "does not say what entry rested on"
        yield "pem_basis", what, "say that no definition was applied, or that PEM was not asked for"


def _unclear_faults(study: Study, requires_pem: Mapping[str, bool | None]) -> Iterator[tuple[str, str, str]]:
    named = {requires_pem[name] for name in study.criteria if name in requires_pem}
    if len(named) == 1 and (known := named.pop()) is not None:
        only = all(name in requires_pem or name in NOT_DEFINITIONS for name in study.criteria)
        if only:
            settled = Pem.REQUIRED if known else Pem.NOT_REQUIRED
            what = "is unclear, but the definitions in criteria settle it"
            yield "pem", what, f"make the badge {settled.value}, or correct criteria"
    if not _SAYS_WHAT_IS_MISSING.search(study.pem_basis):
        yield "pem_basis", "does not say what is missing", "say what the text that was read does not tell"


def _not_applicable_faults(study: Study) -> Iterator[tuple[str, str, str]]:
    if study.criteria:
        what = "is not_applicable, but criteria says what people had to meet"
        yield "pem", what, "choose the badge that follows from criteria, or empty it"
    if study.design not in _PERHAPS_NO_PARTICIPANTS and not _NOT_PATIENTS.search(study.pem_basis):
        what = f"does not say why PEM cannot be asked of a {study.design.value}"
        yield "pem_basis", what, "say who took part instead of people with the illness, or change the badge"
