"""An overview as one picture: three groups of bars on a dark ground, for a phone held at arm's length.

matplotlib is the extra "pictures"; where it is not installed there is no picture, and the reply says the same
in words. Pictures are kept on disk under a key made of what they show, so that one is never out of date.

Colours are from Okabe and Ito, "Color Universal Design" (2008), lightened or darkened so that neighbours
differ in lightness as well; every colour has at least 3:1 against the ground (WCAG 2.2, criterion 1.4.11).
"""

import hashlib
import importlib.util
import json
import logging
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.answer.overview import Bar, Overview
from bot.catalogue.model import Pem

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_log = logging.getLogger(__name__)

#: How many seconds a front that others wait for gives a drawing; the rest of the reply is never late for it.
PATIENCE: Final = 1.0
#: Raised whenever the drawing changes, so that kept pictures are drawn anew.
DRAWING: Final = 1
#: Width in pixels, twice what a phone shows.
WIDTH: Final = 800
#: The narrowest screen that the sizes below are chosen for, in CSS pixels.
PHONE: Final = 400
#: Size of the smallest text in pixels of the picture: 12 on a phone.
TEXT: Final = 24
HEADING: Final = 28
#: Pictures kept; the oldest go first. One has about 40 kB.
KEPT: Final = 500

GROUND: Final = "#1e1f22"
INK: Final = "#e6e6e9"
COLOURS: Final[Mapping[Pem, str]] = {
    Pem.REQUIRED: "#8fd0f5",
    Pem.NOT_REQUIRED: "#d9940f",
    Pem.UNCLEAR: "#8c919b",
    Pem.NOT_APPLICABLE: "#6a7080",
}

_DPI: Final = 100
_POINT: Final = 72 / _DPI  # points in a pixel
_ROW: Final = 44  # pixels from bar to bar
_GROUP: Final = 80  # pixels for a heading and the space above it
_LEGEND: Final = 120
_LEFT: Final = 360  # pixels for the names of bars
_HAIR: Final = 6  # pixels below which a part of a bar has no line around it
_RIGHT: Final = 80  # pixels for the numbers at their ends


@dataclass(frozen=True)
class Words:
    """The words in a picture: a heading for each group of bars, and the names of the badges."""

    topics: str
    years: str
    sizes: str
    badges: Mapping[Pem, str]


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


class Pictures:
    """Pictures, drawn when first asked for and kept in a folder.

    A folder that cannot be written is no fault: pictures are then drawn each time.

    Args:
        folder: where they are kept; made where it is missing.
        patience: how many seconds a drawing may be waited for; ``None`` for as long as it takes. Who answers
            others meanwhile must not wait: the first drawing of a process takes seconds.
    """

    def __init__(self, folder: Path, patience: float | None = None) -> None:
        self.folder = folder
        self._patience = patience
        self._one_at_a_time = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")

    def of(self, shown: Overview, words: Words) -> bytes | None:
        """The picture as PNG; ``None`` where none can be drawn, or not in time (it is kept for the next)."""
        path = self.folder / f"map-{key(shown, words)}.png"
        with suppress(OSError):
            return path.read_bytes()
        if not can_draw():
            return None
        try:
            return self._one_at_a_time.submit(self._drawn, path, shown, words).result(self._patience)
        except TimeoutError:
            return None

    def _drawn(self, path: Path, shown: Overview, words: Words) -> bytes:
        picture = draw(shown, words)
        try:
            self._keep(path, picture)
        except OSError as error:
            _log.warning("pictures cannot be kept in %s (%s)", self.folder.name, error.strerror)
        return picture

    def _keep(self, path: Path, picture: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".map-", delete=False) as part:
            part.write(picture)
        Path(part.name).replace(path)
        kept = sorted(self.folder.glob("map-*.png"), key=lambda p: p.stat().st_mtime)
        for old in kept[:-KEPT]:
            old.unlink(missing_ok=True)


def key(shown: Overview, words: Words) -> str:
    """A name made of everything that a picture shows, in hexadecimal. It tells nothing of who asked."""
    everything = json.dumps([DRAWING, asdict(shown), asdict(words)], sort_keys=True)
    return hashlib.sha256(everything.encode()).hexdigest()[:32]


def draw(shown: Overview, words: Words) -> bytes:
    """Draw an overview as PNG, :data:`WIDTH` pixels wide.

    Raises:
        ImportError: when matplotlib is not installed.
    """
    figure = lay_out(shown, words)
    out = BytesIO()
    figure.savefig(out, format="png", facecolor=GROUND, metadata={"Software": None})
    return out.getvalue()


def lay_out(shown: Overview, words: Words) -> "Figure":
    """The figure before it is turned into pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - 300 ms that only pictures need
    from matplotlib.figure import Figure  # noqa: PLC0415

    groups = [
        (heading, bars)
        for heading, bars in (
            (words.topics, shown.topics),
            (words.years, shown.years),
            (words.sizes, shown.sizes),
        )
        if bars
    ]
    height = _LEGEND + sum(_GROUP + _ROW * len(bars) for _, bars in groups) + _ROW // 2
    figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI)
    FigureCanvasAgg(figure)
    _legend(figure, words, height)
    top = height - _LEGEND
    for heading, bars in groups:
        top -= _GROUP
        low = top - _ROW * len(bars)
        axes = figure.add_axes(
            (_LEFT / WIDTH, low / height, 1 - (_LEFT + _RIGHT) / WIDTH, (top - low) / height)
        )
        _bars(axes, bars)
        figure.text(
            _ROW / 2 / WIDTH,
            (top + _ROW / 4) / height,
            heading,
            color=INK,
            fontsize=HEADING * _POINT,
            weight="bold",
        )
        top = low
    return figure


def _bars(axes: "Axes", bars: Sequence[Bar]) -> None:
    longest = max(bar.total for bar in bars) or 1
    rows = range(len(bars))
    left = [0] * len(bars)
    for place, pem in enumerate(Pem):
        counts = [bar.badges[place] for bar in bars]
        # The line in the ground's colour parts neighbours for those who see no difference of colour. A part
        # that is hardly wider than the line would vanish under it.
        lines = [1.5 if count * (WIDTH - _LEFT - _RIGHT) / longest > _HAIR else 0.0 for count in counts]
        axes.barh(rows, counts, left=left, height=0.62, color=COLOURS[pem], edgecolor=GROUND, linewidth=lines)
        left = [start + count for start, count in zip(left, counts, strict=True)]
    for row, bar in enumerate(bars):
        axes.annotate(
            f"{bar.total:,}",
            (bar.total, row),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            fontsize=TEXT * _POINT,
        )
    axes.set_xlim(0, longest)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_yticks(rows, [bar.name for bar in bars], parse_math=False)
    axes.tick_params(axis="y", length=0, labelsize=TEXT * _POINT, labelcolor=INK, pad=8)
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    axes.set_facecolor(GROUND)
    for side in axes.spines.values():
        side.set_visible(False)


def _legend(figure: "Figure", words: Words, height: int) -> None:
    """Four swatches with their names, two in a row."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    for place, pem in enumerate(Pem):
        x = _ROW // 2 + (place % 2) * (WIDTH // 2)
        y = height - 56 - (place // 2) * 50
        box: dict[str, Any] = {"transform": figure.transFigure, "figure": figure, "linewidth": 0}
        figure.add_artist(
            Rectangle((x / WIDTH, y / height), 26 / WIDTH, 26 / height, color=COLOURS[pem], **box)
        )
        figure.text(
            (x + 40) / WIDTH,
            (y + 13) / height,
            words.badges[pem],
            color=INK,
            fontsize=TEXT * _POINT,
            va="center",
            parse_math=False,
        )
