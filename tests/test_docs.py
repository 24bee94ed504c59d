"""The docs name every command and option, and only what there is."""

import re
from pathlib import Path

import pytest

from bot.answer.commands import COMMANDS
from scripts.manual import pages
from tests.conftest import ROOT

TEXTS = [
    path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if "CHANGELOG" not in path.name
]


@pytest.mark.parametrize("path", list(pages()), ids=lambda path: path.name)
def test_a_page_that_is_made_from_code_is_what_the_code_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == pages()[path], "run `make docs`"


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"`/{name}" in readme, name


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_to_files_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
