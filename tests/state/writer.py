"""A process of its own that writes to state and says what was acknowledged, for tests that kill it.

``python -m tests.state.writer URL`` writes until it is killed; ``… URL migrate-and-die`` dies within a
migration; ``… URL open`` waits for a line, then opens state once.
"""

import asyncio
import os
import signal
import sys

from sqlalchemy import Connection

from bot.state import State, migrate

WRITERS = 3


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def write_until_killed(url: str) -> None:
    async def write(state: State, writer: int) -> None:
        guild = os.getpid() * WRITERS + writer
        for turn in range(10_000):
            suggestion = await state.suggestions.add(what=f"{guild} {turn}")
            say(f"suggestion {suggestion.number} {suggestion.what}")
            settings = await state.guilds.set(guild, cooldown_minutes=turn)
            say(f"cooldown {guild} {settings.cooldown_minutes}")

    async with await State.open(url, patience=30) as state:
        say("ready")
        await asyncio.gather(*(write(state, writer) for writer in range(WRITERS)))


async def migrate_and_die(url: str) -> None:
    upgrade = migrate._upgrade

    def upgrade_and_die(connection: Connection, found: str | None) -> None:
        upgrade(connection, found)
        say("migrated, not committed")
        os.kill(os.getpid(), signal.SIGKILL)

    migrate._upgrade = upgrade_and_die
    await State.open(url, patience=30)


async def open_once(url: str) -> None:
    say("ready")
    sys.stdin.readline()
    async with await State.open(url, patience=30) as state:
        await state.suggestions.add(what="here")
    say("done")


if __name__ == "__main__":
    _, address, *what = sys.argv
    jobs = {"migrate-and-die": migrate_and_die, "open": open_once}
    asyncio.run(jobs.get("".join(what), write_until_killed)(address))
