"""Libraries made of a few made-up records, for what the real catalogue does not hold."""

from pathlib import Path

from bot.answer.library import Library
from bot.catalogue import source
from bot.catalogue.model import Study, Topic
from tests.catalogue.fabricated import catalogue, criterion
from tests.conftest import RESPONSES


def small_library(folder: Path, *records: Study | Topic, site: str = "") -> Library:
    """An open library of these records, written below ``folder`` and built from there."""
    data = folder / "data"
    for name in (source.STUDIES, source.TOPICS):
        (data / name).mkdir(parents=True)
    for record in records:
        source.write(record, data)
    source.write_criteria(catalogue(criteria=(criterion("Fukuda 1994", requires_pem=False),)).criteria, data)
    return Library.open(data, folder / "catalogue.db", RESPONSES, site=site, pictures=folder / "pictures")
