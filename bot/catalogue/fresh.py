"""Open the catalogue, building it first where it is missing, damaged or older than its sources.

Apart from :mod:`bot.catalogue.build`, so that a start with a fresh catalogue loads neither sqlite-utils nor
the TOML reader.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.catalogue.content import content_hash
from bot.catalogue.store import Catalogue, DamagedCatalogueError

if TYPE_CHECKING:
    from bot.catalogue.source import Sources

_log = logging.getLogger(__name__)


class UnbuildableError(Exception):
    """The data files cannot be built from: which one, where, and how to mend it."""


def open_fresh(
    data: Path,
    database: Path,
    citations: Callable[[], Iterable[Mapping[str, Any]]],
    before: "Sources | None" = None,
) -> Catalogue:
    """The catalogue made from the files in ``data`` as they are now.

    Args:
        data: the folder of curated files.
        database: where the catalogue lies, or is to lie.
        citations: gives the rows of the table ``citations``; called only for a build.
        before: the files as they were a while ago, so that a build need not read again what is the same.

    Raises:
        FileNotFoundError: when ``data`` lacks its files.
        UnbuildableError: when a data file cannot be read.
        OSError: when the database cannot be written.
    """
    wanted = content_hash(data)
    try:
        catalogue = Catalogue(database)
    except FileNotFoundError:
        _log.info("building %s", database.name)
    except DamagedCatalogueError as error:
        _log.warning("%s; building it anew", error)
    else:
        if catalogue.meta.content_hash == wanted:
            return catalogue
        catalogue.close()
        _log.info("%s is older than its sources; building it anew", database.name)
    from bot.catalogue import build, source  # noqa: PLC0415 - only a build needs them, and they are slow to load

    build.build(source.read_folder(data, before), database, citations=citations(), content=wanted)
    return Catalogue(database)
