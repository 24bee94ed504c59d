"""The command ``serve``."""

import sys
from typing import Final

import click

from bot.console import outlive_hangup
from bot.settings import Settings, SettingsError

_USAGE: Final = 2


@click.command()
def serve() -> None:
    """Answer Discord's HTTP interactions endpoint.

    It listens on SERVE_HOST and PORT; give Discord its public address with /interactions at the end. Any
    number of copies may run behind a load balancer. docs/operating.md tells more.
    """
    outlive_hangup()
    try:
        from bot.chat.http.server import serve as run  # noqa: PLC0415 - an optional part
    except ModuleNotFoundError as error:
        click.echo(f"{error.name} is not installed. Install it: pip install 'evidence-bot[serve]'.", err=True)
        sys.exit(_USAGE)
    try:
        settings = Settings.load()
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(_USAGE)
    sys.exit(run(settings))
