"""``evidence-bot suggestions …`` and ``evidence-bot state …``: read suggestions, look after state.

Exit codes: 0 done, 1 refused (there is no such thing, or it may not be), 2 what the operator must mend.
"""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that the others start fast

import asyncio
import json
import sys
import unicodedata
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from bot.state import State, Status, Suggestion

_REFUSED = 1
_USAGE = 2
# Who types a command can wait longer than who asks in a chat.
_PATIENCE = 30.0
_SHORT = 70
# Unicode's explicit directional marks (UAX #9, section 2): they can make a line read as another.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@click.group(name="suggestions")
def suggestions_group() -> None:
    """Read what people suggested."""


@suggestions_group.command(name="list")
@click.option("--all", "which", flag_value="all", help="Closed ones too.")
@click.option("--closed", "which", flag_value="closed", help="Only closed ones.")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 1_000), help="How many at most."
)
@click.option("--before", type=int, help="Only those with a smaller number.")
def list_suggestions(which: str | None, limit: int, before: int | None) -> None:
    """List suggestions, newest first: open ones, unless told otherwise."""

    async def run(state: "State") -> None:
        found = await state.suggestions.list(_status(which or "open"), limit=limit, before=before)
        for one in found:
            about = f" [{printable(one.entry_id)}]" if one.entry_id else ""
            click.echo(f"{one.number:>5}  {one.created}  {one.status:<6} {_first_words(one.what)}{about}")
        count = await state.suggestions.count(_status(which or "open"))
        click.echo(f"{len(found)} of {count}.", err=True)

    _with_state(run)


@suggestions_group.command(name="show")
@click.argument("number", type=int)
def show_suggestion(number: int) -> None:
    """Show all of suggestion NUMBER."""

    async def run(state: "State") -> None:
        click.echo(_whole(await state.suggestions.show(number)))

    _with_state(run)


@suggestions_group.command(name="export")
@click.option("--status", type=click.Choice(["open", "closed", "all"]), default="all", show_default=True)
@click.option(
    "--output", default="-", type=click.Path(path_type=Path), help="A new file; - for standard output."
)
def export_suggestions(status: str, output: Path) -> None:
    """Write suggestions as JSON Lines, oldest first."""

    async def run(state: "State") -> None:
        with _output(output) as file:
            async for one in state.suggestions.export(_status(status)):
                file.write(json.dumps(asdict(one), ensure_ascii=False, default=str) + "\n")

    _with_state(run)


@suggestions_group.command(name="close")
@click.argument("numbers", metavar="NUMBER...", type=int, nargs=-1, required=True)
def close_suggestions(numbers: tuple[int, ...]) -> None:
    """Say that suggestion NUMBER was dealt with, and erase its contact."""

    async def run(state: "State") -> None:
        for number in numbers:
            await state.suggestions.close(number)
            click.echo(f"Suggestion {number} is closed; its contact is erased.")

    _with_state(run)


@suggestions_group.command(name="erase")
@click.argument("number", type=int)
@click.confirmation_option(prompt="Erase all of this suggestion?")
def erase_suggestion(number: int) -> None:
    """Erase all of suggestion NUMBER, because who sent it asked for that."""

    async def run(state: "State") -> None:
        await state.suggestions.erase(number)
        click.echo(f"Suggestion {number} is erased.")

    _with_state(run)


@click.group(name="state")
def state_group() -> None:
    """Look after what servers chose: move it, back it up, erase it."""


@state_group.command(name="export")
@click.argument("target", type=click.Path(path_type=Path), default="-")
def export_state(target: Path) -> None:
    """Write all of state as JSON Lines to TARGET, a new file (- for standard output)."""

    async def run(state: "State") -> None:
        from bot.state import transfer

        with _output(target) as file, _progress("Exporting") as progress:
            async for line in transfer.export(state.database, progress):
                file.write(line)

    _with_state(run)


@state_group.command(name="import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Erase first what is there.")
def import_state(source: Path, *, replace: bool) -> None:
    """Take in SOURCE, which "state export" wrote (- for standard input): all of it or nothing."""

    async def run(state: "State") -> None:
        from bot.state import transfer

        with _progress("Importing") as progress:
            rows = await transfer.import_(state.database, _lines(source), replace=replace, progress=progress)
        click.echo(f"Imported {rows} rows into {state.where}.", err=True)

    _with_state(run)


@state_group.command(name="forget")
@click.option("--guild", required=True, type=click.IntRange(1, 2**63 - 1), help="The id of the server.")
@click.confirmation_option(prompt="Erase all that this server left here?")
def forget_guild(guild: int) -> None:
    """Erase all that a server left here: settings, reading lists, shared cards."""

    async def run(state: "State") -> None:
        gone = await state.forget(guild)
        click.echo(
            f"Erased: {gone.settings} settings, {gone.lists} reading lists, {gone.cards} shared cards."
        )

    _with_state(run)


@state_group.command(name="backup")
@click.argument("target", type=click.Path(path_type=Path))
def back_up_state(target: Path) -> None:
    """Write a back-up to TARGET, a new file. The bot may run meanwhile."""

    async def run(state: "State") -> None:
        from bot.state.backup import backup

        await backup(state.database.address, target)
        click.echo(f"Backed up {state.where} to {target}.", err=True)

    _with_state(run)


def printable(text: str) -> str:
    """What somebody wrote, without what moves the cursor, colours, or turns a line around."""
    return "".join(
        "\ufffd"
        if character in _TURNING or (character not in "\n\t" and unicodedata.category(character) == "Cc")
        else character
        for character in text
    )


def _whole(one: "Suggestion") -> str:
    ended = f", closed {one.closed}" if one.closed else ""
    parts = [f"Suggestion {one.number}, {one.created}, {one.status}{ended}"]
    for label, value in (
        ("About", one.entry_id),
        ("Where it is wrong", one.where_wrong),
        ("Link", one.link),
        ("Contact", one.contact),
    ):
        if value is not None:
            parts.append(f"{label}: {printable(value)}")
    return "\n".join([*parts, "", printable(one.what)])


def _first_words(text: str) -> str:
    line = " ".join(printable(text).split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"


def _status(name: str) -> "Status | None":
    from bot.state import Status

    return None if name == "all" else Status(name)


def _with_state(run: Callable[["State"], Coroutine[Any, Any, None]]) -> None:
    """Open state, do the work, close it; errors become a sentence and an exit code."""
    from bot.settings import Settings, SettingsError
    from bot.state import State, StateError, StateUnavailableError

    async def whole() -> None:
        async with await State.open(Settings.load().database_url.reveal(), patience=_PATIENCE) as state:
            await run(state)

    try:
        asyncio.run(whole())
    except (SettingsError, StateUnavailableError) as error:
        _stop(str(error), _USAGE)
    except StateError as error:
        _stop(str(error), _REFUSED)


def _stop(message: str, code: int) -> None:
    click.echo(message, err=True)
    sys.exit(code)


@contextmanager
def _output(target: Path) -> Iterator[TextIO]:
    """Standard output for ``-``, else a new file that appears when it is whole."""
    from bot.state.files import written_whole

    if str(target) == "-":
        yield sys.stdout
        return
    with written_whole(target) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        yield file


def _lines(source: Path) -> Iterator[str]:
    from bot.state.errors import TransferError

    try:
        if str(source) == "-":
            yield from sys.stdin
            return
        with source.open(encoding="utf-8") as file:
            yield from file
    except (OSError, UnicodeDecodeError) as error:
        what = f"{source} cannot be read."
        raise TransferError(
            what, "Give a file of UTF-8 text that `evidence-bot state export` wrote."
        ) from error


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, when that is a terminal."""
    with click.progressbar(length=0, label=label, file=sys.stderr) as bar:

        def told(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield told
