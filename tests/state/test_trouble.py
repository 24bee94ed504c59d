"""What goes wrong with SQLite's file is told plainly, and state works again when it is mended."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import CompileError

from bot.state import GuildSettings, State, StateUnavailableError
from bot.state.tables import reading_lists

ROOT = Path(__file__).parents[2]

# State is opened before the trouble begins, so that everything is imported that will be needed.
PREPARED = """
import asyncio, os, resource, sys
from bot.state import State, StateUnavailableError
url = sys.argv[1]
async def opened():
    await (await State.open(url)).close()
asyncio.run(opened())
"""


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


async def make(url: str) -> Path:
    async with await State.open(url) as state:
        await state.guilds.set(5, private=False)
    return path_of(url)


def run(program: str, *arguments: str) -> str:
    """Run a program in a process of its own, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", PREPARED + textwrap.dedent(program), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte, where one may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1M", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


async def test_a_full_disk_loses_nothing_that_was_acknowledged_and_more_room_mends_it(
    small_disk: Path,
) -> None:
    async with await State.open(f"sqlite:///{small_disk}/state.db") as state:
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"x" * 500_000)
        acknowledged: list[int] = []

        async def write_on() -> None:
            while True:
                sent = await state.suggestions.add(what="x" * 4_000)
                acknowledged.append(sent.number)

        with pytest.raises(StateUnavailableError, match="The disk is full"):
            await write_on()
        assert acknowledged
        assert await state.suggestions.count() == len(acknowledged), "reading goes on"
        ballast.unlink()
        acknowledged.append((await state.suggestions.add(what="there is room")).number)
        assert [one.number async for one in state.suggestions.export()] == acknowledged


def test_a_file_that_may_not_grow_loses_nothing_and_works_again_when_it_may(sqlite_url: str) -> None:
    printed = run(
        """
        async def main():
            async with await State.open(url) as state:
                kept = []
                # A limit on the size of files, below what SQLite's log would grow to.
                resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
                try:
                    while True:
                        kept.append((await state.suggestions.add(what="x" * 4_000)).number)
                except StateUnavailableError as error:
                    print(error.what)
                assert len(kept) > 5
                assert await state.suggestions.count() == len(kept)
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                kept.append((await state.suggestions.add(what="again")).number)
                assert [one.number async for one in state.suggestions.export()] == kept
        asyncio.run(main())
        """,
        sqlite_url,
    )
    assert printed.startswith("The disk ")


def test_a_file_and_folder_that_may_not_be_written_are_told_when_state_is_opened() -> None:
    with tempfile.TemporaryDirectory() as folder:
        printed = run(
            """
            path = url.removeprefix("sqlite:///")
            os.chmod(path, 0o444)
            os.chmod(os.path.dirname(path), 0o555)
            if os.geteuid() == 0:  # root may write everything
                os.setuid(65534)
            async def main():
                try:
                    await State.open(url)
                except StateUnavailableError as error:
                    print(error)
            asyncio.run(main())
            """,
            f"sqlite:///{folder}/state.db",
        )
        Path(folder).chmod(0o755)
    assert "write to" in printed


async def test_a_read_only_file_system_is_told_and_a_writable_one_works(small_disk: Path) -> None:
    url = f"sqlite:///{small_disk}/state.db"
    await make(url)
    remount(small_disk, "ro")
    with pytest.raises(StateUnavailableError, match=r"read-only|cannot be opened"):
        await State.open(url)
    remount(small_disk, "rw")
    async with await State.open(url) as state:
        await state.guilds.set(5, private=True)


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("I am no folder")
    with pytest.raises(StateUnavailableError) as refused:
        await State.open(f"sqlite:///{tmp_path}/file/state.db")
    assert "folder" in refused.value.what_to_do


async def test_a_file_that_is_no_database_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("I am a diary. " * 1_000)
    with pytest.raises(StateUnavailableError, match="no SQLite database"):
        await State.open(f"sqlite:///{path}")
    assert path.read_text().startswith("I am a diary.")


async def test_a_damaged_file_is_told_and_a_restored_one_works(sqlite_url: str) -> None:
    path = await make(sqlite_url)
    whole = path.read_bytes()
    path.write_bytes(whole[:1_000] + os.urandom(len(whole) - 1_000))
    with pytest.raises(StateUnavailableError) as refused:
        await State.open(sqlite_url)
    assert "back-up" in refused.value.what_to_do
    path.write_bytes(whole)
    async with await State.open(sqlite_url) as state:
        assert not (await state.guilds.get(5)).private


async def test_an_open_state_works_again_after_its_file_was_damaged_and_restored(sqlite_url: str) -> None:
    path = await make(sqlite_url)
    async with await State.open(sqlite_url) as state:
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        whole = path.read_bytes()
        with path.open("r+b") as file:
            file.write(os.urandom(len(whole)))
        with pytest.raises(StateUnavailableError):
            await state.guilds.set(5, private=True)
        with path.open("r+b") as file:
            file.write(whole)
        assert not (await state.guilds.get(5)).private
        await state.guilds.set(5, private=True)


async def test_while_another_program_writes_one_can_read_and_writing_works_afterwards(
    sqlite_url: str,
) -> None:
    path = await make(sqlite_url)
    async with await State.open(sqlite_url, patience=0.2) as state:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.perf_counter()
            with pytest.raises(StateUnavailableError, match="locked"):
                await state.guilds.set(5, language="de")
            assert time.perf_counter() - began < 5
            assert (await state.guilds.get(5)).language == "en"
        await state.guilds.set(5, language="de")
        assert (await state.guilds.get(5)).language == "de"


async def test_who_waits_for_another_writer_in_this_process_is_told_when_it_takes_too_long(
    sqlite_url: str,
) -> None:
    async with await State.open(sqlite_url, patience=0.2) as state:
        async with state.database.write():
            with pytest.raises(StateUnavailableError):
                await state.guilds.set(5, language="de")
        await state.guilds.set(5, language="de")


async def test_a_write_that_is_cancelled_leaves_state_usable(state: State) -> None:
    for _ in range(20):
        task = asyncio.create_task(state.guilds.set(5, language="de", bot_channels=frozenset({1, 2})))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    settings = await state.guilds.get(5)
    assert settings in {
        GuildSettings(5),
        GuildSettings(5, language="de", bot_channels=frozenset({1, 2})),
    }, "half a write"
    assert (await state.guilds.set(5, language="nl")).language == "nl"


async def test_a_write_that_fails_half_way_changes_nothing(state: State) -> None:
    await state.lists.create(5, "one")

    async def change_then_fail() -> None:
        async with state.database.write() as connection:
            await connection.execute(update(reading_lists).values(name="other"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_then_fail()
    assert await state.lists.names(5) == ("one",)


async def test_a_mistake_in_our_own_code_is_not_taken_for_trouble_with_the_database(state: State) -> None:
    with pytest.raises(CompileError):
        async with state.database.write() as connection:
            await connection.execute(update(reading_lists).values(no_such_column=1))


async def test_a_database_of_a_newer_bot_is_left_alone(url: str) -> None:
    async with await State.open(url, patience=10) as state, state.database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StateUnavailableError, match="newer version") as refused:
        await State.open(url, patience=10)
    assert refused.value.what_to_do.startswith("Update the bot")


async def test_no_error_repeats_what_somebody_wrote(sqlite_url: str) -> None:
    path = await make(sqlite_url)
    async with await State.open(sqlite_url, patience=0.1) as state:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StateUnavailableError) as refused:
                await state.suggestions.add(what="my diagnosis", contact="me@example.org")
    error: BaseException | None = refused.value
    while error is not None:
        assert "diagnosis" not in str(error)
        assert "example.org" not in str(error)
        error = error.__cause__
