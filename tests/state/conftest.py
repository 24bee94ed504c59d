"""Both engines: a file in its own folder, or a database of its own on a server that runs for all tests."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.state import State
from tests import needs
from tests.state.postgres import Server, programs

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    found = programs()
    if found is None:
        needs.missing(
            "PostgreSQL's server programs are not on this machine (Debian: apt-get install postgresql)"
        )
    made = Server(found)
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="session")
def migrated(server: Server) -> str:
    """The name of a database that state was opened in once: to copy it is faster than to migrate anew."""
    name = "migrated"
    server.create(name)

    async def migrate() -> None:
        await (await State.open(server.url(name), patience=30)).close()

    asyncio.run(migrate())
    return name


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a file that is not there yet."""
    return f"sqlite:///{tmp_path}/deep/er/state.db"


@pytest.fixture
def postgresql_url(server: Server) -> Iterator[str]:
    """The address of an empty database."""
    name = f"test_{uuid.uuid4().hex}"
    server.create(name)
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def migrated_postgresql_url(server: Server, migrated: str) -> Iterator[str]:
    """The address of a database of the newest form, with nothing in it."""
    name = f"test_{uuid.uuid4().hex}"
    server.create(name, template=migrated)
    yield server.url(name)
    server.drop(name)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, once of each engine."""
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address


@pytest.fixture(params=ENGINES)
def state_url(request: pytest.FixtureRequest) -> str:
    """The address that ``state`` is opened at."""
    names = {"sqlite": "sqlite_url", "postgresql": "migrated_postgresql_url"}
    address: str = request.getfixturevalue(names[request.param])
    return address


@pytest.fixture
async def state(state_url: str) -> AsyncIterator[State]:
    """An open state with nothing in it, once in each engine."""
    async with await State.open(state_url, patience=10) as opened:
        yield opened
