"""The catalogue that people read: it keeps every rule, and every file comes back byte for byte."""

import datetime as dt
from pathlib import Path

import pytest

from bot.catalogue.check import Report, run
from bot.catalogue.source import Sources, dump, dump_criteria, read_folder
from bot.catalogue.wording import Level

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def sources() -> Sources:
    return read_folder(DATA)


@pytest.fixture(scope="module")
def report() -> Report:
    return run(DATA, today=dt.datetime.now(tz=dt.UTC).date())


def test_nothing_that_was_gathered_is_missing(sources: Sources) -> None:
    """449 studies, 70 topics and 13 case definitions were gathered; a record may be added, never dropped."""
    assert len(sources.studies) >= 449
    assert len(sources.topics) >= 70
    assert len(sources.criteria) >= 13


def test_the_catalogue_has_no_problem(report: Report) -> None:
    assert [str(problem) for problem in report.problems] == []
    assert report.ok


def test_the_wording_has_no_error(report: Report) -> None:
    errors = [finding for finding in report.findings if finding.level is Level.ERROR]
    assert [str(finding.problem) for finding in errors] == []


def test_every_file_is_written_back_byte_for_byte(sources: Sources) -> None:
    written = {
        **{f"studies/{study.id}.toml": dump(study) for study in sources.studies.values()},
        **{f"topics/{topic.id}.toml": dump(topic) for topic in sources.topics.values()},
        "criteria.toml": dump_criteria(sources.criteria),
    }
    files = {path.relative_to(DATA).as_posix() for path in DATA.glob("*/*.toml")} | {"criteria.toml"}
    assert set(written) == files
    assert [name for name, text in written.items() if (DATA / name).read_bytes() != text.encode()] == []


def test_tags_are_in_alphabetical_order(sources: Sources) -> None:
    assert list(sources.tags) == sorted(set(sources.tags))
