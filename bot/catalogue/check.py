"""The whole check of a data folder: can it be read, is it laid out well, and does it keep every rule?"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.catalogue import rules
from bot.catalogue.source import Problem, Sources, layout_problems, read_folder
from bot.catalogue.wording import Finding, Level, scan_criterion, scan_study, scan_topic


@dataclass(frozen=True)
class Report:
    """What a check found.

    ``problems`` must be mended and ``warnings`` are worth a look, both in the order of files and fields;
    ``gaps`` are what no source was seen for, most wanted first. ``findings`` are the scanner's, which stand
    among the problems and warnings too.
    """

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    gaps: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    records: int

    @property
    def ok(self) -> bool:
        """Whether the data may be published."""
        return not self.problems


def run(data: Path, *, today: dt.date | None = None) -> Report:
    """Read a data folder and check all of it. ``today`` is the day in UTC, unless given.

    Raises:
        FileNotFoundError: when the folder has no ``studies``, ``topics`` or ``criteria.toml``.
    """
    return check(read_folder(data), today=today)


def check(sources: Sources, *, today: dt.date | None = None) -> Report:
    """Check what was read: problems of reading and layout, broken rules, and wording."""
    today = today or dt.datetime.now(tz=dt.UTC).date()
    findings = list(_wording(sources))
    problems = [
        *sources.problems,
        *layout_problems(sources),
        *rules.problems(sources, today),
        *(finding.problem for finding in findings if finding.level is Level.ERROR),
    ]
    warnings = [
        *rules.warnings(sources, today),
        *(finding.problem for finding in findings if finding.level is Level.WARNING),
    ]
    return Report(
        problems=tuple(sorted(problems)),
        warnings=tuple(sorted(warnings)),
        gaps=tuple(rules.gaps(sources)),
        findings=tuple(sorted(findings)),
        records=len(sources.studies) + len(sources.topics) + len(sources.criteria),
    )


def _wording(sources: Sources) -> Iterator[Finding]:
    designs = {study.id: study.design for study in sources.studies.values()}
    for study in sources.studies.values():
        yield from scan_study(study)
    for topic in sources.topics.values():
        yield from scan_topic(topic, designs)
    for criterion in sources.criteria.values():
        yield from scan_criterion(criterion)
