"""Which commands a person is offered where, and the data Discord sends when one is run.

Source: "Application Commands", contexts and permissions; "Receiving and Responding", authorizing
integration owners object and application command data structure.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from tests.chat.loopback.commands import Commands
from tests.chat.loopback.errors import Json
from tests.chat.loopback.interactions import Context, Interactions
from tests.chat.loopback.limits_commands import CHAT_INPUT, MESSAGE_MENU, Option
from tests.chat.loopback.permissions import Permission
from tests.chat.loopback.world import Channel, User, World

Value: TypeAlias = str | int | float | bool
_GUILD_INSTALL, _USER_INSTALL = 0, 1
_NUMBERS = (Option.INTEGER, Option.NUMBER)


class NotOfferedError(AssertionError):
    """Discord's client would not let the person do this, and says why."""


class Offers:
    """Looks commands up as a client does for one person in one channel."""

    def __init__(self, world: World, commands: Commands, interactions: Interactions) -> None:
        self._world = world
        self._commands = commands
        self._interactions = interactions

    def all(self, person: User, channel: Channel, kind: int = CHAT_INPUT) -> list[Json]:
        """Return the commands of a kind that `person` finds in `channel`."""
        offered = self._commands.offered_in(channel.guild)
        return [one for one in offered if one["type"] == kind and not self._why_not(one, person, channel)]

    def find(self, name: str, person: User, channel: Channel, kind: int = CHAT_INPUT) -> Json:
        """Return a command by its name.

        Raises:
            NotOfferedError: if there is none of that name here for this person.
        """
        offered = list(self._commands.offered_in(channel.guild))
        for command in offered:
            if command["type"] == kind and command["name"] == name:
                if reason := self._why_not(command, person, channel):
                    msg = f"{name!r} is not offered to {person.name} here: {reason}"
                    raise NotOfferedError(msg)
                return command
        known = [one["name"] for one in offered if one["type"] == kind]
        msg = f"no command {name!r} is registered here; there are {known}"
        raise NotOfferedError(msg)

    def owners(self, command: Json | None, person: User, channel: Channel) -> dict[str, str]:
        """Return the authorizing integration owners of an interaction with this command (None: any)."""
        kinds = [_GUILD_INSTALL, _USER_INSTALL]
        if command is not None and "integration_types" in command:
            kinds = command["integration_types"]
        elif command is not None:
            kinds = [_GUILD_INSTALL]
        owners: dict[str, str] = {}
        context = self._interactions.context_of(channel)
        if _GUILD_INSTALL in kinds:
            if channel.guild is not None and self._world.app.id in channel.guild.members:
                owners["0"] = str(channel.guild.id)
            elif context is Context.BOT_DM and self._world.shares_guild(person):
                owners["0"] = "0"
        if _USER_INSTALL in kinds and person.id in self._world.app.installed_by_users:
            owners["1"] = str(person.id)
        return owners

    def _why_not(self, command: Json, person: User, channel: Channel) -> str:
        if not self.owners(command, person, channel):
            return "the app is installed neither here nor by this person, or the command is for neither"
        context = self._interactions.context_of(channel)
        if "contexts" in command and int(context) not in command["contexts"]:
            return f"its contexts {command['contexts']} leave out {context.name}"
        if channel.guild is None:
            return ""
        granted = channel.permissions_of(person)
        for needed in (Permission.USE_APPLICATION_COMMANDS, Permission.SEND_MESSAGES):
            if not granted & needed:
                return f"{needed.name} is missing"
        default = command.get("default_member_permissions")
        if default is not None and not granted & Permission.ADMINISTRATOR:
            wanted = Permission(int(default))
            if not wanted or granted & wanted != wanted:
                return f"it is for members with {wanted!r}"
        return ""


def command_data(
    command: Json, subcommands: Sequence[str], values: Mapping[str, Value], *, typing_in: str | None = None
) -> Json:
    """Return the `data` of a command (or, with `typing_in`, autocomplete) interaction.

    Raises:
        NotOfferedError: for an option that does not exist, a required one left out, a value the client
            would not take.
    """
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    holder, target = data, command
    for name in subcommands:
        target = _option(target, name)
        inner: Json = {"name": name, "type": target["type"]}
        holder["options"] = [inner]
        holder = inner
    definitions: list[Json] = target.get("options") or []
    if any(one["type"] in {Option.SUB_COMMAND, Option.SUB_COMMAND_GROUP} for one in definitions):
        names = [one["name"] for one in definitions]
        msg = f"{command['name']!r} needs one of its subcommands {names}"
        raise NotOfferedError(msg)
    for name in values:
        _option(target, name)
    holder["options"] = [
        _given(definition, values[definition["name"]], focused=definition["name"] == typing_in)
        for definition in definitions
        if definition["name"] in values
    ]
    missing = [one["name"] for one in definitions if one.get("required") and one["name"] not in values]
    if missing and typing_in is None:
        msg = f"{command['name']!r} cannot be sent without {missing}"
        raise NotOfferedError(msg)
    return data


def _option(holder: Json, name: str) -> Json:
    for option in holder.get("options") or []:
        if option["name"] == name:
            found: Json = option
            return found
    known = [option["name"] for option in holder.get("options") or []]
    msg = f"{holder['name']!r} has no option {name!r}, only {known}"
    raise NotOfferedError(msg)


def _given(definition: Json, value: Value, *, focused: bool) -> Json:
    given: Json = {"name": definition["name"], "type": definition["type"], "value": value}
    if focused:
        given["focused"] = True
        if definition["type"] in _NUMBERS:
            given["value"] = str(value)
        return given
    choices = definition.get("choices") or []
    if choices:
        named = {choice["name"]: choice["value"] for choice in choices}
        if value in named:
            given["value"] = named[str(value)]
        elif value not in named.values():
            msg = f"{definition['name']!r} offers {list(named)}, not {value!r}"
            raise NotOfferedError(msg)
        return given
    _check_value(definition, value)
    return given


def _check_value(definition: Json, value: Value) -> None:
    name, kind = definition["name"], definition["type"]
    fits = {
        Option.STRING: isinstance(value, str),
        Option.INTEGER: isinstance(value, int) and not isinstance(value, bool),
        Option.BOOLEAN: isinstance(value, bool),
        Option.NUMBER: isinstance(value, int | float) and not isinstance(value, bool),
    }.get(kind, True)
    if not fits:
        msg = f"{name!r} takes {Option(kind).name}, not {value!r}"
        raise NotOfferedError(msg)
    if isinstance(value, str):
        # 6,000 characters is the most a string option takes: option structure, max_length.
        low, high = definition.get("min_length") or 0, definition.get("max_length") or 6000
        if not low <= len(value) <= high:
            msg = f"{name!r} takes {low} to {high} characters, not {len(value)}"
            raise NotOfferedError(msg)
    elif kind in _NUMBERS:
        low, high = definition.get("min_value"), definition.get("max_value")
        if (low is not None and value < low) or (high is not None and value > high):
            msg = f"{name!r} takes {low} to {high}, not {value}"
            raise NotOfferedError(msg)


def menu_data(command: Json, target_id: int, message: Json) -> Json:
    """Return the `data` of a message command: the message comes along, with all its content."""
    data: Json = {
        "id": command["id"],
        "name": command["name"],
        "type": MESSAGE_MENU,
        "target_id": str(target_id),
        "resolved": {"messages": {str(target_id): message}},
    }
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data
