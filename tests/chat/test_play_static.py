"""What holds of the page's files before any browser opens them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.site import STATIC as SITE

STATIC = Path(__file__).parent / "loopback" / "static"


def themes() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the colour tokens of each block of look.css that sets them."""
    css = (SITE / "look.css").read_text()
    for number, block in enumerate(re.findall(r"\{[^{}]*--ground:[^{}]*\}", css)):
        yield str(number), dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("name", "tokens"), list(themes()))
def test_the_colours_keep_their_contrast(name: str, tokens: dict[str, str]) -> None:
    grounds = [tokens[ground] for ground in ("ground", "surface", "raised", "private", "code")]
    for ground in grounds:
        assert contrast(tokens["text"], ground) >= 7
        for words in ("quiet", "link", "danger"):
            assert contrast(tokens[words], ground) >= 4.5, (words, ground)
        for edge in ("line", "focus"):
            assert contrast(tokens[edge], ground) >= 3, (edge, ground)
    assert contrast(tokens["on-action"], tokens["action"]) >= 4.5
    assert contrast(tokens["on-danger"], tokens["danger"]) >= 4.5


def test_the_dark_colours_are_the_same_by_choice_and_by_system() -> None:
    (_, _light), (_, chosen), (_, system) = themes()
    assert chosen == system


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_no_script_makes_markup_from_text(path: Path) -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert not re.search(forbidden, path.read_text())
