"""The picture of a map: readable on a phone, and without seeing colours."""

from dataclasses import replace
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from bot.answer.map import alternative
from bot.answer.overview import TOPICS, Overview, overview
from bot.answer.picture import (
    COLOURS,
    GROUND,
    INK,
    KEPT,
    PHONE,
    TEXT,
    WIDTH,
    Pictures,
    Text,
    Words,
    draw,
    font,
    key,
    lay_out,
)
from bot.catalogue.model import Pem
from bot.catalogue.store import Catalogue
from tests.catalogue.fabricated import study

WORDS = Words("Topics", "Year", "People studied", {pem: f"PEM {pem}" for pem in Pem})
#: No text is smaller than this on a phone: Apple's Human Interface Guidelines name 11 points as the least.
READABLE = 11


@pytest.fixture(scope="module")
def everything(catalogue: Catalogue) -> Overview:
    return overview(catalogue.all_studies())


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio" and "relative luminance"."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_picture_is_a_png_twice_as_wide_as_a_phone(everything: Overview) -> None:
    with Image.open(BytesIO(draw(everything, WORDS))) as picture:
        assert picture.format == "PNG"
        assert picture.width == WIDTH == 2 * PHONE


def test_the_same_picture_has_the_same_bytes(everything: Overview) -> None:
    assert draw(everything, WORDS) == draw(everything, WORDS)


def test_no_text_is_too_small_on_a_phone_nor_runs_over_another_or_the_edge(catalogue: Catalogue) -> None:
    everything, tags = overview(catalogue.all_studies()), catalogue.tags()
    bars = [replace(everything.topics[0], name=tag, badges=(4_000, 300, 20, 1)) for tag in tags]
    pages = [replace(everything, topics=tuple(bars[i : i + TOPICS])) for i in range(0, len(bars), TOPICS)]
    for shown in (everything, *pages):
        layout = lay_out(shown, WORDS)
        boxes = [(text.text, extent(text)) for text in layout.texts]
        assert min(text.size for text in layout.texts) * PHONE / WIDTH >= READABLE
        for name, (left, top, right, bottom) in boxes:
            assert left >= 0, name
            assert right <= WIDTH, name
            assert top >= 0, name
            assert bottom <= layout.height, name
        for (name, one), (other, two) in combinations(boxes, 2):
            apart = one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]
            assert apart, f"{name!r} runs over {other!r}"
        for name, one in boxes:
            for bar in layout.boxes:
                beside = one[2] <= bar.left or bar.left + bar.width <= one[0]
                assert beside or one[3] <= bar.top or bar.top + bar.height <= one[1], name


def extent(text: Text) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is drawn of a text."""
    face = font(text.size, bold=text.bold)
    left, top, right, bottom = face.getbbox(text.text, anchor="rm" if text.ends else "lm")
    return text.x + left, text.middle + top, text.x + right, text.middle + bottom


@pytest.mark.parametrize("letters", ["–…×≥", "éßœñłžÅøğ", "αβγδκ", "жщёі"])
def test_the_font_has_the_letters_of_tags_and_of_words_in_other_languages(letters: str) -> None:
    face = font(TEXT)
    missing = bytes(face.getmask("\uffff"))
    assert [letter for letter in letters if bytes(face.getmask(letter)) == missing] == []


def test_every_colour_stands_out_from_the_ground() -> None:
    assert contrast(INK, GROUND) >= 7
    assert all(contrast(colour, GROUND) >= 3 for colour in COLOURS.values())


def test_neighbours_in_a_bar_differ_in_lightness_and_not_in_hue_alone() -> None:
    for one, other in pairwise(COLOURS[pem] for pem in Pem):
        assert contrast(one, other) >= 1.2


def test_a_kept_picture_is_used_again_and_other_data_gives_another(
    tmp_path: Path, everything: Overview
) -> None:
    pictures = Pictures(tmp_path)
    first = pictures.of(everything, WORDS)
    kept = tmp_path / f"map-{key(everything, WORDS)}.png"
    assert kept.read_bytes() == first
    kept.write_bytes(b"as kept")
    assert pictures.of(everything, WORDS) == b"as kept"
    assert key(overview([study()]), WORDS) != key(everything, WORDS)


def test_the_oldest_pictures_go_when_there_are_many(tmp_path: Path, everything: Overview) -> None:
    for number in range(KEPT + 5):
        (tmp_path / f"map-{number}.png").write_bytes(b"old")
    Pictures(tmp_path).of(everything, WORDS)
    assert len(list(tmp_path.iterdir())) == KEPT
    assert (tmp_path / f"map-{key(everything, WORDS)}.png").exists()


def test_a_folder_that_cannot_be_written_is_no_fault(
    tmp_path: Path, everything: Overview, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    picture = Pictures(tmp_path / "file").of(everything, WORDS)
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    assert "cannot be kept" in caplog.text


def test_a_set_without_topics_still_has_words_for_its_picture(catalogue: Catalogue) -> None:
    labels = {
        "pem": {pem: pem for pem in Pem},
        "map": {"alt": "{total} {badges} {topics} {years} {sizes}", "none": "no topics"},
    }
    assert "no topics" in alternative(overview([study(topics=())]), labels)


def test_even_one_study_among_many_can_be_seen(everything: Overview) -> None:
    lone = replace(everything.years[0], badges=(0, 1, 0, 0))
    mixed = replace(everything.years[0], badges=(1, 1, 1, 297))
    layout = lay_out(replace(everything, topics=(), years=(lone, mixed), sizes=()), WORDS)
    parts = [box for box in layout.boxes if box.left >= WIDTH // 3 and box.colour in COLOURS.values()][-5:]
    assert [part.colour for part in parts] == [COLOURS[Pem.NOT_REQUIRED], *COLOURS.values()]
    assert min(part.width for part in parts) >= 2


def test_the_length_of_each_part_of_a_bar_tells_its_share(everything: Overview) -> None:
    shared = replace(everything.years[0], badges=(40, 30, 20, 10))
    layout = lay_out(replace(everything, topics=(), years=(shared,), sizes=()), WORDS)
    *parts, end = [box.left for box in layout.boxes[-4:]] + [layout.boxes[-1].left + layout.boxes[-1].width]
    widths = [after - before for before, after in pairwise([*parts, end])]
    assert [round(100 * width / sum(widths)) for width in widths] == pytest.approx([40, 30, 20, 10], abs=1)


def test_the_pixels_are_those_of_the_layout(everything: Overview) -> None:
    layout = lay_out(everything, WORDS)
    with Image.open(BytesIO(draw(everything, WORDS))) as picture:
        assert picture.size == (WIDTH, layout.height)
        pixels = picture.convert("RGB")
    for box in layout.boxes:
        inside = (box.left, box.top), (box.left + box.width - 1, box.top + box.height - 1)
        assert {pixels.getpixel(place) for place in inside} == {ImageColor.getrgb(box.colour)}
    assert pixels.getpixel((0, 0)) == ImageColor.getrgb(GROUND)
