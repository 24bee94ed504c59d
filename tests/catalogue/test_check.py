"""One check tells everything that is wrong with a data folder, at once."""

from pathlib import Path

import pytest

from bot.catalogue.check import run
from bot.catalogue.source import write, write_criteria
from tests.catalogue.fabricated import DAY, criterion, study, topic

NAME = "first-2001-made-up-study"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A sound folder of one study, one topic, one case definition and one tag."""
    write(study(doi="10.1234/a"), tmp_path)
    write(topic(), tmp_path)
    definition = criterion("Fukuda 1994", requires_pem=False)
    write_criteria({definition.id: definition}, tmp_path)
    (tmp_path / "tags.toml").write_text('tags = ["muscle"]\n', encoding="utf-8")
    return tmp_path


def test_a_sound_folder_passes(data: Path) -> None:
    report = run(data, today=DAY)
    assert (report.ok, report.problems, report.warnings, report.gaps) == (True, (), (), ())
    assert report.records == 3


def test_faults_of_reading_layout_rules_and_wording_are_told_together(data: Path) -> None:
    (data / "studies" / "broken.toml").write_text("id = \n", encoding="utf-8")
    untidy = data / "topics" / "is-grip-weak.toml"
    untidy.write_text(untidy.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    write(study("second-2002-b", doi="10.1234/a", finding="It proves much.", authors_complete=False), data)
    report = run(data, today=DAY)
    assert not report.ok
    assert [(problem.file, problem.field) for problem in report.problems] == [
        ("studies/broken.toml", "line 1, column 6"),
        ("studies/second-2002-b.toml", "doi"),
        ("studies/second-2002-b.toml", "finding"),
        ("topics/is-grip-weak.toml", "-"),
    ]
    assert [finding.rule for finding in report.findings] == ["overclaim-proof"]
    assert [gap.field for gap in report.gaps] == ["authors"]


def test_a_warning_does_not_stop_the_check(data: Path) -> None:
    write(study(doi="10.1234/a", limitations=("Ten people suffered a relapse",)), data)
    report = run(data, today=DAY)
    assert report.ok
    assert [warning.field for warning in report.warnings] == ["limitations", "limitations[1]"]


def test_a_topic_is_scanned_with_the_designs_of_its_studies(data: Path) -> None:
    write(topic(what_research_shows=(f"The drug caused nausea. [{NAME}]",)), data)
    assert [problem.field for problem in run(data, today=DAY).problems] == ["what_research_shows[1]"]


def test_the_day_of_the_check_is_today_unless_given(data: Path) -> None:
    write(study(doi="10.1234/a", year=2100), data)
    assert [problem.field for problem in run(data).problems] == ["year"]


def test_a_folder_that_holds_no_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no studies in"):
        run(tmp_path)
