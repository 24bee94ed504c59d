"""Answers of sources, kept on disk for a while: run again, a batch goes on where it stopped."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from bot.catalogue.source import write_whole


class Answer(msgspec.Struct, frozen=True):
    """What a source answered: the HTTP status (200 or 404) and the body."""

    status: int
    body: bytes


class _Kept(msgspec.Struct, frozen=True):
    asked: str
    at: float
    answer: Answer


class Cache:
    """One file an answer below ``folder``, named by a hash of what was asked; safe to delete at any time.

    What was asked never holds an e-mail address or a key, so neither does the cache.
    """

    def __init__(
        self, folder: Path, *, max_age: float, read: bool = True, now: Callable[[], float] = time.time
    ) -> None:
        """``max_age`` is in seconds; without ``read`` answers are only kept for later runs. ``now`` gives the
        time in seconds since 1970.
        """
        self._folder = folder
        self._read = read
        self._max_age = max_age
        self._now = now

    def get(self, asked: str) -> Answer | None:
        """The answer to ``asked``, unless there is none, it is too old or its file is broken."""
        if not self._read:
            return None
        try:
            kept = msgspec.msgpack.decode(self._path(asked).read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return None
        fresh = 0 <= self._now() - kept.at < self._max_age
        return kept.answer if fresh and kept.asked == asked else None

    def put(self, asked: str, answer: Answer) -> None:
        """Keep an answer. A disk that cannot be written costs the next run time, not this one its work."""
        kept = _Kept(asked=asked, at=self._now(), answer=answer)
        try:
            write_whole(self._path(asked), msgspec.msgpack.encode(kept))
        except OSError:
            return

    def _path(self, asked: str) -> Path:
        name = hashlib.sha256(asked.encode()).hexdigest()
        return self._folder / name[:2] / name
