"""The tables. No column holds a user: there is nothing here that says who asked, shared or wrote.

A change here needs a migration (``alembic -c bot/state/alembic.ini revision --autogenerate -m "…"``) and the
new :data:`REVISION`; tests hold the three equal on both engines.
"""

import datetime as dt
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

#: The newest migration: what the tables below look like.
REVISION: Final = "0002"


class Moment(TypeDecorator[dt.datetime]):
    """A moment, aware, kept in UTC. SQLite has no time zones: there the UTC time is stored bare."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[dt.datetime]:
        """What a value is."""
        return dt.datetime

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Turn an aware time into UTC."""
        if value is None:
            return None
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Say of a stored time that it is UTC."""
        if value is None:
            return None
        moment: dt.datetime = value
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


metadata: Final = MetaData(
    # Names that both engines share, so that a later migration can name what it changes.
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

guild_settings: Final = Table(
    "guild_settings",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("private", Boolean, nullable=False),
    Column("share", String(20), nullable=False),
    Column("cooldown_minutes", Integer, nullable=False),
    Column("language", String(20), nullable=False),
    Column("maintainers_channel", BigInteger),
    Column("mentions", Boolean, nullable=False),
    Column("card_updates", Boolean, nullable=False),
)

bot_channels: Final = Table(
    "bot_channels",
    metadata,
    Column("guild_id", ForeignKey("guild_settings.guild_id", ondelete="CASCADE"), primary_key=True),
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
)

reading_lists: Final = Table(
    "reading_lists",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name_key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created", Date, nullable=False),
)

list_entries: Final = Table(
    "list_entries",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name_key", Text, primary_key=True),
    Column("entry_id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("added", Date, nullable=False),
    ForeignKeyConstraint(
        ["guild_id", "name_key"],
        ["reading_lists.guild_id", "reading_lists.name_key"],
        ondelete="CASCADE",
        onupdate="CASCADE",
    ),
)

suggestions: Final = Table(
    "suggestions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("created", Date, nullable=False),
    Column("entry_id", Text),
    Column("what", Text, nullable=False),
    Column("where_wrong", Text),
    Column("link", Text),
    Column("contact", Text),
    Column("status", String(20), nullable=False, index=True),
    Column("closed", Date),
)

#: The last number given out, by what it counts. A number is never given twice, even after its row was erased.
counters: Final = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
)

shared_cards: Final = Table(
    "shared_cards",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False, index=True),
    Column("channel_id", BigInteger, nullable=False),
    Column("content_hash", String(128), nullable=False),
    Column("said", Text, nullable=False),
    Column("shared_at", Moment, nullable=False, index=True),
    Column("sharer_tag", String(64)),
    Index(None, "channel_id", "shared_at"),
)

card_entries: Final = Table(
    "card_entries",
    metadata,
    Column("message_id", ForeignKey("shared_cards.message_id", ondelete="CASCADE"), primary_key=True),
    Column("entry_id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Index(None, "entry_id"),
)

#: Held for a moment while a card is being posted; see :mod:`bot.state.claims`.
share_claims: Final = Table(
    "share_claims",
    metadata,
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Text, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("until", Moment, nullable=False),
)

#: ``guild_id`` is 0 for the tree that all guilds share.
command_trees: Final = Table(
    "command_trees",
    metadata,
    Column("application_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tree_hash", String(128), nullable=False),
)
