"""Interactions that came by HTTP, answered by the same code as those of the gateway.

The library answers an interaction through an adapter that it takes from a context variable
(``discord.webhook.async_.async_context``). For each interaction this front puts one of its own there: the
first answer becomes the body of the HTTP response; everything after it goes to Discord's REST API as usual.
So commands, buttons, forms, errors and logs know nothing of the way an interaction came.

Two kinds of first answer go to Discord's callback endpoint instead, and the request is answered "202, no
body", as "Receiving and Responding" of Discord's documentation asks for then:

- with files: a multipart body fails above 150 KB, and on message menus altogether (discord-api-docs issues
  5250 and 5933);
- "wait for it" (deferred): what follows needs Discord to have taken it, which only the callback tells.
"""

import asyncio
import contextvars
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import discord
import structlog
from discord import app_commands
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.answer.reply import Outcome
from bot.chat.discord.buttons import pressed
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.errors import handling, story
from bot.chat.discord.front import Front, Interaction
from bot.chat.discord.run import FIRST_PAUSE, LONGEST_PAUSE, REFUSED, TRANSIENT, MendError, token_of
from bot.chat.discord.sync import sync_if_changed
from bot.state import StateError

_log = structlog.get_logger(__name__)

#: Seconds until a first answer is of no use any more: Discord's 3, less the way back.
PATIENCE: Final = 2.7
#: Seconds until an answer counts as delivered although nobody said so.
_DELIVERY: Final = 5.0

_DEFERRED: Final = frozenset({5, 6})  # interaction callback types of Discord's documentation
_NO_CHOICES: Final[Mapping[str, Any]] = {"type": 8, "data": {"choices": []}}
_UNKNOWN_INTERACTION: Final = 10062
_ALREADY_ANSWERED: Final = 40060


class MalformedError(ValueError):
    """This is no interaction, or none that Discord would send."""


class NoAnswerError(Exception):
    """There was no answer in time."""


@dataclass(frozen=True)
class Answer:
    """What the HTTP response says.

    Attributes:
        payload: the body, as JSON; ``None``: "202, no body", for the answer goes another way.
        delivered: to be set once the response was sent, or cannot be sent.
    """

    payload: Mapping[str, Any] | None
    delivered: asyncio.Event = field(default_factory=asyncio.Event)


class _Refusal:
    """As much of an HTTP response as the library's errors look at."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason


class _FirstAnswer(AsyncWebhookAdapter):
    """Hands the first answer over; sends everything else as the library does."""

    def __init__(self, kind: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # of the library
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._kind = kind

    async def create_interaction_response(
        self, interaction_id: int, token: str, *, params: Any, **how: Any
    ) -> Any:
        """Take an answer; what the library makes its own note of.

        Raises:
            discord.HTTPException: as Discord would refuse it: too late, or not the first.
        """
        if self.answer.cancelled():
            raise _refused(404, _UNKNOWN_INTERACTION, "Unknown interaction")
        if self.answer.done():
            raise _refused(400, _ALREADY_ANSWERED, "Interaction has already been acknowledged.")
        payload: Mapping[str, Any] | None = params.payload
        if params.files or payload is None or payload["type"] in _DEFERRED:
            self.answer.set_result(Answer(None))
            return await super().create_interaction_response(interaction_id, token, params=params, **how)
        answer = Answer(payload)
        self.answer.set_result(answer)
        try:
            async with asyncio.timeout(_DELIVERY):
                await answer.delivered.wait()
        except TimeoutError:
            _log.warning("an answer was not taken in time")
        return {"interaction": {"id": str(interaction_id), "type": self._kind}}


def _refused(status: int, code: int, message: str) -> discord.HTTPException:
    kind = discord.NotFound if status == 404 else discord.HTTPException  # noqa: PLR2004 - the HTTP status
    response: Any = _Refusal(status, message)
    return kind(response, {"code": code, "message": message})


class Incoming:
    """Answers interactions for a client that is logged in, and need not be connected to the gateway.

    Args:
        client: answers.
        patience: seconds within which a first answer must be there.
    """

    def __init__(self, client: EvidenceClient, patience: float = PATIENCE) -> None:
        self._client = client
        self._patience = patience
        self._work: set[asyncio.Task[None]] = set()

    async def answer(self, payload: Mapping[str, Any]) -> Answer:
        """The first answer to an interaction; the work goes on after it where there is more to do.

        Args:
            payload: the interaction, as Discord sends it.

        Raises:
            MalformedError: when it is no interaction of this application. Nothing has been run.
            NoAnswerError: when there is no answer in time. The work goes on; what it answers is refused.
        """
        interaction = self._read(payload)
        adapter = _FirstAnswer(interaction.type.value)
        context = contextvars.copy_context()
        context.run(async_context.set, adapter)
        task = asyncio.create_task(self._do(interaction), name="interaction", context=context)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        either: set[asyncio.Future[Any]] = {task, adapter.answer}
        await asyncio.wait(either, timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
        if adapter.answer.done():
            return adapter.answer.result()
        adapter.answer.cancel()
        if interaction.type is discord.InteractionType.autocomplete:
            return Answer(_NO_CHOICES)  # somebody is typing: no suggestion is better than an error
        raise NoAnswerError

    def _read(self, payload: Mapping[str, Any]) -> Interaction:
        application = self._client.application_id
        if not isinstance(payload.get("data"), dict) or payload.get("application_id") != str(application):
            raise MalformedError
        try:
            data: Any = payload
            state: Any = self._client._connection  # noqa: SLF001 - as what reads the gateway has it
            return discord.Interaction(data=data, state=state)
        except Exception as error:
            # The library trusts Discord, and fails in as many ways as there are fields.
            raise MalformedError from error

    async def _do(self, interaction: Interaction) -> None:
        try:
            match interaction.type:
                case discord.InteractionType.application_command | discord.InteractionType.autocomplete:
                    await self._command(interaction)
                case discord.InteractionType.component:
                    data: Any = interaction.data
                    values = [str(value) for value in data.get("values") or ()]
                    await pressed(interaction, str(data.get("custom_id")), values)
                case discord.InteractionType.modal_submit:
                    await self._client.on_interaction(interaction)
                case _:
                    _log.warning("an interaction of an unknown kind", kind=interaction.type.value)
        except Exception as error:  # noqa: BLE001 - a task has nobody above it
            _log.error("an interaction failed", **story(error))

    async def _command(self, interaction: Interaction) -> None:
        """As the library's ``CommandTree._from_interaction``, but awaited, so that its end is known."""
        tree: Any = self._client.tree
        try:
            await tree._call(interaction)  # noqa: SLF001
        except app_commands.AppCommandError as error:
            await tree._dispatch_error(interaction, error)  # noqa: SLF001
        except Exception as error:
            # Options in a shape that the library does not expect.
            if interaction.type is discord.InteractionType.autocomplete:
                raise
            async with handling(interaction, "unknown") as note:
                note.outcome = Outcome.ERROR
                raise error  # noqa: TRY201 - within the handler that tells the person


async def logged_in(front: Front) -> EvidenceClient:
    """A client whose token Discord accepted, and that is not connected to the gateway.

    Raises:
        MendError: when Discord refuses the token.
    """
    pause = FIRST_PAUSE
    while True:
        client = EvidenceClient(front, register=False)
        try:
            await client.login(token_of(front.settings).reveal())
        except discord.LoginFailure:
            await client.close()
            raise MendError(REFUSED) from None
        except TRANSIENT as error:
            await client.close()
            _log.warning("Discord cannot be reached", error=type(error).__name__, again_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return client


async def register(client: EvidenceClient) -> None:
    """Register the commands if they changed; of many copies, one does it for all."""
    state = client.front.state
    try:
        async with state.only_one("register-commands") as mine:
            if mine and client.application_id is not None:
                await sync_if_changed(client.tree, state.trees, client.application_id)
    except StateError:
        _log.warning("state is away; the commands are not registered now")
