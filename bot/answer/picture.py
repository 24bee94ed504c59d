"""An overview as one picture: three groups of bars on a dark ground, for a phone held at arm's length.

Pillow and a font are the extra "pictures"; where they are not installed there is no picture, and the reply
says the same in words. A picture is drawn in tens of milliseconds, so that the first to ask for one need not
wait; it is kept on disk under a key made of what it shows, so that one is never out of date.

Colours are from Okabe and Ito, "Color Universal Design" (2008), lightened or darkened so that neighbours
differ in lightness as well; every colour has at least 3:1 against the ground (WCAG 2.2, criterion 1.4.11).
"""

import hashlib
import importlib.util
import json
import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.answer.overview import Bar, Overview
from bot.catalogue.model import Pem

if TYPE_CHECKING:
    from PIL import Image as Pictured
    from PIL.ImageFont import FreeTypeFont

_log = logging.getLogger(__name__)

#: Raised whenever the drawing changes, so that kept pictures are drawn anew.
DRAWING: Final = 3
#: Width in pixels, twice what a phone shows.
WIDTH: Final = 800
#: The narrowest screen that the sizes below are chosen for, in CSS pixels.
PHONE: Final = 400
#: Size of the smallest text in pixels of the picture: 13 on a phone.
TEXT: Final = 26
HEADING: Final = 30
#: Pictures kept; the oldest go first. One has under 30 kB.
KEPT: Final = 500

GROUND: Final = "#1e1f22"
INK: Final = "#e6e6e9"
COLOURS: Final[Mapping[Pem, str]] = {
    Pem.REQUIRED: "#8fd0f5",
    Pem.NOT_REQUIRED: "#d9940f",
    Pem.UNCLEAR: "#8c919b",
    Pem.NOT_APPLICABLE: "#6a7080",
}

# Source Sans has Latin, Greek and Cyrillic letters; the font that comes with Pillow has no more than ASCII.
_FONT: Final = "font_source_sans_pro"
_FACES: Final = {False: "SourceSansPro-Regular.ttf", True: "SourceSansPro-Semibold.ttf"}

_MARGIN: Final = 22  # pixels to the left edge, and below the last bar
_ROW: Final = 44  # pixels from bar to bar
_BAR: Final = 28  # height of a bar
_GROUP: Final = 80  # pixels for a heading and the space above it
_LEGEND: Final = 120
_SWATCH: Final = 26
_LEFT: Final = 360  # pixels for the names of bars
_RIGHT: Final = 80  # pixels for the numbers at their ends
_SPACE: Final = 10  # pixels between a bar and the words beside it
_GAP: Final = 2  # pixels of ground between the parts of a bar, for those who see no difference of colour
_HAIR: Final = 6  # pixels below which a part gives none of its width to a gap
_LEAST: Final = 2  # pixels for a part that would be narrower
_SHADES: Final = 64  # enough for smooth letters


@dataclass(frozen=True)
class Words:
    """The words in a picture: a heading for each group of bars, and the names of the badges."""

    topics: str
    years: str
    sizes: str
    badges: Mapping[Pem, str]


@dataclass(frozen=True)
class Box:
    """A filled rectangle; all in pixels from the upper left corner of the picture."""

    left: int
    top: int
    width: int
    height: int
    colour: str


@dataclass(frozen=True)
class Text:
    """A line of text, vertically centred on ``middle``; it begins at ``x``, or ends there if ``ends``."""

    text: str
    x: int
    middle: int
    size: int = TEXT
    bold: bool = False
    ends: bool = False


@dataclass(frozen=True)
class Layout:
    """What a picture is made of, before it is turned into pixels."""

    height: int
    boxes: tuple[Box, ...]
    texts: tuple[Text, ...]


def can_draw() -> bool:
    """Whether Pillow and the font are installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("PIL", _FONT))


class Pictures:
    """Pictures, drawn when first asked for and kept in ``folder``, which is made where it is missing.

    A folder that cannot be written is no fault: pictures are then drawn each time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, shown: Overview, words: Words) -> bytes | None:
        """The picture as PNG; ``None`` where none can be drawn."""
        path = self.folder / f"map-{key(shown, words)}.png"
        with suppress(OSError):
            return path.read_bytes()
        if not can_draw():
            return None
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
        ImportError: when Pillow or the font is not installed.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415 - only pictures need it

    layout = lay_out(shown, words)
    image = Image.new("RGB", (WIDTH, layout.height), GROUND)
    canvas = ImageDraw.Draw(image)
    for box in layout.boxes:
        corner = (box.left + box.width - 1, box.top + box.height - 1)  # Pillow counts the last pixel in
        canvas.rectangle(((box.left, box.top), corner), fill=box.colour)
    kinds = {(text.size, text.bold) for text in layout.texts}
    fonts = {(size, bold): font(size, bold=bold) for size, bold in kinds}
    for text in layout.texts:
        anchor = "rm" if text.ends else "lm"
        face = fonts[text.size, text.bold]
        canvas.text((text.x, text.middle), text.text, fill=INK, font=face, anchor=anchor)
    out = BytesIO()
    # A third of the size, and quicker than packing every shade.
    image.quantize(palette=_palette(), dither=Image.Dither.NONE).save(out, format="png")
    return out.getvalue()


def _palette() -> "Pictured.Image":
    """The colours of bars just as they are, and the shades of letters from the ground to the ink."""
    from PIL import Image, ImageColor  # noqa: PLC0415 - only pictures need it

    ground, ink = ImageColor.getrgb(GROUND), ImageColor.getrgb(INK)
    shades = (
        tuple(round(a + (b - a) * step / (_SHADES - 1)) for a, b in zip(ground, ink, strict=True))
        for step in range(_SHADES)
    )
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for c in (*map(ImageColor.getrgb, COLOURS.values()), *shades) for part in c])
    return palette


def font(size: int, *, bold: bool = False) -> "FreeTypeFont":
    """The font at a size in pixels. Read anew each time: FreeType's objects are not for several threads.

    Raises:
        ImportError: when Pillow or the font is not installed.
    """
    from PIL import ImageFont  # noqa: PLC0415 - only pictures need it

    face = resources.files(_FONT) / "files" / _FACES[bold]
    # The basic engine is in every build of Pillow, so that the same picture has the same bytes.
    return ImageFont.truetype(BytesIO(face.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC)


def lay_out(shown: Overview, words: Words) -> Layout:
    """Where everything stands: the legend, then a heading and bars for each group that has any."""
    named = ((words.topics, shown.topics), (words.years, shown.years), (words.sizes, shown.sizes))
    parts = list(_legend(words))
    top = _LEGEND
    for heading, bars in named:
        if not bars:
            continue
        top += _GROUP
        parts.append(Text(heading, _MARGIN, top - _ROW // 2, HEADING, bold=True))
        parts += _bars(bars, top)
        top += _ROW * len(bars)
    return Layout(
        height=top + _MARGIN,
        boxes=tuple(part for part in parts if isinstance(part, Box)),
        texts=tuple(part for part in parts if isinstance(part, Text)),
    )


def _legend(words: Words) -> Iterator[Box | Text]:
    """Four swatches with their names, two in a row."""
    for place, pem in enumerate(Pem):
        x = _MARGIN + place % 2 * (WIDTH // 2)
        middle = 43 + place // 2 * 50
        yield Box(x, middle - _SWATCH // 2, _SWATCH, _SWATCH, COLOURS[pem])
        yield Text(words.badges[pem], x + _SWATCH + 14, middle)


def _bars(bars: Sequence[Bar], top: int) -> Iterator[Box | Text]:
    longest = max(bar.total for bar in bars) or 1
    scale = (WIDTH - _LEFT - _RIGHT) / longest
    for row, bar in enumerate(bars):
        middle = top + _ROW * row + _ROW // 2
        yield Text(bar.name, _LEFT - _SPACE, middle, ends=True)
        x = _LEFT
        for pem, count in zip(Pem, bar.badges, strict=True):
            if not count:
                continue
            width = max(round(count * scale), _LEAST)
            shown = width - _GAP if width > _HAIR else width
            yield Box(x, middle - _BAR // 2, shown, _BAR, COLOURS[pem])
            x += width
        yield Text(f"{bar.total:,}", x + _SPACE, middle)
