"""The menus on messages: *Find evidence*, *Cite papers in this message*, *Report an error*."""

from collections.abc import Callable
from dataclasses import replace

import discord

from bot.answer import mentioned
from bot.answer.library import Library
from bot.answer.reply import Reply, Request
from bot.chat.discord import suggest
from bot.chat.discord.asking import answer, send
from bot.chat.discord.errors import Note
from bot.chat.discord.front import BUDGET, Front, Interaction, RefusedError
from bot.chat.discord.presses import GoneError, Kind, UnreadablePressError, read


async def find_evidence(interaction: Interaction, message: discord.Message, note: Note) -> None:
    """Show, to the person alone, what the catalogue has on a message; a moderator may then post it.

    Raises:
        RefusedError: when the message has no text, or the catalogue nothing on it.
    """
    await _look(interaction, message, note, mentioned.evidence)


async def cite_papers(interaction: Interaction, message: discord.Message, note: Note) -> None:
    """Show, to the person alone, the citations of the papers that a message names.

    Raises:
        RefusedError: when the message has no text, or names no paper of the catalogue.
    """
    await _look(interaction, message, note, mentioned.citations)


async def _look(
    interaction: Interaction,
    message: discord.Message,
    note: Note,
    look: Callable[[Library, str], Request | Reply | None],
) -> None:
    front = interaction.client.front
    library = front.desk.library
    text = text_of(message)
    if not text:
        raise RefusedError("evidence_empty")
    found = look(library, text)
    if found is None:
        raise RefusedError("evidence_none", unknown=mentioned.unknown(library, text))
    moderates = interaction.is_guild_integration() and interaction.permissions.manage_messages
    request = replace(found, budget=BUDGET) if isinstance(found, Request) else None
    reply = found if isinstance(found, Reply) else answer(front, request or Request("help"))
    note.outcome = reply.outcome
    await send(interaction, reply, request, post_to=message.id if moderates else None)


async def report(interaction: Interaction, message: discord.Message, note: Note) -> None:
    """Open the form for corrections on one of the bot's own cards.

    Raises:
        RefusedError: when the message is somebody else's.
    """
    client = interaction.client
    if client.user is None or message.author.id != client.user.id:
        raise RefusedError("report_not_mine")
    await suggest.open_form(interaction, entry_of(client.front, message), note)


def text_of(message: discord.Message) -> str:
    """The words of a message, and those of the messages that it forwards."""
    return "\n".join(
        [message.content, *(forwarded.content for forwarded in message.message_snapshots)]
    ).strip()


def entry_of(front: Front, message: discord.Message) -> str | None:
    """The entry that a card of ours speaks of, as its button *Report an error* says."""
    for component in _walk(message.components):
        custom_id = getattr(component, "custom_id", None)
        if not isinstance(custom_id, str):
            continue
        try:
            press = read(custom_id, front.entries)
        except GoneError as gone:
            return str(gone) or None
        except UnreadablePressError:
            continue
        if press.kind is Kind.REPORT:
            return press.options.get("entry")
    return None


def _walk(components: list[discord.Component] | list[object]) -> list[object]:
    found: list[object] = []
    for component in components:
        found += [component, *_walk(getattr(component, "children", []))]
    return found
