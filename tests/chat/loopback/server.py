"""The loopback Discord itself: everything put together behind one port, and the handle tests hold."""

import asyncio
import time
from collections.abc import Awaitable, Iterable
from typing import Self, TypeVar
from urllib.parse import quote

from aiohttp import web
from yarl import URL

from tests.chat.loopback import faults, payloads
from tests.chat.loopback.clock import Clock
from tests.chat.loopback.commands import Commands
from tests.chat.loopback.faults import Faults
from tests.chat.loopback.gateway import Gateway
from tests.chat.loopback.interactions import FIRST_ANSWER_WITHIN_S, Interactions
from tests.chat.loopback.messages import Messages
from tests.chat.loopback.offers import Offers
from tests.chat.loopback.permissions import Permission
from tests.chat.loopback.person import Person
from tests.chat.loopback.ratelimits import RateLimits
from tests.chat.loopback.rest import Requested, Rest
from tests.chat.loopback.rest_interactions import InteractionRoutes
from tests.chat.loopback.rest_resources import ResourceRoutes
from tests.chat.loopback.world import Channel, Guild, Role, User, World

T = TypeVar("T")

API = "/api/v10"
_COMMANDS = ("/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands")


class LoopbackDiscord:
    """A small Discord on 127.0.0.1. Use as `async with LoopbackDiscord() as discord:`.

    What tests touch: `guild`, `person`, `group_dm` to furnish the world; `faults`, `gateway`, `limits`
    and `advance` to make trouble; `ready` and `settled` to wait; `requests` to see what the app asked.

    `answer_within` is Discord's deadline for a first answer in seconds. Raise it on a machine that is
    busy with other things, for tests that are not about time.
    """

    def __init__(self, port: int = 0, *, answer_within: float = FIRST_ANSWER_WITHIN_S) -> None:
        self._port = port
        self.clock = Clock()
        self.world = World(self.clock)
        self.gateway = Gateway(self.world)
        self.faults = Faults(self.clock)
        self.limits = RateLimits(self.clock)
        self.commands = Commands(self.world)
        self.messages = Messages(self.world, self.gateway, self._file_url)
        self.interactions = Interactions(self.world, self.gateway, answer_within)
        self.offers = Offers(self.world, self.commands, self.interactions)
        self.resources = ResourceRoutes(self.world, self.messages, self.commands)
        self.rest = Rest(lambda: self.world.app.token, self.faults, self.limits, self.world.changed)
        self.app = web.Application(client_max_size=30 * 1024 * 1024)
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        self._add_routes()

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = f"ws://127.0.0.1:{self._port}/gateway"
        self.resources.gateway_url = URL(self.gateway.url)
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        self.gateway.drop(1001)
        await self._runner.cleanup()
        if self.rest.crashes and kind is None:
            # A test must not take a failure of the loopback for one of Discord's.
            message = "the loopback itself failed"
            raise ExceptionGroup(message, self.rest.crashes)

    # Where it is --------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """Where the server is, such as `http://127.0.0.1:40123`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_base(self) -> str:
        """The base of the REST API: the value of DISCORD_API_BASE."""
        return self.address + API

    @property
    def token(self) -> str:
        """The bot token this Discord knows."""
        return self.world.app.token

    def environment(self) -> dict[str, str]:
        """Return the settings that make a bot process talk to this Discord."""
        return {"DISCORD_API_BASE": self.api_base, "DISCORD_TOKEN": self.token}

    # Furnishing the world -----------------------------------------------------------------------

    def guild(
        self, name: str = "Forum", channels: Iterable[str] = ("general",), *, with_app: bool = True
    ) -> Guild:
        """Make a server with text channels, with the app installed unless told otherwise."""
        guild = self.world.guild(name, self.world.user(f"Owner of {name}"), with_app=with_app)
        for channel in channels:
            self.world.text_channel(guild, channel)
        if with_app:
            self.gateway.dispatch("GUILD_CREATE", payloads.guild(guild, self.world.app), guild, 1)
        return guild

    def channel(self, guild: Guild, name: str) -> Channel:
        """Return a server's text channel by name, made if there is none."""
        for channel in guild.channels.values():
            if channel.name == name:
                return channel
        channel = self.world.text_channel(guild, name)
        self.gateway.dispatch("CHANNEL_CREATE", payloads.channel(channel), guild, 1)
        return channel

    def person(
        self,
        name: str,
        guild: Guild | None = None,
        *,
        may: Permission = Permission(0),  # noqa: B008 - an IntFlag cannot be changed
        locale: str = "en-US",
    ) -> Person:
        """Make a person, in a server if one is given, with what members there may do and `may` beside."""
        user = self.world.user(name, locale=locale)
        home = None
        if guild is not None:
            roles = [self.world.role(guild, f"{name}'s role", may)] if may else []
            self.world.join(user, guild, roles)
            home = next(iter(guild.channels.values()), None)
        return Person(self, user, home)

    def group_dm(self, *people: Person, name: str = "Group") -> Channel:
        """Make a group DM; bots cannot be in one."""
        return self.world.dm(*(person.user for person in people), name=name)

    def remove_app(self, guild: Guild) -> None:
        """Take the app out of a server, and tell it."""
        del guild.members[self.world.app.id]
        self.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild, 1)

    def allow(self, channel: Channel, who: Role | User, permission: Permission) -> None:
        """Allow something to a role or user in a channel, and tell the app."""
        channel.allow(who, permission)
        self._tell_channel(channel)

    def deny(self, channel: Channel, who: Role | User, permission: Permission) -> None:
        """Deny something to a role or user in a channel, and tell the app."""
        channel.deny(who, permission)
        self._tell_channel(channel)

    # Time and waiting ---------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """Let time pass: deadlines and rate limits, not the real clock."""
        self.clock.advance(seconds)
        self.interactions.wake()
        self.world.changed.ring()

    async def ready(self, *, commands: bool = False, within: float = 20.0, more_than: int = 0) -> None:
        """Wait until a bot has identified and reads the gateway (and, if asked, commands are registered).

        `more_than` is the number of sessions that were begun before the one waited for.

        Raises:
            TimeoutError: after `within` seconds.
        """

        def there() -> bool:
            connected = self.gateway.identified > more_than and bool(self.gateway.live_sessions())
            return connected and (not commands or self.commands.registered > 0)

        give_up = time.monotonic() + within
        while not there():
            left = give_up - time.monotonic()
            if left <= 0:
                made = [one.route for one in self.requests]
                msg = f"no bot was ready within {within} s; requests: {made}"
                raise TimeoutError(msg)
            await self.world.changed.heard(left)
        if not await self.gateway.round_trip(within):
            msg = "a bot connected, but does not answer on the gateway"
            raise TimeoutError(msg)

    async def settled(self) -> None:
        """Wait until the bot has read everything sent so far and no request of its is under way.

        Two heartbeats are asked for: the first shows that earlier events were read, the second that
        the tasks they started have had their turn.
        """
        for _ in range(2):
            await self.gateway.round_trip()
            await self.world.changed.until(lambda: not self.rest.in_progress, within=10)

    async def without_waiting(self, action: Awaitable[T]) -> T:
        """Await what a person does, but let the 3 s for an answer pass once the bot has gone quiet.

        For what ends in `NoAnswerError`: `await discord.without_waiting(alice.runs("/broken"))`.
        """
        waiting = asyncio.ensure_future(action)
        await asyncio.sleep(0)  # let it start
        await self.settled()
        self.advance(self.interactions.answer_within + 0.1)
        return await waiting

    @property
    def requests(self) -> list[Requested]:
        """Every REST request the app has made, in order."""
        return self.rest.requests

    def requested(self, route: str) -> list[Requested]:
        """Return the requests made on one route, such as `faults.REGISTER`."""
        return [one for one in self.requests if one.route == route]

    # How it works -------------------------------------------------------------------------------

    def _tell_channel(self, channel: Channel) -> None:
        if channel.guild is not None:
            self.gateway.dispatch("CHANNEL_UPDATE", payloads.channel(channel), channel.guild, 1)

    def _file_url(self, channel: Channel, number: int, filename: str) -> str:
        return f"{self.address}/attachments/{channel.id}/{number}/{quote(filename)}"

    async def _file(self, request: web.Request) -> web.Response:
        stored = self.world.attachments.get(int(request.match_info["number"]))
        if stored is None:
            raise web.HTTPNotFound
        disposition = f"attachment; filename*=utf-8''{quote(stored.filename)}"
        headers = {"Content-Disposition": disposition, "Content-Type": stored.content_type}
        return web.Response(body=stored.content, headers=headers)

    def _add_routes(self) -> None:
        answers = InteractionRoutes(self.world, self.messages, self.interactions)
        resources = self.resources
        routes = {
            faults.CALLBACK: answers.callback,
            faults.FOLLOW_UP: answers.follow_up,
            faults.GET_ORIGINAL: answers.get,
            faults.EDIT_ORIGINAL: answers.edit,
            "DELETE /webhooks/{app}/{token}/messages/{message}": answers.delete,
            "GET /gateway": resources.gateway,
            "GET /gateway/bot": resources.gateway_bot,
            faults.WHO_AM_I: resources.me,
            "GET /users/@me/guilds": resources.my_guilds,
            "POST /users/@me/channels": resources.open_dm,
            "GET /users/{user}": resources.get_user,
            "GET /oauth2/applications/@me": resources.application,
            "GET /applications/@me": resources.application,
            faults.SEND_MESSAGE: resources.post_message,
            "GET /channels/{channel}/messages": resources.get_messages,
            "GET /channels/{channel}/messages/{message}": resources.get_message,
            faults.EDIT_MESSAGE: resources.patch_message,
            faults.DELETE_MESSAGE: resources.delete_message,
            "POST /channels/{channel}/typing": resources.typing,
            "GET /channels/{channel}": resources.get_channel,
            "GET /guilds/{guild}": resources.get_guild,
            "GET /guilds/{guild}/channels": resources.get_guild_channels,
            "GET /guilds/{guild}/roles": resources.get_roles,
            "GET /guilds/{guild}/members/{user}": resources.get_member,
        }
        for path in _COMMANDS:
            routes |= {
                f"GET {path}": resources.list_commands,
                f"PUT {path}": resources.put_commands,
                f"POST {path}": resources.post_command,
                f"GET {path}/{{command}}": resources.get_command,
                f"PATCH {path}/{{command}}": resources.patch_command,
                f"DELETE {path}/{{command}}": resources.delete_command,
            }
        for route, answer in routes.items():
            self.rest.add(self.app, API, route, answer)
        self.rest.add_rest(self.app, API)
        self.app.router.add_get("/gateway", self.gateway.serve)
        self.app.router.add_get("/attachments/{channel}/{number}/{filename}", self._file)
