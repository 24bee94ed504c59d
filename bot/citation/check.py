"""The whole check of the data: the catalogue's own rules, and what citing needs beyond them."""

from dataclasses import replace
from pathlib import Path

from bot.catalogue import check
from bot.catalogue.check import Report
from bot.catalogue.source import STUDIES, Problem, Sources, read_folder
from bot.citation import rules
from bot.citation.entries import FILE, read, stale_entries

__all__ = ["Missing", "Report", "missing", "run", "whole"]

Missing = rules.Missing


def run(data: Path) -> Report:
    """Read a data folder and check all of it, the rendered citations too.

    Raises:
        FileNotFoundError: when the folder has no ``studies``, ``topics`` or ``criteria.toml``.
    """
    return whole(read_folder(data), data)


def whole(sources: Sources, data: Path) -> Report:
    """Check what was read from ``data``, the rendered citations too."""
    report = check.check(sources)
    studies = list(sources.studies.values())
    problems = [*report.problems, *rules.problems(studies)]
    unread = {problem.file for problem in sources.problems}
    for line in stale_entries(studies, read(data / FILE)):
        subject, _, what = line.partition(": ")
        if f"{STUDIES}/{subject}.toml" in unread:
            continue  # that problem is told already, and rendering would drop the entry
        problems.append(Problem(FILE, subject, what, "run `evidence-bot cite --render`"))
    return replace(report, problems=tuple(sorted(problems)))


def missing(sources: Sources) -> list[Missing]:
    """What nobody has seen a source for, the studies that most topics rest on first."""
    return rules.missing(sources.studies.values(), sources.topics.values())
