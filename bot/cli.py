"""The command line: ``evidence-bot``, or ``python -m bot``.

Every command imports what it needs when it runs, so that ``ask`` starts fast.
"""

import importlib
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TextIO

import click

from bot import __version__
from bot.console import file_faults, load_settings, open_library, outlive_hangup, stop


class _Lazy(click.Group):
    """A group that imports a command defined elsewhere only when it is asked for by name (or in the help)."""

    elsewhere: Final[Mapping[str, str]] = {
        "suggestions": "bot.state.commands:suggestions_group",
        "state": "bot.state.commands:state_group",
        "cards": "bot.chat.discord.cards_commands:cards_group",
        "new": "bot.curate.commands:new",
        "refresh": "bot.curate.commands:refresh",
        "changelog": "bot.curate.commands:changelog",
        "preview": "bot.site.commands:preview",
        "export": "bot.site.commands:export",
        "pictures": "bot.site.commands:pictures",
        "serve": "bot.chat.http.commands:serve",
        "doctor": "bot.doctor.commands:doctor",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, wherever they are defined."""
        return sorted({*super().list_commands(ctx), *self.elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported if need be."""
        place = self.elsewhere.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Evidence on ME/CFS from a curated catalogue, in chat and in the terminal."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s", stream=sys.stderr)


@main.command()
def chat() -> None:
    """Talk in the terminal."""
    from bot.answer.desk import Desk
    from bot.chat.terminal import chat

    chat(Desk(open_library(load_settings())))


@main.command()
@click.argument("line", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the reply as one JSON object.")
@click.option("--explain", is_flag=True, help="Print which signals put which hits first, and no reply.")
@click.option("--plain", is_flag=True, help="Print text without Markdown.")
@click.option(
    "--batch", type=click.File(errors="replace"), help="Answer one request a line (- for standard input)."
)
@click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), help="Write the reply's files to a folder."
)
@file_faults()
def ask(
    line: str | None, as_json: bool, explain: bool, plain: bool, batch: TextIO | None, save: Path | None
) -> None:
    """Answer LINE, such as "/study gupta 1997" or a question.

    Exit code: 0 for an answer or choices, 1 for no match, 2 for a request that cannot be used. With --batch:
    0 when every line got its JSON object, whatever its outcome.
    """
    from bot.answer.desk import Desk
    from bot.chat import terminal

    if (line is None) == (batch is None):
        stop("Give either a LINE or --batch FILE.")
    desk = Desk(open_library(load_settings()))
    if batch is not None:
        terminal.batch(desk, batch, sys.stdout, plain=plain)
        return
    if explain:
        for told in terminal.explain(desk, line or ""):
            click.echo(told)
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
@file_faults()
def check(missing: bool, warnings: bool) -> None:
    """Check every data file; print each problem as "file: field: what is wrong: how to mend it"."""
    from bot.catalogue.source import read_folder
    from bot.citation.check import missing as fields_missing
    from bot.citation.check import whole

    data = load_settings().data
    try:
        sources = read_folder(data)
    except FileNotFoundError as error:
        stop(f"{error}. Set BOT_DATA to the folder of the data files.")
    report = whole(sources, data)
    if missing:
        for line in (*fields_missing(sources), *report.gaps):
            click.echo(line)
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
@file_faults()
def format_() -> None:
    """Lay out every data file as the others are."""
    from bot.catalogue.source import tidy

    for path in tidy(load_settings().data):
        click.echo(f"Wrote {path}")


@main.command()
@file_faults()
def schemas() -> None:
    """Write the JSON Schemas that editors use for the data files."""
    from bot.catalogue import schemas

    for path in schemas.write(load_settings().data):
        click.echo(f"Wrote {path}")


@main.command()
@click.option("--force", is_flag=True, help="Build even if the catalogue is as new as the data files.")
@file_faults()
def build(force: bool) -> None:
    """Build the catalogue database from the data files."""
    from bot.answer.desk import Desk

    settings = load_settings()
    if force:
        settings.catalogue.unlink(missing_ok=True)
    desk = Desk(open_library(settings))
    meta = desk.library.catalogue.meta
    click.echo(
        f"{settings.catalogue}: catalogue {meta.catalogue_version} ({meta.content_hash[:8]}), "
        f"{meta.studies} studies, {meta.topics} topics, {meta.criteria} case definitions"
    )


@main.command()
@click.option("--render", is_flag=True, help="Render every citation that is missing or out of date.")
@click.option("--afresh", is_flag=True, help="With --render: render all of them.")
@file_faults()
def cite(render: bool, afresh: bool) -> None:
    """Render the citations into data/citations.json (needs pandoc, from the development packages)."""
    from bot.citation.render import NoPandocError, PandocError, render_all

    if not render:
        stop('Nothing to do. Use --render, or for a citation: evidence-bot ask "/cite gupta 1997".')
    try:
        summary = render_all(load_settings().data, afresh=afresh, tell=click.echo)
    except (NoPandocError, PandocError, ValueError) as error:
        stop(str(error))
    click.echo(f"{summary.rendered} rendered, {summary.kept} kept, {summary.dropped} dropped.")


@main.command()
def run() -> None:
    """Run the bot on Discord."""
    outlive_hangup()
    from bot.chat.discord.run import run

    sys.exit(run(load_settings()))


@main.command()
@click.option("--guild", type=int, help="Register in one server only, where it shows at once.")
def sync(guild: int | None) -> None:
    """Register the commands with Discord."""
    from bot.chat.discord.run import sync

    sys.exit(sync(load_settings(), guild))


@main.command()
def invite() -> None:
    """Print the links that install the bot, with the least permissions."""
    from bot.chat.discord.run import invite

    sys.exit(invite(load_settings()))


@main.command()
def metadata() -> None:
    """Print descriptions of the tables, for: datasette data/catalogue.db --metadata FILE."""
    import json

    from bot.catalogue.tables import datasette_metadata

    click.echo(json.dumps(datasette_metadata(), indent=2))
