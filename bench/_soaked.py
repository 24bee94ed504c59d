"""The bot as it is run, and on SIGUSR1 it tells on standard error which tasks it has: for ``bench.soak``."""

import asyncio
import json
import signal
import sys
from collections import Counter

from bot.chat.discord.run import run
from bot.settings import Settings

#: What a line of tasks begins with.
MARK = "tasks: "


def _tell(_signal: int, _frame: object) -> None:
    """In the main thread, between two steps of the loop."""
    tasks = asyncio.all_tasks(asyncio.get_running_loop())
    names = Counter(getattr(task.get_coro(), "__qualname__", "?") for task in tasks)
    sys.stderr.write(f"{MARK}{json.dumps(names, sort_keys=True)}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _tell)
    sys.exit(run(Settings.load()))
