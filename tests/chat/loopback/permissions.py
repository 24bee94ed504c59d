"""Who may do what: Discord's permission bits and how they add up in a channel.

Source: "Permissions", bitwise permission flags, permission hierarchy and implicit permissions.
https://docs.discord.com/developers/topics/permissions
"""

from dataclasses import dataclass
from enum import IntFlag


class Permission(IntFlag):
    """The bits this project meets."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50


ALL = Permission((1 << 53) - 1)
NONE = Permission(0)

# What @everyone has in a new server, as far as it matters here.
EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_EXTERNAL_APPS
)

# What an app has in (group) DMs: "Receiving and Responding", note *** under the interaction structure.
APP_IN_DM = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE

_LOST_WITHOUT_SENDING = (
    Permission.MENTION_EVERYONE
    | Permission.SEND_TTS_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
)


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows or denies to one role or member."""

    allow: Permission = NONE
    deny: Permission = NONE


def in_channel(
    base: Permission, everyone: Overwrite, roles: list[Overwrite], member: Overwrite
) -> Permission:
    """Return what is left of the server-wide `base` under a channel's overwrites, in Discord's order."""
    if base & Permission.ADMINISTRATOR:
        return ALL
    granted = (base & ~everyone.deny) | everyone.allow
    denied_by_roles, allowed_by_roles = NONE, NONE
    for overwrite in roles:
        denied_by_roles |= overwrite.deny
        allowed_by_roles |= overwrite.allow
    granted = (granted & ~denied_by_roles) | allowed_by_roles
    granted = (granted & ~member.deny) | member.allow
    if not granted & Permission.VIEW_CHANNEL:
        return NONE
    if not granted & Permission.SEND_MESSAGES:
        granted &= ~_LOST_WITHOUT_SENDING
    return granted
