"""One look for every page of the project."""

import re

from bot.site import STATIC
from tests.conftest import ROOT


def test_every_page_of_the_project_has_the_same_look() -> None:
    look = (STATIC / "look.css").read_text(encoding="utf-8")
    copies = [path for folder in ("bot", "tests") for path in (ROOT / folder).rglob("look.css")]
    assert all(path.read_text(encoding="utf-8") == look for path in copies), copies


def test_pages_use_the_colours_of_the_look_and_none_of_their_own() -> None:
    own = (STATIC / "pages.css").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", own)
