"""What happens when something cannot be done: a sentence for the person, the whole story for the log."""

import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import discord
import structlog
from discord import app_commands

from bot.answer.errors import UnusableRequestError
from bot.answer.reply import Outcome, Reply
from bot.chat.discord.front import Interaction, RefusedError
from bot.chat.discord.messages import Place, compose
from bot.chat.discord.presses import GoneError, UnreadablePressError
from bot.state import StateError, StateUnavailableError
from bot.trace import places

if TYPE_CHECKING:
    from bot.chat.discord.client import EvidenceClient

_log = structlog.get_logger(__name__)

# Codes of Discord: "Opcodes and Status Codes" of its documentation.
_UNKNOWN_MESSAGE: Final = 10008
_UNKNOWN_INTERACTION: Final = 10062
_ALREADY_ANSWERED: Final = 40060


@dataclass
class Note:
    """What the log will say of an interaction. ``outcome`` is a word; nothing of the question comes here."""

    outcome: str = "done"


@asynccontextmanager
async def handling(interaction: Interaction, what: str) -> AsyncIterator[Note]:
    """Handle an interaction: whatever goes wrong inside is told to the person, and one line is logged.

    Args:
        interaction: to answer.
        what: the name of the command, button or menu, for the log.
    """
    note = Note()
    started = time.perf_counter()
    with interaction.client.busy():
        try:
            yield note
        except Exception as error:  # noqa: BLE001 - the one place where everything ends
            note.outcome = await _face(interaction, what, error)
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        _log.info("answered", command=what, outcome=note.outcome, ms=milliseconds)


async def _face(interaction: Interaction, what: str, error: Exception) -> str:
    """Deal with an error; the word for the log."""
    nobody_waits = _nobody_waits(error)
    if nobody_waits:
        return nobody_waits
    if isinstance(error, UnusableRequestError):
        await tell(interaction, interaction.client.front.unusable(error))
        return f"refused: {error.kind}"
    sentence = _sentence(error)
    if sentence is None:
        return await _apologise(interaction, what, error)
    kind, facts = sentence
    await tell(interaction, interaction.client.front.say(kind, Outcome.ERROR, **facts))
    return f"refused: {kind}"


def _nobody_waits(error: Exception) -> str | None:
    """The word for an interaction that is over: too old, or answered by another request or process."""
    match error:
        case discord.HTTPException(code=code) if code == _UNKNOWN_INTERACTION:
            return "expired"
        case discord.HTTPException(code=code) if code == _ALREADY_ANSWERED:
            return "answered elsewhere"
        case _:
            return None


def _sentence(error: Exception) -> tuple[str, Mapping[str, object]] | None:
    """Which sentence tells the person of an error, and its facts; ``None`` for a fault of ours."""
    match error:
        case RefusedError():
            return error.kind, error.facts
        case GoneError():
            return "gone", {"entry": str(error)}
        case UnreadablePressError():
            return "unreadable", {}
        case StateUnavailableError():
            _log.warning("state is away", what=error.what)
            return "state_away", {}
        case StateError():
            return "state", {"what": error.what, "what_to_do": error.what_to_do}
        case _:
            return None


async def _apologise(interaction: Interaction, what: str, error: Exception) -> str:
    incident = secrets.token_hex(4)
    _log.error("failed", command=what, incident=incident, **story(error))
    await tell(interaction, interaction.client.front.say("incident", incident=incident))
    return "failed"


def story(error: BaseException) -> dict[str, object]:
    """What the log keeps of an error: its kind and where it happened, and what Discord said of it.

    Not its own words: those may quote what was asked.
    """
    told: dict[str, object] = {"error": type(error).__name__}
    if isinstance(error, discord.HTTPException):
        told |= {"status": error.status, "code": error.code, "discord_says": error.text}
    chain: list[str] = []
    at: BaseException | None = error
    while at is not None:
        chain.append(places(at.__traceback__) + type(at).__name__)
        at = at.__cause__ or at.__context__
    return told | {"trace": "\ncaused by\n".join(chain)}


async def tell(interaction: Interaction, reply: Reply) -> None:
    """Say something to the person alone, as the answer or after it. What Discord refuses is logged."""
    message = compose(interaction.client.front, reply, None, Place())
    try:
        if interaction.response.is_done():
            await interaction.followup.send(**message.arguments, ephemeral=True)
        else:
            await interaction.response.send_message(**message.arguments, ephemeral=True)
    except discord.HTTPException as error:
        _log.warning("could not tell", status=error.status, code=error.code)


def is_gone(error: discord.HTTPException) -> bool:
    """Whether Discord says that the message does not exist any more."""
    return error.code == _UNKNOWN_MESSAGE


class Tree(app_commands.CommandTree["discord.Client"]):
    """The tree of commands, with the one handler for what goes wrong before a command is reached."""

    async def interaction_check(self, interaction: discord.Interaction[discord.Client], /) -> bool:
        """Let only those pass that somebody still waits for."""
        client: EvidenceClient = interaction.client  # type: ignore[assignment]
        return client.is_waited_for(interaction)

    async def on_error(
        self, interaction: discord.Interaction[discord.Client], error: app_commands.AppCommandError, /
    ) -> None:
        """A command or option that is no longer as Discord knows it, or a check that failed."""
        async with handling(interaction, "unknown") as note:  # type: ignore[arg-type] # our client
            if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
                raise RefusedError("command_changed")
            if isinstance(error, app_commands.TransformerError):
                raise RefusedError("command_changed")
            note.outcome = Outcome.ERROR
            raise getattr(error, "original", error)
