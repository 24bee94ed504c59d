"""Plain words: a direct message, or a message that @mentions the bot, is answered once, as ``/ask``.

Discord delivers the text of these without the privileged intent. All other messages arrive empty, and are
dropped here at once.
"""

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import discord
import structlog

from bot.answer.reply import Request
from bot.chat.discord.asking import answer
from bot.chat.discord.errors import story
from bot.chat.discord.messages import Place, compose
from bot.chat.discord.standing import Spot, remember_answer

if TYPE_CHECKING:
    from bot.chat.discord.client import EvidenceClient

_log = structlog.get_logger(__name__)

#: Messages that are remembered as answered: when a connection is resumed, Discord sends some again.
_REMEMBERED: Final = 2_000


class Mentions:
    """Answers messages. Made once for a client."""

    def __init__(self, client: "EvidenceClient") -> None:
        self._client = client
        self._answered: OrderedDict[int, None] = OrderedDict()

    async def hear(self, message: discord.Message) -> None:
        """Answer a message, if it speaks to the bot."""
        question = self._question(message)
        if question is None or not await self._wanted(message) or not self._first_time(message.id):
            return
        started = time.perf_counter()
        what = "direct message" if _is_direct(message) else "mention"
        outcome = "failed"
        with self._client.busy():
            try:
                outcome = await self._answer(message, question)
            except discord.HTTPException as error:
                # Nobody can be told: writing here is what failed.
                outcome = f"refused by Discord: {error.code}"
            except Exception as error:  # noqa: BLE001 - a listener has nobody above it
                _log.error("failed", command=what, **story(error))
        _log.info(
            "answered", command=what, outcome=outcome, ms=round((time.perf_counter() - started) * 1000, 1)
        )

    def _question(self, message: discord.Message) -> str | None:
        """What is asked; ``None`` when the bot is not spoken to."""
        user = self._client.user
        if user is None or message.author.bot or message.webhook_id is not None or not message.content:
            return None
        words = message.content
        if not _is_direct(message):
            marks = (f"<@{user.id}>", f"<@!{user.id}>")
            # A reply to a card pings the bot as well; only a mention in the text itself asks something.
            if not any(mark in words for mark in marks):
                return None
            for mark in marks:
                words = words.replace(mark, " ")
        return words.strip()

    async def _wanted(self, message: discord.Message) -> bool:
        if _is_direct(message):
            return True
        if message.guild is None:
            return False  # a server that is just coming back, of which nothing is known yet
        settings = await self._client.front.guilds.of(message.guild.id)
        return settings.mentions

    def _first_time(self, message_id: int) -> bool:
        if message_id in self._answered:
            return False
        self._answered[message_id] = None
        if len(self._answered) > _REMEMBERED:
            self._answered.popitem(last=False)
        return True

    async def _answer(self, message: discord.Message, question: str) -> str:
        front = self._client.front
        request = Request("ask", {"question": question}) if question else Request("help")
        library = front.desk.library  # a newer one may be opened before the card stands
        reply = answer(front, request)
        open_to_all = not _is_direct(message)
        tag = front.tags.make(message.channel.id, message.author.id) if open_to_all else None
        card = compose(front, reply, request, Place(private=not open_to_all, tag=tag))
        # The nonce makes Discord post once, even if another process with this token heard the message, too.
        sent = await message.reply(**card.arguments, nonce=str(message.id), mention_author=False)
        if message.guild is not None:
            spot = Spot(message.guild.id, message.channel.id, sent.id, tag)
            await remember_answer(front.state, library, reply, spot)
        return reply.outcome


def _is_direct(message: discord.Message) -> bool:
    """Whether only its author and the bot read it. Not "has no server": a server may not be known yet."""
    return isinstance(message.channel, discord.DMChannel)
