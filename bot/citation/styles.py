"""The citation styles and export formats that the bot knows, and the names people type for them."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
STYLE_FILES: Final = Path(__file__).parent / "style_files"


class Case(StrEnum):
    """What a style does with the title of an article."""

    SENTENCE = "sentence"  # sentence case; the subtitle starts in lower case
    SENTENCE_CAPITAL = "sentence-capital"  # sentence case; the subtitle starts with a capital
    TITLE = "title"  # Title Case, made by the engine


@dataclass(frozen=True)
class Style:
    """A citation style: the key we store it under, the name people see, its CSL file, and what it needs of a
    record.
    """

    key: str
    name: str
    csl: str
    case: Case
    aliases: tuple[str, ...] = ()
    locale: str = "en-US"
    numbered: str = ""  # how a number stands in a sentence, for styles that cite by number; "^" raises it
    listed: str = ""  # how it stands before an entry of the reference list
    et_al: str = "et al."
    et_al_from: int = 1000  # so many authors and more are cut in the reference list …
    et_al_keeps: int = 1  # … to so many
    sorts_by_year: bool = True  # a reference list has works by the same authors in the order of their years
    sorts_by_particle: bool = True  # "van Campen" stands under V, not under C
    dotted_journals: bool = False  # abbreviates journals with full stops
    bare_names: bool = False  # writes initials without hyphens ("JL") and "Jr" without a full stop
    quotes_titles: bool = False  # puts the title of an article in quotation marks
    series_in: str = "collection-title"  # the CSL variable through which it prints the series of a report
    range_dash: str = "–"
    article_number: bool = False  # wants an article number as a number, not as a page

    @property
    def numeric(self) -> bool:
        """Whether the style cites by number, in the order of first mention."""
        return bool(self.numbered)

    def cite_number(self, number: int) -> str:
        """The number of an entry as it stands in a sentence: "(1)", "[1]", "¹"; "" if the style does not
        number.
        """
        shown = self.numbered.format(number)
        return shown[1:].translate(_RAISED) if shown.startswith("^") else shown

    @property
    def file(self) -> Path:
        """The style's CSL file."""
        return STYLE_FILES / f"{self.csl}.csl"


@dataclass(frozen=True)
class Format:
    """An export format: key, name, file name extension and media type."""

    key: str
    name: str
    extension: str
    media_type: str
    aliases: tuple[str, ...] = ()


STYLES: Final[tuple[Style, ...]] = (
    Style(
        "apa",
        "APA 7",
        "apa",
        Case.SENTENCE_CAPITAL,
        ("apa7", "american psychological association"),
        series_in="genre",
        article_number=True,
    ),
    Style(
        "vancouver",
        "Vancouver (NLM)",
        "nlm-citation-sequence",
        Case.SENTENCE,
        ("nlm", "icmje", "pubmed", "citing medicine"),
        bare_names=True,
        numbered="({})",
        listed="{}.",
    ),
    Style(
        "ama",
        "AMA 11",
        "american-medical-association",
        Case.SENTENCE,
        ("ama11", "jama"),
        bare_names=True,
        series_in="publisher",
        range_dash="-",
        numbered="^{}",
        listed="{}.",
        et_al="et al",
    ),
    Style(
        "chicago",
        "Chicago 18 (author-date)",
        "chicago-author-date",
        Case.TITLE,
        ("chicago18", "cmos", "chicago author-date", "turabian"),
        quotes_titles=True,
        et_al_from=7,
        et_al_keeps=3,
        sorts_by_particle=False,
    ),
    Style(
        "mla",
        "MLA 9",
        "modern-language-association",
        Case.TITLE,
        ("mla9", "modern language association"),
        quotes_titles=True,
        et_al_from=3,
        sorts_by_year=False,
    ),
    Style(
        "harvard",
        "Harvard (Cite Them Right)",
        "harvard-cite-them-right",
        Case.SENTENCE,
        ("cite them right", "harvard cite them right"),
        locale="en-GB",
        series_in="genre",
        quotes_titles=True,
        et_al_from=4,
        sorts_by_particle=False,
    ),
    Style(
        "ieee",
        "IEEE",
        "ieee",
        Case.SENTENCE_CAPITAL,
        numbered="[{}]",
        listed="[{}]",
        quotes_titles=True,
        series_in="genre",
        article_number=True,
        dotted_journals=True,
    ),
)

FORMATS: Final[tuple[Format, ...]] = (
    Format("bibtex", "BibTeX", "bib", "application/x-bibtex", ("bib", "tex", "latex")),
    Format("biblatex", "BibLaTeX", "bib", "application/x-bibtex", ("biber",)),
    Format("ris", "RIS", "ris", "application/x-research-info-systems", ("zotero", "endnote", "mendeley")),
    Format("nbib", "NBIB (PubMed)", "nbib", "application/nbib", ("medline",)),
    Format(
        "csl-json", "CSL-JSON", "json", "application/vnd.citationstyles.csl+json", ("csl", "csljson", "json")
    ),
)

#: Everything that a citation can be asked for in, styles first.
OFFERED: Final[tuple[Style | Format, ...]] = (*STYLES, *FORMATS)
DEFAULT_STYLE: Final = STYLES[0]
_BY_KEY: Final = {style.key: style for style in STYLES}


def style(key: str) -> Style:
    """The style with this key.

    Raises:
        KeyError: when there is none.
    """
    return _BY_KEY[key]


def find(typed: str) -> Style | Format | None:
    """The style or format that somebody means by what they typed, or ``None``.

    Letter case, spaces, hyphens, dots and a word "style" or "format" do not matter: "APA 7th", "csl json",
    "Bib-TeX".
    """
    wanted = _plain(typed)
    return _names().get(wanted) if wanted else None


@cache
def _names() -> dict[str, Style | Format]:
    known: dict[str, Style | Format] = {}
    entries: tuple[Style | Format, ...] = (*STYLES, *FORMATS)
    for entry in entries:
        for name in (entry.key, entry.name, *entry.aliases):
            known.setdefault(_plain(name), entry)
    return known


def _plain(typed: str) -> str:
    words = typed.lower().replace("7th", "7").replace("11th", "11").replace("18th", "18").replace("9th", "9")
    for filler in ("edition", "style", "format", "citation"):
        words = words.replace(filler, " ")
    return "".join(c for c in words if c.isalnum())


@cache
def style_hash(key: str) -> str:
    """A short hash of the style's CSL file, as recorded beside what was rendered with it."""
    return hashlib.sha256(style(key).file.read_bytes()).hexdigest()[:12]
