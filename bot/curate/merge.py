"""What several sources say of one work, made into one: a value for each field, who says it, and who does not.

Which source is preferred does not depend on the order in which the readings are given.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.catalogue.model import Author
from bot.curate import clean, crossref, pubmed
from bot.curate.reading import FIELDS, Notice, Reading, same_title

# The publisher's own deposit comes first for what the publisher decides; PubMed next, and alone for what the
# National Library of Medicine decides (journal_abbrev, pmid, pmcid); a file last: nobody knows what made it.
_PREFERRED: Final = (crossref.NAME, pubmed.NAME)


@dataclass(frozen=True)
class Chosen:
    """A value, and the sources that state it, the one it was taken from first."""

    value: Any
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Disagreement:
    """A field for which sources state values that do not mean the same."""

    field: str
    values: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        """One line: the field, and who says what; the first one was taken."""
        said = "; ".join(f"{source}: {shown(value)}" for source, value in self.values)
        return f"{self.field}: {said}"


@dataclass(frozen=True)
class Merged:
    """One work out of its readings.

    Attributes:
        fields: the chosen value of each field that a source states, in the order of the model.
        title_sentence: the title in sentence case, where one source prints Title Case and another does not.
        authors_complete: whether the source of the authors gives all of them.
        disagreements: what the sources state differently.
        strangers: readings left out, because their title is another one.
        readings: those that were used, the preferred one first.
    """

    fields: Mapping[str, Chosen]
    title_sentence: str | None
    authors_complete: bool
    disagreements: tuple[Disagreement, ...]
    strangers: tuple[Reading, ...]
    readings: tuple[Reading, ...]

    def value(self, field: str) -> Any:
        """The value of a field; ``None`` if no source states it."""
        chosen = self.fields.get(field)
        return chosen.value if chosen else None

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What any of the sources says was later said of the work."""
        return tuple(dict.fromkeys(notice for one in self.readings for notice in one.notices))

    @property
    def stated_by(self) -> dict[str, list[str]]:
        """The fields taken from each source, in the order of the model."""
        by_source: dict[str, list[str]] = {}
        for field, chosen in self.fields.items():
            by_source.setdefault(chosen.sources[0], []).append(field)
        return by_source


def merge(readings: Iterable[Reading]) -> Merged:
    """Merge the readings of one work. A reading with another title than the first one's is left out.

    A DOI or PMID enters the catalogue only together with the title it belongs to (docs/editorial-policy.md),
    so an identifier that leads to another title leads nowhere.

    Raises:
        ValueError: when there is no reading.
    """
    ranked = sorted(readings, key=_rank)
    if not ranked:
        message = "there is nothing to merge"
        raise ValueError(message)
    titled = next((one for one in ranked if one.title), ranked[0])
    strangers = tuple(one for one in ranked if not _fits(titled, one))
    used = tuple(one for one in ranked if one not in strangers)
    fields: dict[str, Chosen] = {}
    disagreements: list[Disagreement] = []
    for field in FIELDS:
        stated = [(one.source, one.value(field)) for one in used]
        stated = [(source, value) for source, value in stated if value is not None]
        if not stated:
            continue
        first = _BEST.get(field, _first)(stated)
        agreeing = [source for source, value in stated if agree(field, first[1], value)]
        sources = (first[0], *(source for source in dict.fromkeys(agreeing) if source != first[0]))
        fields[field] = Chosen(value=first[1], sources=sources)
        if any(not agree(field, first[1], value) for _, value in stated):
            others = [pair for pair in stated if pair != first]
            disagreements.append(Disagreement(field, (first, *others)))
    if "doi" in fields:
        fields.pop("url", None)  # the DOI is the address
    return Merged(
        fields=fields,
        title_sentence=_sentence_case(fields, used),
        authors_complete=_complete(fields, used),
        disagreements=tuple(disagreements),
        strangers=strangers,
        readings=used,
    )


def agree(field: str, one: Any, other: Any) -> bool:
    """Whether two values of a field mean the same, however differently they are written."""
    return bool(_SAME.get(field, _equal)(one, other))


def shown(value: Any) -> str:
    """A value as one short piece of text for people."""
    if isinstance(value, tuple):
        names = [author.name for author in value]
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004
    return str(value)


def _rank(one: Reading) -> tuple[int, str, str]:
    place = _PREFERRED.index(one.source) if one.source in _PREFERRED else len(_PREFERRED)
    return (place, one.source, repr(one))


def _fits(titled: Reading, one: Reading) -> bool:
    return one is titled or not one.title or not titled.title or same_title(titled.title, one.title)


def _first(stated: Sequence[tuple[str, Any]]) -> tuple[str, Any]:
    return stated[0]


def _best_authors(stated: Sequence[tuple[str, tuple[Author, ...]]]) -> tuple[str, tuple[Author, ...]]:
    """The list of the first source, or one with the same people whose given names are fuller."""
    first = stated[0][1]
    alike = [pair for pair in stated if _same_people(first, pair[1]) and len(pair[1]) == len(first)]
    return max(alike, key=lambda pair: sum(len((a.given or "").replace(".", "")) for a in pair[1]))


def _best_title(stated: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The first source's, unless it shouts, or lacks the subtitle that another one has."""
    first = stated[0]
    key = clean.title_key(first[1])
    for pair in stated[1:]:
        whole = clean.title_key(pair[1]).startswith(f"{key} ")
        if whole or (first[1].isupper() and not pair[1].isupper()):
            return pair
    return first


def _best_pages(stated: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The first source's, or a whole range that begins with its page."""
    return max((pair for pair in stated if _same_pages(stated[0][1], pair[1])), key=lambda pair: len(pair[1]))


def _sentence_case(fields: Mapping[str, Chosen], readings: Sequence[Reading]) -> str | None:
    """The same title in fewer capitals, if a source has it so."""
    if "title" not in fields:
        return None
    title: str = fields["title"].value
    alike = [one.title for one in readings if one.title and one.title.casefold() == title.casefold()]
    fewest = min((title, *alike), key=lambda text: sum(c.isupper() for c in text))
    return fewest if sum(c.isupper() for c in fewest) < sum(c.isupper() for c in title) else None


def _complete(fields: Mapping[str, Chosen], readings: Sequence[Reading]) -> bool:
    if "authors" not in fields:
        return False
    source = fields["authors"].sources[0]
    return any(one.source == source and one.authors and one.authors_complete for one in readings)


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


def _same_words(one: str, other: str) -> bool:
    return clean.words(one) == clean.words(other)


def _same_titles(one: str, other: str) -> bool:
    """The same words, or those of the other one's title without its subtitle."""
    shorter, longer = sorted((clean.title_key(one), clean.title_key(other)), key=len)
    return shorter == longer or (bool(shorter) and longer.startswith(f"{shorter} "))


def _same_journals(one: str, other: str) -> bool:
    """By words, without a leading "the", a subtitle or the place that the NLM adds in brackets."""

    def bare(name: str) -> str:
        return clean.words(name.split(" : ", maxsplit=1)[0].split(" (", maxsplit=1)[0]).removeprefix("the ")

    return bare(one) == bare(other)


def _same_people(one: tuple[Author, ...], other: tuple[Author, ...]) -> bool:
    """As many authors, with the same names in the same order; initials and whole given names are the same."""
    return len(one) == len(other) and all(
        _same_name(first, second) for first, second in zip(one, other, strict=True)
    )


def _same_name(one: Author, other: Author) -> bool:
    first, second = clean.words(one.name).replace(" ", ""), clean.words(other.name).replace(" ", "")
    if first != second and not (one.literal or other.literal):
        return False
    if one.literal or other.literal:
        whole = [clean.words(f"{a.literal or ''} {a.given or ''} {a.family or ''}") for a in (one, other)]
        return sorted(whole[0].split()) == sorted(whole[1].split())
    initials = [clean.words(a.given or "")[:1] for a in (one, other)]
    return not all(initials) or initials[0] == initials[1]


def _same_pages(one: str, other: str) -> bool:
    """Equal, or only the first page against the whole range."""
    first, second = one.casefold(), other.casefold()
    return first == second or any(
        "-" not in short and long.startswith(f"{short}-")
        for short, long in ((first, second), (second, first))
    )


_SAME: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "title": _same_titles,
    "journal": _same_journals,
    "journal_abbrev": _same_words,
    "volume": _same_words,
    "issue": _same_words,
    "pages": _same_pages,
    "authors": _same_people,
}
_BEST: Final[Mapping[str, Callable[[Sequence[tuple[str, Any]]], tuple[str, Any]]]] = {
    "title": _best_title,
    "authors": _best_authors,
    "pages": _best_pages,
}
