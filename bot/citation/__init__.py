"""How to cite it: styles rendered ahead of time, export formats, the snapshot line.

The running bot looks citations up (:class:`Citations`) and writes files (:func:`export`); it needs no
citation engine. Rendering (:mod:`bot.citation.render`) is for those who change the data, and is not imported
here.
"""

from bot.citation.bibliography import Bibliography, bibliography
from bot.citation.citations import Citation, Citations, NotRenderedError
from bot.citation.entries import read_entries, stale_entries
from bot.citation.export import Export, NothingToExportError, export
from bot.citation.snapshot import Snapshot
from bot.citation.styles import DEFAULT_STYLE, FORMATS, STYLES, Format, Style, find

__all__ = [
    "DEFAULT_STYLE",
    "FORMATS",
    "STYLES",
    "Bibliography",
    "Citation",
    "Citations",
    "Export",
    "Format",
    "NotRenderedError",
    "NothingToExportError",
    "Snapshot",
    "Style",
    "bibliography",
    "export",
    "find",
    "read_entries",
    "stale_entries",
]
