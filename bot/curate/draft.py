"""A new entry: every bibliographic field that a source states, and TODO for what only a person can write.

A draft can be read like any other record, so that a batch of drafts breaks nothing; ``bot check`` names each
TODO (rule ``nothing_left_open``), so that no draft is published.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count as count_from
from typing import Any, Final

from bot.catalogue.model import Change, Design, Pem, PemSource, Retraction, RetractionStatus, Study
from bot.curate import clean
from bot.curate.duplicates import is_preprint
from bot.curate.merge import Merged
from bot.curate.reading import Notice

_LONGEST_ID: Final = 64
_LONGEST_NAME: Final = 30
_TITLE_WORDS: Final = 3
# Words that tell no two papers of this field apart.
_DULL: Final = frozenset(
    word
    for line in (
        "a an and are as at between by does for from how in into is its not of on or that the their this to",
        "using versus via vs was were what which who whom with without",
        "cfs chronic encephalomyelitis encephalopathy fatigue me mecfs myalgic syndrome",
        "analysis associated association case control disease effect effects evidence group groups",
        "investigation patient patients people study",
    )
    for word in line.split()
)
#: What PubMed's publication types, and Crossref's, settle about the design. The first that is found counts.
_DESIGNS: Final[Mapping[str, Design]] = {
    "Randomized Controlled Trial": Design.RANDOMISED_CONTROLLED_TRIAL,
    "Meta-Analysis": Design.META_ANALYSIS,
    "Systematic Review": Design.SYSTEMATIC_REVIEW,
    "Practice Guideline": Design.GUIDELINE,
    "Guideline": Design.GUIDELINE,
    "Clinical Trial Protocol": Design.PROTOCOL,
    "Review": Design.NARRATIVE_REVIEW,
    "Editorial": Design.COMMENTARY,
    "Comment": Design.COMMENTARY,
    "Letter": Design.COMMENTARY,
    "Case Reports": Design.CASE_SERIES,
}
_UNKNOWN_DESIGN: Final = Design.CROSS_SECTIONAL
_NO_PARTICIPANTS: Final = frozenset(
    {
        Design.META_ANALYSIS,
        Design.SYSTEMATIC_REVIEW,
        Design.NARRATIVE_REVIEW,
        Design.GUIDELINE,
        Design.COMMENTARY,
    }
)
#: From the mildest to the gravest: where sources tell of several notices, a record holds the gravest.
GRAVITY: Final = (
    RetractionStatus.CORRECTED,
    RetractionStatus.EXPRESSION_OF_CONCERN,
    RetractionStatus.WITHDRAWN,
    RetractionStatus.RETRACTED,
)
_NO_PAGE: Final = "https://TODO.invalid/name-the-page-you-read"


class DraftError(ValueError):
    """Too little is known to write a draft. The message says what is missing."""


def draft(work: Merged, taken: Collection[str], today: dt.date) -> Study:
    """The entry of a work, with an id that is not ``taken`` and a first line of history dated ``today``.

    Raises:
        DraftError: when no source states the title, or the year.
    """
    title, year = work.value("title"), work.value("year")
    if title is None or year is None:
        message = f"no source states the {'title' if title is None else 'year'}"
        raise DraftError(message)
    kinds = [kind for one in work.readings for kind in one.kinds]
    notice = notice_of(work.notices, year)
    design = next((known for kind, known in _DESIGNS.items() if kind in kinds), None)
    return Study(
        id=study_id(work, taken),
        title=title,
        title_sentence=work.title_sentence,
        authors=work.value("authors") or (),
        authors_complete=work.authors_complete,
        journal=work.value("journal") or "TODO: name the journal, or who issued it",
        **{
            field: work.value(field)
            for field in ("journal_abbrev", "volume", "issue", "pages", "doi", "pmid", "pmcid", "url")
        },
        year=year,
        **_left_open(design, notice),
        retraction=notice,
        sources=_pages(work),
        abstract_seen=False,
        curator_note=_note(work, design),
        changes=(Change(date=today, what=_history(work)),),
    )


def study_id(work: Merged, taken: Collection[str]) -> str:
    """A stable id: first author, year, and up to three words of the title that tell it from others.

    Where that is taken, more words of the title follow, then a number.
    """
    authors = work.value("authors") or ()
    first = "-".join(clean.ascii_words(authors[0].name)[:4]) if authors else ""
    words = clean.ascii_words(work.value("title") or "")
    telling = list(dict.fromkeys(word for word in words if word not in _DULL and len(word) > 1)) or words
    for count in range(_TITLE_WORDS, max(len(telling), _TITLE_WORDS) + 1):
        found = _joined(first, work.value("year"), telling[:count])
        if found not in taken:
            return found
    stem = _joined(first, work.value("year"), telling[:_TITLE_WORDS])
    return next(found for number in count_from(2) if (found := f"{stem}-{number}") not in taken)


def notice_of(notices: Iterable[Notice], year: int) -> Retraction | None:
    """The gravest of the notices on a work of that ``year``, as a record holds it; ``None`` if there is none.

    The reason is left out: it is prose, which a person writes. Of several notices of one gravity the one that
    names its DOI counts, then the latest.
    """
    graver = [one for one in notices if one.status is not None]
    if not graver:
        return None

    def rank(one: Notice) -> tuple[int, bool, int]:
        assert one.status is not None
        return (GRAVITY.index(one.status), one.doi is not None, one.year or 0)

    gravest = max(graver, key=rank)
    assert gravest.status is not None
    years = [one.year for one in graver if one.status is gravest.status and one.year is not None]
    stated = gravest.year or (max(years) if years else None)
    return Retraction(
        status=gravest.status,
        year=stated if stated is None or stated >= year else None,
        notice_doi=gravest.doi,
    )


def with_notice(finding: str, notice: Retraction | None) -> str:
    """The finding of a work that no longer counts as it did: the notice first, and what is left to write."""
    if notice is None or notice.status is RetractionStatus.CORRECTED:
        return finding
    return f"{notice.status.replace('-', ' ').upper()}. TODO: say what was claimed. {finding}"


def _joined(first: str, year: int, words: Sequence[str]) -> str:
    """The parts of an id, with as many of the words as fit whole."""
    joined = f"{(first or 'anonymous')[:_LONGEST_NAME].strip('-')}-{year}"
    for word in words:
        if len(joined) + len(word) < _LONGEST_ID:
            joined = f"{joined}-{word}"
    return joined


def said_by(fields: Mapping[str, Iterable[str]]) -> str:
    """Which source each field was taken from: "title, year from Crossref; pmid from PubMed"."""
    return "; ".join(f"{', '.join(names)} from {source}" for source, names in fields.items())


def _history(work: Merged) -> str:
    return f"Drafted: {said_by(work.stated_by)}."


def _pages(work: Merged) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(one.address for one in work.readings if one.address))
    return found or (_NO_PAGE,)


def _left_open(design: Design | None, notice: Retraction | None) -> dict[str, Any]:
    """What only a person can write. Each value keeps the other rules, so that only TODO is to be mended."""
    if design in _NO_PARTICIPANTS:
        badge: dict[str, Any] = {
            "pem": Pem.NOT_APPLICABLE,
            "pem_basis": f"TODO: confirm that this {design} selected no participants of its own.",
        }
    else:
        basis = "TODO: say which case definition everyone had to meet; nobody has read the methods yet."
        badge = {"pem": Pem.UNCLEAR, "pem_basis": basis}
    return {
        **badge,
        "pem_source": PemSource.NONE,
        "design": design or _UNKNOWN_DESIGN,
        "population": "TODO: who, or what, was studied",
        "finding": with_notice("TODO: what was found, in plain language and our own words.", notice),
        "why_it_matters": "TODO: why it matters, in plain language.",
        "limitations": ("TODO: a limit of this study", "TODO: another limit of this study"),
        "does_not_show": "It does not show TODO: the overclaim that people make of it.",
    }


def _note(work: Merged, design: Design | None) -> str:
    """What a curator has to look at beside the fields that say TODO."""
    if design is None:
        todo = [f"TODO: set design ({_UNKNOWN_DESIGN} only holds its place)"]
    else:
        todo = [f"TODO: check design ({design}, by the source's publication type)"]
    todo.append("n_cases, n_controls, criteria and topics")
    todo.append("abstract_seen once the abstract was read")
    notes = ["; ".join(todo) + "; then take this note out."]
    if not work.value("authors"):
        notes.append("No source names an author.")
    if work.disagreements:
        notes.append(
            "The sources disagree, and the first was taken: " + " | ".join(map(str, work.disagreements)) + "."
        )
    if is_preprint(work):
        notes.append("It is a preprint: say so among the limitations.")
    unusable = [f"{field} {text!r} ({one.source})" for one in work.readings for field, text in one.unusable]
    if unusable:
        notes.append(f"Of a form that no field can hold: {', '.join(unusable)}.")
    return clean.text(" ".join(notes)) or ""
