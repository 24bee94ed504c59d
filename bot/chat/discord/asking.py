"""Asking the desk for somebody on Discord, and sending what it says."""

from dataclasses import replace

from bot.answer.reply import Outcome, Reply, Request
from bot.chat.discord.errors import Note
from bot.chat.discord.front import BUDGET, Front, Interaction
from bot.chat.discord.messages import Place, compose


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
    front = interaction.client.front
    reply = answer(front, request)
    note.outcome = reply.outcome
    await send(interaction, reply, request, in_place=in_place, post_to=post_to)


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
) -> None:
    """Send a reply as the answer to an interaction; see :func:`ask`."""
    front, message = interaction.client.front, interaction.message
    private = Place(share=not is_bot_dm(interaction), post_to=post_to)
    if in_place and message is not None and (message.flags.ephemeral or is_bot_dm(interaction)):
        card = compose(front, reply, request, private)
        await interaction.response.edit_message(view=card.view, attachments=card.files)
        return
    # Only an answer is shown to all; guidance, "no match" and errors concern the asker alone.
    if reply.outcome is Outcome.ANSWER and post_to is None and await may_be_open(interaction):
        tag = front.tags.make(interaction.channel_id or 0, interaction.user.id)
        card = compose(front, reply, request, Place(private=False, tag=tag))
        await interaction.response.send_message(**card.arguments)
        return
    card = compose(front, reply, request, private)
    await interaction.response.send_message(**card.arguments, ephemeral=True)


async def may_be_open(interaction: Interaction) -> bool:
    """Whether the server chose that the bot answers openly in this channel."""
    if interaction.guild_id is None or not interaction.is_guild_integration() or interaction.message:
        return False
    settings = await interaction.client.front.guilds.of(interaction.guild_id)
    return not settings.private or interaction.channel_id in settings.bot_channels


def is_bot_dm(interaction: Interaction) -> bool:
    """Whether this is the asker's direct messages with the bot, where nobody else reads."""
    return bool(interaction.context.dm_channel)
