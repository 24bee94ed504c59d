"""A person in front of Discord: the driver that tests use. Every method is something a user does.

What comes back is what that person would see. Where Discord's client would not let somebody do a
thing, `NotOfferedError` says so; where the app stays silent, `NoAnswerError`.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tests.chat.loopback.client import PATIENCE_S, Client, NoAnswerError
from tests.chat.loopback.errors import Json
from tests.chat.loopback.interactions import Interaction
from tests.chat.loopback.limits_commands import MESSAGE_MENU
from tests.chat.loopback.offers import NotOfferedError, Value
from tests.chat.loopback.seen import Form, Seen, Select, Suggestions, see
from tests.chat.loopback.world import Channel, User

if TYPE_CHECKING:
    from tests.chat.loopback.server import LoopbackDiscord


class Person:
    """One user with a client open. `home` is where things happen unless a test names a channel."""

    def __init__(self, discord: "LoopbackDiscord", user: User, home: Channel | None = None) -> None:
        self._discord = discord
        self.client = Client(discord, user)
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
        """Run a slash command, such as `runs("/list add", name="basics")`; return the answer.

        `options` is for options whose names are Python's or this method's own.
        """
        values = {**(options or {}), **named_options}
        return await self._message(self.client.command(command, self._where(channel), values))

    async def opens(
        self, command: str, *, channel: Channel | None = None, options: Mapping[str, Value] | None = None
    ) -> Form:
        """Run a slash command that opens a form; return the form."""
        return await self._form(self.client.command(command, self._where(channel), options or {}))

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
        values = {**filled_in_already, option: typed}
        return await self.client.suggestions(command, self._where(channel), option, values)

    async def uses_menu(self, name: str, message: Seen) -> Seen:
        """Use an entry of a message's Apps menu; return the answer."""
        return await self._message(self.client.menu(name, message.message))

    async def opens_by_menu(self, name: str, message: Seen) -> Form:
        """Use an entry of a message's Apps menu that opens a form; return the form."""
        return await self._form(self.client.menu(name, message.message))

    def commands(self, channel: Channel | None = None) -> list[Json]:
        """Return the slash commands this person is offered, as registered."""
        return self._discord.offers.all(self.user, self._where(channel))

    def menus(self, channel: Channel | None = None) -> list[Json]:
        """Return the message menu entries this person is offered, as registered."""
        return self._discord.offers.all(self.user, self._where(channel), MESSAGE_MENU)

    # Buttons, menus, forms ----------------------------------------------------------------------

    async def presses(self, message: Seen, label: str) -> Seen:
        """Press a button; return the message that changed, or the new one."""
        return await self._message(self._press(message, label))

    async def opens_by_button(self, message: Seen, label: str) -> Form:
        """Press a button that opens a form; return the form."""
        return await self._form(self._press(message, label))

    async def picks(self, select: Select | Seen, *labels: str) -> Seen:
        """Pick options of a select menu (or of the only one on a message); return what follows."""
        menu = select if isinstance(select, Select) else see(select.message).select()
        values = [menu.value_of(label) for label in labels]
        return await self._message(self.client.component(menu.message, menu.custom_id, values))

    async def submits(self, form: Form, answers: Mapping[str, str | list[str]]) -> Seen:
        """Fill in a form, by label or custom_id, and send it; return what follows.

        Fields that are not named keep what they were filled with beforehand.
        """
        return await self._message(self.client.form(form, answers))

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

    def _press(self, message: Seen, label: str) -> Interaction:
        self.client.check_visible(message.message)
        button = see(message.message).button(label)
        if button.url:
            msg = f"button {label!r} is a link"
            raise NotOfferedError(msg)
        return self.client.component(button.message, button.custom_id)

    async def _message(self, interaction: Interaction) -> Seen:
        outcome = await self.client.outcome(interaction)
        if isinstance(outcome, Form):
            msg = f"{self.name} got the form {outcome.title!r}: use one of the `opens` methods"
            raise NoAnswerError(msg)
        return outcome

    async def _form(self, interaction: Interaction) -> Form:
        outcome = await self.client.outcome(interaction)
        if isinstance(outcome, Seen):
            msg = f"{self.name} expected a form, but got {outcome.text!r}"
            raise NoAnswerError(msg)
        return outcome
