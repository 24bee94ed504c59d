"""The command ``doctor``."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import click

from bot.doctor import machine
from bot.doctor.finding import Finding, Kind, mend
from bot.settings import ROOT, Settings, SettingsError
from bot.state import StateError
from bot.state.address import Address

_TO_MEND: Final = 2


@click.command()
def doctor() -> None:
    """Look at everything an operator can get wrong, and say what to mend.

    One line for each thing; "mend" lines say what to do. Discord is asked where it can be reached. Nothing is
    changed, except that a stale catalogue is built. Exit code: 0, or 2 when something is to be mended.
    """
    bad = False
    for finding in _findings():
        click.echo(finding)
        bad = bad or finding.kind is Kind.MEND
    sys.exit(_TO_MEND if bad else 0)


def _findings() -> Iterator[Finding]:
    yield machine.python()
    yield machine.packages(ROOT / "requirements.txt")
    try:
        settings = Settings.load()
    except SettingsError as error:
        yield mend("settings", str(error))
        return
    # Imported now: these load much, which may itself be what is broken.
    from bot.doctor import discord, parts  # noqa: PLC0415

    private = [ROOT / ".env"]
    try:
        address = Address.read(settings.database_url.reveal())
    except StateError:
        pass  # told below
    else:
        private.append(address.path)
    yield from machine.private_files([path for path in private if path.is_file()])
    yield from _guarded("data", lambda: [parts.data(settings.data)])
    yield from _guarded("catalogue", lambda: [parts.catalogue(settings)])
    yield from _guarded("state", lambda: parts.state(settings))
    yield from _guarded("Discord", lambda: discord.look(settings))


def _guarded(about: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a look finds; a fault nobody thought of is one more finding, and the other looks go on."""
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001 - its own words may hold a secret
        yield mend(about, f"it could not be looked at ({type(error).__name__}): please report that.")
