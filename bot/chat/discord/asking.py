"""Asking the desk for somebody on Discord, and sending what it says."""

import asyncio
from dataclasses import replace
from typing import Final

import discord
import structlog

from bot.answer.reply import Outcome, Reply, Request
from bot.chat.discord.errors import Note
from bot.chat.discord.front import BUDGET, Front, Interaction
from bot.chat.discord.messages import Place, compose
from bot.chat.discord.standing import Spot, remember_answer

_log = structlog.get_logger(__name__)

#: Seconds after which it is asked again which message an answer became.
_PAUSES: Final = (0.1, 0.5, 2.0)


async def ask(
    interaction: Interaction,
    request: Request,
    note: Note,
    *,
    in_place: bool = False,
    post_to: int | None = None,
) -> None:
    """Answer a request: in private, unless the server lets the bot answer openly in this channel.

    Args:
        interaction: to answer.
        request: what is asked.
        note: for the log.
        in_place: whether the message whose button was pressed may become the answer.
        post_to: the message that a moderator may post the answer as a reply to.
    """
    openly = post_to is None and await may_be_open(interaction)
    reply = answer(interaction.client.front, request)
    note.outcome = reply.outcome
    await send(interaction, reply, request, in_place=in_place, post_to=post_to, openly=openly)


def answer(front: Front, request: Request) -> Reply:
    """What the desk says, short enough for a message of Discord."""
    return front.desk.answer(replace(request, budget=BUDGET))


async def send(
    interaction: Interaction,
    reply: Reply,
    request: Request | None,
    *,
    in_place: bool = False,
    post_to: int | None = None,
    openly: bool = False,
) -> None:
    """Send a reply as the answer to an interaction.

    Args:
        interaction: to answer.
        reply: what to say.
        request: what was asked, if anything.
        in_place: see :func:`ask`.
        post_to: see :func:`ask`.
        openly: whether all may read it here. Only an answer is shown to all; guidance, "no match" and errors
            concern the asker alone.
    """
    front, message = interaction.client.front, interaction.message
    if openly and reply.outcome is Outcome.ANSWER:
        await _send_openly(interaction, reply, request)
        return
    private = Place(share=not is_bot_dm(interaction), post_to=post_to)
    card = compose(front, reply, request, private)
    if in_place and message is not None and (message.flags.ephemeral or is_bot_dm(interaction)):
        await interaction.response.edit_message(view=card.view, attachments=card.files)
    else:
        await interaction.response.send_message(**card.arguments, ephemeral=True)


async def _send_openly(interaction: Interaction, reply: Reply, request: Request | None) -> None:
    """Answer for all to read, and remember the card, so that it is corrected like one that was shared."""
    front, channel_id = interaction.client.front, interaction.channel_id or 0
    library = front.desk.library  # a newer one may be opened before the card stands
    tag = front.tags.make(channel_id, interaction.user.id)
    card = compose(front, reply, request, Place(private=False, tag=tag))
    sent = await interaction.response.send_message(**card.arguments)
    if reply.again is None:
        return
    try:
        message_id = sent.message_id or await _message_id(interaction)
    except discord.HTTPException as error:
        _log.warning("an open answer will not be corrected", status=error.status, code=error.code)
        return
    spot = Spot(interaction.guild_id or 0, channel_id, message_id, tag)
    await remember_answer(front.state, library, reply, spot)


async def _message_id(interaction: Interaction) -> int:
    """The message that an answer by HTTP became: its id comes with no response, and is there a moment later.

    Raises:
        discord.HTTPException: when Discord does not tell.
    """
    for pause in _PAUSES:
        try:
            return (await interaction.original_response()).id
        except discord.NotFound:
            await asyncio.sleep(pause)
    return (await interaction.original_response()).id


async def may_be_open(interaction: Interaction) -> bool:
    """Whether the server chose that the bot answers openly in this channel."""
    if interaction.guild_id is None or not interaction.is_guild_integration() or interaction.message:
        return False
    settings = await interaction.client.front.guilds.of(interaction.guild_id)
    return not settings.private or interaction.channel_id in settings.bot_channels


def is_bot_dm(interaction: Interaction) -> bool:
    """Whether this is the asker's direct messages with the bot, where nobody else reads."""
    return bool(interaction.context.dm_channel)
