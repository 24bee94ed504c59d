"""The real catalogue, read once for the tests of this folder."""

from pathlib import Path

from bot.catalogue.source import read_folder
from bot.citation import Citations
from bot.citation.entries import FILE, read, read_entries

DATA = Path(__file__).parents[2] / "data"
SOURCES = read_folder(DATA)
STUDIES = SOURCES.studies
RENDERED = read(DATA / FILE)
CITATIONS = Citations.from_rows(read_entries(DATA / FILE))
