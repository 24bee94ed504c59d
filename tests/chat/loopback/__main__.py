"""Runs the loopback Discord by itself: `python -m tests.chat.loopback [--play] [-- -m bot run]`.

`--play` serves the page to try the bot on, and starts the bot beside it; its state is kept in a
temporary folder. What follows `--` is started instead (with `python` before it), and without `--play`
too. With `--alone` no bot is started: the two printed settings lead one here.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.chat.loopback.botprocess import BotProcess, BotStoppedError, start_bot
from tests.chat.loopback.play import Play
from tests.chat.loopback.server import LoopbackDiscord

THE_BOT = ("-m", "bot", "run")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until interrupted; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chat.loopback", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="port on 127.0.0.1 (0: any free one)")
    parser.add_argument("--play", action="store_true", help="serve the page, and start the bot")
    parser.add_argument("--alone", action="store_true", help="start no bot")
    parser.add_argument("bot", nargs="*", help="after --: what to start as the bot")
    chosen = parser.parse_args(arguments)
    bot = chosen.bot or (THE_BOT if chosen.play else ())
    try:
        asyncio.run(_serve(chosen.port, () if chosen.alone else bot, play=chosen.play))
    except (BotStoppedError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line tool
        return 1
    return 0


async def _serve(port: int, bot: Sequence[str], *, play: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    discord = LoopbackDiscord(port)
    page = Play(discord) if play else None
    async with discord:
        if page is None:
            discord.person("Alice", discord.guild())
        if not bot:
            for name, value in discord.environment().items():
                _say(f"{name}={value}")
            _announce(discord, page)
            await stop.wait()
            return
        _say("Starting the bot …")
        with tempfile.TemporaryDirectory() as folder:
            state = {"DATABASE_URL": f"sqlite:///{Path(folder, 'state.db')}"}
            async with start_bot(discord, bot, state, within=120) as process:
                _announce(discord, page)
                await _until_stopped(stop, process)


async def _until_stopped(stop: asyncio.Event, bot: BotProcess) -> None:
    """Wait to be told to stop, or for the bot to end by itself, which is an error."""
    told = asyncio.create_task(stop.wait())
    ended = asyncio.create_task(bot.ended(within=None))
    await asyncio.wait({told, ended}, return_when=asyncio.FIRST_COMPLETED)
    if not told.done():
        told.cancel()
        msg = f"the bot stopped with exit code {bot.returncode}:\n{bot.output}"
        raise BotStoppedError(msg)
    ended.cancel()


def _announce(discord: LoopbackDiscord, page: Play | None) -> None:
    where = f"Open {page.address} in a browser" if page else f"Listening on {discord.address}"
    _say(f"{where}. Ctrl-C ends it.")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command line tool


if __name__ == "__main__":
    sys.exit(main())
