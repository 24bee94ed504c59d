"""``/settings``: what a server chooses, as lists to pick from; each choice is stored before it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ui

from bot.answer.reply import Outcome
from bot.chat.discord.errors import Note
from bot.chat.discord.front import Front, Interaction, RefusedError
from bot.chat.discord.messages import Place, compose
from bot.chat.discord.presses import Kind, Press, UnreadablePressError
from bot.state import GuildSettings, Share

_CHANNELS: Final = "bot_channels"
#: Discord lets at most 25 be picked at once.
_MOST_CHANNELS: Final = 25


@dataclass(frozen=True)
class _Choice:
    """A setting that is one of a few values: how it is read, and made from what was picked."""

    values: tuple[str, ...]
    now: Callable[[GuildSettings], str]
    make: Callable[[str], Any]


def _yes(value: bool) -> str:  # noqa: FBT001 - that is what it is about
    return "yes" if value else "no"


_CHOICES: Final[Mapping[str, _Choice]] = {
    "private": _Choice(("yes", "no"), lambda s: _yes(s.private), "yes".__eq__),
    "share": _Choice(tuple(Share), lambda s: s.share, Share),
    "cooldown_minutes": _Choice(
        ("0", "15", "60", "360", "1440", "10080"), lambda s: str(s.cooldown_minutes), int
    ),
    "mentions": _Choice(("yes", "no"), lambda s: _yes(s.mentions), "yes".__eq__),
    "card_updates": _Choice(("yes", "no"), lambda s: _yes(s.card_updates), "yes".__eq__),
}


async def show(interaction: Interaction, note: Note) -> None:
    """Show the settings to somebody who may change them.

    Raises:
        RefusedError: for anybody else.
        StateError: when they cannot be read.
    """
    guild_id = _manager_of(interaction)
    front = interaction.client.front
    settings = await front.state.guilds.get(guild_id)
    note.outcome = "settings"
    await interaction.response.send_message(view=panel(front, settings), ephemeral=True)


async def change(interaction: Interaction, key: str, values: list[str], note: Note) -> None:
    """Store a choice, then show the settings as they are now.

    Raises:
        RefusedError: when this person may not.
        UnreadablePressError: when there is no such setting or value.
        StateError: when it cannot be stored.
    """
    guild_id = _manager_of(interaction)
    front = interaction.client.front
    if key == _CHANNELS:
        if not all(value.isdecimal() for value in values):
            raise UnreadablePressError
        settings = await front.state.guilds.set(guild_id, bot_channels=frozenset(map(int, values)))
    else:
        choice = _CHOICES.get(key)
        if choice is None or len(values) != 1 or values[0] not in choice.values:
            raise UnreadablePressError
        settings = await front.state.guilds.set(guild_id, **{key: choice.make(values[0])})
    front.guilds.put(settings)
    note.outcome = "setting changed"
    await interaction.response.edit_message(view=panel(front, settings))


def panel(front: Front, settings: GuildSettings) -> ui.LayoutView:
    """The settings, each with its name and a list of what it can be."""
    words = front.labels["settings"]
    view = compose(front, front.say("settings", Outcome.ANSWER), None, Place()).view
    for key, choice in _CHOICES.items():
        now = choice.now(settings)
        # A value that was set elsewhere and is none of these is shown as it is.
        values = choice.values if now in choice.values else (*choice.values, now)
        options = [
            discord.SelectOption(label=words[key].get(value, value), value=value, default=value == now)
            for value in values
        ]
        view.add_item(ui.TextDisplay(f"**{words[key]['name']}**"))
        view.add_item(ui.ActionRow(ui.Select(custom_id=_custom_id(front, key), options=options)))
        if key == "private":
            view.add_item(ui.TextDisplay(f"**{words[_CHANNELS]['name']}**"))
            view.add_item(ui.ActionRow(_channels(front, settings)))
    return view


def _channels(front: Front, settings: GuildSettings) -> ui.ChannelSelect[ui.LayoutView]:
    kinds = [
        discord.ChannelType.text,
        discord.ChannelType.news,
        discord.ChannelType.voice,
        discord.ChannelType.public_thread,
    ]
    chosen = [
        discord.SelectDefaultValue(id=channel, type=discord.SelectDefaultValueType.channel)
        for channel in sorted(settings.bot_channels)[:_MOST_CHANNELS]
    ]
    return ui.ChannelSelect(
        custom_id=_custom_id(front, _CHANNELS),
        channel_types=kinds,
        min_values=0,
        max_values=_MOST_CHANNELS,
        default_values=chosen,
        placeholder=front.labels["settings"][_CHANNELS]["none"],
    )


def _custom_id(front: Front, key: str) -> str:
    return front.write(Press(Kind.SETTING, "", {"key": key})) or ""


def _manager_of(interaction: Interaction) -> int:
    """The server, if this person may manage it. Whom Discord shows the command, admins can change."""
    if interaction.guild_id is None or not interaction.is_guild_integration():
        raise RefusedError("only_in_server")
    if not interaction.permissions.manage_guild:
        raise RefusedError("not_manager")
    return interaction.guild_id
