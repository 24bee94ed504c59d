"""Building the catalogue in a process of its own, before the bot starts.

A build needs some 40 MB for a second, which Python would not give back; the process that answers lives on.
"""

import os
import subprocess
import sys

from bot.catalogue.content import content_hash
from bot.catalogue.store import Catalogue, DamagedCatalogueError
from bot.settings import ROOT, Settings


def build_apart(settings: Settings) -> None:
    """Build the catalogue, if it is not as new as its files. What goes wrong shows when it is opened."""
    if not _is_fresh(settings):
        command, environment = build_command(settings)
        subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True)  # noqa: S603 - ours


def build_command(settings: Settings) -> tuple[list[str], dict[str, str]]:
    """The command that builds the catalogue of these settings, and its environment."""
    places = {
        "BOT_DATA": settings.data,
        "BOT_CATALOGUE": settings.catalogue,
        "BOT_RESPONSES": settings.responses,
    }
    environment = {**os.environ, **{name: str(place) for name, place in places.items()}}
    return [sys.executable, "-m", "bot", "build"], environment


def _is_fresh(settings: Settings) -> bool:
    try:
        catalogue = Catalogue(settings.catalogue)
    except (OSError, DamagedCatalogueError):
        return False
    try:
        return catalogue.meta.content_hash == content_hash(settings.data)
    except OSError:
        return False
    finally:
        catalogue.close()
