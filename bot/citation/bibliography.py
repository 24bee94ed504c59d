"""Several studies as one reference list, in the order and with the letters (2021a, 2021b) that the style
wants.

A style that numbers lists works as they were asked for, and its stored entries are right as they are. The
other styles sort the list and tell apart what would be cited alike. Where pandoc is installed it does both,
as the style file says; where it is not, the stored entries are sorted and works that would be cited alike are
given letters.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.catalogue.model import Author, Study
from bot.citation.citations import Citation, Citations
from bot.citation.csl import csl_record
from bot.citation.export import Export
from bot.citation.names import person
from bot.citation.styles import Style, style
from bot.citation.titles import sentence_title

# Where the year stands in an entry: "(2021)", or between full stops in Chicago.
_YEAR: Final = re.compile(r"(?<=\()\d{4}(?=\))|(?<=[.”] )\d{4}(?=\. )")
_YEAR_IN_TEXT: Final = re.compile(r"\d{4}(?=\)$)")
_BARE: Final = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "Æ": "AE"})
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Bibliography:
    """A reference list: its entries in order, and whether the citation engine itself arranged it."""

    style: Style
    entries: tuple[Citation, ...]
    arranged_by_engine: bool

    @property
    def text(self) -> str:
        """The list in plain text, an empty line between entries; numbered if the style numbers."""
        return "\n\n".join(
            f"{self._label(number)}{entry.text}" for number, entry in enumerate(self.entries, start=1)
        )

    def markdown(self, escape: Callable[[str], str] = lambda text: text) -> str:
        """The list with italics as ``*…*``; ``escape`` makes each piece of text safe for the platform."""
        return "\n\n".join(
            f"{escape(self._label(number))}{entry.markdown(escape)}"
            for number, entry in enumerate(self.entries, start=1)
        )

    def file(self) -> Export:
        """The list as a text file."""
        count = len(self.entries)
        stem = self.entries[0].study_id if count == 1 else f"{count}-studies"
        return Export(f"{stem}-{self.style.key}.txt", self.text + "\n", "text/plain; charset=utf-8")

    def _label(self, number: int) -> str:
        return f"{self.style.listed.format(number)} " if self.style.numeric else ""


def bibliography(
    studies: Sequence[Study], key: str, citations: Citations, *, engine: bool = True
) -> Bibliography:
    """One reference list of the studies in the style with this key; a study that is given twice is listed
    once.

    Args:
        studies: in the order in which they are cited, which is the order of the list in styles that number.
        key: the style.
        citations: the stored entries.
        engine: whether pandoc may be asked, where it is installed; it takes some tenths of a second.

    Raises:
        KeyError: when there is no such style.
        NotRenderedError: when a stored entry is missing or out of date.
    """
    wanted = style(key)
    listed = list({study.id: study for study in studies}.values())
    entries = [citations.text(study, key) for study in listed]
    if wanted.numeric:
        return Bibliography(wanted, tuple(_numbered(listed, entries, wanted)), arranged_by_engine=True)
    if engine and len(listed) > 1 and (arranged := _arranged_by_engine(listed, entries, wanted)):
        return Bibliography(wanted, arranged, arranged_by_engine=True)
    in_order = sorted(zip(listed, entries, strict=True), key=lambda pair: sort_key(pair[0], wanted))
    arranged = tuple(told_apart([entry for _, entry in in_order]))
    return Bibliography(wanted, arranged, arranged_by_engine=len(listed) == 1)


def told_apart(entries: Sequence[Citation]) -> list[Citation]:
    """Entries of one sorted list, with letters after the year where several would be cited alike."""
    alike = Counter(entry.parenthetical for entry in entries)
    met: Counter[str] = Counter()
    lettered: list[Citation] = []
    for entry in entries:
        if alike[entry.parenthetical] > 1 and _YEAR_IN_TEXT.search(entry.parenthetical):
            lettered.append(_lettered(entry, _letters(met[entry.parenthetical])))
            met[entry.parenthetical] += 1
        else:
            lettered.append(entry)
    return lettered


def sort_key(study: Study, wanted: Style) -> tuple[list[str], int, str]:
    """Where a work stands in a reference list: by the authors it shows, then by year, then by title.

    A work without authors stands under its title; MLA, which cites no year, has the title second.
    """
    title = folded(sentence_title(study))
    authors = [_author_key(author, wanted) for author in study.authors] or [title]
    if len(authors) >= wanted.et_al_from:
        del authors[wanted.et_al_keeps :]
    return authors, study.year if wanted.sorts_by_year else 0, title


def folded(text: str) -> str:
    """Text for sorting: no accents, no case, no punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_BARE))
    return "".join(c for c in decomposed if c.isalnum() or c == " ").casefold()


def _author_key(author: Author, wanted: Style) -> str:
    if author.literal:
        return folded(author.literal)
    name = person(author)
    particle = f"{name.particle} " if name.particle and wanted.sorts_by_particle else ""
    # The separator sorts before every letter, so that "Lee" with any given name comes before "Leeds".
    return f"{folded(particle + name.family)}\0{folded(name.given)}"


def _letters(number: int) -> str:
    """a, b, … z, aa, ab, … for 0, 1, …: how the CSL specification counts (year-suffix)."""
    first, last = divmod(number, len(_LETTERS))
    return (_LETTERS[first - 1] if first else "") + _LETTERS[last]


def _lettered(entry: Citation, letter: str) -> Citation:
    year = _YEAR.search(entry.text)
    if year is None:
        return entry
    at = year.end()
    return replace(
        entry,
        text=f"{entry.text[:at]}{letter}{entry.text[at:]}",
        italic=tuple((start + (start >= at), end + (end > at)) for start, end in entry.italic),
        parenthetical=_YEAR_IN_TEXT.sub(rf"\g<0>{letter}", entry.parenthetical),
        narrative=_YEAR_IN_TEXT.sub(rf"\g<0>{letter}", entry.narrative),
    )


def _numbered(studies: Sequence[Study], entries: Sequence[Citation], wanted: Style) -> list[Citation]:
    first = wanted.cite_number(1)
    return [
        replace(
            entry,
            parenthetical=wanted.cite_number(number),
            narrative=entry.narrative.removesuffix(first) + wanted.cite_number(number),
        )
        for number, (_, entry) in enumerate(zip(studies, entries, strict=True), start=1)
    ]


def _arranged_by_engine(
    studies: Sequence[Study], entries: Sequence[Citation], wanted: Style
) -> tuple[Citation, ...] | None:
    from bot.citation import render  # noqa: PLC0415 - for development; the bot mostly runs without pandoc

    try:
        render.pandoc()
    except render.NoPandocError:
        return None
    by_id = {entry.study_id: entry for entry in entries}
    job = render.Job(wanted, [csl_record(study, wanted) for study in studies])
    (works,) = render.render([job])
    arranged: list[Citation] = []
    for study_id, work in works.items():
        text, italic = work.plain()
        arranged.append(
            replace(
                by_id[study_id],
                text=text,
                italic=italic,
                parenthetical=work.parenthetical,
                narrative=work.narrative,
            )
        )
    return tuple(arranged)
