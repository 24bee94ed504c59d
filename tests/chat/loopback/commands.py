"""The commands an app has registered, globally and per guild.

Source: "Application Commands", endpoints (bulk overwrite keeps commands with the same name and type;
creating one with a used name updates it; 200 creates a day).
"""

from collections.abc import Iterator

from tests.chat.loopback.errors import Json, rate_limited, refusal
from tests.chat.loopback.limits_commands import check_commands, check_one, kind_of
from tests.chat.loopback.world import Guild, World

CREATES_A_DAY = 200
_A_DAY_S = 24 * 60 * 60.0


class Commands:
    """Registered commands by scope: a guild's id, or None for global. `registered` counts overwrites."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_scope: dict[int | None, dict[int, Json]] = {}
        self._created: list[float] = []
        self.registered = 0

    def of(self, scope: int | None) -> list[Json]:
        """Return the commands of one scope, in the order of registration."""
        return list(self._by_scope.get(scope, {}).values())

    def offered_in(self, guild: Guild | None) -> Iterator[Json]:
        """Yield what there is in `guild`, or (None) in DMs; a guild's own command hides a global one."""
        own = self.of(guild.id) if guild is not None else []
        hidden = {(one["type"], one["name"]) for one in own}
        yield from own
        yield from (one for one in self.of(None) if (one["type"], one["name"]) not in hidden)

    def overwrite(self, scope: int | None, bodies: list[Json]) -> list[Json]:
        """Replace all commands of a scope.

        Raises:
            ApiError: 50035, 30032 or, above 200 creates in a day, 429 with 30034.
        """
        check_commands(bodies)
        old = {(one["type"], one["name"]): one for one in self.of(scope)}
        fresh = [body for body in bodies if (kind_of(body), body["name"]) not in old]
        self._count_creates(len(fresh))
        made = [self._made(scope, body, old) for body in bodies]
        self._by_scope[scope] = {int(one["id"]): one for one in made}
        self._done()
        return made

    def upsert(self, scope: int | None, body: Json) -> Json:
        """Create one command, or update the one with its name and type."""
        check_one(body)
        old = {(one["type"], one["name"]): one for one in self.of(scope)}
        if (kind_of(body), body["name"]) not in old:
            self._count_creates(1)
        made = self._made(scope, body, old)
        self._by_scope.setdefault(scope, {})[int(made["id"])] = made
        self._done()
        return made

    def edit(self, scope: int | None, command_id: int, body: Json) -> Json:
        """Change some fields of one command."""
        old = self.get(scope, command_id)
        changed = {**old, **body}
        check_one(changed)
        changed["version"] = str(self._world.new_id())
        self._by_scope[scope][command_id] = changed
        self._done()
        return changed

    def get(self, scope: int | None, command_id: int) -> Json:
        """Return one command, or raise 10063."""
        try:
            return self._by_scope[scope][command_id]
        except KeyError:
            raise refusal(10063) from None

    def delete(self, scope: int | None, command_id: int) -> None:
        """Remove one command, or raise 10063."""
        self.get(scope, command_id)
        del self._by_scope[scope][command_id]
        self._done()

    def _made(self, scope: int | None, body: Json, old: dict[tuple[int, str], Json]) -> Json:
        kind = kind_of(body)
        before = old.get((kind, body["name"]))
        made: Json = {
            "id": before["id"] if before else str(self._world.new_id()),
            "application_id": str(self._world.app.id),
            "version": str(self._world.new_id()),
            "type": kind,
            "name": body["name"],
            "name_localizations": body.get("name_localizations"),
            "description": body.get("description") or "",
            "description_localizations": body.get("description_localizations"),
            "default_member_permissions": body.get("default_member_permissions"),
            "dm_permission": body.get("dm_permission", True),
            "nsfw": bool(body.get("nsfw")),
            "options": body.get("options") or [],
        }
        if made["default_member_permissions"] is not None:
            made["default_member_permissions"] = str(made["default_member_permissions"])
        if scope is None:
            made["contexts"] = body.get("contexts") or [0, 1, 2]
            made["integration_types"] = body.get("integration_types") or [0, 1]
        else:
            made["guild_id"] = str(scope)
        return made

    def _count_creates(self, number: int) -> None:
        now = self._world.clock.now()
        self._created = [moment for moment in self._created if moment > now - _A_DAY_S]
        if len(self._created) + number > CREATES_A_DAY:
            wait = self._created[0] + _A_DAY_S - now if self._created else _A_DAY_S
            raise rate_limited(wait, scope="shared", code=30034)
        self._created += [now] * number

    def _done(self) -> None:
        self.registered += 1
        self._world.changed.ring()
