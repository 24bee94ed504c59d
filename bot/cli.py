"""The command line: ``evidence-bot``, or ``python -m bot``.

Every command imports what it needs when it runs, so that ``ask`` starts fast.
"""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

import click

from bot import __version__

if TYPE_CHECKING:
    from bot.answer.desk import Desk
    from bot.settings import Settings

USAGE = 2  # the exit code for what the person at the keyboard must mend


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Evidence on ME/CFS from a curated catalogue, in chat and in the terminal."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s", stream=sys.stderr)


@main.command()
def chat() -> None:
    """Talk in the terminal."""
    from bot.chat.terminal import chat

    chat(_desk(_settings()))


@main.command()
@click.argument("line", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the reply as one JSON object.")
@click.option("--plain", is_flag=True, help="Print text without Markdown.")
@click.option(
    "--batch", type=click.File(errors="replace"), help="Answer one request a line (- for standard input)."
)
@click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), help="Write the reply's files to a folder."
)
def ask(line: str | None, as_json: bool, plain: bool, batch: TextIO | None, save: Path | None) -> None:
    """Answer LINE, such as "/study gupta 1997" or a question.

    Exit code: 0 for an answer or choices, 1 for no match, 2 for a request that cannot be used. With --batch: 0 when
    every line got its JSON object, whatever its outcome.
    """
    from bot.chat import terminal

    if (line is None) == (batch is None):
        _stop("Give either a LINE or --batch FILE.")
    desk = _desk(_settings())
    if batch is not None:
        terminal.batch(desk, batch, sys.stdout, plain=plain)
        return
    reply, took = terminal.ask(desk, line or "")
    if as_json:
        click.echo(terminal.as_json(reply, took, plain=plain))
    else:
        terminal.show(reply, plain=plain)
    if save is not None:
        for path in terminal.save(reply.files, save):
            click.echo(f"Wrote {path}", err=True)
    sys.exit(terminal.EXIT_CODES[reply.outcome])


@main.command()
@click.option("--missing", is_flag=True, help="List what no source was seen for, most wanted first.")
@click.option("--warnings/--no-warnings", default=True, help="List warnings too.")
def check(missing: bool, warnings: bool) -> None:
    """Check every data file; print each problem as "file: field: what is wrong: how to mend it"."""
    from bot.catalogue.check import run

    data = _settings().data
    try:
        report = run(data)
    except FileNotFoundError as error:
        _stop(f"{error}. Set BOT_DATA to the folder of the data files.")
    if missing:
        for gap in report.gaps:
            click.echo(gap)
        return
    for problem in report.problems:
        click.echo(problem)
    for warning in report.warnings if warnings else ():
        click.echo(f"warning: {warning}")
    click.echo(
        f"{report.records} records: {len(report.problems)} problems, {len(report.warnings)} warnings.",
        err=True,
    )
    sys.exit(0 if report.ok else 1)


@main.command(name="format")
def format_() -> None:
    """Lay out every data file as the others are."""
    from bot.catalogue.source import tidy

    for path in tidy(_settings().data):
        click.echo(f"Wrote {path}")


@main.command()
def schemas() -> None:
    """Write the JSON Schemas that editors use for the data files."""
    from bot.catalogue import schemas

    for path in schemas.write(_settings().data):
        click.echo(f"Wrote {path}")


@main.command()
@click.option("--force", is_flag=True, help="Build even if the catalogue is as new as the data files.")
def build(force: bool) -> None:
    """Build the catalogue database from the data files."""
    settings = _settings()
    if force:
        settings.catalogue.unlink(missing_ok=True)
    desk = _desk(settings)
    meta = desk.library.catalogue.meta
    click.echo(
        f"{settings.catalogue}: catalogue {meta.catalogue_version} ({meta.content_hash[:8]}), "
        f"{meta.studies} studies, {meta.topics} topics, {meta.criteria} case definitions"
    )


@main.command()
def metadata() -> None:
    """Print descriptions of the tables, for: datasette data/catalogue.db --metadata FILE."""
    import json

    from bot.catalogue.tables import datasette_metadata

    click.echo(json.dumps(datasette_metadata(), indent=2))


def _settings() -> "Settings":
    from bot.settings import Settings, SettingsError

    try:
        return Settings.load()
    except SettingsError as error:
        _stop(str(error))


def _desk(settings: "Settings") -> "Desk":
    from bot.answer.desk import Desk
    from bot.answer.library import Library, LibraryError

    try:
        return Desk(Library.open(settings.data, settings.catalogue, settings.responses))
    except LibraryError as error:
        _stop(str(error))


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(USAGE)
