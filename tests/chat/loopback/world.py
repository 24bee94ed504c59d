"""Everything that exists in the loopback Discord: the app, people, servers, channels, messages."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from tests.chat.loopback import permissions
from tests.chat.loopback.clock import Bell, Clock
from tests.chat.loopback.errors import Json
from tests.chat.loopback.permissions import Overwrite, Permission
from tests.chat.loopback.snowflake import Snowflakes


class ChannelType(IntEnum):
    """Kinds of channel. Source: "Channels Resource", channel types."""

    GUILD_TEXT = 0
    DM = 1
    GROUP_DM = 3


class MessageFlag(IntFlag):
    """Source: "Message Resource", message flags."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


@dataclass(eq=False)
class User:
    """Somebody with an account; the app's own bot user is one, too."""

    id: int
    name: str
    locale: str = "en-US"
    bot: bool = False

    @property
    def mention(self) -> str:
        """The text that mentions this user."""
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    """A set of permissions that members of a guild can have."""

    id: int
    name: str
    permissions: Permission


@dataclass(eq=False)
class Member:
    """A user in one guild."""

    user: User
    roles: list[Role] = field(default_factory=list)


@dataclass(eq=False)
class Guild:
    """A server. The role whose id is the guild's is @everyone."""

    id: int
    name: str
    owner_id: int
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, "Channel"] = field(default_factory=dict)

    @property
    def everyone(self) -> Role:
        """The role everyone has."""
        return self.roles[self.id]

    def base_permissions(self, user: User) -> Permission:
        """Return what `user` may do here before any channel has its say."""
        member = self.members.get(user.id)
        if member is None:
            return permissions.NONE
        if user.id == self.owner_id:
            return permissions.ALL
        granted = self.everyone.permissions
        for role in member.roles:
            granted |= role.permissions
        return permissions.ALL if granted & Permission.ADMINISTRATOR else granted


@dataclass(eq=False)
class Channel:
    """A place to talk: in a guild, or between `recipients` (without a guild)."""

    id: int
    type: ChannelType
    name: str = ""
    guild: Guild | None = None
    recipients: list[User] = field(default_factory=list)
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, "Message"] = field(default_factory=dict)

    def permissions_of(self, user: User) -> Permission:
        """Return what `user` may do in this channel."""
        if self.guild is None:
            inside = any(user is one for one in self.recipients)
            return permissions.EVERYONE if inside else permissions.NONE
        member = self.guild.members.get(user.id)
        roles = member.roles if member else []
        return permissions.in_channel(
            self.guild.base_permissions(user),
            self.overwrites.get(self.guild.id, Overwrite()),
            [self.overwrites[role.id] for role in roles if role.id in self.overwrites],
            self.overwrites.get(user.id, Overwrite()),
        )

    def allow(self, who: Role | User, allowed: Permission) -> None:
        """Add a channel overwrite that allows something to a role or user."""
        old = self.overwrites.get(who.id, Overwrite())
        self.overwrites[who.id] = Overwrite(old.allow | allowed, old.deny & ~allowed)

    def deny(self, who: Role | User, denied: Permission) -> None:
        """Add a channel overwrite that denies something to a role or user."""
        old = self.overwrites.get(who.id, Overwrite())
        self.overwrites[who.id] = Overwrite(old.allow & ~denied, old.deny | denied)


@dataclass(eq=False)
class Attachment:
    """A file that came with a message."""

    id: int
    filename: str
    content: bytes
    content_type: str
    description: str | None
    url: str


@dataclass(eq=False)
class Message:
    """One message. `only_for` is the user id an ephemeral message is for, else None."""

    id: int
    channel: Channel
    author: User
    created: float
    content: str = ""
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: MessageFlag = field(default=MessageFlag(0))
    edited: float | None = None
    replies_to: "Message | None" = None
    mentions: list[User] = field(default_factory=list)
    pings_roles: tuple[int, ...] = ()
    pings_everyone: bool = False
    interaction_metadata: Json | None = None
    from_interaction: bool = False
    only_for: int | None = None

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees this message."""
        return self.only_for is not None

    @property
    def loading(self) -> bool:
        """Whether this message still says that the app is thinking."""
        return bool(self.flags & MessageFlag.LOADING)

    def visible_to(self, user: User) -> bool:
        """Return whether `user` sees this message in his client."""
        if self.only_for is not None:
            return self.only_for == user.id
        return bool(self.channel.permissions_of(user) & Permission.VIEW_CHANNEL)


@dataclass(eq=False)
class App:
    """The application under test: its bot user, token, intents it may ask for, and who installed it."""

    user: User
    token: str
    privileged_intents: int = 0
    installed_by_users: set[int] = field(default_factory=set)

    @property
    def id(self) -> int:
        """The application's id (the bot user's, as for every app made since 2016)."""
        return self.user.id


class World:
    """The one place where all of it is kept. `changed` rings whenever somebody could see a difference."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.changed = Bell()
        self._ids = Snowflakes()
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.attachments: dict[int, Attachment] = {}
        bot = self.user("Evidence Bot", bot=True)
        self.app = App(user=bot, token=_token_for(bot.id))

    def new_id(self) -> int:
        """Return a fresh snowflake."""
        return self._ids.next(self.clock.now())

    def user(self, name: str, *, locale: str = "en-US", bot: bool = False) -> User:
        """Make an account."""
        user = User(self.new_id(), name, locale, bot)
        self.users[user.id] = user
        return user

    def guild(self, name: str, owner: User, *, with_app: bool = True, locale: str = "en-US") -> Guild:
        """Make a server; `with_app` adds the app's bot as a member, as installing it there does."""
        guild = Guild(self.new_id(), name, owner.id, locale)
        guild.roles[guild.id] = Role(guild.id, "@everyone", permissions.EVERYONE)
        self.join(owner, guild)
        if with_app:
            self.join(self.app.user, guild)
        self.guilds[guild.id] = guild
        return guild

    def join(self, user: User, guild: Guild, roles: Iterable[Role] = ()) -> Member:
        """Make `user` a member of `guild`."""
        member = guild.members.setdefault(user.id, Member(user))
        member.roles.extend(roles)
        return member

    def role(self, guild: Guild, name: str, granted: Permission) -> Role:
        """Make a role in `guild`."""
        role = Role(self.new_id(), name, granted)
        guild.roles[role.id] = role
        return role

    def text_channel(self, guild: Guild, name: str) -> Channel:
        """Make a text channel in `guild`."""
        channel = Channel(self.new_id(), ChannelType.GUILD_TEXT, name, guild)
        guild.channels[channel.id] = self.channels[channel.id] = channel
        return channel

    def dm(self, *people: User, name: str = "") -> Channel:
        """Return the DM between two users, or make a group DM between more."""
        if len(people) == 2:
            for channel in self.channels.values():
                if channel.type is ChannelType.DM and set(channel.recipients) == set(people):
                    return channel
        kind = ChannelType.DM if len(people) == 2 else ChannelType.GROUP_DM
        channel = Channel(self.new_id(), kind, name, None, list(people))
        self.channels[channel.id] = channel
        return channel

    def shares_guild(self, user: User) -> bool:
        """Return whether the app's bot and `user` are both in some guild."""
        return any(user.id in guild.members for guild in self.app_guilds())

    def app_guilds(self) -> Iterator[Guild]:
        """Yield the guilds the app is installed in."""
        return (guild for guild in self.guilds.values() if self.app.id in guild.members)

    def message(self, message_id: int) -> Message | None:
        """Return the message with that id, wherever it is."""
        for channel in self.channels.values():
            if message_id in channel.messages:
                return channel.messages[message_id]
        return None


def _token_for(bot_id: int) -> str:
    """Return a token of the shape Discord's have (id, time, key); it opens nothing anywhere."""
    first = base64.b64encode(str(bot_id).encode()).decode().rstrip("=")
    return f"{first}.GloopB.{'loopback' * 4}-Only"
