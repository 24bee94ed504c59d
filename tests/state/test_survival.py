"""What was acknowledged is there afterwards, whatever was killed."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.state import State
from bot.state.tables import REVISION

ROOT = Path(__file__).parents[2]

HOLDER = """
import asyncio, sys
from bot.state import State
async def main():
    async with await State.open(sys.argv[1], patience=30) as state, state.only_one("card-updates") as mine:
        print(mine, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


def start(*arguments: str, program: Sequence[str] = ("-m", "tests.state.writer")) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def kill(process: subprocess.Popen[str]) -> list[str]:
    """Kill it, and return what it had said until then, complete lines only."""
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate(timeout=60)
    return [line for line in rest.split("\n")[:-1] if line]


@pytest.mark.parametrize("acknowledged", [1, 40])
async def test_all_that_was_acknowledged_before_kill_9_is_there(url: str, acknowledged: int) -> None:
    told: list[str] = []
    for _ in range(2):  # the second process finds what the first left behind
        process = start(url)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        told += [process.stdout.readline().strip() for _ in range(acknowledged)]
        told += kill(process)
    suggestions = [line.split(" ", 2)[1:] for line in told if line.startswith("suggestion ")]
    assert len(suggestions) >= acknowledged
    async with await State.open(url, patience=30) as state:
        for number, what in suggestions:
            assert (await state.suggestions.show(int(number))).what == what
        numbers = [one.number async for one in state.suggestions.export()]
        assert numbers == list(range(1, len(numbers) + 1)), "a number was lost or given twice"
        cooldowns = [line.split()[1:] for line in told if line.startswith("cooldown ")]
        for guild, minutes in cooldowns:
            assert (await state.guilds.get(int(guild))).cooldown_minutes >= int(minutes)
        await state.suggestions.add(what="and it can be written to")


async def test_a_migration_that_is_killed_leaves_no_trace(url: str) -> None:
    process = start(url, "migrate-and-die")
    out, _ = process.communicate(timeout=60)
    assert out == "migrated, not committed\n"
    assert process.returncode == -signal.SIGKILL
    async with await State.open(url, patience=30) as state:
        assert (await state.suggestions.add(what="works")).number == 1


async def test_processes_that_start_at_once_on_an_empty_database_do_no_harm(url: str) -> None:
    processes = [start(url, "open") for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        out, _ = process.communicate(timeout=120)
        assert (out, process.returncode) == ("done\n", 0)
    async with await State.open(url, patience=30) as state:
        assert await state.suggestions.count() == 3
        async with state.database.read() as connection:
            versions = await connection.execute(text("SELECT version_num FROM alembic_version"))
            assert versions.all() == [(REVISION,)]


async def test_one_process_at_a_time_does_the_work_and_the_next_when_that_is_done(url: str) -> None:
    async with await State.open(url, patience=30) as one, await State.open(url, patience=30) as other:
        async with one.only_one("card-updates") as mine, other.only_one("card-updates") as theirs:
            assert (mine, theirs) == (True, False)
            async with other.only_one("tidying") as something_else:
                assert something_else
        async with other.only_one("card-updates") as theirs, one.only_one("card-updates") as mine:
            assert (theirs, mine) == (True, False)


async def test_the_work_is_free_again_when_the_process_that_had_it_was_killed(url: str) -> None:
    process = start(url, program=["-c", HOLDER])
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    async with await State.open(url, patience=30) as state:
        async with state.only_one("card-updates") as mine:
            assert not mine
        kill(process)
        for _ in range(200):  # PostgreSQL notices a moment later
            async with state.only_one("card-updates") as mine:
                if mine:
                    return
        pytest.fail("the lock outlived its process")


async def test_a_lock_is_let_go_when_the_work_fails(state: State) -> None:
    with pytest.raises(ZeroDivisionError):
        async with state.only_one("work"):
            raise ZeroDivisionError
    async with state.only_one("work") as mine:
        assert mine


@pytest.mark.parametrize("name", ["", "Card updates", "../x", "a-"])
async def test_a_lock_has_a_plain_name(state: State, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        await state.only_one(name).__aenter__()


def test_the_file_of_state_is_for_its_owner_alone(sqlite_url: str) -> None:
    out, _ = start(sqlite_url, "open").communicate("go\n", timeout=60)
    assert out == "ready\ndone\n"
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    assert path.stat().st_mode & 0o777 == 0o600
