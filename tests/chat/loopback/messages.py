"""Messages come, change and go: everything both the app and people do to them.

Source: "Message Resource", https://docs.discord.com/developers/resources/message (create, edit, delete,
allowed mentions, attachments) and "API Reference", uploading files.
"""

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.chat.loopback.errors import FormErrors, Json, Path, refusal
from tests.chat.loopback.fields import Fields
from tests.chat.loopback.gateway import Gateway
from tests.chat.loopback.interactions import Interaction
from tests.chat.loopback.limits import Component, check_message, number_components, walk
from tests.chat.loopback.permissions import Permission
from tests.chat.loopback.world import Attachment, Channel, Message, MessageFlag, User, World

_SETTABLE = (
    MessageFlag.SUPPRESS_EMBEDS
    | MessageFlag.EPHEMERAL
    | MessageFlag.SUPPRESS_NOTIFICATIONS
    | MessageFlag.IS_COMPONENTS_V2
)
_USER_MENTION = re.compile(r"<@!?(\d+)>")
_ROLE_MENTION = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True)
class Upload:
    """One file of a multipart body; `index` is the n of its field name `files[n]`."""

    index: str
    filename: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Pings:
    """Whom a message notifies."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False


def _flags(body: Json, at: Path) -> MessageFlag:
    found = FormErrors()
    flags = Fields(found, body, at).number("flags", 0, (1 << 53) - 1)
    found.raise_if_any()
    return MessageFlag(flags or 0)


class Messages:
    """Makes, edits and deletes messages, tells the app, and rings `world.changed`."""

    def __init__(self, world: World, gateway: Gateway, file_url: Callable[[Channel, int, str], str]) -> None:
        self._world = world
        self._gateway = gateway
        self._file_url = file_url

    def say(self, author: User, channel: Channel, content: str, replies_to: Message | None = None) -> Message:
        """Post what a person wrote."""
        message = self._new(channel, author)
        message.content = content
        message.replies_to = replies_to
        message.mentions = self._users(map(int, _USER_MENTION.findall(content)))
        if replies_to is not None and replies_to.author is not author:
            message.mentions.append(replies_to.author)
        self._publish(message)
        return message

    def create(
        self,
        channel: Channel,
        body: Json,
        uploads: Sequence[Upload],
        *,
        at: Path = (),
        interaction: Interaction | None = None,
        private: bool = False,
    ) -> Message:
        """Post a message of the app, in its own name or as an answer to `interaction`.

        Raises:
            ApiError: whatever Discord would refuse it with.
        """
        flags = _flags(body, at) & _SETTABLE
        if interaction is None:
            flags &= ~MessageFlag.EPHEMERAL
        elif private:
            flags |= MessageFlag.EPHEMERAL
        message = self._new(channel, self._world.app.user)
        message.flags = flags
        self._fill(message, body, uploads, at, editing=False)
        self._answer_to(message, interaction)
        if interaction is None:
            message.replies_to = self._reply_target(channel, body, at)
        self._mention(message, body, as_interaction=interaction is not None)
        self._publish(message)
        return message

    def think(self, interaction: Interaction, *, private: bool) -> Message:
        """Post the "is thinking" message of a deferred answer."""
        message = self._new(interaction.channel, self._world.app.user)
        message.flags = MessageFlag.LOADING
        if private or interaction.must_be_private:
            message.flags |= MessageFlag.EPHEMERAL
        self._answer_to(message, interaction)
        self._publish(message)
        return message

    def edit(self, message: Message, body: Json, uploads: Sequence[Upload], *, at: Path = ()) -> None:
        """Change a message of the app.

        Raises:
            ApiError: 10008 if it is gone, or whatever Discord would refuse the edit with.
        """
        if message.id not in message.channel.messages:
            raise refusal(10008)
        asked = _flags(body, at)
        before = message.flags
        message.flags &= ~MessageFlag.LOADING
        message.flags |= asked & MessageFlag.IS_COMPONENTS_V2
        try:
            self._fill(message, body, uploads, at, editing=True)
        except Exception:
            message.flags = before
            raise
        self._mention(message, body, as_interaction=message.from_interaction)
        message.edited = self._world.clock.now()
        self._gateway.message_edited(message)
        self._world.changed.ring()

    def delete(self, message: Message) -> None:
        """Remove a message; nothing happens if it is gone already."""
        if message.channel.messages.pop(message.id, None) is not None:
            self._gateway.message_deleted(message)
            self._world.changed.ring()

    def pings(self, message: Message, allowed: Json | None, *, as_interaction: bool) -> Pings:
        """Return whom a message notifies under its `allowed_mentions`.

        Source: "Message Resource", allowed mentions object. Without one, interaction answers parse users
        only, other messages everything. @everyone also needs the permission.
        """
        text = "\n".join(
            [message.content]
            + [one["content"] for one in walk(message.components) if one["type"] == Component.TEXT_DISPLAY]
        )
        users = dict.fromkeys(map(int, _USER_MENTION.findall(text)))
        roles = dict.fromkeys(map(int, _ROLE_MENTION.findall(text)))
        if allowed is None:
            parse = {"users"} if as_interaction else {"users", "roles", "everyone"}
            allowed = {"replied_user": True}
        else:
            parse = set(allowed.get("parse") or ())
        named_users = set(map(int, allowed.get("users") or ()))
        named_roles = set(map(int, allowed.get("roles") or ()))
        pinged = [one for one in users if "users" in parse or one in named_users]
        if message.replies_to is not None and allowed.get("replied_user"):
            pinged.append(message.replies_to.author.id)
        may_ping_all = message.channel.permissions_of(message.author) & Permission.MENTION_EVERYONE
        return Pings(
            users=tuple(pinged),
            roles=tuple(one for one in roles if "roles" in parse or one in named_roles),
            everyone=bool(may_ping_all and "everyone" in parse and _EVERYONE.search(text)),
        )

    def _new(self, channel: Channel, author: User) -> Message:
        return Message(self._world.new_id(), channel, author, self._world.clock.now())

    def _answer_to(self, message: Message, interaction: Interaction | None) -> None:
        if interaction is None:
            return
        message.from_interaction = True
        message.interaction_metadata = interaction.metadata(follow_up=interaction.original is not None)
        if message.flags & MessageFlag.EPHEMERAL:
            message.only_for = interaction.person.id
        if interaction.original is None and interaction.source is not None:
            message.replies_to = interaction.source

    def _publish(self, message: Message) -> None:
        message.channel.messages[message.id] = message
        self._gateway.message_created(message)
        self._world.changed.ring()

    def _fill(
        self, message: Message, body: Json, uploads: Sequence[Upload], at: Path, *, editing: bool
    ) -> None:
        """Check the whole message as it would be, then take it over."""
        kept = self._kept(message, body) if editing else []
        names = [one.filename for one in kept] + [upload.filename for upload in uploads]
        check_message(body, at=at, flags=message.flags, filenames=names, editing=editing)
        added = [self._store(message.channel, upload, body) for upload in uploads]
        message.attachments = kept + added
        if "content" in body or not editing:
            message.content = body.get("content") or ""
        if "embeds" in body or not editing:
            message.embeds = copy.deepcopy(body.get("embeds") or [])
        if "components" in body or not editing:
            message.components = copy.deepcopy(body.get("components") or [])
            number_components(message.components)
            self._unfurl(message)

    def _kept(self, message: Message, body: Json) -> list[Attachment]:
        if "attachments" not in body:
            return list(message.attachments)
        wanted = {str(one.get("id")) for one in body["attachments"] or []}
        return [one for one in message.attachments if str(one.id) in wanted]

    def _store(self, channel: Channel, upload: Upload, body: Json) -> Attachment:
        described = {str(one.get("id")): one for one in body.get("attachments") or []}
        about = described.get(upload.index, {})
        number = self._world.new_id()
        filename = about.get("filename") or upload.filename
        stored = Attachment(
            id=number,
            filename=filename,
            content=upload.content,
            content_type=upload.content_type,
            description=about.get("description"),
            url=self._file_url(channel, number, filename),
        )
        self._world.attachments[number] = stored
        return stored

    def _unfurl(self, message: Message) -> None:
        """Replace `attachment://name` by the file's address, as the message comes back from Discord."""
        files = {one.filename: one for one in message.attachments}
        for component in walk(message.components):
            items = [component, *(component.get("items") or [])]
            for item in items:
                for field in ("file", "media"):
                    media = item.get(field)
                    url = media.get("url", "") if isinstance(media, dict) else ""
                    if url.startswith("attachment://"):
                        stored = files[url.removeprefix("attachment://")]
                        item[field] = {
                            "url": stored.url,
                            "proxy_url": stored.url,
                            "attachment_id": str(stored.id),
                            "content_type": stored.content_type,
                        }
                        if field == "file":
                            item |= {"name": stored.filename, "size": len(stored.content)}

    def _reply_target(self, channel: Channel, body: Json, at: Path) -> Message | None:
        reference = body.get("message_reference")
        if reference is None:
            return None
        target = channel.messages.get(int(reference["message_id"]))
        if target is not None and not target.ephemeral:
            return target
        if reference.get("fail_if_not_exists", True):
            found = FormErrors()
            found.add((*at, "message_reference"), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
            found.raise_if_any()
        return None

    def _mention(self, message: Message, body: Json, *, as_interaction: bool) -> None:
        pings = self.pings(message, body.get("allowed_mentions"), as_interaction=as_interaction)
        message.mentions = self._users(pings.users)
        message.pings_roles = pings.roles
        message.pings_everyone = pings.everyone

    def _users(self, ids: Iterable[int]) -> list[User]:
        return [self._world.users[one] for one in dict.fromkeys(ids) if one in self._world.users]
