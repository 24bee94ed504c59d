"""The whole check of a data folder: can it be read, is it laid out well, and does it keep every rule?"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from bot.catalogue import rules
from bot.catalogue.source import Problem, Sources, layout_problems, read_folder


@dataclass(frozen=True)
class Report:
    """What a check found, each part in the order of files and fields.

    ``problems`` must be mended; ``warnings`` are worth a look; ``gaps`` are what no source was seen for.
    """

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    gaps: tuple[Problem, ...]
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
    problems = [*sources.problems, *layout_problems(sources), *rules.problems(sources, today)]
    warnings = [*rules.warnings(sources, today)]
    return Report(
        problems=tuple(sorted(problems)),
        warnings=tuple(sorted(warnings)),
        gaps=tuple(sorted(rules.gaps(sources))),
        records=len(sources.studies) + len(sources.topics) + len(sources.criteria),
    )
