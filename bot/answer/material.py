"""What a card says that matters, small enough to be kept, and what changed of it since.

A card that stands in a channel may become untrue when the catalogue changes. So that this can be told, the
material facts of a card are kept beside it: the notice on a paper, its PEM badge, what was found, and the
limits. Wordings are kept as hashes: enough to see that they changed. Nothing here knows who shared a card.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from bot.answer.reply import Request
from bot.catalogue.model import Pem, RetractionStatus, Study, Topic
from bot.catalogue.store import Catalogue

#: Entries of one card whose facts are kept: as many as state remembers of a card.
MOST_ENTRIES: Final = 25

_DIGEST: Final = 9  # bytes; chance meetings need not be feared among the wordings of one entry
_CITE: Final = "cite"
_QUOTES: Final = str.maketrans("“”„‘’", '"""\'\'')


class Kind(StrEnum):
    """What changed. The order is that of seriousness, most serious first."""

    GONE = "gone"
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    CONCERN = "expression-of-concern"
    CORRECTED = "corrected"
    LIFTED = "lifted"
    PEM = "pem"
    FINDING = "finding"
    DROPPED = "dropped"
    LIMITATIONS = "limitations"
    REFERENCE = "reference"
    BACK = "back"
    UNKNOWN = "unknown"


_ORDER: Final = {kind: place for place, kind in enumerate(Kind)}


class Facts(Struct, frozen=True, omit_defaults=True):
    """What a card says of one entry. ``None``: it does not speak of that, or (``notice``) there is none.

    Attributes:
        notice: what a journal or the authors said later about the paper.
        year: when; for telling, not for comparing: a year that was filled in is no change to a reader.
        pem: the PEM badge.
        finding: hash of what was found; of a topic, of its answer.
        limits: hash of the limitations and of what it does not show.
        reference: hash of the bibliographic fields, for a card that is a citation.
    """

    notice: RetractionStatus | None = None
    year: int | None = None
    pem: Pem | None = None
    finding: str | None = None
    limits: str | None = None
    reference: str | None = None


class Pending(Struct, frozen=True):
    """A correction that is under way: what the message will show, and say, once it is done.

    Attributes:
        text: hash of the text that the message will show.
        facts: as in :class:`Said`.
    """

    text: str
    facts: dict[str, Facts]


class Said(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The material facts of a card, and how to draw it again.

    Attributes:
        version: of this record.
        subject: the study or topic that it is a card of.
        command: that draws it.
        options: of that command, without the words in which it was asked for.
        facts: by entry, the subject first; without the subject when that is not in the catalogue.
        known: false for a card of which nothing is known but its subject.
        pending: see there.
    """

    version: Literal[1]
    subject: str
    command: str
    options: dict[str, str]
    facts: dict[str, Facts]
    known: bool = True
    pending: Pending | None = None

    @property
    def request(self) -> Request:
        """What draws the card again."""
        return Request(self.command, self.options)

    def as_json(self) -> dict[str, Any]:
        """For keeping; :func:`read` takes it back. Of very many entries the first are kept."""
        pending = self.pending and Pending(self.pending.text, _first(self.pending.facts))
        made: dict[str, Any] = msgspec.to_builtins(
            msgspec.structs.replace(self, facts=_first(self.facts), pending=pending)
        )
        return made


@dataclass(frozen=True)
class Change:
    """One material change.

    Attributes:
        kind: what changed.
        entry: whose.
        year: of a notice, where it is known.
        was: the notice or badge before.
        now: the badge now.
    """

    kind: Kind
    entry: str
    year: int | None = None
    was: str | None = None
    now: str | None = None


def of(catalogue: Catalogue, card: Request, subject: str) -> Said:
    """The material facts of a card as the catalogue has them now.

    Args:
        catalogue: the catalogue.
        card: the request that draws the card.
        subject: the study or topic that it is a card of.
    """
    topic = catalogue.topic(subject)
    study = None if topic else catalogue.study(subject)
    facts: dict[str, Facts] = {}
    if topic is not None:
        facts[subject] = _of_topic(topic)
        for one in catalogue.studies(topic.studies):
            facts[one.id] = Facts(**_badges(one))
    elif study is not None:
        facts[subject] = _of_citation(study) if card.command == _CITE else _of_study(study)
    return Said(1, subject, card.command, dict(card.options), facts)


def read(kept: Mapping[str, Any], subject: str) -> Said:
    """What was kept of a card.

    Args:
        kept: as :meth:`Said.as_json` made it. What an older or newer version kept is read as not known.
        subject: the entry that the card is remembered with.
    """
    try:
        return msgspec.convert(kept, Said)
    except msgspec.ValidationError:
        return Said(1, subject, "", {}, {}, known=False)


def anew(catalogue: Catalogue, before: Said) -> Said:
    """The material facts of a card that was shared before, as the catalogue has them now."""
    if before.command:
        return of(catalogue, before.request, before.subject)
    command, option = ("ask", "question") if catalogue.topic(before.subject) else ("study", "query")
    return of(catalogue, Request(command, {option: before.subject}), before.subject)


def changes(before: Said, after: Said) -> tuple[Change, ...]:
    """What a reader of the card must be told, most serious first; empty where it still says what is so."""
    if after.subject not in after.facts:
        gone_before = before.known and before.subject not in before.facts
        return () if gone_before else (Change(Kind.GONE, after.subject),)
    if not before.known:
        return (Change(Kind.UNKNOWN, after.subject),)
    if before.subject not in before.facts:
        return (Change(Kind.BACK, after.subject),)
    found = [
        change
        for entry, was in before.facts.items()
        for change in _between(entry, was, after.facts.get(entry))
    ]
    return tuple(sorted(found, key=lambda change: _ORDER[change.kind]))


def _between(entry: str, was: Facts, now: Facts | None) -> Iterator[Change]:
    if now is None:
        yield Change(Kind.DROPPED, entry)
        return
    if was.notice != now.notice:
        if now.notice is None:
            yield Change(Kind.LIFTED, entry, was=was.notice)
        else:
            yield Change(Kind(now.notice.value), entry, year=now.year, was=was.notice)
    if was.pem != now.pem:
        yield Change(Kind.PEM, entry, was=was.pem, now=now.pem)
    for kind, old, new in (
        (Kind.FINDING, was.finding, now.finding),
        (Kind.LIMITATIONS, was.limits, now.limits),
        (Kind.REFERENCE, was.reference, now.reference),
    ):
        if old != new:
            yield Change(kind, entry)


def _first(facts: Mapping[str, Facts]) -> dict[str, Facts]:
    return dict(islice(facts.items(), MOST_ENTRIES))


def _badges(study: Study) -> dict[str, Any]:
    notice = study.retraction
    return {
        "notice": notice.status if notice else None,
        "year": notice.year if notice else None,
        "pem": study.pem,
    }


def _of_study(study: Study) -> Facts:
    return Facts(**_badges(study), finding=_hash([study.finding]), limits=_limits(study))


def _of_citation(study: Study) -> Facts:
    printed = (study.title, study.journal, study.year, study.volume, study.issue, study.pages, study.doi)
    # Letter case stays: in a title it is what is cited.
    reference = hashlib.blake2b(repr((printed, study.authors)).encode(), digest_size=_DIGEST).hexdigest()
    return Facts(**_badges(study), limits=_limits(study), reference=reference)


def _of_topic(topic: Topic) -> Facts:
    return Facts(
        finding=_hash([topic.status.value, topic.short_answer, *topic.what_research_shows]),
        limits=_hash([*topic.what_it_does_not_prove, *topic.limitations]),
    )


def _limits(study: Study) -> str:
    return _hash([*study.limitations, study.does_not_show, str(study.abstract_seen)])


def _hash(texts: Iterable[str]) -> str:
    """A hash of wordings that white space, letter case, the shape of quotes and full stops do not change.

    Nothing else is passed over: a sign or a decimal point may be all that a correction is about.
    """
    digest = hashlib.blake2b(digest_size=_DIGEST)
    for text in texts:
        plain = unicodedata.normalize("NFC", text).translate(_QUOTES).casefold()
        digest.update(" ".join(plain.split()).rstrip(".").encode() + b"\0")
    return digest.hexdigest()
