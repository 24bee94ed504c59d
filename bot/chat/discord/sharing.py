"""Cards for all to see: *Share here*, *Post as a reply* and *Delete*.

A card is posted with the bot's own rights, never by the right of an app that only one person installed; who
shared it is not kept, and is named nowhere.
"""

import asyncio
import datetime as dt
from typing import Final
from weakref import WeakValueDictionary

import discord
import structlog

from bot.answer.reply import Request
from bot.chat.discord import errors
from bot.chat.discord.asking import answer
from bot.chat.discord.errors import Note
from bot.chat.discord.front import Interaction, RefusedError
from bot.chat.discord.messages import Message, Place, compose
from bot.chat.discord.standing import Spot, remembered, said_by
from bot.state import GuildSettings, Share, StateError

_log = structlog.get_logger(__name__)

_MINUTES_IN_HOUR: Final = 60
_HOURS_IN_DAY: Final = 24

#: One at a time in a channel, so that two people who press at once do not post the same card twice.
_turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


async def share(interaction: Interaction, request: Request, note: Note) -> None:
    """Post a card in the channel where its *Share here* was pressed.

    Raises:
        RefusedError: when the server, the channel or the cooldown does not allow it.
        StateError: when it cannot be told whether they do.
    """
    if interaction.guild_id is None:
        await _share_among_friends(interaction, request, note)
        return
    settings = await _allowed(interaction)
    await _post(interaction, request, settings, note, reply_to=None)


async def post(interaction: Interaction, request: Request, message_id: int, note: Note) -> None:
    """Post a card as a reply to a message, for a moderator.

    Raises:
        RefusedError: when that is not allowed here, or not to this person.
        StateError: when it cannot be told whether it is.
    """
    moderator_only(interaction)
    settings = await _allowed(interaction)
    await _post(interaction, request, settings, note, reply_to=message_id)


def moderator_only(interaction: Interaction) -> None:
    """Let only people pass who may manage messages here; Discord tells, signed, what they may do.

    Raises:
        RefusedError: for everybody else.
    """
    if interaction.guild_id is None:
        raise RefusedError("only_in_server")
    if not interaction.permissions.manage_messages:
        raise RefusedError("not_moderator")


async def _allowed(interaction: Interaction) -> GuildSettings:
    """The server's settings, once it is clear that this person and the bot may post here."""
    refusal = _refusal(interaction)
    if refusal is not None:
        raise refusal
    front, guild_id = interaction.client.front, interaction.guild_id or 0
    settings = await front.state.guilds.get(guild_id)  # as they are now; a state that is away says so
    front.guilds.put(settings)
    if settings.share is Share.NOBODY:
        raise RefusedError("share_nobody")
    if settings.share is Share.MODERATORS and not interaction.permissions.manage_messages:
        raise RefusedError("share_moderators")
    return settings


def _refusal(interaction: Interaction) -> RefusedError | None:
    if not interaction.is_guild_integration():
        return RefusedError("share_user_install")
    thread = isinstance(interaction.channel, discord.Thread)
    if not _may_send(interaction.permissions, thread=thread):
        return RefusedError("share_you_may_not")
    if not _may_send(interaction.app_permissions, thread=thread):
        return RefusedError("share_i_may_not", thread=thread)
    return None


def _may_send(permissions: discord.Permissions, *, thread: bool) -> bool:
    may = permissions.send_messages_in_threads if thread else permissions.send_messages
    return may and permissions.view_channel


async def _post(
    interaction: Interaction, request: Request, settings: GuildSettings, note: Note, reply_to: int | None
) -> None:
    front = interaction.client.front
    guild_id, channel_id = interaction.guild_id or 0, interaction.channel_id or 0
    reply = answer(front, request)
    subject = reply.subject
    # Of the same catalogue as the reply: another may be opened before the card stands.
    said = said_by(front.desk.library, reply)
    if subject is None or said is None:
        raise RefusedError("gone", entry="")
    claims = front.state.claims
    async with (
        _turns.setdefault(channel_id, asyncio.Lock()),
        claims.sharing(guild_id, channel_id, subject) as mine,
    ):
        if not mine:  # another process is at it
            raise RefusedError("share_now")
        within = dt.timedelta(minutes=settings.cooldown_minutes)
        before = await front.state.cards.recent(channel_id, subject, within)
        if before is not None and before.entry_ids[0] == subject and within:
            link = jump(guild_id, channel_id, before.message_id)
            raise RefusedError("share_recent", link=link, wait=in_words(settings.cooldown_minutes))
        tag = front.tags.make(channel_id, interaction.user.id)
        card = compose(front, reply, request, Place(private=False, tag=tag))
        if card.files and not interaction.app_permissions.attach_files:
            raise RefusedError("share_no_files")
        # Discord may hold a message back for seconds (429), so the press is acknowledged first.
        await interaction.response.defer()
        message = await _send(interaction, card, reply_to)
        try:
            await front.state.cards.add(remembered(reply, said, Spot(guild_id, channel_id, message.id, tag)))
        except Exception:
            # A card that is not remembered would never be corrected: better none.
            await message.delete()
            raise
    note.outcome = "shared"
    await errors.tell(interaction, front.say("shared", link=jump(guild_id, channel_id, message.id)))


async def _send(interaction: Interaction, card: Message, reply_to: int | None) -> discord.Message:
    channel_id, guild_id = interaction.channel_id or 0, interaction.guild_id
    channel = interaction.client.get_partial_messageable(channel_id, guild_id=guild_id)
    arguments = card.arguments
    if reply_to is not None:
        arguments["reference"] = discord.MessageReference(
            message_id=reply_to, channel_id=channel_id, guild_id=guild_id, fail_if_not_exists=False
        )
    try:
        # The nonce: when an answer of Discord is lost and the request repeated, it does not post twice.
        return await channel.send(**arguments, nonce=str(interaction.id))
    except discord.Forbidden as error:
        raise RefusedError(
            "share_i_may_not", thread=isinstance(interaction.channel, discord.Thread)
        ) from error


async def _share_among_friends(interaction: Interaction, request: Request, note: Note) -> None:
    """Post in a direct message between people: as the answer itself, for there the bot is nobody's member."""
    front = interaction.client.front
    tag = front.tags.make(interaction.channel_id or 0, interaction.user.id)
    reply = answer(front, request)
    card = compose(front, reply, request, Place(private=False, tag=tag))
    await interaction.response.send_message(**card.arguments)
    note.outcome = "shared"


async def delete(interaction: Interaction, tag: str, note: Note) -> None:
    """Delete the card whose *Delete* was pressed, for who shared it and for moderators.

    Raises:
        RefusedError: for everybody else.
    """
    front, message = interaction.client.front, interaction.message
    mine = front.tags.matches(tag, interaction.channel_id or 0, interaction.user.id)
    if message is None or not (mine or interaction.permissions.manage_messages):
        raise RefusedError("not_yours")
    await interaction.response.defer()
    note.outcome = "deleted"
    try:
        await interaction.delete_original_response()
    except discord.NotFound:
        note.outcome = "deleted before"
        await errors.tell(interaction, front.say("deleted_before"))
    try:
        await front.state.cards.forget_message(message.id)
    except StateError:
        _log.warning("a deleted card is still remembered")  # until the first try to correct it


def jump(guild_id: int, channel_id: int, message_id: int) -> str:
    """The address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def in_words(minutes: int) -> str:
    """A time in words, such as "30 minutes", "1 hour" or "2 days"."""
    for size, word in ((_MINUTES_IN_HOUR * _HOURS_IN_DAY, "day"), (_MINUTES_IN_HOUR, "hour"), (1, "minute")):
        if minutes and minutes % size == 0:
            count = minutes // size
            return f"{count} {word}" if count == 1 else f"{count} {word}s"
    return "a moment"
