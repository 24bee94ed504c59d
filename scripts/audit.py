"""Looks up known weaknesses of every pinned package, with uv, at OSV (https://osv.dev): ``make audit``.

uv audits projects and scripts, not requirements files; so the pins are handed to it as a script's. Where the
advisories cannot be reached nothing is claimed, and nothing fails: that would be the network's fault.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.settings import ROOT

_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+==[^\s;\\]+(?: ; [^\\\n]+)?)", re.MULTILINE)
#: What uv says when it cannot reach the advisories, or the index in which it looks the pins up first.
_UNREACHABLE: Final = re.compile(r"error sending request|Failed to fetch|Could not connect", re.IGNORECASE)


def script(pins: str) -> str:
    """A script that depends on the pins of a requirements file, as far as uv looks at it."""
    found = [f'#   "{pin.strip()}",' for pin in _PIN.findall(pins)]
    head = ["# /// script", '# requires-python = ">=3.11"', "# dependencies = ["]
    return "\n".join([*head, *found, "# ]", "# ///", ""])


def audit(pins: Path, options: Sequence[str] = ()) -> int:
    """Audit the pins of a file; uv's exit code, or 0 with a remark where the advisories cannot be reached."""
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "pins.py"
        pinned.write_text(script(pins.read_text(encoding="utf-8")), encoding="utf-8")
        quiet = ["--no-config", "--no-progress", "--preview-features", "audit-command"]
        uv = [sys.executable, "-m", "uv", "audit", *quiet, "--script", str(pinned)]
        done = subprocess.run([*uv, *options], capture_output=True, text=True, check=False)
    if done.returncode and _UNREACHABLE.search(done.stderr):
        print(f"{pins.name}: the advisories cannot be reached, so nothing was audited.")
        return 0
    print(done.stdout + done.stderr, end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(audit(ROOT / "requirements-dev.txt", sys.argv[1:]))
