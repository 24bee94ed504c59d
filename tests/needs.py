"""What some tests need beside Python: a browser, a database server, a TeX.

Where it is missing they are skipped, and say why; with EVIDENCE_BOT_NO_SKIP=1, as in CI, they fail.
"""

import os
import shutil
from typing import Final, NoReturn

import pytest

#: Chromium's own traffic is switched off: it would look for its makers' hosts at every start.
CHROMIUM_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def missing(reason: str) -> NoReturn:
    """Skip the test for this reason, or fail where no skip is allowed."""
    if os.environ.get("EVIDENCE_BOT_NO_SKIP") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def program(*names: str, package: str) -> str:
    """The path of the first of these programs that is installed; ``package`` is Debian's name for it."""
    found = next(filter(None, map(shutil.which, names)), None)
    return found or missing(f"{names[0]} is not on this machine (Debian: apt-get install {package})")


def chromium() -> str:
    """The path of a Chromium."""
    return program("chromium", "chromium-browser", "google-chrome", package="chromium")
