import datetime as dt
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.state import Share, SharedCard, State, StateUnavailableError, TransferError
from bot.state.address import Address
from bot.state.backup import backup
from bot.state.tables import REVISION
from bot.state.transfer import export, import_
from tests.state.postgres import PASSWORD, Server

NOW = dt.datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=dt.UTC)
ODD = "ü 😀 עברית\n\u2028\"'\\"


async def fill(state: State) -> None:
    await state.guilds.set(1, share=Share.NOBODY, bot_channels=frozenset({1, 2}), maintainers_channel=9)
    await state.guilds.set(2, card_updates=False)
    for entry in ("b", "a"):
        await state.lists.add(1, "Größe", entry, create=True)
    await state.cards.add(SharedCard(1, 10, 100, ("b", "a"), "h", {"x": ODD}, NOW, "T" * 32))
    await state.suggestions.add(what=ODD, entry_id="a", contact="me@example.org")
    await state.suggestions.add(what="two")
    await state.suggestions.close(2)
    await state.suggestions.add(what="three")
    await state.suggestions.erase(3)
    await state.trees.set(7, "hash")


async def exported(state: State) -> list[str]:
    return [line async for line in export(state.database)]


def rows(lines: list[str]) -> list[str]:
    """Without the first line, which says when it was written."""
    return lines[1:]


@pytest.fixture
def other_url(request: pytest.FixtureRequest, state_url: str, tmp_path: Path) -> str:
    """The other engine."""
    if state_url.startswith("sqlite"):
        other: str = request.getfixturevalue("migrated_postgresql_url")
        return other
    return f"sqlite:///{tmp_path}/other.db"


async def test_state_moves_to_the_other_engine_and_is_the_same(state: State, other_url: str) -> None:
    await fill(state)
    lines = await exported(state)
    async with await State.open(other_url, patience=30) as other:
        assert await import_(other.database, lines) == len(lines) - 2
        assert rows(await exported(other)) == rows(lines)
        assert await other.guilds.get(1) == await state.guilds.get(1)
        assert await other.lists.show(1, "größe") == await state.lists.show(1, "größe")
        assert await other.cards.show(100) == await state.cards.show(100)
        assert await other.suggestions.show(1) == await state.suggestions.show(1)
        assert (await other.suggestions.add(what="x")).number == 4, "no number is given twice"


async def test_progress_is_told_from_the_first_to_the_last_row(state: State, other_url: str) -> None:
    await fill(state)
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    lines = [line async for line in export(state.database, tell)]
    count = len(lines) - 2
    assert told == [(done, count) for done in range(1, count + 1)]
    told.clear()
    async with await State.open(other_url, patience=30) as other:
        await import_(other.database, lines, progress=tell)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (count, count)


async def test_many_rows_move_in_batches(state: State, other_url: str) -> None:
    for number in range(1, 451):
        await state.cards.add(SharedCard(1, 10, number, ("a", "b", "c"), "h", {}, NOW))
    lines = await exported(state)
    async with await State.open(other_url, patience=30) as other:
        assert await import_(other.database, iter(lines)) == 450 * 4
        assert rows(await exported(other)) == rows(lines)


async def test_what_is_there_is_not_mixed_with_what_comes_unless_it_is_to_be_replaced(state: State) -> None:
    await fill(state)
    lines = await exported(state)
    await state.guilds.set(3, language="de")
    with pytest.raises(TransferError, match="already"):
        await import_(state.database, lines)
    assert (await state.guilds.get(3)).language == "de"
    await import_(state.database, lines, replace=True)
    assert (await state.guilds.get(3)).language == "en"
    assert rows(await exported(state)) == rows(lines)


def edited(change: Callable[[list[str]], object]) -> Callable[[list[str]], list[str]]:
    def edit(lines: list[str]) -> list[str]:
        copy = list(lines)
        change(copy)
        return copy

    return edit


def with_value(table: str, column: str, value: object) -> Callable[[list[str]], None]:
    def change(lines: list[str]) -> None:
        place = next(n for n, line in enumerate(lines) if json.loads(line).get("table") == table)
        content = json.loads(lines[place])
        content["row"][column] = value
        lines[place] = json.dumps(content) + "\n"

    return change


@pytest.mark.parametrize(
    "edit",
    [
        edited(list.clear),
        edited(lambda lines: lines.pop()),
        edited(lambda lines: lines.pop(3)),
        edited(lambda lines: lines.insert(3, lines[3])),
        edited(lambda lines: lines.pop(0)),
        edited(lambda lines: lines.__setitem__(2, "{ no JSON\n")),
        edited(lambda lines: lines.__setitem__(2, "[1, 2]\n")),
        edited(lambda lines: lines.__setitem__(2, "\n")),
        edited(lambda lines: lines.__setitem__(2, lines[2][:20])),
        edited(lambda lines: lines.__setitem__(0, lines[0].replace(f'"{REVISION}"', '"0000"'))),
        edited(lambda lines: lines.__setitem__(0, lines[0].replace("bot state", "bottle"))),
        edited(with_value("guild_settings", "private", "yes")),
        edited(with_value("guild_settings", "language", None)),
        edited(with_value("guild_settings", "guild_id", "1")),
        edited(with_value("guild_settings", "user_id", 5)),
        edited(with_value("shared_cards", "shared_at", "2026-11-21T12:00:00")),
        edited(with_value("shared_cards", "shared_at", "yesterday")),
        edited(with_value("suggestions", "created", 20261121)),
        edited(with_value("suggestions", "number", True)),
    ],
)
async def test_an_export_that_is_not_whole_changes_nothing(
    state: State, edit: Callable[[list[str]], list[str]]
) -> None:
    await fill(state)
    before = await exported(state)
    with pytest.raises(TransferError) as refused:
        await import_(state.database, edit(before), replace=True)
    assert "example.org" not in str(refused.value)
    assert rows(await exported(state)) == rows(before)


async def test_a_row_that_refers_to_nothing_is_refused_by_the_database(state: State) -> None:
    await fill(state)
    lines = await exported(state)
    lonely = [line for line in lines if '"shared_cards"' not in line or '"format"' in line]
    head = json.loads(lonely[0])
    head["rows"]["shared_cards"] = 0
    lonely[0] = json.dumps(head) + "\n"
    lonely[-1] = json.dumps({"end": len(lonely) - 2}) + "\n"
    with pytest.raises(TransferError, match="contradict"):
        await import_(state.database, lonely, replace=True)
    assert rows(await exported(state)) == rows(lines)


async def test_an_export_is_of_one_moment_also_while_others_write(state: State) -> None:
    await fill(state)
    lines: list[str] = []
    async for line in export(state.database):
        if len(lines) == 1:
            await state.suggestions.add(what="meanwhile")
            await state.guilds.set(99, language="de")
        lines.append(line)
    assert not any("meanwhile" in line or '"guild_id": 99' in line for line in lines)
    assert json.loads(lines[-1])["end"] == len(lines) - 2


async def test_a_backup_of_sqlite_taken_while_the_bot_writes_can_take_its_place(
    sqlite_url: str, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    async with await State.open(sqlite_url) as state:
        await fill(state)
        lines = await exported(state)
        await backup(state.database.address, target)
        await state.suggestions.add(what="after the back-up")
    assert target.stat().st_mode & 0o777 == 0o600
    async with await State.open(f"sqlite:///{target}") as restored:
        assert rows(await exported(restored)) == rows(lines)
        assert (await restored.suggestions.add(what="x")).number == 4


async def test_a_backup_of_postgresql_can_be_restored(
    migrated_postgresql_url: str, server: Server, tmp_path: Path
) -> None:
    target = tmp_path / "copy.dump"
    restored_url = server.url("restored")
    async with await State.open(migrated_postgresql_url) as state:
        await fill(state)
        lines = await exported(state)
        await backup(state.database.address, target)
    server.create("restored")
    try:
        dsn, secret = Address.read(restored_url).for_libpq()
        assert urlsplit(dsn).password is None
        program = shutil.which("pg_restore")
        assert program is not None
        restore(program, dsn, target, secret)
        async with await State.open(restored_url) as restored:
            assert rows(await exported(restored)) == rows(lines)
    finally:
        server.drop("restored")


def restore(program: str, dsn: str, dump: Path, secret: dict[str, str]) -> None:
    subprocess.run(
        [program, "--no-owner", "--exit-on-error", f"--dbname={dsn}", str(dump)], env=secret, check=True
    )


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_backup_does_not_overwrite_a_file(sqlite_url: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    async with await State.open(sqlite_url) as state:
        with pytest.raises(TransferError, match="already"):
            await backup(state.database.address, target)
        with pytest.raises(TransferError, match="cannot be written"):
            await backup(state.database.address, tmp_path / "no" / "folder")
    assert target.read_text() == "precious"
    assert names_in(tmp_path) == ["copy.db", "deep"], "nothing is left lying about"


def spoil(path: Path, start: int, size: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * size)


async def test_a_backup_of_a_damaged_database_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    async with await State.open(sqlite_url) as state:
        await fill(state)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'suggestions'").fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    spoil(path, (page - 1) * size, size)
    with pytest.raises(StateUnavailableError, match="damaged"):
        await backup(Address.read(sqlite_url), tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


async def test_a_backup_of_a_server_that_is_away_tells_no_password(server: Server, tmp_path: Path) -> None:
    address = Address.read(server.url("nowhere"))
    with pytest.raises(StateUnavailableError, match="pg_dump could not") as refused:
        await backup(address, tmp_path / "copy.dump")
    assert PASSWORD not in str(refused.value)


async def test_a_missing_pg_dump_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StateUnavailableError, match="pg_dump") as refused:
        await backup(Address.read("postgres://u:p@h/d"), tmp_path / "copy.dump")
    assert "postgresql-client" in refused.value.what_to_do
