"""Runs a bot as a process of its own against a loopback Discord."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.chat.loopback.server import LoopbackDiscord

ROOT = Path(__file__).parents[3]
STOPS_WITHIN_S = 10.0
# Settings of the caller's shell that would lead a bot astray in a test.
_LEFT_OUT = ("DISCORD_", "DATABASE_URL")


class BotStoppedError(AssertionError):
    """The bot ended before it was ready. The message holds its exit code and output."""


class BotProcess:
    """A running bot. `output` grows as the bot writes; it holds stdout and stderr together."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._lines: list[str] = []
        self._reader = asyncio.create_task(self._read())

    @property
    def pid(self) -> int:
        """The process id, for measuring memory."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.returncode

    @property
    def output(self) -> str:
        """What the bot has written so far."""
        return "".join(self._lines)

    def terminate(self) -> None:
        """Send SIGTERM, as a host does on deployment."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL: the machine went away."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def ended(self, within: float | None = STOPS_WITHIN_S) -> int:
        """Wait for the end and return the exit code.

        Raises:
            TimeoutError: if it is still running after `within` seconds (None: wait for ever).
        """
        async with asyncio.timeout(within):
            await self._process.wait()
            await asyncio.shield(self._reader)
        assert self._process.returncode is not None
        return self._process.returncode

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._lines.append(line.decode(errors="replace"))


async def launch(
    discord: LoopbackDiscord,
    arguments: Sequence[str],
    settings: Mapping[str, str] | None = None,
    directory: Path = ROOT,
) -> BotProcess:
    """Start `python <arguments>` with the settings that point it at `discord`; do not wait for it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    environment = {
        **inherited,
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
        **discord.environment(),
        **(settings or {}),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=directory,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    return BotProcess(process)


@asynccontextmanager
async def start_bot(
    discord: LoopbackDiscord,
    arguments: Sequence[str],
    settings: Mapping[str, str] | None = None,
    *,
    directory: Path = ROOT,
    commands: bool = True,
    within: float = 30.0,
) -> AsyncIterator[BotProcess]:
    """Run a bot for the length of a block, entered once it is READY and (`commands`) has registered.

    Args:
        discord: Where it connects; its token and address come from there.
        arguments: What follows `python`, such as `["-m", "bot", "run"]`.
        settings: Further environment variables; they win over the loopback's.
        directory: Where it runs (a `.env` there is read by the bot).
        commands: Whether commands have to be registered before it counts as ready.
        within: Seconds it may take.

    Raises:
        BotStoppedError: if it ends instead of getting ready, or does not end within 10 s of SIGTERM.
    """
    bot = await launch(discord, arguments, settings, directory)
    try:
        await _until_ready(discord, bot, commands=commands, within=within)
        yield bot
    finally:
        bot.terminate()
        try:
            await bot.ended()
        except TimeoutError:
            bot.kill()
            await bot.ended()
            msg = f"the bot ignored SIGTERM for {STOPS_WITHIN_S} s:\n{bot.output}"
            raise BotStoppedError(msg) from None


async def _until_ready(discord: LoopbackDiscord, bot: BotProcess, *, commands: bool, within: float) -> None:
    ready = asyncio.create_task(
        discord.ready(commands=commands, within=within, more_than=discord.gateway.identified)
    )
    ended = asyncio.create_task(bot.ended(within=within + 5))
    await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        ready.cancel()
        msg = f"the bot stopped with exit code {bot.returncode}:\n{bot.output}"
        raise BotStoppedError(msg)
    ended.cancel()
    with suppress(asyncio.CancelledError):
        await ended
    try:
        ready.result()
    except TimeoutError as error:
        msg = f"{error}; the bot wrote:\n{bot.output}"
        raise BotStoppedError(msg) from None
