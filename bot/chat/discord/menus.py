"""The menus on messages, as Discord knows them (Apps, on a long press or right click)."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.chat.discord import moderation
from bot.chat.discord.errors import Note, handling
from bot.chat.discord.front import Interaction

_Handler: TypeAlias = Callable[[Interaction, discord.Message, Note], Awaitable[None]]

#: Name in English -> what it does.
MENUS: Final[dict[str, _Handler]] = {
    "Find evidence": moderation.find_evidence,
    "Cite papers in this message": moderation.cite_papers,
    "Report an error": moderation.report,
}


def add_to(tree: app_commands.CommandTree) -> None:
    """Give a tree the menus."""
    for name, handler in MENUS.items():
        tree.add_command(
            app_commands.ContextMenu(
                name=locale_str(name), callback=_callback(name, handler), type=discord.AppCommandType.message
            )
        )


def _callback(
    name: str, handler: _Handler
) -> Callable[[Interaction, discord.Message], Coroutine[Any, Any, None]]:
    async def use(interaction: Interaction, message: discord.Message) -> None:
        async with handling(interaction, name.lower()) as note:
            await handler(interaction, message, note)

    return use
