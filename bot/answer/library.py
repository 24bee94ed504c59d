"""Everything an answer draws on: the catalogue, the search over it, the stored citations, the templates."""

import sqlite3
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.answer import filters
from bot.answer.kept import Kept
from bot.answer.picture import Pictures
from bot.answer.render import Templates
from bot.catalogue.fresh import UnbuildableError, open_fresh
from bot.catalogue.search import Search
from bot.catalogue.store import Catalogue
from bot.citation.citations import Citations, entry_of
from bot.citation.entries import FILE, Entry, read_entries
from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from bot.catalogue.source import Sources

PICTURES: Final = ROOT / "var" / "pictures"


class LibraryError(Exception):
    """The library cannot be opened: one sentence what is wrong, one what to do."""


@dataclass(frozen=True)
class Library:
    """An open catalogue with its search and the templates; made anew when the catalogue changes.

    ``site`` is the address of the catalogue's own pages, without a slash at its end; empty where it has
    none. ``kept`` are cards that were made from it already.
    """

    catalogue: Catalogue
    search: Search
    citations: Citations
    templates: Templates
    pictures: Pictures
    site: str = ""
    kept: Kept = field(default_factory=Kept, compare=False)

    @classmethod
    def of(cls, settings: Settings) -> "Library":
        """Open the catalogue that the settings name, with the address of its pages; as :meth:`open`."""
        site = settings.site_url or ""
        return cls.open(settings.data, settings.catalogue, settings.responses, site=site)

    @classmethod
    def open(
        cls,
        data: Path,
        database: Path,
        responses: Path,
        *,
        site: str = "",
        pictures: Path = PICTURES,
        before: "Sources | None" = None,
    ) -> "Library":
        """Open the catalogue, building it first where it is missing, damaged or older than the data files.

        Args:
            data: the folder of curated files.
            database: where the catalogue lies, or is to lie.
            responses: the folder of templates.
            site: the address of the catalogue's own pages, to which cards then link.
            pictures: where pictures are kept once they are drawn.
            before: the data files as they were a while ago; a build reads only what is different.

        Raises:
            LibraryError: when a file is missing or cannot be read, or the database cannot be written.
        """
        try:
            templates = Templates(responses)
            filters.add(templates)
            catalogue = open_fresh(data, database, lambda: read_entries(data / FILE), before)
        except tomllib.TOMLDecodeError as error:
            message = f"{responses.name}/labels.toml is not valid TOML ({error}): mend it there."
            raise LibraryError(message) from error
        except UnbuildableError as error:
            message = f"The catalogue cannot be built: {error}"
            raise LibraryError(message) from error
        except FileNotFoundError as error:
            message = f"A file or folder is missing ({error}). Set BOT_DATA, BOT_RESPONSES or BOT_CATALOGUE."
            raise LibraryError(message) from error
        except (OSError, sqlite3.OperationalError) as error:
            message = f"{database} cannot be read or written ({error}). Free the disk, or set BOT_CATALOGUE."
            raise LibraryError(message) from error

        def stored(study: str, style: str) -> Entry | None:
            row = catalogue.citation(study, style)
            return entry_of(row) if row else None

        return cls(
            catalogue, Search(catalogue.connection), Citations(stored), templates, Pictures(pictures), site
        )

    def shed(self) -> None:
        """Let go of what was made before; it stays open, and answers a little slower for a while."""
        self.kept.clear()
        self.catalogue.shed()

    def close(self) -> None:
        """Let go of the catalogue."""
        self.catalogue.close()
