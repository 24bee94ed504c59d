"""Cards that stay true: a shared card is corrected in place when what it says is no longer so.

What a card said that matters is kept beside it (:mod:`bot.answer.material`) and compared with the catalogue.
A card that differs is drawn anew, with one line that says what changed. Before the message is edited, what
it will show is noted; so after a kill in between, a look at the message tells whether the edit was made, and
no card is edited twice for one change. To begin again at any point is safe.
"""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

import aiohttp
import discord
import structlog
from msgspec.structs import replace

from bot.answer import card_update, material
from bot.answer.library import Library
from bot.answer.material import Change, Kind, Pending, Said
from bot.answer.reply import Outcome, Reply
from bot.chat.discord.asking import answer
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.errors import story
from bot.chat.discord.messages import Place, compose
from bot.chat.discord.standing import text_hash
from bot.state import SharedCard, State, clock

_log = structlog.get_logger(__name__)

#: The name of the work that one process does at a time.
WORK: Final = "card-updates"
#: Seconds between two edits: far from the fifty calls a second that Discord allows a bot ("Rate Limits" of
#: its documentation; those of a channel are not published): no answer to people waits for a correction.
PACE: Final = 1.0
#: So many failures of Discord in a row end a pass; the next begins where this one ended.
_ENOUGH: Final = 3
_PAGE: Final = 100

# JSON error codes: "Opcodes and Status Codes" of Discord's documentation.
_UNKNOWN_CHANNEL: Final = 10003
_UNKNOWN_GUILD: Final = 10004
_UNKNOWN_MESSAGE: Final = 10008
_UNAUTHORISED: Final = 401
_TOO_MANY: Final = 429
#: What passes by itself.
_AWAY: Final = (aiohttp.ClientError, discord.DiscordServerError, OSError, TimeoutError)


class AwayError(Exception):
    """Discord cannot be worked with now; what was not done is done by the next pass."""


@dataclass(frozen=True)
class Correction:
    """A card that no longer says what is so, or whose last correction may not have been made.

    Attributes:
        card: as it is remembered.
        before: what it said.
        after: what it must say.
        changes: what changed, most serious first; empty where only the last correction is to be looked at.
    """

    card: SharedCard
    before: Said
    after: Said
    changes: tuple[Change, ...]


@dataclass
class Done:
    """What a pass did, in cards.

    Attributes:
        corrected: say what is so now.
        forgotten: are gone.
        refused: cannot be edited until something changes, such as a permission.
        failed: could not be edited just now.
    """

    corrected: int = 0
    forgotten: int = 0
    refused: int = 0
    failed: int = 0


async def corrections(state: State, library: Callable[[], Library]) -> AsyncIterator[Correction]:
    """Every card that has to be corrected, in servers that want it. Changes nothing.

    Args:
        state: remembers the cards.
        library: gives what is open now: another may be opened meanwhile.

    Raises:
        StateError: when the cards cannot be read.
    """
    last = 0
    while page := await state.cards.page(after=last, limit=_PAGE):
        for card in page:
            found = _compared(card, library())
            if found is not None:
                yield found
        last = page[-1].message_id


async def plan(state: State, library: Callable[[], Library]) -> Counter[tuple[str, tuple[Kind, ...]]]:
    """How many cards would be corrected, by entry and by what changed (nothing: a correction is unfinished).

    Raises:
        StateError: when the cards cannot be read.
    """
    counted: Counter[tuple[str, tuple[Kind, ...]]] = Counter()
    async for one in corrections(state, library):
        kinds = tuple(dict.fromkeys(change.kind for change in one.changes))
        counted[one.after.subject, kinds] += 1
    return counted


async def update(client: EvidenceClient, *, pace: float = PACE) -> Done | None:
    """Correct every card that has to be corrected, once.

    Args:
        client: is logged in; it need not be connected to the gateway.
        pace: seconds between two edits.

    Returns:
        What was done; ``None`` when another process is at it.

    Raises:
        AwayError: when Discord cannot be worked with now.
        StateError: when state cannot.
    """
    state, done, failures = client.front.state, Done(), 0
    async with state.only_one(WORK) as mine:
        if not mine:
            return None
        async for correction in corrections(state, lambda: client.front.desk.library):
            try:
                if await _Card(client, correction.card, done).correct():
                    await asyncio.sleep(pace)
                failures = 0
            except _AWAY as error:
                done.failed += 1
                failures += 1
                _log.warning("a card could not be corrected now", error=type(error).__name__)
                if failures == _ENOUGH:
                    raise AwayError from error
                await asyncio.sleep(pace)
    return done


def _compared(card: SharedCard, library: Library) -> Correction | None:
    before = material.read(card.said, card.entry_ids[0])
    after = material.anew(library.catalogue, before)
    changes = material.changes(before, after)
    return Correction(card, before, after, changes) if changes or before.pending else None


class _Card:
    """One card that is being corrected."""

    def __init__(self, client: EvidenceClient, card: SharedCard, done: Done) -> None:
        self._front = client.front
        self._client = client
        self._card = card
        self._done = done
        self._unsure = False
        channel = client.get_partial_messageable(card.channel_id, guild_id=card.guild_id)
        self._message = channel.get_partial_message(card.message_id)

    async def correct(self) -> bool:
        """Correct it if need be; whether Discord was asked for anything.

        Raises:
            Exception: of the kinds in ``_AWAY``, when Discord could not be asked.
            AwayError: when Discord refuses everything.
            StateError: when state is away.
        """
        try:
            asked = await self._settle()
            return await self._edit() or asked
        except discord.HTTPException as error:
            if isinstance(error, discord.DiscordServerError):
                raise
            await self._refused(error)
            return True

    async def _settle(self) -> bool:
        """Find out whether a correction that was begun was made; whether Discord was asked."""
        before = material.read(self._card.said, self._card.entry_ids[0])
        if before.pending is None:
            return False
        try:
            message = await self._message.fetch()
        except discord.Forbidden:
            self._unsure = True  # it may edit what it may not read: then it makes the edit, perhaps again
            return True
        shown = text_hash(_texts(message))
        if shown == before.pending.text:
            said = replace(before, facts=before.pending.facts, known=True, pending=None)
            if await self._now_says(shown, said):
                self._done.corrected += 1
        return True

    async def _edit(self) -> bool:
        # Of the catalogue that is open now: a newer one may have come since the card was looked at.
        library = self._front.desk.library
        correction = _compared(self._card, library)
        if correction is None:
            return False
        before, after = correction.before, correction.after
        if self._unsure and not correction.changes:
            correction = dataclasses.replace(correction, changes=(Change(Kind.UNKNOWN, after.subject),))
        if not correction.changes:  # a correction was begun and not made, and is not needed any more
            await self._now_says(f"{self._card.content_hash} again", replace(before, pending=None))
            return False
        reply = self._drawn(correction)
        if reply is None:
            self._done.refused += 1
            return False
        tag = self._card.sharer_tag
        shown = text_hash(block.text for block in reply.blocks)
        message = compose(self._front, reply, after.request, Place(private=False, tag=tag))
        begun = replace(before, pending=Pending(shown, after.facts))
        if not await self._now_says(f"{shown} begun", begun):
            return False  # another was first, or it was deleted meanwhile
        await self._message.edit(view=message.view, attachments=message.files)
        if await self._now_says(shown, after):
            self._done.corrected += 1
        return True

    def _drawn(self, correction: Correction) -> Reply | None:
        """The card as it must be now; ``None``, and a line in the log, when it cannot be drawn."""
        library, after = self._front.desk.library, correction.after
        if after.subject not in after.facts:
            return card_update.gone(library, after.subject, correction.changes, clock.today())
        reply = answer(self._front, after.request)
        if reply.outcome is not Outcome.ANSWER or reply.subject != after.subject:
            _log.error("a card can no longer be drawn", entry=after.subject, command=after.command)
            return None
        return card_update.updated(library, reply, correction.changes, clock.today())

    async def _now_says(self, text: str, said: Said) -> bool:
        """Note what the card says; false when somebody else did before."""
        known, kept = self._card, said.as_json()
        mine = await self._front.state.cards.now_says(
            known.message_id, was=known.content_hash, content_hash=text, said=kept
        )
        if mine:
            self._card = dataclasses.replace(known, content_hash=text, said=kept)
        return mine

    async def _refused(self, error: discord.HTTPException) -> None:
        """Forget what is gone. What may come back, such as a permission, is tried again by the next pass."""
        state, card = self._front.state, self._card
        if error.code == _UNKNOWN_MESSAGE:
            self._done.forgotten += await state.cards.forget_message(card.message_id)
        elif error.code == _UNKNOWN_CHANNEL:
            self._done.forgotten += await state.cards.forget_channel(card.channel_id)
        elif error.code == _UNKNOWN_GUILD or (error.status == 403 and await self._left()):  # noqa: PLR2004
            self._done.forgotten += (await state.forget(card.guild_id)).cards
        elif error.status in {_UNAUTHORISED, _TOO_MANY}:
            raise AwayError from error
        else:
            self._done.refused += 1
            _log.warning("Discord does not let a card be corrected", **story(error))

    async def _left(self) -> bool:
        """Whether the bot is no member of the card's server any more."""
        try:
            await self._client.fetch_guild(self._card.guild_id, with_counts=False)
        except discord.NotFound as error:
            return error.code == _UNKNOWN_GUILD
        except discord.Forbidden:
            return False
        return False


def _texts(message: discord.Message) -> list[str]:
    """What a message of ours shows as text, in order."""
    return [part.content for part in message.components if isinstance(part, discord.TextDisplay)]
