"""What the menus of users, roles and channels offer, and the data that goes with a choice.

Source: "Component Reference", user, role, mentionable and channel select; "Receiving and Responding",
resolved data structure.
"""

from collections.abc import Iterable, Iterator

from tests.chat.loopback import payloads
from tests.chat.loopback.errors import Json
from tests.chat.loopback.limits import Component
from tests.chat.loopback.world import App, Channel, User

_USERS = (Component.USER_SELECT, Component.MENTIONABLE_SELECT)
_ROLES = (Component.ROLE_SELECT, Component.MENTIONABLE_SELECT)


def offered(component: Json, channel: Channel) -> dict[str, int]:
    """Return the ids a menu offers in a channel, by the name shown; empty for a menu of own options."""
    return dict(_offered(component, channel))


def _offered(component: Json, channel: Channel) -> Iterator[tuple[str, int]]:
    kind, guild = component["type"], channel.guild
    if kind in _USERS:
        people = [one.user for one in guild.members.values()] if guild else channel.recipients
        yield from ((user.name, user.id) for user in people)
    if guild is None:
        return
    if kind in _ROLES:
        yield from ((role.name, role.id) for role in guild.roles.values())
    if kind == Component.CHANNEL_SELECT:
        types = component.get("channel_types") or [int(one.type) for one in guild.channels.values()]
        yield from ((one.name, one.id) for one in guild.channels.values() if int(one.type) in types)


def resolved(ids: Iterable[int], channel: Channel, app: App, person: User) -> Json:
    """Return the `resolved` data of what was picked: users with their members, roles, channels."""
    found: Json = {"users": {}, "members": {}, "roles": {}, "channels": {}}
    guild = channel.guild
    people = {one.id: one for one in channel.recipients}
    if guild is not None:
        people |= {one.user.id: one.user for one in guild.members.values()}
    for each in ids:
        if each in people:
            found["users"][str(each)] = payloads.user(people[each])
        if guild is None:
            continue
        if each in guild.members:
            found["members"][str(each)] = payloads.member(guild.members[each], with_user=False)
        if each in guild.roles:
            found["roles"][str(each)] = payloads.role(guild.roles[each], list(guild.roles).index(each))
        if each in guild.channels:
            found["channels"][str(each)] = _partial(guild.channels[each], app, person)
    return {kind: entries for kind, entries in found.items() if entries}


def _partial(channel: Channel, app: App, person: User) -> Json:
    partial = payloads.channel(channel) | {
        "permissions": str(int(channel.permissions_of(person))),
        "app_permissions": str(int(channel.permissions_of(app.user))),
    }
    del partial["permission_overwrites"]
    return partial
