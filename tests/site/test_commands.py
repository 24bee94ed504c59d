"""The commands as somebody types them."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import console
from bot.answer import picture
from bot.site import commands
from tests.answer.libraries import small_library
from tests.catalogue.fabricated import study, topic


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small catalogue, to which the settings point."""
    small_library(tmp_path, study(), topic()).close()
    monkeypatch.setenv("BOT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BOT_CATALOGUE", str(tmp_path / "catalogue.db"))
    monkeypatch.setenv("SITE_URL", "https://evidence.example/")
    return tmp_path


def run(command: str, *arguments: str) -> Result:
    return CliRunner().invoke(getattr(commands, command), list(arguments))


@pytest.mark.parametrize("form", commands.FORMATS)
def test_every_format_is_written_where_it_was_asked_for(folder: Path, form: str) -> None:
    result = run("export", "--format", form, "--to", str(folder / "deep" / "out"))
    assert result.exit_code == 0, result.output
    assert "Wrote" in result.stderr
    assert (folder / "deep" / "out").exists()


@pytest.mark.parametrize("form", ["json", "sqlite"])
def test_a_full_disk_leaves_the_older_file_whole_and_nothing_beside_it(folder: Path, form: str) -> None:
    target = folder / "given" / "away"
    target.parent.mkdir()
    target.write_text("as it was")
    full = (
        "import resource, sys; from bot.site.commands import export; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)); export()"
    )
    command = [sys.executable, "-B", "-c", full, "--format", form, "--to", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == console.USAGE, done.stderr
    assert done.stderr.startswith(f"{target} cannot be written (")
    assert [path.name for path in target.parent.iterdir()] == ["away"]
    assert target.read_text() == "as it was"


def test_the_static_site_knows_its_address(folder: Path) -> None:
    assert run("export", "--format", "html", "--to", str(folder / "site")).exit_code == 0
    page = (folder / "site" / "evidence" / study().id / "index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="https://evidence.example/evidence/{study().id}/">' in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--format", "json", "--topic", "nosuch"],
            "“nosuch” is no topic of the catalogue. Use one of: muscle.",
        ),
        (["--format", "sqlite", "--topic", "muscle"], "The database is given whole"),
    ],
)
def test_what_cannot_be_exported_is_said_in_a_sentence_with_a_way_on(
    folder: Path, arguments: list[str], said: str
) -> None:
    result = run("export", *arguments, "--to", str(folder / "out"))
    assert result.exit_code == console.USAGE
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_place_that_cannot_be_written_is_said(folder: Path) -> None:
    (folder / "file").write_text("in the way", encoding="utf-8")
    result = run("export", "--format", "csv", "--to", str(folder / "file" / "inside"))
    assert result.exit_code == console.USAGE
    assert "cannot be written" in result.stderr


def test_broken_data_stops_an_export_with_the_file_and_the_place(folder: Path) -> None:
    (folder / "data" / "studies" / f"{study().id}.toml").write_text("id = ", encoding="utf-8")
    result = run("export", "--format", "json", "--to", str(folder / "out"))
    assert result.exit_code == console.USAGE
    assert f"{study().id}.toml" in result.stderr


def test_pictures_say_what_they_need(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "can_draw", lambda: False)
    result = run("pictures")
    assert result.exit_code == console.USAGE
    assert "evidence-bot[pictures]" in result.stderr


def test_a_preview_of_a_folder_that_is_not_there_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATA", str(folder / "nowhere"))
    result = run("preview")
    assert result.exit_code == console.USAGE
    assert "Set BOT_DATA" in result.stderr
