import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.state import State
from bot.state.tables import REVISION, metadata

ROOT = Path(__file__).parents[2]
INI = ROOT / "bot" / "state" / "alembic.ini"


def differences(connection: Connection) -> object:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


async def test_the_migrations_lead_to_the_tables_as_they_are_declared(url: str) -> None:
    async with await State.open(url, patience=30) as state, state.database.read() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    assert ScriptDirectory.from_config(Config(INI)).get_heads() == [REVISION]


async def test_to_open_again_changes_nothing_and_keeps_everything(url: str) -> None:
    async with await State.open(url, patience=30) as state:
        await state.guilds.set(5, language="de")
    async with await State.open(url, patience=30) as state:
        assert (await state.guilds.get(5)).language == "de"


def test_no_column_is_for_a_user() -> None:
    columns = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.c}
    words = ("user", "author", "member", "sender", "asker", "person", "name_of")
    assert not {column for column in columns if any(word in column for word in words)}
    # Whoever adds a column to a table about people's doings looks at docs/state.md and PRIVACY.md first.
    assert {column.name for column in metadata.tables["shared_cards"].c} == {
        "message_id", "guild_id", "channel_id", "content_hash", "said", "shared_at", "sharer_tag"
    }  # fmt: skip
    assert {column.name for column in metadata.tables["suggestions"].c} == {
        "number", "created", "entry_id", "what", "where_wrong", "link", "contact", "status", "closed"
    }  # fmt: skip


def test_a_start_that_needs_no_migration_does_not_import_alembic(sqlite_url: str) -> None:
    program = (
        "import asyncio, sys\nfrom bot.state import State\n"
        "async def main(): await (await State.open(sys.argv[1])).close()\n"
        "asyncio.run(main())\nprint('alembic' in sys.modules, 'asyncpg' in sys.modules)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program, sqlite_url], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert told == ["True False\n", "False False\n"]


def test_to_import_the_package_alone_imports_no_database() -> None:
    program = "import sys\nimport bot.state, bot.state.commands\nprint('sqlalchemy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize("command", [["check"], ["downgrade", "base"]], ids=" ".join)
def test_developers_can_use_the_command_of_alembic(url: str, command: list[str]) -> None:
    environment = os.environ | {"DATABASE_URL": url}

    def alembic(*arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "alembic", "-c", str(INI), *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=True,
        )

    alembic("upgrade", "head")
    alembic(*command)
    alembic("upgrade", "head")


async def test_the_tables_of_state_are_all_there_is(url: str) -> None:
    async with await State.open(url, patience=30) as state, state.database.read() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert set(names) == {*metadata.tables, "alembic_version"}
