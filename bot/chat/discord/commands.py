"""The application commands, made from the one registry of commands.

A command is built from its entry alone. Only ``/list`` is spelled out, as a group: Discord's way to give each
of its actions options of its own. A test holds everything here equal to the registry.
"""

import inspect
import keyword
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import AppCommandContext, Choice, locale_str

from bot.answer.commands import COMMANDS, Command, Kind, Option, Who, checked
from bot.answer.desk import LONGEST
from bot.answer.names import LABEL, cut
from bot.answer.reply import Request
from bot.chat.discord import lists, settings, suggest
from bot.chat.discord.asking import ask
from bot.chat.discord.errors import Note, handling
from bot.chat.discord.front import Interaction

_Answer: TypeAlias = Callable[[Interaction, Request, Note], Awaitable[None]]
_COMPLETED: Final = frozenset({Kind.STUDY, Kind.TOPIC, Kind.MARKER, Kind.CRITERION, Kind.TAG, Kind.STYLE})
#: The options of each action of ``/list``, those that it needs first, and how many it needs.
_LIST: Final[Mapping[str, tuple[tuple[str, ...], int]]] = {
    "show": (("name", "page"), 0),
    "add": (("name", "study"), 2),
    "remove": (("name", "study"), 2),
    "export": (("name", "format"), 1),
}
_IN_SERVERS: Final = AppCommandContext(guild=True, dm_channel=False, private_channel=False)


def add_to(tree: app_commands.CommandTree, labels: Mapping[str, Any]) -> None:
    """Give a tree every command of the registry.

    Args:
        tree: gets them.
        labels: the words of ``responses/labels.toml``, for the choices of options.
    """
    for command in COMMANDS.values():
        if command.name == "list":
            tree.add_command(_list_group(command, labels))
        else:
            shape = _Shape(command.name, command.about, command.options)
            tree.add_command(_built(command, shape, _ANSWERS.get(command.name, ask), labels))


async def _suggest(interaction: Interaction, _request: Request, note: Note) -> None:
    await suggest.open_form(interaction, None, note)


async def _settings(interaction: Interaction, _request: Request, note: Note) -> None:
    await settings.show(interaction, note)


_ANSWERS: Final[Mapping[str, _Answer]] = {"suggest": _suggest, "settings": _settings, "list": lists.listed}


@dataclass(frozen=True)
class _Shape:
    """A command as Discord shows it.

    Attributes:
        name: without the slash; of an action of a group, its own.
        about: the description.
        options: those it has.
        given: options that the name stands for.
    """

    name: str
    about: str
    options: tuple[Option, ...]
    given: Mapping[str, str] = field(default_factory=dict)


def _built(
    command: Command, shape: _Shape, answer: _Answer, labels: Mapping[str, Any]
) -> app_commands.Command[Any, ..., None]:
    """A command of Discord: ``shape`` says how it looks, ``answer`` what it does."""
    options = shape.options
    parameters = {_parameter_name(option): option for option in options}

    async def callback(interaction: Interaction, **values: Any) -> None:
        async with handling(interaction, command.name) as note:
            asked = {
                parameters[parameter].name: _as_text(value)
                for parameter, value in values.items()
                if value is not None
            }
            await answer(interaction, checked(Request(command.name, {**shape.given, **asked})), note)

    # discord.py reads names, types and descriptions of options from the function it calls.
    described: Any = callback
    described.__signature__ = inspect.Signature(
        [
            inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            *(_parameter(parameter, option) for parameter, option in parameters.items()),
        ]
    )
    app_commands.describe(**{p: locale_str(o.about) for p, o in parameters.items()})(described)
    app_commands.rename(**{p: locale_str(o.name) for p, o in parameters.items()})(described)
    choices = {p: _choices(o, labels) for p, o in parameters.items() if o.kind is Kind.CHOICE}
    app_commands.choices(**choices)(described)
    app_commands.autocomplete(
        **{p: _autocomplete(command, o) for p, o in parameters.items() if _completes(command, o)}
    )(described)
    built: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=locale_str(shape.name),
        description=locale_str(shape.about),
        callback=described,
        allowed_contexts=_IN_SERVERS if command.who is Who.MANAGERS else None,
    )
    if command.who is Who.MANAGERS:
        built.default_permissions = discord.Permissions(manage_guild=True)
    return built


def _list_group(command: Command, labels: Mapping[str, Any]) -> app_commands.Group:
    group = app_commands.Group(
        name=locale_str(command.name),
        description=locale_str(command.about),
        allowed_contexts=_IN_SERVERS,
    )
    for action, (names, needed) in _LIST.items():
        options = tuple(
            replace(option, required=position < needed)
            for position, name in enumerate(names)
            if (option := command.option(name)) is not None
        )
        shape = _Shape(action, labels["list"][action], options, {"action": action})
        group.add_command(_built(command, shape, lists.listed, labels))
    return group


def _parameter_name(option: Option) -> str:
    """A name that Python takes: ``from`` is a word of its own there."""
    return f"{option.name}_" if keyword.iskeyword(option.name) else option.name


def _parameter(name: str, option: Option) -> inspect.Parameter:
    kind: Any = app_commands.Range[str, 1, LONGEST]
    if option.kind is Kind.CHOICE:
        kind = str
    elif option.kind is Kind.NUMBER:
        kind = app_commands.Range[int, option.least, option.most]
    elif option.kind is Kind.TRUTH:
        kind = bool
    default = inspect.Parameter.empty if option.required else None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _as_text(value: object) -> str:
    """A value as the registry reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _choices(option: Option, labels: Mapping[str, Any]) -> list[Choice[str]]:
    """The values of an option, under the names that replies use for them."""
    names: Mapping[str, str] = labels.get(option.name, {})
    return [Choice(name=cut(names.get(value, value), LABEL), value=value) for value in option.choices]


def _completes(command: Command, option: Option) -> bool:
    return option.kind in _COMPLETED or (command.name == "list" and option.name == "name")


def _autocomplete(
    command: Command, option: Option
) -> Callable[[discord.Interaction[Any], str], Coroutine[Any, Any, list[Choice[str]]]]:
    async def complete(interaction: discord.Interaction[Any], typed: str) -> list[Choice[str]]:
        if command.name == "list" and option.name == "name":
            return [Choice(name=name, value=name) for name in await lists.complete_name(interaction, typed)]
        found = interaction.client.front.desk.complete(command.name, option.name, typed)
        return [Choice(name=one.label, value=one.value) for one in found]

    return complete
