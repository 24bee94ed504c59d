"""The command ``doctor``."""

import sys
from collections.abc import Iterator
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
    yield parts.data(settings.data)
    yield parts.catalogue(settings)
    yield from parts.state(settings)
    yield from discord.look(settings)
