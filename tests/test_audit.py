"""The audit asks uv about every pin, fails for a known weakness, and claims nothing where nobody answers."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from scripts.audit import audit, script
from tests.conftest import ROOT


@contextmanager
def advisories(about: str) -> Iterator[str]:
    """A service of OSV's form that knows one weakness, of one package; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = {"vulns": [{"id": "MADE-UP-1", "modified": "2026-01-01T00:00:00Z"}]}
            names = [query["package"]["name"] for query in asked["queries"]]
            self._say({"results": [found if name == about else {} for name in names]})

        def do_GET(self) -> None:
            self._say({"id": "MADE-UP-1", "modified": "2026-01-01T00:00:00Z", "affected": []})

        def _say(self, body: Any) -> None:
            text = json.dumps(body).encode()
            self.send_response_only(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text(f"click=={version('click')} \\\n    --hash=sha256:00\n")
    return file


def test_every_pin_is_asked_about_with_its_marker() -> None:
    asked = script((ROOT / "requirements-dev.txt").read_text(encoding="utf-8"))
    assert f'#   "click=={version("click")}",' in asked
    assert " ; python_full_version" in asked
    assert "sha256" not in asked
    assert "\\" not in asked


@pytest.mark.parametrize(("about", "code"), [("click", 1), ("another", 0)])
def test_a_known_weakness_fails_the_audit(
    pins: Path, capsys: pytest.CaptureFixture[str], about: str, code: int
) -> None:
    with advisories(about) as address:
        found = audit(pins, ["--service-url", address])
    told = capsys.readouterr().out
    if "cannot be reached" in told and not os.environ.get("EVIDENCE_BOT_NO_SKIP"):
        pytest.skip("no package index here, in which uv looks the pins up first")
    assert found == code
    assert ("MADE-UP-1" in told) == bool(code)


def test_where_nobody_answers_nothing_is_claimed_and_nothing_fails(
    pins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(pins, ["--service-url", "http://127.0.0.1:9/"]) == 0
    assert "nothing was audited" in capsys.readouterr().out
