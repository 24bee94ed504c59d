"""Files of reference managers: ``.nbib``, ``.ris``, ``.bib``, CSL-JSON, and plain lists of identifiers.

Reading them needs no network. What cannot be read is told, entry by entry, and nothing is skipped in silence.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from bot.catalogue.identifiers import Kind, recognise
from bot.catalogue.model import Author
from bot.curate import bibfile, clean, medline
from bot.curate.reading import FIELDS, Reading, reading

MOST_BYTES: Final = 64 * 1024 * 1024
_MEDLINE: Final = re.compile(r"^PMID *- ?\d", re.MULTILINE)
_RIS: Final = re.compile(r"^TY  - ?\w+", re.MULTILINE)
_BIB: Final = re.compile(r"^\s*@\w+\s*[{(]", re.MULTILINE)


class FileError(Exception):
    """A file cannot be read at all. The message says why, and what to do."""


@dataclass(frozen=True)
class Contents:
    """What a file holds: the readings of its entries, and what could not be read of it."""

    readings: tuple[Reading, ...]
    problems: tuple[str, ...] = ()


def read_file(path: Path) -> Contents:
    """Read a file by what is in it, whatever it is called.

    Raises:
        FileError: when it is missing, too big, no text, or of no kind that is known.
    """
    text = _text(path)
    problems: list[str] = []
    found = list(_readings(text, path.name, problems))
    told = [one for one in found if any(one.value(field) is not None for field in FIELDS)]
    if len(told) < len(found):
        problems.append(f"{path.name}: {len(found) - len(told)} entries say nothing that can be used")
    if not told and not problems:
        message = f"{path.name} holds no entry"
        raise FileError(message)
    return Contents(tuple(told), tuple(problems))


def _readings(text: str, name: str, problems: list[str]) -> Iterator[Reading]:
    if text.lstrip()[:1] in ("[", "{"):
        yield from _csl(text, name, problems)
    elif _MEDLINE.search(text):
        yield from medline.read(text)
    elif _RIS.search(text):
        yield from _ris(text, name, problems)
    elif _BIB.search(text):
        yield from bibfile.read(text, name, problems)
    else:
        yield from _identifiers(text, name, problems)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            message = f"{path.name} has more than {MOST_BYTES // 2**20} MB; split it"
            raise FileError(message)
        content = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror})"
        raise FileError(message) from None
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"{path.name} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8"
        raise FileError(message) from None
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _identifiers(text: str, name: str, problems: list[str]) -> Iterator[Reading]:
    """A list of DOIs and PMIDs, one a line; lines that begin with # are notes."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        one = identifier(line)
        if one is None:
            problems.append(f"{name}, line {number}: no DOI or PMID in it")
        else:
            yield reading(name, {one[0]: one[1]})


def identifier(text: str) -> tuple[str, str] | None:
    """The first identifier in a text, as its field (``doi`` or ``pmid``) and value; ``None`` without one."""
    for found in recognise(text.strip()):
        if found.kind is Kind.DOI and (doi := clean.doi(found.value)):
            return "doi", doi
        if found.kind is Kind.PMID and (pmid := clean.pmid(found.value)):
            return "pmid", pmid
    return None


def _ris(text: str, name: str, problems: list[str]) -> Iterator[Reading]:
    import rispy  # noqa: PLC0415 - only those who read such files pay for it

    # Each record by itself: one that rispy stumbles over, or that has no end, must not take others with it.
    for number, record in enumerate(re.split(r"(?m)^(?=TY  -)", text)[1:], start=1):
        whole = record if re.search(r"(?m)^ER  -", record) else f"{record}\nER  - \n"
        try:
            (entry,) = rispy.loads(whole)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            problems.append(f"{name}: entry {number} cannot be read")
        else:
            yield _ris_reading(entry, name)


def _ris_reading(entry: Mapping[str, Any], name: str) -> Reading:
    def first(*keys: str) -> Any:
        values = (entry.get(key) for key in keys)
        return next((value[0] if isinstance(value, list) else value for value in values if value), None)

    start, end = first("start_page"), first("end_page")
    names = [*(entry.get("first_authors") or ()), *(entry.get("authors") or ())]
    # Exporters put a PMID into AN, with or without the name of the database it is of.
    accession = str(first("accession_number") or "")
    from_pubmed = re.search(r"pubmed|medline", str(first("name_of_database") or ""), re.IGNORECASE)
    raw = {
        "title": first("title", "primary_title"),
        "journal": first("journal_name", "alternate_title3", "secondary_title", "publisher"),
        "year": first("year", "publication_year", "date"),
        "volume": first("volume"),
        "issue": first("number"),
        "pages": f"{start}-{end}" if start and end and "-" not in str(start) else start,
        "doi": first("doi"),
        "pmid": accession if from_pubmed or re.match(r"PMID", accession, re.IGNORECASE) else None,
        "pmcid": pmcid if (pmcid := str(first("custom2") or "")).startswith("PMC") else None,
        "url": first("urls"),
    }
    return reading(
        name,
        raw,
        authors=[clean.written_name(str(one)) for one in names if not _is_et_al(str(one))],
        authors_complete=not any(_is_et_al(str(one)) for one in names),
    )


def _csl(text: str, name: str, problems: list[str]) -> Iterator[Reading]:
    """CSL-JSON: a list of items, or an object that holds one as ``items``."""
    try:
        content = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        message = f"{name} is not valid JSON ({error})"
        raise FileError(message) from None
    items = content.get("items", [content]) if isinstance(content, dict) else content
    for number, item in enumerate(items if isinstance(items, list) else [items], start=1):
        if isinstance(item, dict):
            yield _csl_reading(item, name)
        else:
            problems.append(f"{name}: entry {number} is no object")


def _csl_reading(item: Mapping[str, Any], name: str) -> Reading:
    issued = item.get("issued")
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    year: Any = parts
    while isinstance(year, list):
        year = year[0] if year else None
    if year is None and isinstance(issued, dict):
        year = issued.get("raw") or issued.get("literal")
    listed = item.get("author")
    people = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    raw = {
        "title": item.get("title"),
        "journal": item.get("container-title") or item.get("publisher"),
        "year": year,
        "volume": item.get("volume"),
        "issue": item.get("issue"),
        "pages": item.get("page") or item.get("number"),
        "doi": item.get("DOI"),
        "pmid": item.get("PMID"),
        "pmcid": item.get("PMCID"),
        "url": item.get("URL"),
    }
    return reading(
        name,
        raw,
        authors=[_csl_author(one) for one in people if not _is_et_al(str(one.get("literal", "")))],
        authors_complete=not any(_is_et_al(str(one.get("literal", ""))) for one in people),
        kinds=("preprint",) if str(item.get("genre", "")).casefold() == "preprint" else (),
    )


def _csl_author(one: Mapping[str, Any]) -> Author | None:
    if (body := clean.text(one.get("literal"))) is not None:
        return Author(literal=body)
    particle = clean.text(one.get("non-dropping-particle") or one.get("dropping-particle"))
    family = clean.text(one.get("family"))
    whole = f"{particle} {family}" if particle and family else family
    return clean.person(whole, one.get("given"), one.get("suffix"))


def _is_et_al(name: str) -> bool:
    return clean.words(name) == "et al"
