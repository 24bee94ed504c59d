"""BibTeX and BibLaTeX files, read with bibtexparser; LaTeX becomes the characters it stands for."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from bot.catalogue.model import Author
from bot.curate import clean
from bot.curate.reading import Reading, reading

if TYPE_CHECKING:
    from bibtexparser.library import Library
    from bibtexparser.model import Entry

_LONGEST: Final = 50_000  # characters of one field: two thousand authors
# What is raised or lowered, in the ways that exporters write it.
_RAISED: Final = re.compile(
    r"\\ensuremath\{\s*(?P<sign1>[\^_])\{?(?P<inside1>[^{}]*)\}{1,2}"
    r"|\$\s*(?P<sign2>[\^_])\{?(?P<inside2>[^{}$]*)\}?\$"
    r"|\\text(?P<sign3>super|sub)script\{(?P<inside3>[^{}]*)\}"
)
_PMID_NOTE: Final = re.compile(r"\bPMID:?\s*(\d+)", re.IGNORECASE)
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "journal": ("journaltitle", "journal", "booktitle", "institution", "publisher", "howpublished"),
    "year": ("date", "year"),
    "issue": ("number", "issue"),
    "pages": ("pages", "eid", "article-number"),
    "url": ("url",),
}


def read(text: str, name: str, problems: list[str]) -> Iterator[Reading]:
    """What each entry of the file ``name`` says; those that cannot be read are told in ``problems``."""
    from bibtexparser.entrypoint import parse_string  # noqa: PLC0415 - only who reads such files pays for it
    from bibtexparser.model import DuplicateBlockKeyBlock, Entry  # noqa: PLC0415

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # it logs what is told here
    library = parse_string(text)
    entries = list(library.entries)
    for block in library.failed_blocks:
        if isinstance(block, DuplicateBlockKeyBlock) and isinstance(block.ignore_error_block, Entry):
            entries += _finished(block.ignore_error_block, library)  # two works under one key are two works
        else:
            problems.append(f"{name}, line {(block.start_line or 0) + 1}: this entry cannot be read")
    for entry in entries:
        fields = {key.lower(): str(field.value) for key, field in entry.fields_dict.items()}
        yield _reading(fields, name)


def _finished(entry: "Entry", library: "Library") -> "list[Entry]":
    """An entry that the parser set aside, brought to the state of those of the ``library``: abbreviations
    written out, no braces or quotation marks around values.
    """
    from bibtexparser.library import Library  # noqa: PLC0415 - only who reads such files pays for it
    from bibtexparser.middlewares.parsestack import default_parse_stack  # noqa: PLC0415

    alone = Library([*library.strings, entry])
    for step in default_parse_stack():
        alone = step.transform(alone)
    return list(alone.entries)


def _reading(fields: Mapping[str, str], name: str) -> Reading:
    def first(field: str) -> str | None:
        found = (fields.get(one) for one in _NAMES.get(field, (field,)))
        return next((_plain(one) for one in found if one), None)

    eprint = fields.get("eprint") if fields.get("eprinttype", "").casefold() == "pubmed" else None
    title, subtitle = first("title"), first("subtitle")
    listed = fields.get("author", "")
    whole = len(listed) <= _LONGEST
    names = _names(listed) if whole else _names(listed[:_LONGEST])[:-1]
    noted = _PMID_NOTE.search(fields.get("note", ""))
    raw = {
        "title": f"{title}: {subtitle}" if title and subtitle else title,
        **{field: first(field) for field in ("journal", "year", "volume", "issue", "pages", "url")},
        "doi": fields.get("doi"),
        "pmid": fields.get("pmid") or eprint or (noted[1] if noted else None),
        "pmcid": fields.get("pmcid"),
    }
    return reading(
        name,
        raw,
        authors=[_author(one) for one in names if one != "others"],
        authors_complete=whole and "others" not in names,
    )


def _names(value: str) -> list[str]:
    """The names of a list: parted by "and" outside of braces."""
    from bibtexparser.middlewares.names import split_multiple_persons_names  # noqa: PLC0415

    return [one.strip() for one in split_multiple_persons_names(value) if one.strip()]


def _author(name: str) -> Author | None:
    from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts  # noqa: PLC0415

    if name.startswith("{") and name.endswith("}"):
        body = clean.text(_plain(name))
        return Author(literal=body) if body else None
    try:
        parts = parse_single_name_into_parts(name, strict=False)
    except InvalidNameError:
        return clean.written_name(_plain(name))
    family, given, suffix = (
        _plain(" ".join(part)) for part in ([*parts.von, *parts.last], parts.first, parts.jr)
    )
    return clean.person(family, given, suffix)


def _plain(latex: str) -> str:
    """The text that LaTeX stands for; what cannot be read as LaTeX stays as it is."""
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415

    text = _RAISED.sub(_marked, latex[:_LONGEST])
    if not any(sign in text for sign in "\\{}$~"):
        return text
    try:
        plain: Any = LatexNodes2Text(math_mode="text", keep_comments=True).latex_to_text(text)
    except Exception:  # noqa: BLE001 - pylatexenc documents no errors of its own; a curator sees the text
        return text
    return str(plain)


def _marked(match: re.Match[str]) -> str:
    """The tags that :func:`bot.curate.clean.text` reads, for what LaTeX raises or lowers."""
    sign = match["sign1"] or match["sign2"] or match["sign3"]
    inside = match["inside1"] or match["inside2"] or match["inside3"] or ""
    tag = "sub" if sign in ("_", "sub") else "sup"
    return f"<{tag}>{inside}</{tag}>"
