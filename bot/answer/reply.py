"""A request, and the reply to it: blocks of Markdown, each with a role, that any front can lay out.

A reply that speaks of a study or a topic cannot be made without its limitations and the explanation of the
PEM badge, nor can the retraction notice of a study stand anywhere but first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from bot.catalogue.prose import shorten

#: Characters of Markdown that one message may hold (Discord, Components V2: 4,000 over all text).
BUDGET: Final = 4_000
#: The least budget that a front may ask for; every reply keeps its promises down to here.
LEAST_BUDGET: Final = 2_000

#: Characters of alternative text (Discord's "Component Reference", media gallery item: description).
ALT_LIMIT: Final = 1_024

_GAP: Final = 2  # the blank line that a front sets between blocks


class Role(StrEnum):
    """What a block is for. ``responses/evidence.md.j2`` has the order in which a reader meets them."""

    NOTICE = "notice"
    TITLE = "title"
    BADGE = "badge"
    SUMMARY = "summary"
    WHY = "why"
    DETAIL = "detail"
    LIMITATIONS = "limitations"
    PEM_BADGE = "pem_badge"
    CITATION = "citation"
    SNAPSHOT = "snapshot"
    LINKS = "links"
    FOOTER = "footer"


#: Roles that are never shortened nor dropped.
REQUIRED: Final = frozenset({Role.NOTICE, Role.TITLE, Role.BADGE, Role.LIMITATIONS, Role.PEM_BADGE})
#: Optional roles, first to go first.
_DROPPED: Final = (
    Role.DETAIL,
    Role.WHY,
    Role.LINKS,
    Role.FOOTER,
    Role.SNAPSHOT,
    Role.CITATION,
    Role.SUMMARY,
)
#: Optional roles that go whole or not at all: half a citation or half a link is a wrong one.
_WHOLE: Final = frozenset({Role.CITATION, Role.SNAPSHOT, Role.LINKS, Role.FOOTER})


class Outcome(StrEnum):
    """How a request ended."""

    ANSWER = "answer"
    CHOICES = "choices"
    NO_MATCH = "no_match"
    GUIDANCE = "guidance"
    ERROR = "error"


class IncompleteReplyError(Exception):
    """A reply about evidence lacks what every such reply must carry, or cannot carry it within its budget."""


@dataclass(frozen=True)
class Request:
    """What somebody asked for.

    Attributes:
        command: the command's name, without the slash.
        options: the options given, as text, by name.
        budget: how many characters of Markdown the reply may have.
        shown: ids of the studies in the reply that this person saw last, so that "/cite" alone can mean them.
    """

    command: str
    options: Mapping[str, str] = field(default_factory=dict)
    budget: int = BUDGET
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A piece of Markdown with a role."""

    role: Role
    text: str


@dataclass(frozen=True)
class File:
    """A file that goes with a reply: text, or a picture, which always has words for those who do not see it.

    Attributes:
        name: with its ending.
        content: text, or the bytes of a picture.
        alt: what the picture shows, at most :data:`ALT_LIMIT` characters; empty for text.

    Raises:
        ValueError: when a picture has no alternative text, or text has one, or it is too long.
    """

    name: str
    content: str | bytes
    alt: str = ""

    def __post_init__(self) -> None:
        """Refuse a picture that says nothing to a screen reader."""
        if self.is_picture != bool(self.alt.strip()) or len(self.alt) > ALT_LIMIT:
            message = (
                f"{self.name}: a picture needs alternative text of 1 to {ALT_LIMIT} characters, text none"
            )
            raise ValueError(message)

    @property
    def is_picture(self) -> bool:
        """Whether a front should show it, and not only offer it."""
        return isinstance(self.content, bytes)

    @property
    def data(self) -> bytes:
        """What to write to disk or send; text as UTF-8."""
        return self.content if isinstance(self.content, bytes) else self.content.encode()


@dataclass(frozen=True)
class Action:
    """A next step that a front may offer: pressing it asks ``command`` with ``options``."""

    label: str
    command: str
    options: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True)
class Menu:
    """Next steps of one kind, for a front that can show a list to pick from.

    ``first`` is the number that the reply gives to the first entry.
    """

    label: str
    entries: tuple[Action, ...]
    first: int = 1


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer, whole and within its budget.

    Attributes:
        command: the command that was answered.
        outcome: how it ended.
        title: the reply in one line of plain text, for logs of fronts, notifications and lists.
        blocks: the text.
        studies: ids of the studies it speaks of.
        topics: ids of the topics it speaks of.
        counted: how many studies it speaks of as a set, without naming them.
        subject: the one entry it is a card of, if any: what *Report an error* speaks of.
        again: the request that gives this card again to anybody, without the words in which it was asked for:
            what *Share* posts.
        files: files that go with it.
        actions: next steps, most useful first.
        menus: lists of next steps.

    Raises:
        IncompleteReplyError: when it speaks of evidence without its limitations or the meaning of the badge,
            or a notice is not the first block.
    """

    command: str
    outcome: Outcome
    title: str
    blocks: tuple[Block, ...]
    studies: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    counted: int = 0
    subject: str | None = None
    again: Request | None = None
    files: tuple[File, ...] = ()
    actions: tuple[Action, ...] = ()
    menus: tuple[Menu, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a reply that breaks a promise."""
        roles = [block.role for block in self.blocks]
        if any(not block.text.strip() for block in self.blocks):
            message = f"an empty block in the reply to /{self.command}"
            raise IncompleteReplyError(message)
        if self.is_evidence:
            for needed in (Role.LIMITATIONS, Role.PEM_BADGE):
                if needed not in roles:
                    message = f"the reply to /{self.command} speaks of evidence without its {needed} block"
                    raise IncompleteReplyError(message)
        if Role.NOTICE in roles[1:]:
            message = f"the notice in the reply to /{self.command} does not come first"
            raise IncompleteReplyError(message)

    @property
    def text(self) -> str:
        """The whole reply as one Markdown text."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def is_evidence(self) -> bool:
        """Whether it speaks of studies or topics, by name or as a set."""
        return bool(self.studies or self.topics or self.counted)

    def but(self, **changes: object) -> "Reply":
        """The same reply with some attributes changed; checked like any other."""
        return replace(self, **changes)  # type: ignore[arg-type]


def fit(blocks: tuple[Block, ...], budget: int, keep: frozenset[Role] = frozenset()) -> tuple[Block, ...]:
    """Bring blocks within a budget: optional ones are shortened at a sentence end, then dropped; others
    never.

    Args:
        blocks: the blocks, in reading order.
        budget: the characters there are, blank lines between blocks included.
        keep: optional roles that this reply cannot do without.

    Raises:
        IncompleteReplyError: when what must stay is longer than the budget.
    """
    kept = list(blocks)
    for role in _DROPPED:
        over = _length(kept) - budget
        if over <= 0:
            break
        if role in keep:
            continue
        for position in reversed([i for i, block in enumerate(kept) if block.role == role]):
            text = kept[position].text
            shorter = "" if role in _WHOLE else _shorten_lines(text, len(text) - over)
            if shorter:
                kept[position] = Block(role, shorter)
            else:
                del kept[position]
            over = _length(kept) - budget
            if over <= 0:
                break
    if _length(kept) > budget:
        message = f"{_length(kept)} characters must stay, {budget} are there"
        raise IncompleteReplyError(message)
    return tuple(kept)


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks) + _GAP * (len(blocks) - 1)


def _shorten_lines(text: str, limit: int) -> str:
    """Whole lines, then whole sentences of the next line, from the start; "" if only a heading would be
    left.
    """
    kept: list[str] = []
    room = limit
    for line in text.split("\n"):
        part = line if len(line) <= room else shorten(line, room)
        if part:
            kept.append(part)
        if part != line:
            break
        room -= len(line) + 1
    while kept and (not kept[-1].strip() or kept[-1].rstrip().endswith(("**", ":"))):
        kept.pop()  # a heading with nothing under it
    return "\n".join(kept)
