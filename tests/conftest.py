"""What the tests share: the real data, built once, and a desk that answers from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.answer.desk import Desk
from bot.answer.library import Library
from bot.catalogue.store import Catalogue

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"
RESPONSES = ROOT / "responses"

# How long an example takes is the machine's matter: `make bench` measures what is slow, no test holds it.
settings.register_profile("whole", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("whole")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The real catalogue, built from the data files as they are."""
    opened = Library.open(DATA, tmp_path_factory.mktemp("catalogue") / "catalogue.db", RESPONSES)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def catalogue(library: Library) -> Catalogue:
    return library.catalogue


@pytest.fixture(scope="session")
def desk(library: Library) -> Desk:
    return Desk(library)
