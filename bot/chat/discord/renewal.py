"""A newer catalogue is opened while the bot runs; people notice nothing but newer answers."""

import asyncio
import ctypes
import gc
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from bot.answer.commands import COMMANDS
from bot.answer.desk import Desk
from bot.answer.library import Library, LibraryError
from bot.catalogue.content import content_hash
from bot.chat.discord.apart import build_command
from bot.chat.discord.front import Front
from bot.settings import ROOT

_log = structlog.get_logger(__name__)

#: Seconds after which nothing can use a catalogue any more: Discord takes no answer after 15 minutes.
_LONGEST_ANSWER: Final = 900.0


class Renewal:
    """Opens the catalogue anew when its files changed, and closes the old one when no reply uses it.

    Args:
        front: whose desk is replaced, at once and as a whole.
        quiet: returns when no reply that was begun before is under way.
    """

    def __init__(self, front: Front, quiet: Callable[[], Awaitable[None]]) -> None:
        self._front = front
        self._quiet = quiet
        self._closing: set[asyncio.Task[None]] = set()

    async def look(self) -> bool:
        """Open the catalogue anew if the data files are not those that it was made from.

        Returns:
            Whether there is a new one. Files that cannot be used are told in the log, and the catalogue that
            is open stays.
        """
        settings, old = self._front.settings, self._front.desk.library
        try:
            found = await asyncio.to_thread(content_hash, settings.data)
            if found == old.catalogue.meta.content_hash:
                return False
            await self._build()
            old.shed()  # the new one then comes to lie where that was, and not beside it
            desk = await asyncio.to_thread(self._open)
        except (LibraryError, OSError) as error:
            _log.error("a new catalogue cannot be used", what=str(error))
            return False
        self._front.desk = desk
        meta = desk.library.catalogue.meta
        _log.info("a new catalogue is open", version=meta.catalogue_version, studies=meta.studies)
        closing = asyncio.create_task(self._close(old), name="close the old catalogue")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        return True

    async def end(self) -> None:
        """Close what waits to be closed."""
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _build(self) -> None:
        """Build in a process of its own: its work and its memory would be felt for long in this one.

        Raises:
            LibraryError: when the files cannot be built from.
        """
        command, environment = build_command(self._front.settings)
        building = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, told = await building.communicate()
        except asyncio.CancelledError:
            building.kill()
            await building.wait()
            raise
        if building.returncode:
            lines = told.decode(errors="replace").strip().splitlines() or ["the build was ended"]
            raise LibraryError(lines[-1])

    def _open(self) -> Desk:
        gc.collect()
        desk = Desk(Library.of(self._front.settings))
        warm_up(desk)
        return desk

    async def _close(self, old: Library) -> None:
        try:
            async with asyncio.timeout(_LONGEST_ANSWER):
                await self._quiet()
        except TimeoutError:
            pass  # always busy, but not with what was asked then
        finally:
            old.close()
            del old
            await asyncio.to_thread(_give_back)


def _give_back() -> None:
    """Give the memory of a closed catalogue back at once.

    Its caches refer to each other, and would lie about for hours; and glibc keeps what was freed between
    what is in use (measured with the catalogue of 2026: 137 MB after five renewals, 100 MB with this).
    """
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def warm_up(desk: Desk) -> None:
    """Let the desk read now what it would otherwise read while the first people wait."""
    for command in COMMANDS.values():
        desk.answer_line(command.example)
        for option in command.options:
            desk.complete(command.name, option.name, "fatigue")
    desk.answer_line("/map")  # of everything: it decodes each study once
