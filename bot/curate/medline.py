"""PubMed's own export format, ``.nbib``: a tag of up to four letters, "- ", a value; blank lines between.

Format: MEDLINE/PubMed Data Element (Field) Descriptions, NLM. Read here and not with a library: the one that
exists (nbib) has not been kept up, and the format is four rules long.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.catalogue.model import Author
from bot.curate import clean, pubmed
from bot.curate.reading import Notice, Reading, reading

_LINE: Final = re.compile(r"(?P<tag>[A-Z]{2,4}) *- ?(?P<value>.*)")
_DOI: Final = re.compile(r"(?P<doi>10\.\S+) \[doi\]")
_PMID_IN_SOURCE: Final = re.compile(r"\bPMID: *(\d+)")
#: The tags of links to later notices, and what the same links are called in XML.
_LINKS: Final = {
    "RIN": "RetractionIn",
    "RRI": "RetractedandRepublishedIn",
    "ECI": "ExpressionOfConcernIn",
    "PRIN": "PartialRetractionIn",
    "EIN": "ErratumIn",
    "CRI": "CorrectedandRepublishedIn",
    "RPI": "RepublishedIn",
}
_CUT: Final = frozenset({"et al", "et al."})

_Record = dict[str, list[str]]


def records(text: str) -> Iterator[_Record]:
    """The records of a file: each tag with its values, lines that were wrapped put together again."""
    record: _Record = {}
    last: list[str] | None = None
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            if not line.strip():
                last = None
            elif last is not None and line.startswith(" "):
                last[-1] = f"{last[-1]} {line.strip()}"
            continue
        if match["tag"] == "PMID" and record:
            yield record
            record = {}
        last = record.setdefault(match["tag"], [])
        last.append(match["value"].strip())
    if record:
        yield record


def read(text: str) -> Iterator[Reading]:
    """What each record says. PubMed made the file, so PubMed is the source."""
    for record in records(text):
        pmid = clean.pmid(_first(record, "PMID"))
        kinds = tuple(record.get("PT", ()))
        names = record.get("FAU") or record.get("AU") or []
        raw = {
            "title": _first(record, "TI") or _first(record, "TT"),
            "journal": _first(record, "JT"),
            "journal_abbrev": _first(record, "TA"),
            "year": _first(record, "DP"),
            "volume": _first(record, "VI"),
            "issue": _first(record, "IP"),
            "pages": _first(record, "PG"),
            "doi": _doi(record),
            "pmid": pmid,
            "pmcid": _first(record, "PMC"),
        }
        yield reading(
            pubmed.NAME,
            raw,
            authors=_authors(names, record.get("CN", [])),
            authors_complete=not any(name.casefold() in _CUT for name in names),
            address=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else None,
            kinds=kinds,
            notices=pubmed.with_retraction(tuple(_notices(record)), kinds),
        )


def _first(record: _Record, tag: str) -> str | None:
    return next(iter(record.get(tag, ())), None)


def _doi(record: _Record) -> str | None:
    for value in (*record.get("LID", ()), *record.get("AID", ())):
        if match := _DOI.search(value):
            return match["doi"]
    return None


def _authors(names: list[str], bodies: list[str]) -> Iterator[Author | None]:
    for name in names:
        if name.casefold() in _CUT:
            continue
        # AU, which old records have alone, is "Family IN"; FAU is "Family, Given".
        family, _, rest = name.rpartition(" ")
        if "," not in name and family and rest.isupper():
            yield clean.person(family, rest)
        else:
            yield clean.written_name(name)
    for body in bodies:
        if (name_of_body := clean.text(body)) is not None:
            yield Author(literal=name_of_body)


def _notices(record: _Record) -> Iterator[Notice]:
    for tag, kind in _LINKS.items():
        for source in record.get(tag, ()):
            pmid = _PMID_IN_SOURCE.search(source)
            notice = pubmed.link_notice(
                kind, _PMID_IN_SOURCE.sub("", source), clean.pmid(pmid[1]) if pmid else None
            )
            if notice is not None:
                yield notice
