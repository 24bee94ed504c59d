"""One look for every page of the project."""

import re

from bot.site import STATIC
from tests.conftest import ROOT


def test_every_page_of_the_project_has_the_same_look() -> None:
    looks = [path for folder in ("bot", "tests") for path in (ROOT / folder).rglob("look.css")]
    assert looks == [STATIC / "look.css"]


def test_pages_use_the_colours_of_the_look_and_none_of_their_own() -> None:
    own = (STATIC / "pages.css").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", own)
