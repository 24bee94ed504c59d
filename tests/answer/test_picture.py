"""The picture of a map: readable on a phone, and without seeing colours."""

import struct
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from bot.answer.map import alternative
from bot.answer.overview import TOPICS, Overview, overview
from bot.answer.picture import COLOURS, GROUND, INK, KEPT, PHONE, WIDTH, Pictures, Words, draw, key, lay_out
from bot.catalogue.model import Pem
from bot.catalogue.store import Catalogue
from tests.catalogue.fabricated import study

pytest.importorskip("matplotlib", reason="pictures need the extra 'pictures'")

WORDS = Words("Topics", "Year", "People studied", {pem: f"PEM {pem}" for pem in Pem})
#: No text is smaller than this on a phone: Apple's Human Interface Guidelines name 11 points as the least.
READABLE = 11


@pytest.fixture(scope="module")
def everything(catalogue: Catalogue) -> Overview:
    return overview(catalogue.all_studies())


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio" and "relative luminance"."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_picture_is_a_png_twice_as_wide_as_a_phone(everything: Overview) -> None:
    png = draw(everything, WORDS)
    assert png.startswith(b"\x89PNG")
    assert size(png)[0] == WIDTH == 2 * PHONE


def test_the_same_picture_has_the_same_bytes(everything: Overview) -> None:
    assert draw(everything, WORDS) == draw(everything, WORDS)


def test_no_text_is_too_small_on_a_phone_nor_runs_over_another_or_the_edge(catalogue: Catalogue) -> None:
    everything, tags = overview(catalogue.all_studies()), catalogue.tags()
    bars = [replace(everything.topics[0], name=tag) for tag in tags]
    pages = [replace(everything, topics=tuple(bars[i : i + TOPICS])) for i in range(0, len(bars), TOPICS)]
    for shown in (everything, *pages):
        figure = lay_out(shown, WORDS)
        figure.draw_without_rendering()
        texts = [*figure.texts]
        for axes in figure.axes:
            texts += [*axes.texts, *axes.get_yticklabels()]
        boxes = []
        for text in texts:
            assert float(text.get_fontsize()) * figure.dpi / 72 * PHONE / WIDTH >= READABLE
            box = text.get_window_extent()
            assert box.x0 >= 0, text
            assert box.x1 <= WIDTH, text
            boxes.append((text.get_text(), box.shrunk(1, 0.8)))
        for (name, box), (other, beside) in combinations(boxes, 2):
            assert not box.overlaps(beside), f"{name!r} runs over {other!r}"


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
    many = replace(everything.years[0], badges=(0, 0, 0, 300))
    figure = lay_out(replace(everything, years=(lone, many)), WORDS)
    figure.draw_without_rendering()
    axes = figure.axes[1]
    (shown,) = [
        p
        for p in axes.patches
        if p.get_window_extent().y0 > axes.bbox.y0 + axes.bbox.height / 2 and p.get_window_extent().width > 0
    ]
    assert shown.get_window_extent().width > 1
    assert shown.get_linewidth() == 0
