"""The client: what it hears, what it knows, how it starts and how it leaves."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import discord
import structlog
from discord import app_commands

from bot.chat.discord import commands, menus, suggest
from bot.chat.discord.buttons import Pressed
from bot.chat.discord.errors import Tree, handling, story
from bot.chat.discord.front import Front, Interaction
from bot.chat.discord.identifying import Identifying
from bot.chat.discord.lateness import Lateness, is_too_late
from bot.chat.discord.mentions import Mentions
from bot.chat.discord.presses import Kind, UnreadablePressError, read
from bot.chat.discord.sync import sync_if_changed
from bot.chat.discord.translation import Translator
from bot.state import StateError

_log = structlog.get_logger(__name__)

#: Seconds that answers which are under way have when the bot is told to leave.
_LEAVE_WITHIN: Final = 7.0
#: Seconds that a registration of commands which is under way has.
_REGISTER_WITHIN: Final = 1.0
#: Seconds in which the library hands on what it heard last.
_SETTLE: Final = 0.05


class EvidenceClient(discord.AutoShardedClient):
    """The bot on Discord.

    Args:
        front: what it answers with.
        register: whether it registers the commands when they changed.
        identifying: when it may identify; to be shared by the clients of a process that follow each other.
        options: further options of the library's client, such as ``shard_ids``.
    """

    def __init__(
        self,
        front: Front,
        *,
        register: bool = True,
        identifying: Identifying | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
            intents=intents(mentions=front.settings.answer_mentions),
            allowed_mentions=discord.AllowedMentions.none(),
            # Nothing is looked up about members or earlier messages, so nothing of them is kept.
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            # Where shards are spread over machines; else the library asks Discord how many there should be.
            shard_ids=front.settings.shard_ids,  # type: ignore[arg-type] # a tuple will do
            shard_count=front.settings.shard_count,
            **options,
        )
        self.front = front
        self.tree = Tree(
            self,
            # Everywhere: added to a server or to a person's account; in servers, direct messages and groups.
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
        )
        commands.add_to(self.tree, front.labels)
        menus.add_to(self.tree)
        self._register = register
        self._identifying = identifying or Identifying()
        self._mentions = Mentions(self)
        self.lateness = Lateness()
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._registration: asyncio.Task[bool] | None = None

    @contextmanager
    def busy(self) -> Iterator[None]:
        """While something is being answered; the bot does not leave in the middle of it."""
        self._busy += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._busy -= 1
            if self._busy == 0:
                self._idle.set()

    def is_waited_for(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether Discord still takes an answer. When there is too much to do, the bot must not fall further
        behind with work that nobody sees; the person has been told by Discord to try again.
        """
        late = self.lateness.of(interaction.created_at.timestamp())
        if not is_too_late(late):
            return True
        _log.info("answered", command=interaction.type.name, outcome="expired", ms=round(late * 1000, 1))
        return False

    async def setup_hook(self) -> None:
        """After the token was accepted, before the bot hears anything."""
        self.add_dynamic_items(Pressed)
        await self.tree.set_translator(Translator(self.front.settings.responses))
        if self._register and self.application_id is not None:
            # Beside the start, not before it: Discord may hold a registration back for minutes.
            work = sync_if_changed(self.tree, self.front.state.trees, self.application_id)
            self._registration = asyncio.create_task(work, name="register commands")

    async def before_identify_hook(self, _shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for the next moment at which a shard may identify: before every one, the first included."""
        del initial  # of this client; the one before it may have identified a second ago
        await self._identifying.turn()

    async def leave(self) -> None:
        """Hear nothing more, finish what is being answered, then go. Takes at most ten seconds."""
        await asyncio.gather(*(shard.disconnect() for shard in self.shards.values()))
        await asyncio.sleep(_SETTLE)
        try:
            await asyncio.wait_for(self.quiet(), _LEAVE_WITHIN)
        except TimeoutError:
            _log.warning("left before everything was answered", unanswered=self._busy)
        await self.close()

    async def quiet(self) -> None:
        """Wait until nothing is being answered, nor about to be: what was heard last may not have begun."""
        while self._busy:
            await self._idle.wait()
            await asyncio.sleep(_SETTLE)
        await self.front.guilds.settled()

    async def close(self) -> None:
        """Go at once."""
        if self._registration is not None:
            # It may be writing down that it is done; Discord may also hold it back for long.
            await asyncio.wait({self._registration}, timeout=_REGISTER_WITHIN)
            self._registration.cancel()
            await asyncio.gather(self._registration, return_exceptions=True)
        await super().close()

    async def on_ready(self) -> None:
        """Told by Discord, after each fresh connection."""
        _log.info("ready", servers=len(self.guilds), shards=self.shard_count)

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Take the forms that were sent: they are found by their custom_id alone, like buttons."""
        if interaction.type is not discord.InteractionType.modal_submit or not self.is_waited_for(
            interaction
        ):
            return
        await _form(interaction)  # type: ignore[arg-type] # our client

    async def on_message(self, message: discord.Message) -> None:
        """Answer those that speak to the bot."""
        await self._mentions.hear(message)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Erase what a server left behind when the bot is removed from it."""
        with self.busy():
            try:
                forgotten = await self.front.state.forget(guild.id)
            except StateError as error:
                _log.error("what a server left could not be erased", **story(error))
            else:
                _log.info("a server was left and forgotten", cards=forgotten.cards, lists=forgotten.lists)
            self.front.guilds.forget(guild.id)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """Forget a shared card that somebody deleted."""
        if event.guild_id is not None:
            await self._forget_cards([event.message_id])

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Forget shared cards that were deleted with other messages."""
        if event.guild_id is not None:
            await self._forget_cards(list(event.message_ids))

    async def _forget_cards(self, message_ids: list[int]) -> None:
        with self.busy():
            try:
                await self.front.state.cards.forget_messages(message_ids)
            except StateError:
                _log.warning("a deleted card is still remembered")

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """Log what a listener of ours did not catch; never what it was given."""
        error = sys.exc_info()[1]
        _log.error("a listener failed", listener=event_method, **({} if error is None else story(error)))


def intents(*, mentions: bool) -> discord.Intents:
    """What Discord shall tell the bot of: no privileged intent, and no messages if those are not answered."""
    asked = discord.Intents.none()
    asked.guilds = True
    asked.guild_messages = mentions
    asked.dm_messages = mentions
    return asked


async def _form(interaction: Interaction) -> None:
    async with handling(interaction, "form") as note:
        data: Any = interaction.data
        if read(str(data.get("custom_id")), interaction.client.front.entries).kind is not Kind.SUGGEST:
            raise UnreadablePressError
        await suggest.submitted(interaction, note)
