"""Commands on pages and data: ``preview``, ``export`` and ``pictures``."""

from contextlib import suppress
from pathlib import Path

import click

from bot.console import file_faults, load_settings, open_library, stop

FORMATS = ("csv", "json", "bib", "ris", "csl", "sqlite", "html")


@click.command()
@click.option("--port", default=8642, show_default=True, type=click.IntRange(1, 65535))
@file_faults()
def preview(port: int) -> None:
    """Browse the catalogue as readers will see it; pages reload when a file is saved.

    Only this machine can reach the pages.
    """
    try:
        from bot.site.preview import Server, application  # noqa: PLC0415 - commands import what they need
    except ModuleNotFoundError as error:
        stop(f"{error.name} is missing: install the extra with `pip install 'evidence-bot[preview]'`.")
    from bot.answer.library import PICTURES  # noqa: PLC0415
    from bot.settings import ROOT  # noqa: PLC0415
    from bot.site.workshop import Workshop  # noqa: PLC0415

    settings = load_settings()
    for folder in (settings.data, settings.responses):
        if not folder.is_dir():
            stop(f"There is no folder {folder}. Set BOT_DATA and BOT_RESPONSES to the folders.")
    database = ROOT / "var" / "preview.db"
    database.parent.mkdir(parents=True, exist_ok=True)
    workshop = Workshop(settings.data, database, settings.responses, PICTURES)
    click.echo(f"Reading the catalogue. Then open http://127.0.0.1:{port}/ (Ctrl-C ends it).", err=True)
    with suppress(KeyboardInterrupt):
        Server(application(workshop), port).run()


@click.command()
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="What to write.")
@click.option("--topic", "tags", multiple=True, help="Only studies with this tag; may be repeated.")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write; for csv and html, the folder.",
)
def export(form: str, tags: tuple[str, ...], target: Path) -> None:
    """Write the whole catalogue, or the studies of some topics, in another form.

    csv: three tables and a data dictionary. json: everything in one file. bib, ris, csl: the studies, for
    reference managers. sqlite: the catalogue's database. html: a static site with one page for each study and
    question.
    """
    from bot.site.exporting import UnusableExportError, write  # noqa: PLC0415

    library = open_library(load_settings())
    try:
        written = write(library, form, target, tags)
    except UnusableExportError as error:
        stop(str(error))
    except OSError as error:
        stop(f"{target} cannot be written ({error.strerror}): choose another place with --to.")
    click.echo(f"Wrote {target}: {written}", err=True)


@click.command()
def pictures() -> None:
    """Draw the maps of all studies and of every topic ahead, so that nobody waits for them."""
    from bot.answer.map import draw_ahead  # noqa: PLC0415
    from bot.answer.picture import can_draw  # noqa: PLC0415

    if not can_draw():
        stop("Pillow or its font is missing: install the extra with `pip install 'evidence-bot[pictures]'`.")
    library = open_library(load_settings())
    click.echo(f"Drew {draw_ahead(library)} pictures into {library.pictures.folder}", err=True)
