"""The line that cites the catalogue's own reading of a paper."""

import datetime as dt

from bot.answer.library import Library
from bot.citation.snapshot import Snapshot


def today() -> dt.date:
    """The day on which something is read (UTC)."""
    return dt.datetime.now(dt.UTC).date()


def snapshot(library: Library, entries: tuple[str, ...]) -> str:
    """The snapshot line of these entries, as read today (UTC)."""
    meta = library.catalogue.meta
    return Snapshot(
        catalogue=meta.catalogue_version,
        content_hash=meta.content_hash,
        wording=meta.scanner_version,
        policy=meta.policy_version,
        accessed=today(),
        entries=entries,
    ).line()
