"""What a server chose for itself."""

import enum
from dataclasses import dataclass, replace
from typing import Any, Final, TypedDict, Unpack

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state import limits
from bot.state.database import Database
from bot.state.tables import bot_channels, guild_settings


class Share(enum.StrEnum):
    """Who may post a card for all to see."""

    EVERYONE = "everyone"
    MODERATORS = "moderators"
    NOBODY = "nobody"


@dataclass(frozen=True)
class GuildSettings:
    """The settings of one server; made with its id alone: the defaults.

    Attributes:
        guild_id: the server.
        private: replies are seen by the asker alone, unless shared.
        bot_channels: channels where the bot may answer in public all the same (at most 50).
        share: who may share a card.
        cooldown_minutes: for how long a card that was shared in a channel is not shared there again; 0 to a
            week.
        language: a language tag, as Discord's locales.
        maintainers_channel: the channel that is told when a suggestion came in.
        mentions: whether the bot answers when it is mentioned.
        card_updates: whether cards shared here are kept true when the catalogue changes.
    """

    guild_id: int
    private: bool = True
    bot_channels: frozenset[int] = frozenset()
    share: Share = Share.EVERYONE
    cooldown_minutes: int = 60
    language: str = "en"
    maintainers_channel: int | None = None
    mentions: bool = True
    card_updates: bool = True


class Choices(TypedDict, total=False):
    """What may be changed, each by its name; see :class:`GuildSettings`."""

    private: bool
    bot_channels: frozenset[int]
    share: Share
    cooldown_minutes: int
    language: str
    maintainers_channel: int | None
    mentions: bool
    card_updates: bool


#: What to go by while state cannot be read: nothing that a server might have forbidden. The id is nobody's.
CAUTIOUS: Final = GuildSettings(guild_id=0, share=Share.NOBODY, mentions=False, card_updates=False)


class Guilds:
    """The settings of all servers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, guild_id: int) -> GuildSettings:
        """The settings of a server; the defaults when it chose nothing.

        Raises:
            UnusableValueError: that is no id.
            StateUnavailableError: they cannot be read now; go by :data:`CAUTIOUS`.
        """
        limits.snowflake(guild_id, "server")
        async with self._database.read() as connection:
            return await _read(connection, guild_id) or GuildSettings(guild_id)

    async def set(self, guild_id: int, **choices: Unpack[Choices]) -> GuildSettings:
        """Change what is named, leave the rest, and return all of it.

        Raises:
            UnusableValueError: a value cannot be used; nothing was changed.
            StateUnavailableError: the change was not made.
        """
        limits.snowflake(guild_id, "server")
        async with self._database.write(hold=f"guild {guild_id}") as connection:
            before = await _read(connection, guild_id)
            after = _checked(replace(before or GuildSettings(guild_id), **choices))
            columns = _columns(after)
            if before is None:
                await connection.execute(insert(guild_settings).values(columns))
            else:
                await connection.execute(
                    update(guild_settings).where(guild_settings.c.guild_id == guild_id).values(columns)
                )
            await connection.execute(delete(bot_channels).where(bot_channels.c.guild_id == guild_id))
            if after.bot_channels:
                await connection.execute(
                    insert(bot_channels),
                    [{"guild_id": guild_id, "channel_id": channel} for channel in sorted(after.bot_channels)],
                )
        return after

    async def reset(self, guild_id: int) -> None:
        """Go back to the defaults.

        Raises:
            StateUnavailableError: the change was not made.
        """
        limits.snowflake(guild_id, "server")
        async with self._database.write(hold=f"guild {guild_id}") as connection:
            await connection.execute(delete(guild_settings).where(guild_settings.c.guild_id == guild_id))


async def _read(connection: AsyncConnection, guild_id: int) -> GuildSettings | None:
    rows = await connection.execute(
        select(guild_settings, bot_channels.c.channel_id)
        .outerjoin(bot_channels, bot_channels.c.guild_id == guild_settings.c.guild_id)
        .where(guild_settings.c.guild_id == guild_id)
    )
    found = rows.all()
    if not found:
        return None
    first = found[0]
    return GuildSettings(
        guild_id=first.guild_id,
        private=first.private,
        bot_channels=frozenset(row.channel_id for row in found if row.channel_id is not None),
        share=Share(first.share),
        cooldown_minutes=first.cooldown_minutes,
        language=first.language,
        maintainers_channel=first.maintainers_channel,
        mentions=first.mentions,
        card_updates=first.card_updates,
    )


def _columns(settings: GuildSettings) -> dict[str, Any]:
    return {column.name: getattr(settings, column.name) for column in guild_settings.c}


def _checked(settings: GuildSettings) -> GuildSettings:
    """The settings, if all of them can be stored; containers and texts in the form in which they are kept."""
    for channel in settings.bot_channels:
        limits.snowflake(channel, "channel")
    if settings.maintainers_channel is not None:
        limits.snowflake(settings.maintainers_channel, "channel")
    limits.between(len(settings.bot_channels), "number of bot channels", 0, limits.BOT_CHANNELS)
    limits.between(settings.cooldown_minutes, "cooldown", 0, limits.COOLDOWN_MINUTES)
    limits.language(settings.language)
    return replace(settings, share=Share(settings.share), bot_channels=frozenset(settings.bot_channels))
