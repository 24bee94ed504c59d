"""Running the bot on Discord: start, stay, leave. What an operator can mend ends it with one sentence."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib import import_module
from typing import Final

import aiohttp
import discord
import structlog
from discord.gateway import DiscordWebSocket
from yarl import URL

from bot import log
from bot.answer.desk import Desk
from bot.answer.library import Library, LibraryError
from bot.chat.discord.apart import build_apart
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.front import Front
from bot.chat.discord.identifying import Identifying
from bot.chat.discord.invite import MalformedTokenError, application_id, links
from bot.chat.discord.renewal import warm_up
from bot.chat.discord.sync import tree_hash
from bot.chat.discord.upkeep import kept_up
from bot.settings import Settings
from bot.state import SharerTags, State, StateError
from bot.values import Secret

_log = structlog.get_logger(__name__)

#: The exit code for what an operator has to mend.
MEND: Final = 2
#: Seconds that one look into state may take: Discord waits three for an answer, also for that state is away.
_PATIENCE: Final = 1.5
#: Seconds between two tries to reach Discord: the first pause, and the longest.
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
_PORTAL: Final = "https://discord.com/developers/applications (your application, page Bot)"
#: What to do about a token that Discord refuses.
REFUSED: Final = f"Discord refuses the token: make a new one at {_PORTAL} and set it as DISCORD_TOKEN."
# "Gateway close event codes" of Discord's documentation.
_AUTHENTICATION_FAILED: Final = 4004
#: What passes: Discord, or the way to it, is away.
TRANSIENT: Final = (
    aiohttp.ClientError,
    discord.GatewayNotFound,
    discord.DiscordServerError,
    OSError,
    TimeoutError,
)


class MendError(Exception):
    """Something that an operator has to mend first; the message is one sentence that says how."""


def run(settings: Settings) -> int:
    """Answer on Discord until told to stop by SIGTERM or SIGINT; the exit code of the process."""
    log.set_up(settings.log_format, secrets_in(settings))
    return with_front(settings, _serve)


def sync(settings: Settings, guild: int | None = None) -> int:
    """Register the commands now, for all servers or for one (where they appear at once); the exit code."""
    log.set_up(settings.log_format, secrets_in(settings))

    async def register(front: Front) -> int:
        return await _register(front, guild)

    return with_front(settings, register)


def invite(settings: Settings) -> int:
    """Print the links that install the bot; the exit code."""
    try:
        server, person = links(application_id(token_of(settings)))
    except MendError as error:
        return _mend(error)
    sys.stdout.write(f"For a server:  {server}\nFor yourself:  {person}\n")
    return 0


def with_front(settings: Settings, work: Callable[[Front], Awaitable[int]]) -> int:
    """Open what a front works with, and let it work; the exit code, 2 for what an operator has to mend."""
    try:
        token_of(settings)
        return asyncio.run(_opened(settings, work))
    except MendError as error:
        return _mend(error)


async def _opened(settings: Settings, work: Callable[[Front], Awaitable[int]]) -> int:
    token = token_of(settings)
    if settings.discord_api_base is not None:
        await _turn_to(settings.discord_api_base)
    try:
        state = await State.open(settings.database_url.reveal(), patience=_PATIENCE)
    except StateError as error:
        message = f"{error.what} {error.what_to_do}"
        raise MendError(message) from error
    async with state:
        desk = Desk(_library(settings))
        warm_up(desk)
        front = Front(desk, state, settings, SharerTags(token.reveal()))
        del desk  # the front may get another one, and this one's memory is wanted back then
        try:
            return await work(front)
        finally:
            front.desk.library.close()  # not the one it began with, when a newer catalogue came


async def _serve(front: Front) -> int:
    """Stay connected until told to stop; start again where Discord cannot be reached."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    loop.add_signal_handler(signal.SIGHUP, front.look_again.set)
    pause = FIRST_PAUSE
    identifying = Identifying()
    async with _numbers(front):
        while not stop.is_set():
            try:
                await _until(stop, front, identifying)
            except TRANSIENT as error:
                _log.warning("Discord cannot be reached", error=type(error).__name__, again_in=pause)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)
                pause = min(pause * 2, LONGEST_PAUSE)
    _log.info("left")
    return 0


@asynccontextmanager
async def _numbers(front: Front) -> AsyncIterator[None]:
    """Show numbers for Prometheus meanwhile, where the operator wants them.

    Raises:
        MendError: when the port or the package for them cannot be had.
    """
    host, port = front.settings.metrics_host, front.settings.metrics_port
    if port is None:
        yield
        return
    try:
        metrics = import_module("bot.chat.metrics").Metrics()
    except ModuleNotFoundError as error:
        message = f"METRICS_PORT needs {error.name}: pip install 'evidence-bot[serve]', or unset it."
        raise MendError(message) from error
    metrics.catalogue(lambda: front.desk.library.catalogue.meta)
    async with AsyncExitStack() as stack:
        try:
            stack.enter_context(metrics.served(host, port))
        except OSError as error:
            message = f"METRICS_PORT {port} cannot be listened on ({error.strerror}): set another."
            raise MendError(message) from error
        stack.enter_context(metrics.counting())
        await stack.enter_async_context(metrics.watching(front.state))
        yield


async def _until(stop: asyncio.Event, front: Front, identifying: Identifying) -> None:
    """One client, from the first connection to the last answer.

    Raises:
        MendError: when the token is refused.
    """
    client = EvidenceClient(front, identifying=identifying)
    connected = asyncio.create_task(_connect(client, token_of(front.settings)), name="connect")
    stopped = asyncio.create_task(stop.wait(), name="wait for the signal to stop")
    try:
        await asyncio.wait({connected, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            await client.leave()
        else:
            await connected  # raises what ended it
    finally:
        for task in (connected, stopped):
            task.cancel()
        await asyncio.gather(connected, stopped, return_exceptions=True)
        await client.close()


async def _connect(client: EvidenceClient, token: Secret) -> None:
    try:
        await client.login(token.reveal())
        async with kept_up(client):
            await client.connect()
    except discord.LoginFailure:
        raise MendError(REFUSED) from None
    except discord.ConnectionClosed as error:
        if error.code == _AUTHENTICATION_FAILED:
            raise MendError(REFUSED) from None
        message = f"Discord closed the connection for good (code {error.code}): see docs/discord.md."
        raise MendError(message) from error


async def _register(front: Front, guild: int | None) -> int:
    async with EvidenceClient(front, register=False) as client:
        try:
            await client.login(token_of(front.settings).reveal())
            where = None if guild is None else discord.Object(guild)
            if where is not None:
                client.tree.copy_global_to(guild=where)
            registered = await client.tree.sync(guild=where)
            now = await tree_hash(client.tree)
            await front.state.trees.set(client.application_id or 0, now, guild)
        except discord.LoginFailure:
            raise MendError(REFUSED) from None
        except (discord.HTTPException, discord.app_commands.AppCommandError) as error:
            message = f"Discord refused the commands: {' '.join(str(error).split())[:300]}"
            raise MendError(message) from error
        except StateError as error:
            message = f"The commands are registered, but that could not be noted: {error.what}"
            raise MendError(message) from error
    place = "for all servers" if guild is None else f"for server {guild}"
    sys.stdout.write(f"{len(registered)} commands registered {place}.\n")
    return 0


def _library(settings: Settings) -> Library:
    build_apart(settings)
    try:
        return Library.of(settings)
    except LibraryError as error:
        raise MendError(str(error)) from error


def token_of(settings: Settings) -> Secret:
    """The bot's token.

    Raises:
        MendError: when there is none, or it is not one.
    """
    token = settings.discord_token
    if token is None:
        message = f"DISCORD_TOKEN is not set: put the bot's token, from {_PORTAL}, into .env."
        raise MendError(message)
    try:
        application_id(token)
    except MalformedTokenError:
        message = f"DISCORD_TOKEN is not a bot's token: copy it whole from {_PORTAL}."
        raise MendError(message) from None
    return token


def secrets_in(settings: Settings) -> list[Secret]:
    """What must not stand in a log."""
    return [secret for secret in (settings.discord_token, settings.database_url) if secret is not None]


async def _turn_to(base: str) -> None:
    """Speak to another Discord than the real one: for tests and for trying the bot out."""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"{base}/gateway") as answer:
            gateway = (await answer.json())["url"]
    except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
        message = (
            f"There is no Discord at DISCORD_API_BASE ({type(error).__name__}): unset it, or start one there."
        )
        raise MendError(message) from error
    discord.http.Route.BASE = base
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)


def _mend(error: MendError) -> int:
    sys.stderr.write(f"{error}\n")
    return MEND
