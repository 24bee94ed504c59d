"""What Discord's client does for a person: it sends interactions and shows what comes of them.

`Person` puts words on it for tests, `Play` a page; both hold nothing else of Discord's rules.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tests.chat.loopback import entities, payloads
from tests.chat.loopback.errors import Json
from tests.chat.loopback.forms import filled_in
from tests.chat.loopback.interactions import Callback, Interaction, Kind
from tests.chat.loopback.limits import Component, walk
from tests.chat.loopback.limits_commands import MESSAGE_MENU
from tests.chat.loopback.offers import NotOfferedError, Value, command_data, menu_data
from tests.chat.loopback.seen import Choice, Form, NotThereError, Seen, Suggestions, read_form, see
from tests.chat.loopback.world import Channel, Message, User

if TYPE_CHECKING:
    from tests.chat.loopback.server import LoopbackDiscord

PATIENCE_S = 10.0


class NoAnswerError(AssertionError):
    """The app did not answer in time: the person reads "The application did not respond"."""


class Client:
    """The client of one user."""

    def __init__(self, discord: "LoopbackDiscord", user: User) -> None:
        self._discord = discord
        self.user = user

    # Sending ------------------------------------------------------------------------------------

    def command(self, path: str, channel: Channel, values: Mapping[str, Value]) -> Interaction:
        """Send a slash command, such as "list add"."""
        definition, subcommands = self._find(path, channel)
        return self._discord.interactions.start(
            Kind.COMMAND,
            self.user,
            channel,
            command_data(definition, subcommands, values),
            self._discord.offers.owners(definition, self.user, channel),
            command_name=" ".join([definition["name"], *subcommands]),
        )

    def menu(self, name: str, message: Message) -> Interaction:
        """Send an entry of a message's Apps menu."""
        self.check_visible(message)
        if message.ephemeral:
            msg = "messages only one person sees have no Apps menu"
            raise NotOfferedError(msg)
        command = self._discord.offers.find(name, self.user, message.channel, MESSAGE_MENU)
        payload = payloads.message(message, self._discord.world.app)
        return self._discord.interactions.start(
            Kind.COMMAND,
            self.user,
            message.channel,
            menu_data(command, message.id, payload),
            self._discord.offers.owners(command, self.user, message.channel),
            command_name=name,
        )

    def component(self, message: Message, custom_id: str, values: Sequence[str] | None = None) -> Interaction:
        """Send a click on a button, or (with `values`) a choice in a menu."""
        self.check_visible(message)
        component = _by_custom_id(message, custom_id)
        if component.get("disabled"):
            msg = f"{custom_id!r} is disabled"
            raise NotOfferedError(msg)
        data: Json = {
            "component_type": component["type"],
            "custom_id": custom_id,
            "id": component["id"],
        }
        if values is not None:
            _check_choice(component, values, message.channel)
            data["values"] = list(values)
            if component["type"] != Component.STRING_SELECT:
                ids = map(int, values)
                app = self._discord.world.app
                data["resolved"] = entities.resolved(ids, message.channel, app, self.user)
        metadata = message.interaction_metadata or {}
        owners = metadata.get("authorizing_integration_owners")
        return self._discord.interactions.start(
            Kind.COMPONENT,
            self.user,
            message.channel,
            data,
            owners or self._discord.offers.owners(None, self.user, message.channel),
            source=message,
        )

    def form(self, form: Form, answers: Mapping[str, str | list[str]]) -> Interaction:
        """Send a filled-in form."""
        opened_by = self._discord.interactions.by_token(form.token)
        return self._discord.interactions.start(
            Kind.FORM,
            self.user,
            opened_by.channel,
            {"custom_id": form.custom_id, "components": filled_in(form, answers)},
            dict(opened_by.owners),
            source=opened_by.source if opened_by.kind is Kind.COMPONENT else None,
            parent_metadata=opened_by.metadata(),
        )

    async def suggestions(
        self, path: str, channel: Channel, option: str, values: Mapping[str, Value]
    ) -> Suggestions:
        """Ask for the suggestions under an option, given what is typed there and beside it."""
        definition, subcommands = self._find(path, channel)
        data = command_data(definition, subcommands, values, typing_in=option)
        owners = self._discord.offers.owners(definition, self.user, channel)
        interaction = self._discord.interactions.start(Kind.AUTOCOMPLETE, self.user, channel, data, owners)
        await self.first_answer(interaction)
        choices = tuple(
            Choice(
                str((one.get("name_localizations") or {}).get(self.user.locale) or one["name"]), one["value"]
            )
            for one in interaction.choices or []
        )
        return Suggestions(choices, interaction.answered_after_ms)

    # Seeing -------------------------------------------------------------------------------------

    async def first_answer(self, interaction: Interaction) -> Callback:
        """Wait for the app's first answer.

        Raises:
            NoAnswerError: after 3 s without one.
        """
        clock = self._discord.world.clock
        while interaction.answered_with is None:
            left = interaction.created + self._discord.interactions.answer_within - clock.now()
            if left <= 0:
                why = f" (Discord refused: {interaction.refused})" if interaction.refused else ""
                msg = f"the application did not respond to {self.user.name}{why}"
                raise NoAnswerError(msg)
            await interaction.news.heard(within=left)
        return interaction.answered_with

    async def outcome(self, interaction: Interaction) -> Seen | Form:
        """Wait for what an interaction leads to: a message that came or changed, or a form.

        Raises:
            NoAnswerError: if nothing comes.
        """
        await self.first_answer(interaction)
        if interaction.form is not None:
            return read_form(interaction.form, interaction.token, interaction.answered_after_ms)
        message = await interaction.news.until(lambda: _result(interaction), PATIENCE_S)
        if message is None:
            msg = f"the bot said to {self.user.name} it was thinking, and then nothing"
            raise NoAnswerError(msg)
        return see(message, interaction.answered_after_ms)

    def check_visible(self, message: Message) -> None:
        """Raise `NotThereError` if this user cannot click on `message`."""
        if message.id not in message.channel.messages or not message.visible_to(self.user):
            msg = f"{self.user.name} does not see that message"
            raise NotThereError(msg)

    def _find(self, path: str, channel: Channel) -> tuple[Json, list[str]]:
        name, *subcommands = path.removeprefix("/").split()
        return self._discord.offers.find(name, self.user, channel), subcommands


def _by_custom_id(message: Message, custom_id: str) -> Json:
    for component in walk(message.components):
        if component.get("custom_id") == custom_id:
            return component
    msg = f"nothing named {custom_id!r} is on that message"
    raise NotThereError(msg)


def _check_choice(component: Json, values: Sequence[str], channel: Channel) -> None:
    low, high = int(component.get("min_values", 1)), int(component.get("max_values", 1))
    known = [option["value"] for option in component.get("options") or []]
    known += [str(one) for one in entities.offered(component, channel).values()]
    if not low <= len(values) <= high or any(value not in known for value in values):
        msg = f"the menu takes {low} to {high} of {known}, not {list(values)}"
        raise NotOfferedError(msg)


def _result(interaction: Interaction) -> Message | None:
    """Return the message an interaction led to, once it is there."""
    original = interaction.original
    if interaction.answered_with is Callback.DEFERRED_UPDATE:
        gone = original is not None and original.id not in original.channel.messages
        if interaction.follow_ups and not interaction.edits:
            return interaction.follow_ups[0]
        return original if interaction.edits or gone else None
    if original is not None and original.loading:
        return None
    return original
