"""Everything else the app asks for: itself, commands, channels, messages, guilds, users.

Source: the resource pages of Discord's documentation; permissions per endpoint as stated there.
"""

from yarl import URL

from tests.chat.loopback import payloads
from tests.chat.loopback.commands import Commands
from tests.chat.loopback.errors import FormErrors, Json, refusal
from tests.chat.loopback.messages import Messages
from tests.chat.loopback.permissions import Permission
from tests.chat.loopback.rest import Answer, Call
from tests.chat.loopback.world import Channel, ChannelType, Guild, Message, World

# "Create Message", enforce_nonce: unique "in the past few minutes".
NONCE_LIVES_S = 180.0


class ResourceRoutes:
    """The routes of the bot's own account and of what it can see."""

    def __init__(self, world: World, messages: Messages, commands: Commands) -> None:
        self._world = world
        self._messages = messages
        self._commands = commands
        self.gateway_url = URL()
        self.closed_to_dms: set[int] = set()
        self._nonces: dict[tuple[int, str], tuple[Message, float]] = {}

    # The app ------------------------------------------------------------------------------------

    async def gateway(self, _call: Call) -> Answer:
        """Return where the gateway is."""
        return {"url": str(self.gateway_url)}

    async def gateway_bot(self, _call: Call) -> Answer:
        """Return where the gateway is and how many sessions may be started."""
        limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return {"url": str(self.gateway_url), "shards": 1, "session_start_limit": limit}

    async def me(self, _call: Call) -> Answer:
        """Return the bot's own user."""
        return payloads.bot_user(self._world.app)

    async def application(self, _call: Call) -> Answer:
        """Return the application."""
        return payloads.application(self._world.app)

    # Commands -----------------------------------------------------------------------------------

    async def list_commands(self, call: Call) -> Answer:
        """Return the registered commands of a scope."""
        return self._commands.of(self._scope(call))

    async def put_commands(self, call: Call) -> Answer:
        """Replace the registered commands of a scope."""
        scope = self._scope(call)
        if not isinstance(call.body, list):
            raise refusal(50109)
        return self._commands.overwrite(scope, call.body)

    async def post_command(self, call: Call) -> Answer:
        """Register one command."""
        return self._commands.upsert(self._scope(call), call.object)

    async def get_command(self, call: Call) -> Answer:
        """Return one registered command."""
        return self._commands.get(self._scope(call), call.number("command"))

    async def patch_command(self, call: Call) -> Answer:
        """Change one registered command."""
        return self._commands.edit(self._scope(call), call.number("command"), call.object)

    async def delete_command(self, call: Call) -> Answer:
        """Remove one registered command."""
        self._commands.delete(self._scope(call), call.number("command"))
        return None

    def _scope(self, call: Call) -> int | None:
        if call.number("app") != self._world.app.id:
            raise refusal(10002)
        if "guild" not in call.request.match_info:
            return None
        return self._guild(call).id

    # Messages -----------------------------------------------------------------------------------

    async def post_message(self, call: Call) -> Answer:
        """Post a message in a channel; with a nonce that is enforced, the same one is given back."""
        channel = self._channel(call)
        self._need(channel, Permission.SEND_MESSAGES)
        if call.object.get("message_reference"):
            self._need(channel, Permission.READ_MESSAGE_HISTORY, code=160002)
        if call.uploads:
            self._need(channel, Permission.ATTACH_FILES)
        if channel.type is ChannelType.DM:
            self._need_open_dm(channel)
        nonce = (channel.id, str(call.object["nonce"])) if call.object.get("enforce_nonce") else None
        if nonce in self._nonces:
            message, posted = self._nonces[nonce]
            if self._world.clock.now() - posted < NONCE_LIVES_S:
                return payloads.message(message, self._world.app)
        message = self._messages.create(channel, call.object, call.uploads)
        if nonce is not None:
            self._nonces[nonce] = message, self._world.clock.now()
        return payloads.message(message, self._world.app)

    async def get_message(self, call: Call) -> Answer:
        """Return one message; its text only if Discord would give it without the intent."""
        return self._told(self._message(call))

    async def get_messages(self, call: Call) -> Answer:
        """Return the newest messages of a channel, newest first."""
        channel = self._channel(call)
        self._need(channel, Permission.READ_MESSAGE_HISTORY)
        limit = min(int(call.request.query.get("limit", "50")), 100)
        seen = [one for one in channel.messages.values() if not one.ephemeral]
        return [self._told(one) for one in reversed(seen[-limit:])]

    async def patch_message(self, call: Call) -> Answer:
        """Edit a message the bot wrote."""
        message = self._message(call)
        if message.author is not self._world.app.user:
            raise refusal(50005)
        self._messages.edit(message, call.object, call.uploads)
        return payloads.message(message, self._world.app)

    async def delete_message(self, call: Call) -> Answer:
        """Delete a message: the bot's own, or anybody's with Manage Messages."""
        message = self._message(call)
        if message.author is not self._world.app.user:
            self._need(message.channel, Permission.MANAGE_MESSAGES)
        self._messages.delete(message)
        return None

    async def typing(self, call: Call) -> Answer:
        """Show that the bot is typing (which nobody here looks at)."""
        self._need(self._channel(call), Permission.SEND_MESSAGES)
        return None

    # Channels, guilds, users --------------------------------------------------------------------

    async def get_channel(self, call: Call) -> Answer:
        """Return one channel."""
        return payloads.channel(self._channel(call), self._world.app.user)

    async def open_dm(self, call: Call) -> Answer:
        """Return the DM channel with a user, made if need be."""
        recipient = self._world.users.get(int(call.object.get("recipient_id", 0)))
        if recipient is None or recipient is self._world.app.user:
            found = FormErrors()
            found.add(("recipient_id",), "INVALID_RECIPIENT", "Invalid Recipient(s)")
            found.raise_if_any()
            raise AssertionError
        return payloads.channel(self._world.dm(self._world.app.user, recipient), self._world.app.user)

    async def get_guild(self, call: Call) -> Answer:
        """Return one guild."""
        return payloads.guild(self._guild(call), self._world.app)

    async def get_guild_channels(self, call: Call) -> Answer:
        """Return the channels of a guild."""
        return [payloads.channel(one) for one in self._guild(call).channels.values()]

    async def get_roles(self, call: Call) -> Answer:
        """Return the roles of a guild."""
        roles = self._guild(call).roles.values()
        return [payloads.role(one, place) for place, one in enumerate(roles)]

    async def get_member(self, call: Call) -> Answer:
        """Return one member of a guild."""
        member = self._guild(call).members.get(call.number("user"))
        if member is None:
            raise refusal(10007)
        return payloads.member(member)

    async def get_user(self, call: Call) -> Answer:
        """Return one user."""
        user = self._world.users.get(call.number("user"))
        if user is None:
            raise refusal(10013)
        return payloads.user(user)

    async def my_guilds(self, _call: Call) -> Answer:
        """Return the guilds the bot is in."""
        return [
            {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "owner": False,
                "features": [],
                "permissions": str(int(guild.base_permissions(self._world.app.user))),
            }
            for guild in self._world.app_guilds()
        ]

    # What they share ----------------------------------------------------------------------------

    def _guild(self, call: Call) -> Guild:
        guild = self._world.guilds.get(call.number("guild"))
        if guild is None:
            raise refusal(10004)
        if self._world.app.id not in guild.members:
            raise refusal(50001)
        return guild

    def _channel(self, call: Call) -> Channel:
        channel = self._world.channels.get(call.number("channel"))
        if channel is None:
            raise refusal(10003)
        if not channel.permissions_of(self._world.app.user) & Permission.VIEW_CHANNEL:
            raise refusal(50001)
        return channel

    def _message(self, call: Call) -> Message:
        """Return the message of the path; ephemeral ones cannot be reached this way."""
        channel = self._channel(call)
        message = channel.messages.get(call.number("message"))
        if message is None or message.ephemeral:
            raise refusal(10008)
        return message

    def _need(self, channel: Channel, wanted: Permission, code: int = 50013) -> None:
        if not channel.permissions_of(self._world.app.user) & wanted:
            raise refusal(code)

    def _need_open_dm(self, channel: Channel) -> None:
        person = next(one for one in channel.recipients if one is not self._world.app.user)
        reachable = self._world.shares_guild(person) or person.id in self._world.app.installed_by_users
        if not reachable or person.id in self.closed_to_dms:
            raise refusal(50007)

    def _told(self, message: Message) -> Json:
        payload = payloads.message(message, self._world.app)
        app = self._world.app.user
        if message.channel.guild is None or message.author is app or app in message.mentions:
            return payload
        return payloads.without_content(payload)
