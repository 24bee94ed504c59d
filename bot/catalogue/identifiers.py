"""Identifiers in a text: DOIs, PMIDs, PMCIDs, links and entry ids, in any usual form.

The forms are those of the registries themselves: DOI Handbook section 2 (``10.`` prefix, any printable
suffix, no difference between cases), NCBI's PubMed and PubMed Central addresses (old and new), and Europe
PMC's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import unquote

from bot.catalogue.words import MAX_TEXT


class Kind(StrEnum):
    """What an identifier is."""

    DOI = "DOI"
    PMID = "PMID"
    PMCID = "PMCID"
    ENTRY = "entry"
    LINK = "link"


@dataclass(frozen=True)
class Identifier:
    """An identifier: its kind, its value in the catalogue's own form, and the place where it stands.

    ``others`` are further readings of the same characters, longest first: where a DOI ends inside a link or
    a sentence cannot always be told, and the catalogue may know one of them.
    """

    kind: Kind
    value: str
    start: int
    end: int
    others: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[str, ...]:
        """Every value it may have, the likeliest first."""
        return (self.value, *self.others)


# A space may have crept in behind the full stop or around the first slash.
_DOI: Final = re.compile(r"(?<!\d)10\. ?\d{4,9} ?/ ?[^\s\"'<>“”‘’«»|\\^`{}]+", re.IGNORECASE)
_PMCID: Final = re.compile(
    r"(?<![A-Za-z0-9])PMC(?:\s*ID)?\s*[:#]?\s*(?:PMC)?\s*([1-9]\d{4,8})(?!\d)", re.IGNORECASE
)
_PMID: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:PM\s?ID|Pub\s?Med(?:\s*ID)?)\s*(?:no\.?|number)?\s*[:#=]?\s*([1-9]\d{3,8})(?!\d)",
    re.IGNORECASE,
)
_PMC_LINK: Final = re.compile(r"europepmc\.org/(?:article|abstract)/pmc/([1-9]\d{4,8})(?!\d)", re.IGNORECASE)
_PMID_LINK: Final = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/(?:m/)?(?:pubmed|entrez/\S*?list_uids=)[/=?a-z_]*|"
    r"pubmed\.gov/|europepmc\.org/(?:article|abstract)/med/)(?:\?term=)?([1-9]\d{3,8})(?!\d)",
    re.IGNORECASE,
)
_BARE_PMID: Final = re.compile(r"\s*#?([1-9]\d{5,7})\s*[.,;]?\s*")
_URL: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+", re.IGNORECASE)
_NATURE: Final = re.compile(r"nature\.com/articles/([a-z]{0,6}[\w.-]*\d[\w.-]*)", re.IGNORECASE)
_BMJ: Final = re.compile(r"bmj\.com/content/\d+/(bmj[.-][\w.-]+)", re.IGNORECASE)
_PII: Final = re.compile(r"pii/?s(\d{4})-?(\d{3}[\dx])\(?(\d\d)\)?(\d{5})-?([\dx])", re.IGNORECASE)
_ENTRY: Final = re.compile(
    r"(?<![\w-])[a-z][a-z0-9]*(?:-[a-z0-9]+)*-(?:19|20)\d\d(?:-[a-z0-9]+)+(?![\w-])", re.IGNORECASE
)
_ATLAS: Final = re.compile(r"(?:mecfsatlas|cfsmeatlas)\.com/evidence/([a-z0-9-]+)", re.IGNORECASE)

# Publishers, journals and preprint servers whose addresses do not always show a DOI.
_PUBLISHERS: Final = (
    "academic.oup.com",
    "ahajournals.org",
    "annals.org",
    "acpjournals.org",
    "biomedcentral.com",
    "biorxiv.org",
    "bmj.com",
    "cambridge.org",
    "cdc.gov",  # of its own reports, such as the data briefs of the National Center for Health Statistics
    "cell.com",
    "frontiersin.org",
    "jamanetwork.com",
    "jci.org",
    "link.springer.com",
    "mayoclinicproceedings.org",
    "mdpi.com",
    "medrxiv.org",
    "nature.com",
    "onlinelibrary.wiley.com",
    "journals.plos.org",
    "pnas.org",
    "sagepub.com",
    "science.org",
    "sciencedirect.com",
    "tandfonline.com",
    "thelancet.com",
    "translational-medicine.com",
)
_BELOW_PUBLISHERS: Final = tuple(f".{host}" for host in _PUBLISHERS)
_PAGES_OF_PUBLISHERS: Final = tuple(f"{host}/" for host in _PUBLISHERS)
_TAIL: Final = re.compile(
    r"(?:[/.](?:full(?:[-.]?text)?(?:/html|\.html?|\.pdf)?|abstract|pdf(?:-extended)?|epdf|epub|html?|xml|meta|summary|"
    r"tables?|figures?|references|info|related|similar|citedby|metrics|comments))$",
    re.IGNORECASE,
)
_OPEN: Final = {")": "(", "]": "[", "}": "{"}
_END_MARKS: Final = ".,;:!?*_~'\"”’»…"


def recognise(text: str) -> tuple[Identifier, ...]:
    """The identifiers in ``text``, in the order in which they stand, each once; never raises.

    A number by itself is taken for a PMID when it is the whole text and has six to eight digits. A link in
    which no identifier is seen is given as :attr:`Kind.LINK`.
    """
    text = text[:MAX_TEXT]
    if "%2f" in text.lower() and "://" not in text:
        text = unquote(text)  # a link, or a DOI, that was copied as part of another address
    found: list[Identifier] = []
    taken: list[tuple[int, int]] = []
    for identifier in _candidates(text):
        if any(identifier.start < end and start < identifier.end for start, end in taken):
            continue
        taken.append((identifier.start, identifier.end))
        found.append(identifier)
    found.sort(key=lambda i: i.start)
    unique: dict[tuple[Kind, str], Identifier] = {}
    for identifier in found:
        unique.setdefault((identifier.kind, identifier.value), identifier)
    return tuple(unique.values())


def _candidates(text: str) -> Iterator[Identifier]:
    """Everything that may be an identifier, the surest reading of a place before the others."""
    for link in _ATLAS.finditer(text):
        yield Identifier(Kind.LINK, link_key(link[0]), link.start(), link.end())
    yield from _dois(text)
    for pattern, kind in (
        (_PMID_LINK, Kind.PMID),
        (_PMC_LINK, Kind.PMCID),
        (_PMCID, Kind.PMCID),
        (_PMID, Kind.PMID),
    ):
        for found in pattern.finditer(text):
            value = f"PMC{found[1]}" if kind is Kind.PMCID else found[1]
            yield Identifier(kind, value, found.start(), found.end())
    if bare := _BARE_PMID.fullmatch(text):
        yield Identifier(Kind.PMID, bare[1], bare.start(1), bare.end(1))
    for entry in _ENTRY.finditer(text):
        yield Identifier(Kind.ENTRY, entry[0].lower(), entry.start(), entry.end())
    for url in _URL.finditer(text):
        address = url[0].rstrip(_END_MARKS + ")]")
        yield Identifier(Kind.LINK, link_key(address), url.start(), url.start() + len(address))


def _dois(text: str) -> Iterator[Identifier]:
    # A DOI inside a link may be percent-encoded; decoding keeps places only where nothing is encoded before
    # it.
    for url in _URL.finditer(text):
        if "%" in url[0] and (inside := _DOI.search(unquote(url[0]))):
            readings = _doi_readings(inside[0])
            yield Identifier(Kind.DOI, readings[0], url.start(), url.end(), readings[1:])
        elif "/10." not in url[0] and (built := _doi_of_address(url[0])):
            readings = _doi_readings(built)
            yield Identifier(Kind.DOI, readings[0], url.start(), url.end(), readings[1:])
    for found in _DOI.finditer(text):
        readings = _doi_readings(unquote(found[0]) if "%" in found[0] else found[0])
        if readings:
            yield Identifier(Kind.DOI, readings[0], found.start(), found.end(), readings[1:])


def _doi_of_address(url: str) -> str | None:
    """The DOI of a publisher's page whose address does not show it, where a fixed rule tells it.

    Nature's addresses end in the suffix of the DOI, and BMJ's in the last part of it. An Elsevier item
    identifier (PII) with the ISSN of the journal is the suffix of older DOIs at Elsevier and The Lancet,
    there with its punctuation.
    """
    if nature := _NATURE.search(url):
        return f"10.1038/{nature[1]}"
    if bmj := _BMJ.search(url):
        return f"10.1136/{bmj[1]}"
    if pii := _PII.search(unquote(url)):
        return f"10.1016/s{pii[1]}-{pii[2]}({pii[3]}){pii[4]}-{pii[5]}"
    return None


def _doi_readings(raw: str) -> tuple[str, ...]:
    """The ways to end a DOI that ``raw`` begins with, the likeliest first."""
    value = _trim(re.sub(r"[‐‑‒–−]", "-", raw.replace(" ", "").lower()))
    readings = [value]
    for mark in "?#&;,":
        if mark in value:
            readings.insert(0, _trim(value.split(mark)[0]))
    likeliest = min(readings, key=len)
    shorter = [likeliest]
    while (cut := _trim(_TAIL.sub("", shorter[-1]))) != shorter[-1]:
        shorter.append(cut)
    if version := re.fullmatch(r"(10\.1101/\S+?|10\.12688/\S+?)v\d+", shorter[-1]):
        shorter.append(version[1])  # preprint servers put the version behind the DOI
    ordered = [*reversed(shorter), *readings]
    # In a path the DOI may be followed by further parts: try each shorter path, down to prefix/suffix.
    parts = shorter[-1].split("/")
    ordered += ["/".join(parts[:count]) for count in range(len(parts) - 1, 1, -1)]
    return tuple(dict.fromkeys(_trim(reading) for reading in ordered if "/" in reading))


def _trim(value: str) -> str:
    """Without the marks of the sentence around it; a closing bracket stays where it was opened inside."""
    while value:
        last = value[-1]
        closes = last in _OPEN and value.count(last) > value.count(_OPEN[last])
        if not (closes or last in _END_MARKS or last == "/"):
            break
        value = value[:-1]
    return value


def is_publisher(url: str) -> bool:
    """Whether an address is a page of a publisher of papers, so that it is about one paper.

    Not where the address ends in a query: there it is the query that says which paper.
    """
    address = link_key(url)
    host = address.split("/")[0]
    ours = host in _PUBLISHERS or host.endswith(_BELOW_PUBLISHERS) or address.startswith(_PAGES_OF_PUBLISHERS)
    return ours and "?" not in url


def link_key(url: str) -> str:
    """A link in the one form that the index holds: host and path, without what varies between copies."""
    address = re.sub(r"^[a-z]+://", "", url.strip().lower())
    address = re.sub(r"^(?:www\.|m\.)", "", address)
    address = re.split(r"[?#]", address)[0].rstrip("/")
    # The atlas moved; its slugs did not.
    return re.sub(r"^cfsmeatlas\.com/", "mecfsatlas.com/", address)
