"""Interactions: from a person's click to the app's answer, with Discord's deadlines.

Source: "Receiving and Responding", https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import secrets
import time
from dataclasses import dataclass, field
from enum import IntEnum

from tests.chat.loopback import payloads
from tests.chat.loopback.clock import Bell
from tests.chat.loopback.errors import Json, refusal
from tests.chat.loopback.gateway import Gateway
from tests.chat.loopback.permissions import APP_IN_DM, Permission
from tests.chat.loopback.world import Channel, ChannelType, Message, User, World

FIRST_ANSWER_WITHIN_S = 3.0
TOKEN_LIVES_S = 15 * 60.0
FOLLOW_UPS_OF_USER_APPS = 5
ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024


class Kind(IntEnum):
    """Interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    FORM = 5


class Callback(IntEnum):
    """Interaction callback types."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    FORM = 9


class Context(IntEnum):
    """Interaction context types."""

    GUILD = 0
    BOT_DM = 1
    PRIVATE_CHANNEL = 2


@dataclass(eq=False)
class Interaction:
    """One interaction and what has become of it. `started` is for measuring, `created` for deadlines."""

    id: int
    token: str
    kind: Kind
    person: User
    channel: Channel
    owners: dict[str, str]
    created: float
    payload: Json
    source: Message | None = None
    command_name: str | None = None
    parent_metadata: Json | None = None
    started: float = field(default_factory=time.perf_counter)
    answered_with: Callback | None = None
    answered_after_ms: float = 0.0
    original: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)
    choices: list[Json] | None = None
    form: Json | None = None
    expired: bool = False
    edits: int = 0
    refused: str | None = None
    news: Bell = field(default_factory=Bell)

    @property
    def only_installed_by_user(self) -> bool:
        """Whether the app is here by the person's own install alone."""
        return set(self.owners) == {"1"}

    @property
    def must_be_private(self) -> bool:
        """Whether Discord makes every answer ephemeral.

        Source: "Permissions": without USE_EXTERNAL_APPS, answers of user-installed apps are ephemeral,
        unless the app is also installed to the server.
        """
        if self.channel.guild is None or not self.only_installed_by_user:
            return False
        return not self.channel.permissions_of(self.person) & Permission.USE_EXTERNAL_APPS

    def answered(self, how: Callback, arrived: float) -> None:
        """Note the first answer. What it took ends when it arrived: to check it is not the app's work."""
        self.answered_with = how
        self.answered_after_ms = (arrived - self.started) * 1000
        self.news.ring()

    def metadata(self, *, follow_up: bool = False) -> Json:
        """Return the `interaction_metadata` of a message that answers this."""
        data: Json = {
            "id": str(self.id),
            "type": int(self.kind),
            "user": payloads.user(self.person),
            "authorizing_integration_owners": dict(self.owners),
        }
        if self.command_name is not None:
            data["name"] = self.command_name
        if follow_up and self.original is not None:
            data["original_response_message_id"] = str(self.original.id)
        if self.kind is Kind.COMPONENT and self.source is not None:
            data["interacted_message_id"] = str(self.source.id)
        if self.kind is Kind.FORM and self.parent_metadata is not None:
            data["triggering_interaction_metadata"] = self.parent_metadata
        target = self.payload["data"].get("target_id")
        if target is not None:
            data["target_message_id"] = target
        return data


class Interactions:
    """Makes interactions, keeps them, and looks them up by token."""

    def __init__(self, world: World, gateway: Gateway, answer_within: float = FIRST_ANSWER_WITHIN_S) -> None:
        self._world = world
        self._gateway = gateway
        self.answer_within = answer_within
        self._by_token: dict[str, Interaction] = {}
        self._by_id: dict[int, Interaction] = {}

    def start(  # noqa: PLR0913 - an interaction has that many sides
        self,
        kind: Kind,
        person: User,
        channel: Channel,
        data: Json,
        owners: dict[str, str],
        *,
        source: Message | None = None,
        command_name: str | None = None,
        parent_metadata: Json | None = None,
    ) -> Interaction:
        """Send INTERACTION_CREATE to the app and return the interaction to wait on."""
        world = self._world
        interaction = Interaction(
            id=world.new_id(),
            token=secrets.token_urlsafe(60),
            kind=kind,
            person=person,
            channel=channel,
            owners=owners,
            created=world.clock.now(),
            payload={},
            source=source,
            command_name=command_name,
            parent_metadata=parent_metadata,
        )
        interaction.payload = self._payload(interaction, data)
        self._by_token[interaction.token] = interaction
        self._by_id[interaction.id] = interaction
        self._gateway.dispatch("INTERACTION_CREATE", interaction.payload, channel.guild)
        return interaction

    def by_token(self, token: str) -> Interaction:
        """Return the interaction with that token, which has to exist."""
        return self._by_token[token]

    def wake(self) -> None:
        """Wake whoever waits for an answer, to look at the clock again."""
        for interaction in self._by_id.values():
            interaction.news.ring()

    def to_answer(self, interaction_id: int, token: str) -> Interaction:
        """Return the interaction a callback is for.

        Raises:
            ApiError: 10062 if it is unknown or its 3 s are over, 40060 if it was answered before.
        """
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token or interaction.expired:
            raise refusal(10062)
        if interaction.answered_with is not None:
            raise refusal(40060)
        if self._world.clock.now() - interaction.created > self.answer_within:
            interaction.expired = True
            raise refusal(10062)
        return interaction

    def to_follow_up(self, app_id: int, token: str) -> Interaction:
        """Return the interaction that a webhook request with this token is for.

        Raises:
            ApiError: 10015 before the first answer or for a foreign token, 50027 after 15 minutes.
        """
        interaction = self._by_token.get(token)
        if interaction is None or app_id != self._world.app.id or interaction.answered_with is None:
            raise refusal(10015)
        if self._world.clock.now() - interaction.created > TOKEN_LIVES_S:
            raise refusal(50027)
        return interaction

    def _payload(self, interaction: Interaction, data: Json) -> Json:
        world, person, channel = self._world, interaction.person, interaction.channel
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(world.app.id),
            "type": int(interaction.kind),
            "data": data,
            "channel_id": str(channel.id),
            "channel": payloads.channel(channel, person),
            "token": interaction.token,
            "version": 1,
            "app_permissions": str(int(self._app_permissions(channel))),
            "locale": person.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": dict(interaction.owners),
            "context": int(self.context_of(channel)),
            "attachment_size_limit": ATTACHMENT_SIZE_LIMIT,
        }
        if channel.guild is None:
            payload["user"] = payloads.user(person)
        else:
            guild = channel.guild
            granted = channel.permissions_of(person)
            payload |= {
                "guild_id": str(guild.id),
                "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
                "guild_locale": guild.locale,
                "member": payloads.invoking_member(guild.members[person.id], granted),
            }
            payload["channel"]["permissions"] = str(int(granted))
        if interaction.source is not None:
            payload["message"] = payloads.message(interaction.source, world.app)
        return payload

    def context_of(self, channel: Channel) -> Context:
        """Return which interaction context a channel is."""
        if channel.guild is not None:
            return Context.GUILD
        with_bot = channel.type is ChannelType.DM and self._world.app.user in channel.recipients
        return Context.BOT_DM if with_bot else Context.PRIVATE_CHANNEL

    def _app_permissions(self, channel: Channel) -> Permission:
        app = self._world.app
        if channel.guild is not None:
            if app.id in channel.guild.members:
                return channel.permissions_of(app.user)
            # Not installed to the server: the app has what everyone has there.
            return channel.guild.everyone.permissions
        if app.user in channel.recipients:
            return APP_IN_DM | Permission.USE_EXTERNAL_EMOJIS
        return APP_IN_DM
