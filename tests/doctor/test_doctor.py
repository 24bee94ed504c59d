"""What the doctor finds, and that it says what to mend."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import time
from typing import Any

import pytest

from bot.doctor import discord, machine, parts
from bot.doctor.commands import doctor
from bot.doctor.finding import Finding, Kind
from bot.settings import ROOT, Settings
from bot.state import State
from tests.chat.loopback import LoopbackDiscord

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.a-token-that-nobody-has-0123456789abc"
KEY = "ab" * 32


def settings(**variables: str) -> Settings:
    return Settings.load(variables, dotenv=None)


def only(findings: Iterator[Finding], about: str) -> Finding:
    [found] = [finding for finding in findings if finding.about == about]
    return found


@contextmanager
def telling(status: int, body: object, ahead: float = 0) -> Iterator[str]:
    """A server that answers everything alike, with a clock of its own; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = json.dumps(body).encode()
            self.send_response_only(status)
            self.send_header("Date", formatdate(time() + ahead, usegmt=True))
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def asked(status: int, body: object, ahead: float = 0, **more: str) -> list[Finding]:
    with telling(status, body, ahead) as address:
        return list(discord.look(settings(DISCORD_TOKEN=TOKEN, DISCORD_API_BASE=address, **more)))


APPLICATION: dict[str, Any] = {"id": "123456789012345678", "verify_key": KEY, "flags": 0}


async def test_a_token_that_discord_accepts_is_ok() -> None:
    async with LoopbackDiscord() as loopback:
        given = settings(**loopback.environment())
        found = await asyncio.to_thread(lambda: list(discord.look(given)))
    assert only(iter(found), "token").kind is Kind.OK
    assert only(iter(found), "intents").kind is Kind.OK
    assert only(iter(found), "clock").kind is Kind.OK


def test_a_token_that_discord_refuses_is_to_be_replaced() -> None:
    found = only(iter(asked(401, {"message": "401: Unauthorized", "code": 0})), "token")
    assert found.kind is Kind.MEND
    assert "make a new one" in found.text
    assert TOKEN not in str(found)


def test_a_missing_or_malformed_token_is_told_without_showing_it() -> None:
    assert only(discord.look(settings()), "token").kind is Kind.MEND
    malformed = only(discord.look(settings(DISCORD_TOKEN="hunter2")), "token")
    assert malformed.kind is Kind.MEND
    assert "hunter2" not in str(malformed)


def test_without_a_network_nothing_is_claimed_and_nothing_fails() -> None:
    given = settings(DISCORD_TOKEN=TOKEN, DISCORD_API_BASE="http://127.0.0.1:9")
    found = list(discord.look(given))
    assert {finding.kind for finding in found} == {Kind.NOTE}


@pytest.mark.parametrize("status", [500, 503])
def test_a_discord_that_is_ill_is_as_none(status: int) -> None:
    assert only(iter(asked(status, {})), "token").kind is Kind.NOTE


@pytest.mark.parametrize(("ahead", "kind"), [(0, Kind.OK), (-45, Kind.MEND), (3_600, Kind.MEND)])
def test_a_clock_that_is_off_is_to_be_set(ahead: float, kind: Kind) -> None:
    assert only(iter(asked(200, APPLICATION, ahead)), "clock").kind is kind


def test_the_public_key_of_another_application_is_told() -> None:
    found = asked(200, APPLICATION, DISCORD_PUBLIC_KEY="cd" * 32)
    assert Kind.MEND in {finding.kind for finding in found if finding.about == "public key"}
    found = asked(200, APPLICATION, DISCORD_PUBLIC_KEY=KEY)
    assert {finding.kind for finding in found if finding.about == "public key"} == {Kind.OK}


def test_privileged_intents_that_nobody_needs_are_told() -> None:
    found = only(iter(asked(200, {**APPLICATION, "flags": 1 << 19})), "intents")
    assert found.kind is Kind.NOTE
    assert "message content" in found.text


def test_which_way_interactions_come_is_told() -> None:
    by_http = asked(200, {**APPLICATION, "interactions_endpoint_url": "https://bot.example/interactions"})
    assert "`run` hears none" in only(iter(by_http), "way in").text
    assert "not `serve`" in only(iter(asked(200, APPLICATION)), "way in").text


def test_python_that_is_too_old_is_told() -> None:
    assert machine.python().kind is Kind.OK
    assert machine.python((3, 10, 4)).kind is Kind.MEND


def test_a_package_of_another_version_or_missing_is_named(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text(
        "click==0.1 \\\n    --hash=sha256:00\n"
        "no-such-package==1.0\n"
        "not-for-this-machine==1.0 ; sys_platform == 'plan9'\n"
    )
    found = machine.packages(pins)
    assert found.kind is Kind.MEND
    assert "click " in found.text
    assert "not 0.1" in found.text
    assert "no-such-package missing, not 1.0" in found.text
    assert "not-for-this-machine" not in found.text
    assert machine.packages(tmp_path / "none.txt").kind is Kind.NOTE


def test_the_packages_here_are_those_that_are_pinned() -> None:
    assert machine.packages(ROOT / "requirements.txt").kind is Kind.OK


def test_secrets_that_others_may_read_are_told(tmp_path: Path) -> None:
    mine, open_to_all = tmp_path / "mine", tmp_path / ".env"
    mine.touch(0o600)
    open_to_all.touch()
    open_to_all.chmod(0o644)
    found = list(machine.private_files([mine, open_to_all, tmp_path / "absent"]))
    assert [finding.kind for finding in found] == [Kind.OK, Kind.MEND]
    assert f"chmod 600 {open_to_all}" in found[1].text


def test_data_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert parts.data(tmp_path).kind is Kind.MEND
    found = parts.catalogue(settings(BOT_DATA=str(tmp_path), BOT_CATALOGUE=str(tmp_path / "c.db")))
    assert found.kind is Kind.MEND


def test_state_is_looked_at_and_not_made(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "state.db"
    [found] = parts.state(settings(DATABASE_URL=f"sqlite:///{file}"))
    assert found.kind is Kind.NOTE
    assert not file.parent.exists()


def test_state_that_works_is_ok(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"

    async def make() -> None:
        await (await State.open(url)).close()

    asyncio.run(make())
    [found] = parts.state(settings(DATABASE_URL=url))
    assert found.kind is Kind.OK


def test_state_that_is_no_database_or_does_not_answer_is_told(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    file.write_text("this is no database, but long enough to look at " * 40)
    [damaged] = parts.state(settings(DATABASE_URL=f"sqlite:///{file}"))
    assert damaged.kind is Kind.MEND
    pytest.importorskip("asyncpg")
    [away] = parts.state(settings(DATABASE_URL="postgresql://bot:hunter2@127.0.0.1:9/state"))
    assert away.kind is Kind.MEND
    assert "hunter2" not in away.text


def test_a_fault_nobody_thought_of_is_a_finding_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Path) -> Finding:
        raise ArithmeticError(TOKEN)

    monkeypatch.setattr(parts, "data", broken)
    monkeypatch.setenv("DISCORD_API_BASE", "http://127.0.0.1:9")
    with pytest.raises(SystemExit, match="2"):
        doctor.main([], standalone_mode=False)
    told = capsys.readouterr().out
    assert "mend  data: it could not be looked at (ArithmeticError)" in told
    assert " state: " in told
    assert TOKEN not in told


@pytest.mark.parametrize(
    ("variables", "code", "told"),
    [
        ({"DISCORD_TOKEN": TOKEN}, 0, "note  token: it has the shape of one"),
        ({"DISCORD_TOKEN": ""}, 2, "mend  token: DISCORD_TOKEN is not set"),
        ({"LOG_FORMAT": "xml"}, 2, "mend  settings: LOG_FORMAT must be auto, human or json."),
    ],
)
def test_the_exit_code_tells_whether_something_is_to_be_mended(
    tmp_path: Path, variables: dict[str, str], code: int, told: str
) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'state.db'}",
        "DISCORD_API_BASE": "http://127.0.0.1:9",
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert told in done.stdout
    assert TOKEN not in done.stdout + done.stderr
