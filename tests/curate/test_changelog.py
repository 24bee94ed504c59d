import datetime as dt
from pathlib import Path

from click.testing import CliRunner

from bot.catalogue.model import Change
from bot.catalogue.source import write, write_criteria
from bot.curate.changelog import changelog
from bot.curate.commands import changelog as command
from tests.catalogue.fabricated import catalogue, study, topic

FIRST = Change(dt.date(2026, 11, 21), "Entered the catalogue.")
LATER = Change(dt.date(2026, 12, 1), "Filled: volume from Crossref.")


def test_the_newest_day_comes_first_and_what_was_done_to_many_stands_once() -> None:
    made = changelog(
        catalogue(
            study("first-2001-made-up-study", changes=(FIRST, LATER)),
            study("second-2002-study", changes=(FIRST,)),
            topic(changes=(FIRST,)),
            criteria=(),
        )
    )
    assert made == (
        "# Changes to the data\n\n"
        "Made from the `changes` of every record by `evidence-bot changelog`; do not edit it by hand.\n\n"
        "## 1 Dec 2026\n\n### Studies\n\n"
        "- Filled: volume from Crossref. `first-2001-made-up-study`\n\n"
        "## 21 Nov 2026\n\n### Studies\n\n"
        "- Entered the catalogue. (2)\n  `first-2001-made-up-study`,\n  `second-2002-study`\n\n"
        "### Questions\n\n"
        "- Entered the catalogue. `is-grip-weak`\n"
    )


def test_what_was_done_prints_as_itself() -> None:
    made = changelog(catalogue(study(changes=(Change(FIRST.date, "Fixed *p* <0.05 [see #7]"),)), criteria=()))
    assert r"- Fixed \*p\* \<0.05 \[see \#7\] `first-2001-made-up-study`" in made


def test_the_command_writes_the_file_beside_the_data_and_tells_a_stale_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "topics").mkdir(parents=True)
    write_criteria({}, data)
    write(study(), data)
    runner = CliRunner(env={"BOT_DATA": str(data)})

    assert runner.invoke(command, ["--check"]).exit_code == 1
    assert not (tmp_path / "CHANGELOG-data.md").exists()
    assert runner.invoke(command).exit_code == 0
    assert "Entered the catalogue." in (tmp_path / "CHANGELOG-data.md").read_text()
    assert runner.invoke(command, ["--check"]).exit_code == 0
    assert "up to date" in runner.invoke(command).output
