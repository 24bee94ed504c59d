"""What Discord sends of each thing: the JSON forms of users, guilds, channels, messages.

Source: the resource pages of Discord's documentation (User, Guild, Channel, Message) and the
OpenAPI description published beside it.
"""

from typing import Any

from tests.chat.loopback.clock import iso
from tests.chat.loopback.errors import Json
from tests.chat.loopback.limits import walk
from tests.chat.loopback.permissions import Permission
from tests.chat.loopback.world import (
    App,
    Attachment,
    Channel,
    ChannelType,
    Guild,
    Member,
    Message,
    Role,
    User,
)

_JOINED = "2024-01-01T00:00:00.000000+00:00"


def user(one: User) -> Json:
    """Return a user object."""
    payload: Json = {
        "id": str(one.id),
        "username": one.name.lower().replace(" ", "_"),
        "global_name": None if one.bot else one.name,
        "discriminator": "0",
        "avatar": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
    }
    if one.bot:
        payload["bot"] = True
    return payload


def bot_user(app: App) -> Json:
    """Return the bot's own user object, as `/users/@me` gives it."""
    return {
        **user(app.user),
        "bio": "",
        "email": None,
        "flags": 0,
        "locale": "en-US",
        "mfa_enabled": True,
        "verified": True,
    }


def application(app: App) -> Json:
    """Return the application object, as `/applications/@me` gives it."""
    return {
        "id": str(app.id),
        "name": app.user.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "00" * 32,
        "flags": 0,
        "hook": True,
        "owner": user(app.user) | {"bot": False},
        "team": None,
        "tags": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": len(app.installed_by_users),
        "integration_types_config": {"0": {}, "1": {}},
        "install_params": None,
        "bot": bot_user(app),
    }


def role(one: Role, position: int) -> Json:
    """Return a role object."""
    return {
        "id": str(one.id),
        "name": one.name,
        "description": None,
        "permissions": str(int(one.permissions)),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def member(one: Member, *, with_user: bool = True) -> Json:
    """Return a guild member object; those beside a message come without their user."""
    payload: Json = {
        "roles": [str(each.id) for each in one.roles],
        "joined_at": _JOINED,
        "premium_since": None,
        "nick": None,
        "avatar": None,
        "banner": None,
        "pending": False,
        "communication_disabled_until": None,
        "flags": 0,
        "deaf": False,
        "mute": False,
    }
    if with_user:
        payload["user"] = user(one.user)
    return payload


def invoking_member(one: Member, granted: Permission) -> Json:
    """Return the member of an interaction, which carries the permissions in that channel."""
    return member(one) | {"permissions": str(int(granted)), "unusual_dm_activity_until": None}


def channel(one: Channel, viewer: User | None = None) -> Json:
    """Return a channel object. In a DM, `viewer` is left out of the recipients, as Discord does."""
    last = max(one.messages, default=None)
    payload: Json = {
        "id": str(one.id),
        "type": int(one.type),
        "flags": 0,
        "last_message_id": None if last is None else str(last),
        "last_pin_timestamp": None,
    }
    if one.guild is not None:
        return payload | {
            "guild_id": str(one.guild.id),
            "name": one.name,
            "topic": None,
            "nsfw": False,
            "position": list(one.guild.channels).index(one.id),
            "parent_id": None,
            "rate_limit_per_user": 0,
            "permission_overwrites": [
                {
                    "id": str(target),
                    "type": 0 if target in one.guild.roles else 1,
                    "allow": str(int(overwrite.allow)),
                    "deny": str(int(overwrite.deny)),
                }
                for target, overwrite in one.overwrites.items()
            ],
        }
    payload["recipients"] = [user(each) for each in one.recipients if each is not viewer]
    if one.type is ChannelType.GROUP_DM:
        payload |= {"name": one.name or None, "icon": None, "owner_id": str(one.recipients[0].id)}
    return payload


def guild(one: Guild, app: App) -> Json:
    """Return the guild of a GUILD_CREATE event. Without the members intent the bot alone is listed."""
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "owner_id": str(one.owner_id),
        "preferred_locale": one.locale,
        "features": [],
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "vanity_url_code": None,
        "max_members": 500_000,
        "application_id": None,
        "roles": [role(each, place) for place, each in enumerate(one.roles.values())],
        "emojis": [],
        "stickers": [],
        "joined_at": _JOINED,
        "large": False,
        "unavailable": False,
        "member_count": len(one.members),
        "voice_states": [],
        "members": [member(one.members[app.id])],
        "channels": [channel(each) for each in one.channels.values()],
        "threads": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment(one: Attachment) -> Json:
    """Return an attachment object."""
    payload: Json = {
        "id": str(one.id),
        "filename": one.filename,
        "size": len(one.content),
        "url": one.url,
        "proxy_url": one.url,
        "content_type": one.content_type,
    }
    if one.description is not None:
        payload["description"] = one.description
    return payload


def message(one: Message, app: App, *, nested: bool = False) -> Json:
    """Return a message object, whole: whether its text may be seen is the gateway's question.

    `attachments` holds only the "attached files that are not referenced in embeds or components".
    """
    shown = _shown_in_components(one.components)
    payload: Json = {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "type": _message_type(one),
        "author": user(one.author),
        "content": one.content,
        "timestamp": iso(one.created),
        "edited_timestamp": None if one.edited is None else iso(one.edited),
        "tts": False,
        "mention_everyone": one.pings_everyone,
        "mentions": [user(each) for each in one.mentions],
        "mention_roles": [str(each) for each in one.pings_roles],
        "attachments": [attachment(each) for each in one.attachments if str(each.id) not in shown],
        "embeds": one.embeds,
        "components": one.components,
        "pinned": False,
        "flags": int(one.flags),
    }
    if one.from_interaction:
        payload |= {"application_id": str(app.id), "webhook_id": str(app.id)}
    if one.interaction_metadata is not None:
        payload["interaction_metadata"] = one.interaction_metadata
    if one.replies_to is not None:
        payload["message_reference"] = _reference(one.replies_to)
        if not nested:
            payload["referenced_message"] = message(one.replies_to, app, nested=True)
    return payload


def _message_type(one: Message) -> int:
    """Source: "Message Resource", message types."""
    default, reply, chat_input, context_menu = 0, 19, 20, 23
    if one.interaction_metadata is not None and one.interaction_metadata["type"] == 2:
        return context_menu if "target_message_id" in one.interaction_metadata else chat_input
    return reply if one.replies_to is not None else default


def _shown_in_components(components: list[Json]) -> set[str]:
    shown: set[str] = set()
    for component in walk(components):
        for item in (component, *(component.get("items") or [])):
            for media in (item.get("file"), item.get("media")):
                if isinstance(media, dict):
                    shown.add(media.get("attachment_id", ""))
    return shown


def _reference(target: Message) -> Json:
    reference: Json = {"type": 0, "message_id": str(target.id), "channel_id": str(target.channel.id)}
    if target.channel.guild is not None:
        reference["guild_id"] = str(target.channel.guild.id)
    return reference


def without_content(payload: dict[str, Any]) -> Json:
    """Return the message as an app without the message content intent gets it.

    Source: "Gateway", message content intent: `content`, `embeds`, `attachments`, `components` arrive
    empty and `poll` is missing, except in messages the app sent, DMs with it, messages that mention it,
    and the target of a message command.
    """
    emptied = payload | {"content": "", "embeds": [], "attachments": [], "components": []}
    emptied.pop("poll", None)
    return emptied
