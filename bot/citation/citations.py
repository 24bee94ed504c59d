"""One study, one style: the citation as it was rendered ahead of time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from bot.catalogue.model import Study
from bot.citation.csl import csl_hash, csl_record, retraction_note
from bot.citation.entries import Entry
from bot.citation.marked import Spans
from bot.citation.styles import Style, style

Lookup = Callable[[str, str], Entry | None]


class NotRenderedError(LookupError):
    """There is no citation of this study in this style, or the study was edited since it was made."""


@dataclass(frozen=True)
class Citation:
    """A study in one style.

    ``text`` is the entry for a reference list, in plain text with no markup, ready for a code block or the
    clipboard; ``italic`` tells where italics stand in it. ``parenthetical`` and ``narrative`` are the two
    ways to cite it in a sentence: "(Gupta et al., 1997)" and "Gupta et al. (1997)"; for a style that numbers:
    "[1]" and "Gupta et al. [1]". ``retraction`` is one line on a later notice ("RETRACTED 2011, notice:
    https://doi.org/…"), if there is one; ``authors_complete`` is false where the list of authors ends in "et
    al." because no source showed the rest; ``unknown`` names what nobody has seen and the style would show.
    """

    study_id: str
    style: Style
    text: str
    parenthetical: str
    narrative: str
    italic: Spans = ()
    retraction: str | None = None
    authors_complete: bool = True
    unknown: tuple[str, ...] = ()

    def markdown(self, escape: Callable[[str], str] = lambda text: text) -> str:
        """The entry with italics as ``*…*``; ``escape`` is given each piece of text and makes it safe for the
        platform.
        """
        parts: list[str] = []
        done = 0
        for start, end in self.italic:
            parts += [escape(self.text[done:start]), f"*{escape(self.text[start:end])}*"]
            done = end
        return "".join([*parts, escape(self.text[done:])])


class Citations:
    """The rendered citations, looked up one at a time.

    Args:
        lookup: gives the stored entry for a study id and a style key, or ``None``.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> Self:
        """Citations from rows of the table ``citations`` (see :func:`bot.citation.entries.read_entries`)."""
        entries = {(row["study_id"], row["style"]): entry_of(row) for row in rows}
        return cls(lambda study_id, key: entries.get((study_id, key)))

    def text(self, study: Study, key: str) -> Citation:
        """The study in the style with this key.

        Raises:
            KeyError: when there is no such style.
            NotRenderedError: when the stored text is missing, or was made from another state of the record: a
            wrong
                citation is never given in place of none.
        """
        wanted = style(key)
        entry = self._lookup(study.id, key)
        if entry is None or entry.csl != csl_hash(csl_record(study, wanted)):
            state = "was edited since it was rendered" if entry else "is not rendered"
            message = f"{study.id} {state} in {wanted.name}; run `evidence-bot cite --render`"
            raise NotRenderedError(message)
        return citation(study, wanted, entry)


def citation(study: Study, wanted: Style, entry: Entry) -> Citation:
    """The citation that a stored entry of the study holds."""
    return Citation(
        study_id=study.id,
        style=wanted,
        text=entry.text,
        parenthetical=entry.parenthetical,
        narrative=entry.narrative,
        italic=entry.spans,
        retraction=retraction_note(study),
        authors_complete=study.authors_complete,
        unknown=unknown_fields(study),
    )


def unknown_fields(study: Study) -> tuple[str, ...]:
    """What a reference to the study would show and nobody has seen, in words: "authors", "volume", "pages",
    "DOI".
    """
    article = csl_record(study)["type"] == "article-journal"
    wanted = {"authors": study.authors, "DOI": study.doi} if article else {"authors": study.authors}
    if article:
        wanted |= {"volume": study.volume, "pages": study.pages}
    return tuple(name for name, value in wanted.items() if not value)


def entry_of(row: Mapping[str, str]) -> Entry:
    """The entry in a row of the table ``citations``."""
    return Entry(**{name: row[name] for name in Entry.__struct_fields__})
