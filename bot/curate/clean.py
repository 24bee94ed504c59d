"""Values as sources write them, brought into the catalogue's form.

Nothing here guesses: a value that cannot be brought into the form of its field in
:mod:`bot.catalogue.model` is given up (``None``), never bent.
"""

import html
import re
import unicodedata
from typing import Any, Final, get_type_hints

import msgspec

from bot.catalogue.model import Author, Study

_TYPES: Final = get_type_hints(Study, include_extras=True)
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_RAISED: Final = re.compile(
    r"<(?P<tag>(?:[a-z]+:)?(?:sup|sub))\b[^<>]*>(?P<inside>[^<>]*)</(?P=tag)>", re.IGNORECASE
)
_SUPERSCRIPT: Final = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_SUBSCRIPT: Final = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DOI_LINK: Final = re.compile(r"https?://(?:dx\.)?doi\.org/", re.IGNORECASE)
_PMID: Final = re.compile(r"(?:PMID:?\s*|https?://\S*?/)?0*([1-9]\d{0,8})(?:\.0)?/?", re.IGNORECASE)
_DASH: Final = re.compile(r"\s*(?:--?|[‐‑‒–—−])\s*")
_RANGE: Final = re.compile(r"(?P<kind>[A-Za-z]*)(?P<first>\d+)-(?P<kind2>[A-Za-z]*)(?P<last>\d+)")
_DOI_START: Final = re.compile(r"^\s*(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)?(?=10\.)", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LONGEST: Final = 4_000  # characters; the longest titles have some 500
_BEYOND: Final = 10**20  # Python refuses to write out numbers of some thousand digits
_NOTICE: Final = re.compile(r"^\W*(?:retracted|withdrawn)(?: article)?\W+", re.IGNORECASE)
# Letters that Unicode does not take apart, and Greek ones that titles spell out in ids.
_SPELLED: Final = {
    ord(letter): spelled
    for letter, spelled in zip(
        "ßøØłŁđæÆœðþıαβγ’'",
        ("ss", "o", "O", "l", "L", "d", "ae", "AE", "oe", "d", "th", "i", "alpha", "beta", "gamma", "", ""),
        strict=True,
    )
}


def usable(field: str, value: Any) -> bool:
    """Whether a study may hold ``value`` in ``field``."""
    try:
        msgspec.convert(value, _TYPES[field])
    except msgspec.ValidationError:
        return False
    return True


def text(value: object) -> str | None:
    """One line of plain text: no tags, entities or control characters; numbers raised or lowered stay so.

    ``None`` for what is no text, holds nothing, or is longer than any field has reason to be.
    """
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    # Some deposits are escaped twice ("&amp;amp;"), so tags may appear only after unescaping.
    plain = html.unescape(html.unescape(value))
    plain = _RAISED.sub(_raise_or_lower, plain)
    plain = _TAG.sub("", plain)
    plain = unicodedata.normalize("NFC", _CONTROL.sub(" ", _INVISIBLE.sub("", plain)))
    return " ".join(plain.split()) or None


def title(value: object) -> str | None:
    """A title with no final full stop, and without the brackets PubMed puts around a translated one."""
    found = text(value)
    if found is None:
        return None
    if found.endswith(".") and not re.search(r"\.\w*\.$", found):
        found = found[:-1].rstrip()
    if found.startswith("[") and found.endswith("]") and "[" not in found[1:]:
        found = found[1:-1].strip().removesuffix(".")
    return found or None


def title_key(value: str) -> str:
    """What two titles of one work have in common: words without case, accents, marks or a retraction mark."""
    return words(_NOTICE.sub("", value))


def words(value: str) -> str:
    """The words of a text for comparing: no case, no accents, no punctuation, "&" as "and"."""
    decomposed = unicodedata.normalize("NFKD", value.replace("&", " and ").casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare))


def ascii_words(value: str) -> list[str]:
    """The words of a text in the letters an id may have; a word with none of them is left out."""
    spelled = value.translate(_SPELLED)
    return re.findall(r"[a-z0-9]+", words(spelled).encode("ascii", "ignore").decode())


def pages(value: object) -> str | None:
    """A page range with both ends in full ("149-56" is 149-156), or an article number."""
    found = text(value)
    if found is None:
        return None
    # MEDLINE adds what else belongs to an article: "71-82; discussion 83".
    found = _DASH.sub("-", re.split(r"[;,]", found)[0]).strip(" .").removeprefix("pp").strip(" .")
    if match := _RANGE.fullmatch(found):
        kind, first, last = match["kind"], match["first"], match["last"]
        if match["kind2"] in ("", kind) and len(last) < len(first):
            last = first[: len(first) - len(last)] + last
        if match["kind2"] in ("", kind) and int(last) >= int(first):
            found = f"{kind}{first}" if first == last else f"{kind}{first}-{kind}{last}"
    return found if usable("pages", found) else None


def doi(value: object) -> str | None:
    """A bare DOI in lower case, out of any usual way to write one."""
    found = text(value)
    if found is None:
        return None
    bare = _DOI_START.sub("", found, count=1).lower().rstrip(".,; ")
    return bare if usable("doi", bare) else None


def pmid(value: object) -> str | None:
    """A PubMed id, out of digits, a number or an address."""
    found = text(_written(value))
    match = _PMID.fullmatch(found or "")
    return match[1] if match else None


def pmcid(value: object) -> str | None:
    """A PubMed Central id with its "PMC"; a version ("PMC123.2") is left off."""
    match = re.search(r"(?:^|PMC)\s*0*([1-9]\d{0,8})(?:\.\d+)?/?$", text(value) or "", re.IGNORECASE)
    return f"PMC{match[1]}" if match else None


def url(value: object) -> str | None:
    """A web address; one that only leads to a DOI is none of its own."""
    found = text(value)
    if found is None or not usable("url", found) or _DOI_LINK.match(found):
        return None
    return found


def year(value: object) -> int | None:
    """The first year in a text, or the number itself."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if usable("year", value) else None
    match = _YEAR.search(text(value) or "")
    return int(match[0]) if match and usable("year", int(match[0])) else None


def short(value: object) -> str | None:
    """A volume or an issue."""
    found = text(_written(value))
    return found if found is not None and usable("volume", found) else None


def person(family: object, given: object = None, suffix: object = None) -> Author | None:
    """A person's name in the catalogue's form: a suffix stands after the given names, no comma in the family.

    A name of one part only (``given`` without ``family``) counts as the family name.
    """
    last, first, behind = text(family), text(given), text(suffix)
    if last is None:
        last, first = first, None
    if last is None:
        return None
    if "," in last:
        last, _, rest = (part.strip() for part in last.partition(","))
        first = " ".join(part for part in (first, rest) if part) or None
    given_name = " ".join(part for part in (first, behind) if part) or None
    return Author(family=last, given=given_name) if last else None


def written_name(name: str) -> Author | None:
    """An author out of "Family, Given, Suffix"; without a comma, an institution."""
    found = text(name)
    if found is None:
        return None
    family, comma, rest = found.partition(",")
    if not comma:
        return Author(literal=found)
    given, _, suffix = rest.partition(",")
    return person(family, given, suffix)


def _written(value: object) -> object:
    """A whole number as text; a number that no field could hold, or anything else, as it is."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _BEYOND:
        return str(value)
    return value


def _raise_or_lower(match: re.Match[str]) -> str:
    inside = match["inside"].strip()
    table = _SUPERSCRIPT if match["tag"].lower().endswith("sup") else _SUBSCRIPT
    return inside.translate(table) if inside and all(ord(c) in table for c in inside) else match["inside"]
