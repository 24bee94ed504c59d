"""Runs the loopback Discord by itself: `python -m tests.chat.loopback --port 8765 [--play] [-- -m bot run]`.

What follows `--` is started as the bot, with `python` before it. `--play` serves the page to try it on.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

from tests.chat.loopback.botprocess import BotStoppedError, start_bot
from tests.chat.loopback.play import Play
from tests.chat.loopback.server import LoopbackDiscord


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until interrupted; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chat.loopback", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="port on 127.0.0.1 (0: any free one)")
    parser.add_argument("--play", action="store_true", help="serve the page to try the bot on")
    parser.add_argument("bot", nargs="*", help="after --: what to start as the bot, such as -m bot run")
    chosen = parser.parse_args(arguments)
    try:
        asyncio.run(_serve(chosen.port, chosen.bot, play=chosen.play))
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
        for name, value in discord.environment().items():
            _say(f"{name}={value}")
        if not bot:
            _announce(discord, page)
            await stop.wait()
            return
        async with start_bot(discord, bot, commands=False):
            _announce(discord, page)
            await stop.wait()


def _announce(discord: LoopbackDiscord, page: Play | None) -> None:
    where = f"Open {page.address} in a browser" if page else f"Listening on {discord.address}"
    _say(f"{where}. Ctrl-C ends it.")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command line tool


if __name__ == "__main__":
    sys.exit(main())
