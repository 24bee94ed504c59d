"""Buttons and lists: DynamicItems, found by their custom_id alone, in any process, after any restart."""

import re
from contextlib import suppress
from typing import Any, Self

import discord
from discord import ui

from bot.answer.commands import checked
from bot.answer.errors import UnusableRequestError
from bot.answer.reply import Request
from bot.chat.discord import asking, lists, sharing, suggest
from bot.chat.discord import settings as server_settings
from bot.chat.discord.errors import Note, handling
from bot.chat.discord.front import Interaction
from bot.chat.discord.messages import TARGET
from bot.chat.discord.presses import Kind, Press, UnreadablePressError, read


async def pressed(interaction: Interaction, custom_id: str, values: list[str]) -> None:
    """Do what a button or list means. Whatever is wrong with it is told to the person.

    Args:
        interaction: to answer.
        custom_id: of the button or list.
        values: what was picked, for a list.
    """
    if not interaction.client.is_waited_for(interaction):
        return
    kind = "button"
    with suppress(ValueError):
        kind = Kind(custom_id[1:2]).name.lower()
    async with handling(interaction, f"press {kind}") as note:
        entries = interaction.client.front.entries
        press = read(custom_id, entries)
        if press.kind is Kind.PICK:
            if len(values) != 1:
                raise UnreadablePressError
            press = read(values[0], entries)
        await _do(interaction, press, values, note)


async def _do(interaction: Interaction, press: Press, values: list[str], note: Note) -> None:
    match press.kind:
        case Kind.ASK | Kind.TURN:
            request, target = _request(press)
            in_place = press.kind is Kind.TURN
            if request.command == "list":
                await lists.listed(interaction, request, note, in_place=in_place)
            else:
                await asking.ask(interaction, request, note, in_place=in_place, post_to=target)
        case Kind.SHARE:
            request, _ = _request(press)
            await sharing.share(interaction, request, note)
        case Kind.POST:
            request, target = _request(press)
            if target is None:
                raise UnreadablePressError
            await sharing.post(interaction, request, target, note)
        case Kind.DELETE:
            await sharing.delete(interaction, press.options.get("by", ""), note)
        case Kind.REPORT:
            await suggest.open_form(interaction, press.options.get("entry"), note)
        case Kind.SETTING:
            await server_settings.change(interaction, press.options.get("key", ""), values, note)
        case Kind.PICK | Kind.SUGGEST:
            raise UnreadablePressError


def _request(press: Press) -> tuple[Request, int | None]:
    """The request of a press, and the message that its answer may be posted as a reply to.

    Checked against the registry: what comes back may be older than this program, or made by hand.
    """
    options = dict(press.options)
    target = options.pop(TARGET, None)
    if target is not None and not re.fullmatch(r"[0-9]{15,20}", target):
        raise UnreadablePressError
    try:
        return checked(Request(press.command, options)), None if target is None else int(target)
    except UnusableRequestError as error:
        raise UnreadablePressError from error


class Pressed(ui.DynamicItem[ui.Item[ui.LayoutView]], template=r"(?s).*"):
    """Any button or list on any message of ours.

    There is one class for all of them, old and new, known and unknown: a component that nobody answers
    leaves a person with "This interaction failed".
    """

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction[discord.Client],
        item: ui.Item[ui.LayoutView],
        _match: re.Match[str],
        /,
    ) -> Self:
        """The item as it came."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Do what it means."""
        data: Any = interaction.data
        values = [str(value) for value in data.get("values", ())]
        await pressed(interaction, self.custom_id, values)  # type: ignore[arg-type] # our client
