"""Requests and names that look like paths: nothing is read or written but what is meant."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.answer.desk import Desk
from bot.answer.library import Library
from bot.answer.reading_list import exported
from bot.answer.reply import File, Request
from bot.chat import terminal
from tests.conftest import ROOT

GUPTA = "gupta-1997-cytokine-production"
TRICKS = [
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\x",
    "file:///etc/passwd",
    "~/.ssh/id_rsa",
    "\x00",
    "$(id)",
    "`id`",
    "; id",
]


def run(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=given,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_batch_of_tricks_gives_one_object_a_line_and_no_file(tmp_path: Path) -> None:
    lines = [f"/{command} {trick}" for command in ("study", "cite", "find") for trick in TRICKS]
    done = run(tmp_path, "ask", "--batch", "-", given="\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(replies) == len(lines)
    assert "root:" not in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_what_is_saved_stays_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "folder"
    done = run(tmp_path, "ask", f"/cite {GUPTA} bibtex", "--save", str(folder))
    assert done.returncode == 0, done.stderr
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        f"deep/folder/{GUPTA}.bib"
    ]


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", "a/../../out.txt", "deep/er/out.txt"])
def test_a_file_whose_name_is_a_path_is_saved_by_its_last_part(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    [path] = terminal.save([File(name, "text")], folder)
    assert path == folder / "out.txt"
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / f"{GUPTA}.bib").symlink_to(precious)
    done = run(tmp_path, "ask", f"/cite {GUPTA} bibtex", "--save", str(folder))
    assert done.returncode == 2
    assert "symbolic link" in done.stderr
    assert "Traceback" not in done.stderr
    assert precious.read_text() == "mine"
    assert [one.name for one in folder.iterdir()] == [f"{GUPTA}.bib"]


@pytest.mark.parametrize("name", ["..", ".", "a/.."])
def test_a_file_whose_name_is_a_folder_is_not_saved(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's
        terminal.save([File(name, "text")], folder)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


@pytest.mark.parametrize("trick", TRICKS)
def test_names_of_files_are_made_of_ids_alone(library: Library, desk: Desk, trick: str) -> None:
    request = Request("list", {"action": "export", "name": trick})
    names = [file.name for file in exported(library, request, trick, [GUPTA], "ris").files]
    for style in ("bibtex", "ris", "nbib", "csl-json"):
        names += [file.name for file in desk.answer(Request("cite", {"query": GUPTA, "style": style})).files]
        names += [file.name for file in desk.answer(Request("cite", {"query": trick, "style": style})).files]
    assert names
    for name in names:
        assert name == Path(name).name
        assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-.")
