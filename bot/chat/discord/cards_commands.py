"""The commands ``cards plan`` and ``cards update``."""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that the others start fast

import asyncio
import sys
from typing import TYPE_CHECKING, Final

import click

from bot.console import load_settings, stop

if TYPE_CHECKING:
    from collections import Counter

    from bot.answer.material import Kind
    from bot.chat.discord.front import Front

_BUSY: Final = 1


@click.group(name="cards")
def cards_group() -> None:
    """Correct cards that were shared in channels and are no longer true."""


@cards_group.command()
def plan() -> None:
    """Print which cards would be corrected, and why; change nothing, and ask Discord nothing.

    One line for each entry: how many cards, the entry, what changed.
    """
    from bot.answer.library import Library, LibraryError
    from bot.state import StateError

    settings = load_settings()

    async def work() -> "Counter[tuple[str, tuple[Kind, ...]]]":
        from bot.chat.discord.cards import plan
        from bot.state import State

        async with await State.open(settings.database_url.reveal()) as state:
            return await plan(state, lambda: library)

    try:
        library = Library.of(settings)
        counted = asyncio.run(work())
    except (LibraryError, StateError) as error:
        stop(str(error))
    for (entry, kinds), count in sorted(counted.items()):
        click.echo(f"{count}\t{entry}\t{', '.join(kinds) or 'unfinished'}")
    click.echo(f"{counted.total()} cards to correct.", err=True)


@cards_group.command()
def update() -> None:
    """Correct every card that has to be corrected, once. The bot does the same by itself while it runs.

    Exit code: 0 when nothing is left to do; 1 when another process is at it, or some cards could not be
    corrected now; 2 for what has to be mended first.
    """
    from bot import log
    from bot.chat.discord.run import secrets_in, with_front

    settings = load_settings()
    log.set_up(settings.log_format, secrets_in(settings))
    sys.exit(with_front(settings, _update))


async def _update(front: "Front") -> int:
    import discord

    from bot.chat.discord import cards
    from bot.chat.discord.client import EvidenceClient
    from bot.chat.discord.run import REFUSED, TRANSIENT, MendError, token_of
    from bot.state import StateError

    async with EvidenceClient(front, register=False) as client:
        try:
            await client.login(token_of(front.settings).reveal())
            await front.state.tidy()
            done = await cards.update(client)
        except discord.LoginFailure:
            raise MendError(REFUSED) from None
        except (cards.AwayError, *TRANSIENT) as error:
            message = "Discord cannot be reached now; what is left is done by the next update."
            raise MendError(message) from error
        except StateError as error:
            raise MendError(str(error)) from error
    if done is None:
        click.echo("Another process is correcting cards just now.", err=True)
        return _BUSY
    click.echo(
        f"{done.corrected} corrected, {done.forgotten} forgotten because they are gone, "
        f"{done.refused} that Discord does not let me edit, {done.failed} left for later."
    )
    return _BUSY if done.failed else 0
