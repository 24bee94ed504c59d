"""What is kept of a card that stands in a channel, so that it can be corrected: its place, and what it says.

Such cards are those that somebody shared, and those that the bot gave for all to read: in a channel where the
server wants that, or to a mention.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import discord
import structlog

from bot.answer import material
from bot.answer.library import Library
from bot.answer.material import Said
from bot.answer.reply import Reply
from bot.state import SharedCard, State, StateError

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Spot:
    """The message that a card is, and the tag of who may delete it."""

    guild_id: int
    channel_id: int
    message_id: int
    tag: str | None


def said_by(library: Library, reply: Reply) -> Said | None:
    """What a card says that matters; ``None`` for what is no card.

    Args:
        library: what the reply was made from, and no newer one.
        reply: the card.
    """
    if reply.again is None or reply.subject is None:
        return None
    return material.of(library.catalogue, reply.again, reply.subject)


def remembered(reply: Reply, said: Said, spot: Spot) -> SharedCard:
    """What is kept of a card."""
    subject = said.subject
    others = [entry for entry in (*reply.topics, *reply.studies) if entry != subject]
    return SharedCard(
        guild_id=spot.guild_id,
        channel_id=spot.channel_id,
        message_id=spot.message_id,
        entry_ids=(subject, *others[: material.MOST_ENTRIES - 1]),
        content_hash=text_hash(block.text for block in reply.blocks),
        said=said.as_json(),
        shared_at=discord.utils.snowflake_time(spot.message_id),
        sharer_tag=spot.tag,
    )


async def remember_answer(state: State, library: Library, reply: Reply, spot: Spot) -> None:
    """Remember an answer that was given for all to read, if it is a card; tell the log where that fails.

    It stays all the same: who asked has been answered.
    """
    said = said_by(library, reply)
    if said is None:
        return
    try:
        await state.cards.add(remembered(reply, said, spot))
    except StateError as error:
        _log.warning("an open answer will not be corrected", error=type(error).__name__)


def text_hash(texts: Iterable[str]) -> str:
    """A hash of what a message shows, which can be told from the message, too."""
    shown = "\n\n".join(text.strip() for text in texts)
    return hashlib.blake2b(shown.encode(), digest_size=16).hexdigest()
