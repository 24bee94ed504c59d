"""Files that hold what people wrote: for their owner alone, and whole or not there at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.state.errors import TransferError


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """An empty file to write to, which only its owner may read; the target appears when the block ended well.

    Raises:
        TransferError: the target is there already, or cannot be written.
    """
    if target.exists():
        what = f"{target} is there already."
        raise TransferError(what, "Name a file that is not there yet.")
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _unwritable(target) from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise _unwritable(target) from error
    finally:
        part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """See that a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(target: Path) -> TransferError:
    return TransferError(
        f"{target} cannot be written.", "Name a folder that is there, has room and may be written to."
    )
