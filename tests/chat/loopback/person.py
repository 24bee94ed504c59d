"""A person in front of Discord: the driver that tests use. Every method is something a user does.

What comes back is what that person would see. Where Discord's client would not let somebody do a
thing, `NotOfferedError` says so; where the app stays silent, `NoAnswerError`.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tests.chat.loopback import payloads
from tests.chat.loopback.errors import Json
from tests.chat.loopback.forms import filled_in
from tests.chat.loopback.interactions import (
    FIRST_ANSWER_WITHIN_S,
    Callback,
    Interaction,
    Kind,
)
from tests.chat.loopback.limits_commands import MESSAGE_MENU
from tests.chat.loopback.offers import NotOfferedError, Value, command_data, menu_data
from tests.chat.loopback.seen import (
    Button,
    Choice,
    Form,
    NotThereError,
    Seen,
    Select,
    Suggestions,
    read_form,
    see,
)
from tests.chat.loopback.world import Channel, Message, User

if TYPE_CHECKING:
    from tests.chat.loopback.server import LoopbackDiscord

PATIENCE_S = 10.0


class NoAnswerError(AssertionError):
    """The app did not answer in time: the person reads "The application did not respond"."""


class Person:
    """One user with a client open. `home` is where things happen unless a test names a channel."""

    def __init__(self, discord: "LoopbackDiscord", user: User, home: Channel | None = None) -> None:
        self._discord = discord
        self.user = user
        self.home = home

    @property
    def name(self) -> str:
        """The person's name."""
        return self.user.name

    @property
    def dm(self) -> Channel:
        """The direct messages between this person and the bot."""
        return self._discord.world.dm(self._discord.world.app.user, self.user)

    def installs(self) -> None:
        """Add the app to this person's account, to use it everywhere."""
        self._discord.world.app.installed_by_users.add(self.user.id)

    # Commands -----------------------------------------------------------------------------------

    async def runs(
        self,
        command: str,
        *,
        channel: Channel | None = None,
        options: Mapping[str, Value] | None = None,
        **named_options: Value,
    ) -> Seen:
        """Run a slash command, such as `runs("/list add", name="basics")`; return the answer."""
        where = self._where(channel)
        return await self._message(self._start_command(command, where, {**(options or {}), **named_options}))

    async def opens(
        self, command: str, *, channel: Channel | None = None, options: Mapping[str, Value] | None = None
    ) -> Form:
        """Run a slash command that opens a form; return the form."""
        return await self._form(self._start_command(command, self._where(channel), options or {}))

    async def types_in_option(
        self,
        command: str,
        option: str,
        typed: str,
        *,
        channel: Channel | None = None,
        **filled_in_already: Value,
    ) -> Suggestions:
        """Type into an option that autocompletes; return what is suggested under it."""
        where = self._where(channel)
        definition, subcommands = self._find(command, where)
        values = {**filled_in_already, option: typed}
        data = command_data(definition, subcommands, values, typing_in=option)
        owners = self._discord.offers.owners(definition, self.user, where)
        interaction = self._discord.interactions.start(Kind.AUTOCOMPLETE, self.user, where, data, owners)
        await self._first_answer(interaction)
        choices = tuple(
            Choice(
                str((one.get("name_localizations") or {}).get(self.user.locale) or one["name"]), one["value"]
            )
            for one in interaction.choices or []
        )
        return Suggestions(choices, interaction.answered_after_ms)

    async def uses_menu(self, name: str, message: Seen) -> Seen:
        """Use an entry of a message's Apps menu; return the answer."""
        return await self._message(self._start_menu(name, message))

    async def opens_by_menu(self, name: str, message: Seen) -> Form:
        """Use an entry of a message's Apps menu that opens a form; return the form."""
        return await self._form(self._start_menu(name, message))

    def commands(self, channel: Channel | None = None) -> list[Json]:
        """Return the slash commands this person is offered, as registered."""
        return self._discord.offers.all(self.user, self._where(channel))

    def menus(self, channel: Channel | None = None) -> list[Json]:
        """Return the message menu entries this person is offered, as registered."""
        return self._discord.offers.all(self.user, self._where(channel), MESSAGE_MENU)

    # Buttons, menus, forms ----------------------------------------------------------------------

    async def presses(self, message: Seen, label: str) -> Seen:
        """Press a button; return the message that changed, or the new one."""
        return await self._message(self._start_button(self._current(message).button(label)))

    async def opens_by_button(self, message: Seen, label: str) -> Form:
        """Press a button that opens a form; return the form."""
        return await self._form(self._start_button(self._current(message).button(label)))

    async def picks(self, select: Select | Seen, *labels: str) -> Seen:
        """Pick options of a select menu (or of the only one on a message); return what follows."""
        menu = select if isinstance(select, Select) else self._current(select).select()
        low = int(menu.component.get("min_values", 1))
        high = int(menu.component.get("max_values", 1))
        if menu.component.get("disabled") or not low <= len(labels) <= high:
            msg = f"the menu takes {low} to {high} options and may be disabled: {labels}"
            raise NotOfferedError(msg)
        values = [menu.value_of(label) for label in labels]
        return await self._message(self._start_component(menu.message, menu.component, values))

    async def submits(self, form: Form, answers: Mapping[str, str | list[str]]) -> Seen:
        """Fill in a form, by label or custom_id, and send it; return what follows.

        Fields that are not named keep what they were filled with beforehand.
        """
        opened_by = self._discord.interactions.by_token(form.token)
        data = {"custom_id": form.custom_id, "components": filled_in(form, answers)}
        interaction = self._discord.interactions.start(
            Kind.FORM,
            self.user,
            opened_by.channel,
            data,
            dict(opened_by.owners),
            source=opened_by.source if opened_by.kind is Kind.COMPONENT else None,
            parent_metadata=opened_by.metadata(),
        )
        return await self._message(interaction)

    # Messages -----------------------------------------------------------------------------------

    async def says(
        self,
        text: str,
        *,
        channel: Channel | None = None,
        dm: bool = False,
        mentioning_bot: bool = False,
        replying_to: Seen | None = None,
    ) -> Seen:
        """Write a message; return it. `gets_reply` waits for what the bot says to it."""
        where = self.dm if dm else self._where(channel)
        if mentioning_bot:
            text = f"{self._discord.world.app.user.mention} {text}"
        target = replying_to.message if replying_to else None
        return see(self._discord.messages.say(self.user, where, text, target))

    async def gets_reply(self, to: Seen) -> Seen:
        """Return the bot's first message after `to` in the same channel that this person sees."""
        bot = self._discord.world.app.user

        def reply(one: Seen) -> bool:
            return one.id > to.id and one.author is bot

        return await self.waits_for(reply, channel=to.message.channel)

    async def asks(self, text: str, *, channel: Channel | None = None, dm: bool = False) -> Seen:
        """Write to the bot, in a DM or by mentioning it; return its reply."""
        said = await self.says(text, channel=channel, dm=dm, mentioning_bot=not dm)
        return await self.gets_reply(said)

    async def waits_for(
        self, which: Callable[[Seen], bool], *, channel: Channel | None = None, within: float = PATIENCE_S
    ) -> Seen:
        """Wait until this person sees a message that `which` holds of; return it."""
        where = self._where(channel)

        def found() -> Seen | None:
            return next((one for one in self.sees(where) if which(one)), None)

        seen = await self._discord.world.changed.until(found, within)
        if seen is None:
            texts = [one.text for one in self.sees(where)]
            msg = f"{self.name} waited {within} s in vain; there is {texts}"
            raise NoAnswerError(msg)
        return seen

    def sees(self, channel: Channel | None = None) -> list[Seen]:
        """Return every message this person sees in a channel now, oldest first."""
        messages = self._where(channel).messages.values()
        return [see(one) for one in messages if one.visible_to(self.user)]

    def looks_again(self, message: Seen) -> Seen:
        """Return a message as it is now (`gone`, if it was deleted)."""
        return see(message.message)

    def deletes(self, message: Seen) -> None:
        """Delete a message, as its author or a moderator."""
        self._discord.messages.delete(message.message)

    # How it works -------------------------------------------------------------------------------

    def _where(self, channel: Channel | None) -> Channel:
        where = channel or self.home
        if where is None:
            msg = f"{self.name} has no home channel: name one"
            raise NotOfferedError(msg)
        return where

    def _current(self, message: Seen) -> Seen:
        """Return the message as it is now, if this person can click on it."""
        now = see(message.message)
        if now.gone or not now.message.visible_to(self.user):
            msg = f"{self.name} does not see that message"
            raise NotThereError(msg)
        return now

    def _find(self, command: str, where: Channel) -> tuple[Json, list[str]]:
        name, *subcommands = command.removeprefix("/").split()
        return self._discord.offers.find(name, self.user, where), subcommands

    def _start_command(self, command: str, where: Channel, values: Mapping[str, Value]) -> Interaction:
        definition, subcommands = self._find(command, where)
        return self._discord.interactions.start(
            Kind.COMMAND,
            self.user,
            where,
            command_data(definition, subcommands, values),
            self._discord.offers.owners(definition, self.user, where),
            command_name=command.removeprefix("/"),
        )

    def _start_menu(self, name: str, message: Seen) -> Interaction:
        where = message.message.channel
        if self._current(message).ephemeral:
            msg = "messages only one person sees have no Apps menu"
            raise NotOfferedError(msg)
        command = self._discord.offers.find(name, self.user, where, MESSAGE_MENU)
        payload = payloads.message(message.message, self._discord.world.app)
        return self._discord.interactions.start(
            Kind.COMMAND,
            self.user,
            where,
            menu_data(command, message.id, payload),
            self._discord.offers.owners(command, self.user, where),
            command_name=name,
        )

    def _start_button(self, button: Button) -> Interaction:
        if button.disabled or button.url:
            msg = f"button {button.label!r} is disabled or a link"
            raise NotOfferedError(msg)
        return self._start_component(button.message, button.component)

    def _start_component(
        self, message: Message, component: Json, values: list[str] | None = None
    ) -> Interaction:
        data: Json = {
            "component_type": component["type"],
            "custom_id": component["custom_id"],
            "id": component["id"],
        }
        if values is not None:
            data["values"] = values
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

    async def _first_answer(self, interaction: Interaction) -> Callback:
        clock = self._discord.world.clock
        while interaction.answered_with is None:
            left = interaction.created + FIRST_ANSWER_WITHIN_S - clock.now()
            if left <= 0:
                why = f" (Discord refused: {interaction.refused})" if interaction.refused else ""
                msg = f"the application did not respond to {self.name}{why}"
                raise NoAnswerError(msg)
            await interaction.news.heard(within=left)
        return interaction.answered_with

    async def _form(self, interaction: Interaction) -> Form:
        how = await self._first_answer(interaction)
        if interaction.form is None:
            msg = f"{self.name} expected a form, but got {how.name}"
            raise NoAnswerError(msg)
        return read_form(interaction.form, interaction.token, interaction.answered_after_ms)

    async def _message(self, interaction: Interaction) -> Seen:
        how = await self._first_answer(interaction)
        if how is Callback.FORM:
            msg = f"{self.name} got a form: use one of the `opens` methods"
            raise NoAnswerError(msg)
        done = await interaction.news.until(lambda: _result(interaction), PATIENCE_S)
        if done is None:
            msg = f"the bot said to {self.name} it was thinking, and then nothing"
            raise NoAnswerError(msg)
        return see(done, interaction.answered_after_ms)


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
