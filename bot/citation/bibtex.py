"""Studies as BibTeX and BibLaTeX.

Text goes through pylatexenc field by field; DOI and address stay as they are, since LaTeX packages take them
verbatim. The joining of fields is our own: it is a few lines, and the usual writers were measured to escape
DOIs or to drop them.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from bot.catalogue.model import Study
from bot.citation.csl import Csl, csl_record, retraction_mark, retraction_note
from bot.citation.names import person
from bot.citation.titles import is_science, kept_capitals

if TYPE_CHECKING:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

_CORE: Final = re.compile(r"^([^\w\d]*)(.*?)([^\w\d]*)$", re.DOTALL)
# Accents over a plain i, and dashes as TeX ligatures: readers that are not TeX lose the dotless i and the
# command \textemdash.
_PREFERRED: Final = {
    ord("í"): r"\'i",
    ord("ì"): r"\`i",
    ord("î"): r"\^i",
    ord("ï"): r"\"i",
    ord("–"): "--",
    ord("—"): "---",
    # BibTeX counts braces even behind a backslash.
    ord("{"): r"\textbraceleft",
    ord("}"): r"\textbraceright",
}
_TYPES: Final = {
    "bibtex": {"article-journal": "article", "report": "techreport", "book": "book", "article": "misc"},
    "biblatex": {"article-journal": "article", "report": "report", "book": "book", "article": "online"},
}


def bibtex(study: Study) -> str:
    """One entry for classic BibTeX (and natbib); the key is the study's id."""
    record = csl_record(study)
    fields = {"author": _authors(study), "title": _title(study)}
    match record["type"]:
        case "article-journal":
            fields |= {"journal": _escape(record["container-title"]), "volume": _escape(study.volume)}
            fields |= {"number": _escape(study.issue), "pages": _pages(study)}
        case "report":
            fields |= {
                "institution": _institution(record),
                "type": _escape(record.get("genre", "Report")),
                "number": _escape(record.get("number")),
                "pages": _pages(study),
            }
        case "book":
            fields |= {"publisher": _escape(record["publisher"])}
        case _:
            fields |= {"howpublished": f"{record['genre']}, {_escape(record['publisher'])}"}
    fields |= {"year": str(study.year), "doi": study.doi, "url": record.get("URL")}
    pmid = f"PMID: {study.pmid}" if study.pmid else None
    pmcid = f"PMCID: {study.pmcid}" if study.pmcid else None
    fields["note"] = _notes(retraction_note(study), pmid, pmcid)
    return _entry("bibtex", study.id, record, fields)


def biblatex(study: Study) -> str:
    """One entry for BibLaTeX with biber; a PMID goes where the manual of BibLaTeX has it (``eprinttype =
    pubmed``).
    """
    record = csl_record(study)
    fields = {"author": _authors(study), "title": _title(study)}
    match record["type"]:
        case "article-journal":
            fields |= {
                "journaltitle": _escape(record["container-title"]),
                "shortjournal": _escape(study.journal_abbrev),
            }
            fields |= {
                "volume": _escape(study.volume),
                "number": _escape(study.issue),
                "pages": _pages(study),
            }
        case "report":
            fields |= {"type": _escape(record.get("genre", "Report")), "institution": _institution(record)}
            fields |= {"number": _escape(record.get("number")), "pages": _pages(study)}
        case "book":
            fields |= {"publisher": _escape(record["publisher"])}
        case _:
            fields |= {"organization": _escape(record["publisher"])}
    fields |= {"date": str(study.year), "doi": study.doi, "url": record.get("URL"), "langid": "english"}
    if study.pmid:
        fields |= {"eprint": study.pmid, "eprinttype": "pubmed"}
    pmcid = f"PMCID: {study.pmcid}" if study.pmcid else None
    preprint = record["genre"] if record["type"] == "article" else None
    fields["note"] = _notes(retraction_note(study), preprint, pmcid)
    return _entry("biblatex", study.id, record, fields)


def _entry(dialect: str, key: str, record: Csl, fields: dict[str, str | None]) -> str:
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@{_TYPES[dialect][record['type']]}{{{key},\n{''.join(lines)}}}\n"


def _institution(record: Csl) -> str | None:
    """Both dialects want an institution; where the record names none, the series says whose report it is."""
    return _escape(record.get("publisher") or record.get("collection-title"))


def _authors(study: Study) -> str | None:
    names: list[str] = []
    for author in study.authors:
        if author.literal:
            names.append(f"{{{_escape(author.literal)}}}")
            continue
        name = person(author)
        # A family name of several words without a particle ("Amel Kashipaz") is safe before the comma.
        parts = (f"{name.particle} {name.family}".strip(), name.suffix, name.given)
        names.append(", ".join(_escape(part) or "" for part in parts if part))
    if names and not study.authors_complete:
        names.append("others")
    return " and ".join(names) or None


def _title(study: Study) -> str:
    """The source's title with braces around each word that must keep its capitals when a style lowers the
    rest.
    """
    kept = kept_capitals(study)
    mark = retraction_mark(study)
    marked = mark is not None and study.title.upper().startswith(mark)
    title = " ".join(
        _braced(word) if number in kept or is_science(word) else _escape(word) or ""
        for number, word in enumerate(_curly(study.title).split(" "))
    )
    return title if mark is None or marked else f"{{{mark}}}: {title}"


def _braced(word: str) -> str:
    """The word in braces, with the punctuation around it outside."""
    before, core, after = _CORE.match(word).groups()  # type: ignore[union-attr]  # matches every string
    return f"{_escape(before) or ''}{{{_escape(core)}}}{_escape(after) or ''}"


def _pages(study: Study) -> str | None:
    return re.sub("-", "--", study.pages) if study.pages else None


def _notes(*notes: str | None) -> str | None:
    return "; ".join(note for note in notes if note) or None


def _escape(text: str | None) -> str | None:
    if not text:
        return None
    # LaTeX reads two hyphens as a dash, and two apostrophes as a quotation mark.
    encoded = str(_encoder().unicode_to_latex(_curly(text).replace("--", "—")))
    return re.sub(r"'(?=')|`(?=`)", r"\g<0>{}", encoded)


def _curly(text: str) -> str:
    """The text with curly quotation marks for straight ones, which LaTeX does not have."""
    return re.sub(r'"([^"]*)"', r"“\1”", text).replace('"', "”")


@cache
def _encoder() -> "UnicodeToLatexEncoder":
    # Imported at first use: it takes 70 ms, and most replies export nothing.
    from pylatexenc.latexencode import (  # noqa: PLC0415
        RULE_DICT,
        UnicodeToLatexConversionRule,
        UnicodeToLatexEncoder,
    )

    return UnicodeToLatexEncoder(
        conversion_rules=[UnicodeToLatexConversionRule(RULE_DICT, _PREFERRED), "defaults"],
        replacement_latex_protection="braces-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )
