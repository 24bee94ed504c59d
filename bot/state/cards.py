"""Cards that were shared in channels: where each is and what it said, so that it stays true. No user."""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.state import limits
from bot.state.clock import now as this_moment
from bot.state.database import Database
from bot.state.errors import UnusableValueError
from bot.state.tables import card_entries, guild_settings, shared_cards

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

_AT_ONCE = 500  # values in one statement; SQLite takes 32,766, PostgreSQL 32,767


@dataclass(frozen=True)
class SharedCard:
    """A card that stands in a channel.

    Attributes:
        guild_id: the server.
        channel_id: the channel.
        message_id: the message that the card is.
        entry_ids: the entries it tells of, in their order (1 to 25).
        content_hash: the hash of what it says.
        said: the material facts it says, for telling what changed (at most 8,000 characters as JSON).
        shared_at: when; aware.
        sharer_tag: see :class:`bot.state.sharer.SharerTags`.
    """

    guild_id: int
    channel_id: int
    message_id: int
    entry_ids: tuple[str, ...]
    content_hash: str
    said: Mapping[str, Json]
    shared_at: dt.datetime
    sharer_tag: str | None = None


class Cards:
    """The shared cards of all servers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, card: SharedCard) -> None:
        """Remember a card. The same message again replaces what was remembered of it.

        A server's oldest cards are forgotten when it has more than 5,000.

        Raises:
            UnusableValueError: a value cannot be stored.
            StateUnavailableError: it was not remembered.
        """
        columns, entries = _checked(card)
        async with self._database.write(hold=f"cards {card.guild_id}") as connection:
            await connection.execute(delete(shared_cards).where(shared_cards.c.message_id == card.message_id))
            await connection.execute(insert(shared_cards).values(columns))
            await connection.execute(insert(card_entries), entries)
            await _drop_oldest(connection, card.guild_id)

    async def show(self, message_id: int) -> SharedCard | None:
        """What is remembered of a message; None when it is no card, or was forgotten.

        Raises:
            StateUnavailableError: it cannot be read now.
        """
        query = select(shared_cards).where(shared_cards.c.message_id == message_id)
        found = await self._cards(query)
        return found[0] if found else None

    async def recent(
        self, channel_id: int, entry_id: str, within: dt.timedelta, now: dt.datetime | None = None
    ) -> SharedCard | None:
        """The newest card of an entry in a channel that was shared within a time, if there is one.

        Raises:
            StateUnavailableError: it cannot be read now.
        """
        query = (
            select(shared_cards)
            .where(
                shared_cards.c.channel_id == channel_id,
                shared_cards.c.shared_at > (now or this_moment()) - within,
                _tells_of([entry_id]),
            )
            .order_by(shared_cards.c.shared_at.desc(), shared_cards.c.message_id.desc())
            .limit(1)
        )
        found = await self._cards(query)
        return found[0] if found else None

    async def page(
        self, after: int = 0, limit: int = 100, entry_ids: Collection[str] | None = None
    ) -> tuple[SharedCard, ...]:
        """Cards to look through, by message id, of servers that let cards be updated.

        Args:
            after: the last message id of the page before.
            limit: how many at most.
            entry_ids: only cards that tell of one of these (at most 500); None: all.

        Raises:
            StateUnavailableError: they cannot be read now.
        """
        query = (
            select(shared_cards)
            .outerjoin(guild_settings, guild_settings.c.guild_id == shared_cards.c.guild_id)
            .where(
                shared_cards.c.message_id > after,
                or_(guild_settings.c.card_updates.is_(None), guild_settings.c.card_updates),
            )
            .order_by(shared_cards.c.message_id)
            .limit(limit)
        )
        if entry_ids is not None:
            limits.between(len(entry_ids), "number of entries", 0, _AT_ONCE)
            query = query.where(_tells_of(entry_ids))
        return await self._cards(query)

    async def now_says(
        self, message_id: int, *, was: str, content_hash: str, said: Mapping[str, Json]
    ) -> bool:
        """Remember that a card says something else now.

        Args:
            message_id: the card.
            was: the hash that it is remembered with.
            content_hash: the hash of what it says now.
            said: the material facts it says now.

        Returns:
            False, and nothing is changed, when it is not remembered with that hash: another process was
            first.

        Raises:
            UnusableValueError: a value cannot be stored.
            StateUnavailableError: it was not remembered.
        """
        values = {"content_hash": _hash(content_hash), "said": _json(said)}
        async with self._database.write() as connection:
            changed = await connection.execute(
                update(shared_cards)
                .where(shared_cards.c.message_id == message_id, shared_cards.c.content_hash == was)
                .values(values)
            )
        return changed.rowcount > 0

    async def forget_message(self, message_id: int) -> bool:
        """Forget a card, because its message is gone; False when it was not known.

        Raises:
            StateUnavailableError: it was not forgotten.
        """
        return await self.forget_messages([message_id]) > 0

    async def forget_messages(self, message_ids: Collection[int]) -> int:
        """Forget the cards among these messages, and return how many there were.

        Raises:
            StateUnavailableError: not all were forgotten.
        """
        ids, gone = list(message_ids), 0
        for start in range(0, len(ids), _AT_ONCE):
            gone += await self._forget(shared_cards.c.message_id.in_(ids[start : start + _AT_ONCE]))
        return gone

    async def forget_channel(self, channel_id: int) -> int:
        """Forget the cards of a channel that is gone, and return how many there were.

        Raises:
            StateUnavailableError: they were not forgotten.
        """
        return await self._forget(shared_cards.c.channel_id == channel_id)

    async def count(self, guild_id: int | None = None) -> int:
        """How many cards are remembered, of a server or of all.

        Raises:
            StateUnavailableError: they cannot be counted now.
        """
        query = select(func.count()).select_from(shared_cards)
        if guild_id is not None:
            query = query.where(shared_cards.c.guild_id == guild_id)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def _forget(self, which: ColumnElement[bool]) -> int:
        async with self._database.write() as connection:
            return (await connection.execute(delete(shared_cards).where(which))).rowcount

    async def _cards(self, query: Select[Any]) -> tuple[SharedCard, ...]:
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            entries: dict[int, list[str]] = {row.message_id: [] for row in rows}
            told = select(card_entries).order_by(card_entries.c.message_id, card_entries.c.position)
            for entry in await connection.execute(told.where(card_entries.c.message_id.in_(list(entries)))):
                entries[entry.message_id].append(entry.entry_id)
        return tuple(
            SharedCard(
                guild_id=row.guild_id,
                channel_id=row.channel_id,
                message_id=row.message_id,
                entry_ids=tuple(entries[row.message_id]),
                content_hash=row.content_hash,
                said=json.loads(row.said),
                shared_at=row.shared_at,
                sharer_tag=row.sharer_tag,
            )
            for row in rows
        )


async def _drop_oldest(connection: AsyncConnection, guild_id: int) -> None:
    of_guild = shared_cards.c.guild_id == guild_id
    beyond = (
        select(shared_cards.c.message_id)
        .where(of_guild)
        .order_by(shared_cards.c.message_id.desc())
        .offset(limits.CARDS_IN_A_GUILD)
        .limit(1)
    )
    oldest: int | None = await connection.scalar(beyond)
    if oldest is not None:  # ids of messages grow with time
        await connection.execute(delete(shared_cards).where(of_guild, shared_cards.c.message_id <= oldest))


def _tells_of(entry_ids: Collection[str]) -> ColumnElement[bool]:
    return shared_cards.c.message_id.in_(
        select(card_entries.c.message_id).where(
            card_entries.c.entry_id.in_([limits.searchable(entry) for entry in entry_ids])
        )
    )


def _checked(card: SharedCard) -> tuple[dict[str, object], list[dict[str, object]]]:
    """The row of a card and those of its entries, if all of it can be stored."""
    if card.shared_at.tzinfo is None:
        message = "shared_at has no time zone"
        raise ValueError(message)
    entry_ids = list(dict.fromkeys(limits.entry(entry) for entry in card.entry_ids))
    limits.between(len(entry_ids), "number of entries", 1, limits.ENTRIES_ON_A_CARD)
    row: dict[str, object] = {
        "message_id": limits.snowflake(card.message_id, "message"),
        "guild_id": limits.snowflake(card.guild_id, "server"),
        "channel_id": limits.snowflake(card.channel_id, "channel"),
        "content_hash": _hash(card.content_hash),
        "said": _json(card.said),
        "shared_at": card.shared_at,
        "sharer_tag": limits.optional_text(card.sharer_tag, "tag", limits.SHARER_TAG, one_line=True),
    }
    entries: list[dict[str, object]] = [
        {"message_id": card.message_id, "entry_id": entry_id, "position": position}
        for position, entry_id in enumerate(entry_ids)
    ]
    return row, entries


def _hash(value: str) -> str:
    return limits.text(value, "hash", limits.CONTENT_HASH, one_line=True)


def _json(said: Mapping[str, Json]) -> str:
    # ASCII: NUL and half characters are escaped, and come back as they were.
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    if len(text) > limits.SAID:
        raise UnusableValueError(
            "said",
            f"The facts of a card take {len(text):,} characters.",
            f"Keep them within {limits.SAID:,}.",
        )
    return text
