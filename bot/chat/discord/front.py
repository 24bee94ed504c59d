"""What every part of the Discord front works with: the desk, the state, the settings, its own words."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bot.answer.desk import Desk
from bot.answer.errors import UnusableRequestError
from bot.answer.reply import Outcome, Reply
from bot.catalogue.store import Filters
from bot.chat.discord.guild_choices import GuildChoices
from bot.chat.discord.presses import Press, write
from bot.settings import Settings
from bot.state import SharerTags, State

if TYPE_CHECKING:
    import discord

    from bot.chat.discord.client import EvidenceClient

Interaction: TypeAlias = "discord.Interaction[EvidenceClient]"

#: Characters of text a reply may have: Discord's 4,000, less what this front may add in a line of its own.
BUDGET: Final = 3_800


class RefusedError(Exception):
    """Something that cannot be done for this person, here or now.

    Attributes:
        kind: which sentence of ``responses/discord.md.j2`` tells it.
        facts: what that sentence needs to know.
    """

    def __init__(self, kind: str, **facts: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.facts = facts


@dataclass
class Front:
    """The parts, and what they say together.

    Attributes:
        desk: answers from the catalogue that is open now; may be replaced by that of a newer one.
        state: what servers chose.
        settings: of this process.
        tags: marks that let a sharer delete a card without anybody's name being kept.
        look_again: set to look at once whether there is a newer catalogue.
    """

    desk: Desk
    state: State
    settings: Settings
    tags: SharerTags
    look_again: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    guilds: GuildChoices = field(init=False)
    _entries: tuple[Desk, frozenset[str]] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Read settings through a memory of this front's own."""
        self.guilds = GuildChoices(self.state.guilds)

    @property
    def labels(self) -> Mapping[str, Any]:
        """The short words of ``responses/labels.toml``."""
        return self.desk.library.templates.labels

    def entries(self) -> frozenset[str]:
        """The ids of every study and topic, read once for each catalogue."""
        if self._entries is None or self._entries[0] is not self.desk:
            catalogue = self.desk.library.catalogue
            topics = {topic.id for topic in catalogue.all_topics()}
            self._entries = self.desk, frozenset(catalogue.find(Filters())) | topics
        return self._entries[1]

    def write(self, press: Press) -> str | None:
        """The custom_id of a press; ``None`` when it does not fit."""
        return write(press, self.entries().__contains__)

    def unusable(self, error: UnusableRequestError) -> Reply:
        """The reply to a request that cannot be answered as it was made."""
        blocks = self.desk.library.templates.blocks("error", kind=error.kind, **error.facts)
        return Reply(command="", outcome=Outcome.ERROR, title=error.kind, blocks=blocks)

    def say(self, kind: str, outcome: Outcome = Outcome.ERROR, **facts: object) -> Reply:
        """A reply in this front's own words: a sentence of ``responses/discord.md.j2``."""
        blocks = self.desk.library.templates.blocks("discord", kind=kind, **facts)
        return Reply(command="", outcome=outcome, title=kind, blocks=blocks)
