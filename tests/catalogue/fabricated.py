"""Records made up for tests: valid as they stand, so that a test changes only what it is about."""

import datetime as dt
from typing import Any

import msgspec

from bot.catalogue.model import (
    Author,
    Change,
    Criterion,
    Design,
    Pem,
    PemSource,
    Study,
    Topic,
    TopicKind,
    TopicStatus,
    Use,
)
from bot.catalogue.source import Sources

DAY = dt.date(2026, 11, 21)
HISTORY = (Change(date=DAY, what="Entered the catalogue."),)


def study(name: str = "first-2001-made-up-study", **changes: Any) -> Study:
    """A case-control study under Fukuda 1994, with ``changes``."""
    return msgspec.structs.replace(
        Study(
            id=name,
            title=f"A made-up study called {name}",
            authors=(Author(family="First", given="Ada"), Author(literal="The Made-up Group")),
            authors_complete=True,
            journal="Journal of Made-up Studies",
            year=2001,
            pages="149-156",
            design=Design.CASE_CONTROL,
            population="People with CFS",
            criteria=("Fukuda 1994",),
            pem=Pem.NOT_REQUIRED,
            pem_basis="People met Fukuda 1994, in which PEM is optional.",
            pem_source=PemSource.SOURCE_TEXT,
            topics=("muscle",),
            finding="Two groups of ten people did not differ in grip strength.",
            why_it_matters="It is a null result, and these are seldom printed.",
            limitations=("Ten people in each group", "One clinic"),
            does_not_show="It does not show that grip strength is normal in everyone.",
            sources=("https://example.org/first",),
            abstract_seen=True,
            changes=HISTORY,
        ),
        **changes,
    )


def topic(name: str = "is-grip-weak", **changes: Any) -> Topic:
    """A topic that rests on :func:`study`, with ``changes``."""
    return msgspec.structs.replace(
        Topic(
            id=name,
            question=f"What about {name}?",
            asked_as=(f"{name} weak", f"weak hands {name}", f"{name} test"),
            short_answer="Nobody knows yet.",
            what_research_shows=("One small study found no difference. [first-2001-made-up-study]",),
            what_it_does_not_prove=("This does not prove that grip is normal.",),
            limitations=("One small study.",),
            status=TopicStatus.PRELIMINARY,
            kind=TopicKind.FINDING,
            studies=("first-2001-made-up-study",),
            sources=("https://example.org/topic",),
            changes=HISTORY,
        ),
        **changes,
    )


def criterion(name: str, *, requires_pem: bool | None, **changes: Any) -> Criterion:
    """A case definition with ``changes``."""
    return msgspec.structs.replace(
        Criterion(
            id=name.lower().replace(" ", "-"),
            name=name,
            full_name=f"The {name} definition",
            year=1994,
            requires_pem=requires_pem,
            pem_rule="It says so.",
            summary="A person must be ill.",
            used_for=Use.RESEARCH,
            limitations=("Expert agreement",),
            sources=("https://example.org/criteria",),
            changes=HISTORY,
        ),
        **changes,
    )


def catalogue(
    *records: Study | Topic,
    criteria: tuple[Criterion, ...] | None = None,
    tags: tuple[str, ...] = ("muscle",),
) -> Sources:
    """A catalogue of ``records`` and three case definitions, as if read from files."""
    if criteria is None:
        criteria = (
            criterion("Fukuda 1994", requires_pem=False),
            criterion("CCC 2003", requires_pem=True),
            criterion("NICE 2007", requires_pem=None),
        )
    return Sources(
        studies={record.id: record for record in records if isinstance(record, Study)},
        topics={record.id: record for record in records if isinstance(record, Topic)},
        criteria={one.id: one for one in criteria},
        tags=tags,
    )
