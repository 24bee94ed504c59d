"""Studies as files for reference managers: BibTeX, BibLaTeX, RIS, NBIB and CSL-JSON.

Made when asked for, not stored: a record takes well under a millisecond, and only the format that is asked
for is imported. The libraries behind it are small and pure Python.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.catalogue.model import RetractionStatus, Study
from bot.citation.bibtex import biblatex, bibtex
from bot.citation.csl import csl_record, retraction_mark, retraction_note
from bot.citation.names import person
from bot.citation.styles import FORMATS, Format

_RIS_TYPES: Final = {"article-journal": "JOUR", "report": "RPRT", "book": "BOOK", "article": "UNPB"}


class NothingToExportError(ValueError):
    """None of the studies can be written in that format (NBIB is for records with a PMID)."""


@dataclass(frozen=True)
class Export:
    """A file: its name, its text, its media type, and the ids of studies that this format cannot hold."""

    name: str
    text: str
    media_type: str
    left_out: tuple[str, ...] = ()


def export(studies: Sequence[Study], key: str) -> Export:
    """The studies in the format with this key, in the order given.

    Raises:
        KeyError: when there is no such format.
        ValueError: when there is no study.
        NothingToExportError: when the format can hold none of them.
    """
    if not studies:
        message = "there is nothing to export"
        raise ValueError(message)
    form = _FORMATS[key]
    fit = [study for study in studies if key != "nbib" or study.pmid]
    if not fit:
        message = f"{form.name} needs a PMID"
        raise NothingToExportError(message)
    held = {study.id for study in fit}
    left_out = tuple(study.id for study in studies if study.id not in held)
    return Export(file_name(fit, form), _WRITERS[key](fit), form.media_type, left_out)


def file_name(studies: Sequence[Study], form: Format) -> str:
    """The name of the file, after the study's id or how many there are: "gupta-1997-cytokine-production.bib",
    "12-studies.ris".
    """
    stem = studies[0].id if len(studies) == 1 else f"{len(studies)}-studies"
    return f"{stem}.{form.extension}"


def ris_fields(study: Study) -> dict[str, str | list[str]]:
    """The study under rispy's names for RIS fields; journal in T2 and its abbreviation in JA, where readers
    look.
    """
    record = csl_record(study)
    start, _, end = (study.pages or "").partition("-")
    note = retraction_note(study)
    fields: dict[str, str | list[str] | None] = {
        "type_of_reference": _RIS_TYPES[record["type"]],
        "id": study.id,
        "title": plain_title(study),
        # A name that ends in a comma is an institution; without it some readers take the last word for a
        # family name.
        "authors": [name if ", " in name else f"{name}," for name in author_list(study)],
        "secondary_title": record.get("container-title") or record.get("collection-title"),
        "alternate_title2": study.journal_abbrev,
        "publisher": record.get("publisher"),
        "type_of_work": record.get("genre"),
        "year": str(study.year),
        "volume": study.volume,
        "number": record.get("number") or study.issue,
        "start_page": start,
        "end_page": end,
        "doi": study.doi,
        "urls": [record["URL"]] if "URL" in record else None,
        "accession_number": study.pmid,
        "custom2": study.pmcid,
        "language": "en",
        "notes": [note] if note else None,
    }
    return {name: value for name, value in fields.items() if value}


def nbib_fields(study: Study) -> dict[str, str | list[str]]:
    """The study under the tags of PubMed's own format (MEDLINE/PubMed Data Element Descriptions, NLM)."""
    names = author_list(study)
    bodies = [author.literal for author in study.authors if author.literal]
    types = ["Journal Article"]
    if study.retraction and study.retraction.status is RetractionStatus.RETRACTED:
        types.append("Retracted Publication")
    fields: dict[str, str | list[str] | None] = {
        "pmid": study.pmid,
        "own": "NLM",
        "dp": str(study.year),
        "ti": plain_title(study),
        "vi": study.volume,
        "ip": study.issue,
        "pg": study.pages,
        "lid": f"{study.doi} [doi]" if study.doi else None,
        "fau": [name for name in names if name not in bodies],
        "cn": bodies,
        "la": ["eng"],
        "pt": types,
        "ta": study.journal_abbrev,
        "jt": study.journal,
        "pmc": study.pmcid,
        "aid": [f"{study.doi} [doi]"] if study.doi else None,
        "gn": retraction_note(study),
    }
    return {name: value for name, value in fields.items() if value}


def author_list(study: Study) -> list[str]:
    """Authors as "Family, Given, Suffix"; an institution by its name; "et al." at the end of an incomplete
    list.

    MEDLINE itself ends a list that was cut with an author "et al.".
    """
    names: list[str] = []
    for author in study.authors:
        if author.literal:
            names.append(author.literal)
            continue
        name = person(author)
        parts = (f"{name.particle} {name.family}".strip(), name.given, name.suffix)
        names.append(", ".join(part for part in parts if part))
    if names and not study.authors_complete:
        names.append("et al.")
    return names


def plain_title(study: Study) -> str:
    """The title as the source gives it, with the word RETRACTED or WITHDRAWN first where it applies."""
    mark = retraction_mark(study)
    return study.title if mark is None or study.title.upper().startswith(mark) else f"{mark}: {study.title}"


def _ris(studies: Sequence[Study]) -> str:
    from bot.citation.tagged import ris_text  # noqa: PLC0415 - rispy takes 50 ms to import

    return ris_text([ris_fields(study) for study in studies])


def _nbib(studies: Sequence[Study]) -> str:
    from bot.citation.tagged import nbib_text  # noqa: PLC0415 - rispy takes 50 ms to import

    return nbib_text([nbib_fields(study) for study in studies])


def _csl_json(studies: Sequence[Study]) -> str:
    return json.dumps([csl_record(study) for study in studies], ensure_ascii=False, indent=2) + "\n"


_FORMATS: Final = {form.key: form for form in FORMATS}
_WRITERS: Final[dict[str, Callable[[Sequence[Study]], str]]] = {
    "bibtex": lambda studies: "\n".join(map(bibtex, studies)),
    "biblatex": lambda studies: "\n".join(map(biblatex, studies)),
    "ris": _ris,
    "nbib": _nbib,
    "csl-json": _csl_json,
}
