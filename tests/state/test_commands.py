"""The commands, run as an operator runs them: in a process of their own, over both engines."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.state import GuildSettings, State
from bot.state.commands import printable

ROOT = Path(__file__).parents[2]
RUN = "from bot.state.commands import suggestions_group, state_group; import sys; {}()"

Run = Callable[..., subprocess.CompletedProcess[str]]


def run_at(url: str, group: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN.format(group), *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def suggestions(state_url: str) -> Run:
    return lambda *arguments, **given: run_at(state_url, "suggestions_group", *arguments, **given)


@pytest.fixture
def state_command(state_url: str) -> Run:
    return lambda *arguments, **given: run_at(state_url, "state_group", *arguments, **given)


@pytest.fixture
def filled(state_url: str) -> None:
    async def fill() -> None:
        async with await State.open(state_url, patience=30) as state:
            await state.suggestions.add(
                what="The sample was 23,\nnot 32. \x1b[31mred\x1b[0m \u202e gnihtemos",
                entry_id="gupta-1997",
                contact="me@example.org",
                link="https://example.org",
            )
            await state.suggestions.add(what="second")
            await state.guilds.set(5, language="de")
            await state.lists.create(5, "x")

    asyncio.run(fill())


def test_suggestions_are_listed_shown_and_closed(filled: None, suggestions: Run) -> None:
    listed = suggestions("list")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["2", "1"]
    assert "[gupta-1997]" in listed.stdout
    assert listed.stderr == "2 of 2.\n"
    shown = suggestions("show", "1").stdout
    assert "Contact: me@example.org" in shown
    assert "The sample was 23,\nnot 32." in shown
    assert "\x1b" not in shown + listed.stdout, "what people write cannot steer the terminal"
    assert "\u202e" not in shown + listed.stdout
    assert "erased" in suggestions("close", "1", "2").stdout
    assert suggestions("list").stdout == ""
    assert len(suggestions("list", "--closed").stdout.splitlines()) == 2
    assert "example.org" not in suggestions("show", "1").stdout.replace("https://example.org", "")


def test_suggestions_are_exported_as_json_lines(filled: None, suggestions: Run, tmp_path: Path) -> None:
    target = tmp_path / "all.jsonl"
    assert suggestions("export", "--output", str(target)).returncode == 0
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["number"] for line in lines] == [1, 2]
    assert lines[0]["what"].startswith("The sample was 23,\nnot 32.")
    assert target.stat().st_mode & 0o777 == 0o600
    assert len(suggestions("export", "--status", "closed").stdout.splitlines()) == 0
    again = suggestions("export", "--output", str(target))
    assert (again.returncode, again.stdout) == (1, "")
    assert "is there already" in again.stderr


def test_an_unknown_suggestion_is_told_with_exit_code_1(filled: None, suggestions: Run) -> None:
    for command in (["show", "99"], ["close", "99"], ["erase", "99", "--yes"]):
        done = suggestions(*command)
        assert done.returncode == 1
        assert "no suggestion number 99" in done.stderr
        assert "Traceback" not in done.stderr


def test_erasing_asks_first(filled: None, suggestions: Run, state_command: Run) -> None:
    assert suggestions("erase", "1", given="n\n").returncode == 1
    assert suggestions("show", "1").returncode == 0
    assert suggestions("erase", "1", given="y\n").returncode == 0
    assert suggestions("show", "1").returncode == 1
    assert state_command("forget", "--guild", "5", given="n\n").returncode == 1
    done = state_command("forget", "--guild", "5", "--yes")
    assert done.stdout == "Erased: 1 settings, 1 reading lists, 0 shared cards.\n"


async def test_state_is_exported_and_imported(
    filled: None, state_command: Run, state_url: str, tmp_path: Path
) -> None:
    target, copy = tmp_path / "state.jsonl", f"sqlite:///{tmp_path}/copy.db"
    assert state_command("export", str(target)).returncode == 0
    done = run_at(copy, "state_group", "import", str(target))
    assert done.returncode == 0, done.stderr
    assert "Imported" in done.stderr
    async with await State.open(copy) as state:
        assert await state.guilds.get(5) == GuildSettings(5, language="de")
        assert await state.suggestions.count() == 2
    assert run_at(copy, "state_group", "import", str(target)).returncode == 1
    piped = run_at(copy, "state_group", "import", "-", "--replace", given=state_command("export").stdout)
    assert piped.returncode == 0, piped.stderr


def test_what_is_no_export_is_told(state_command: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "x"
    wrong.write_bytes(b"\xff\xfe")
    for source in (wrong, tmp_path / "missing", tmp_path):
        done = state_command("import", str(source))
        assert done.returncode == 1
        assert "cannot be read" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_backup_is_made(filled: None, state_command: Run, tmp_path: Path) -> None:
    done = state_command("backup", str(tmp_path / "copy"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "copy").stat().st_size > 1_000
    assert "p%2Fa" not in done.stderr


@pytest.mark.parametrize(
    "url",
    ["postgres://u:hunter2@127.0.0.1:1/d", "sqlite:////proc/nowhere/state.db", "postgres://u:hunter2/@h/d"],
)
def test_state_that_is_away_is_told_with_exit_code_2(url: str) -> None:
    done = run_at(url, "suggestions_group", "list")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2" not in done.stderr


def test_only_what_steers_a_terminal_is_taken_out() -> None:
    assert printable("a\tb\nü 👩‍👩‍👧 עברית") == "a\tb\nü 👩‍👩‍👧 עברית"
    assert printable("\x1b[31m\r\x9b\x7f\u202e\u2066\0") == "�[31m������"
