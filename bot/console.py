"""What every command line begins and ends with: settings, the library, one sentence and exit code 2."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

import click

if TYPE_CHECKING:
    from bot.answer.library import Library
    from bot.settings import Settings

#: The exit code for what the person at the keyboard must mend first.
USAGE: Final = 2


def stop(message: str) -> NoReturn:
    """Say what is wrong and what to do, and leave."""
    click.echo(message, err=True)
    sys.exit(USAGE)


@contextmanager
def file_faults() -> Iterator[None]:
    """Leave with one sentence where a file cannot be read or written: a full disk, a folder for reading only.

    For commands that end by themselves, as a decorator; what runs for days must not end for one file.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None:  # no file: a pipe whose reader left, which click knows
            raise
        stop(f"{error.filename} cannot be read or written ({error.strerror}): free or allow it, then go on.")


def load_settings() -> "Settings":
    """The settings of this process; leaves where one cannot be used."""
    from bot.settings import Settings, SettingsError  # noqa: PLC0415 - the help of a command needs no settings

    try:
        return Settings.load()
    except SettingsError as error:
        stop(str(error))


def open_library(settings: "Settings") -> "Library":
    """The library that the settings name; leaves where it cannot be opened."""
    from bot.answer.library import Library, LibraryError  # noqa: PLC0415 - nor the library

    try:
        return Library.of(settings)
    except LibraryError as error:
        stop(str(error))


def outlive_hangup() -> None:
    """Let SIGHUP not end this process while it starts.

    To a process that runs it says that there are new data files. One that is starting will open them anyway.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
