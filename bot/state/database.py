"""The database: one engine a process, reads and writes as transactions, errors as one kind.

SQLite runs in WAL mode with ``synchronous = FULL``: a commit that returned is on the disk, also after kill -9
or a power cut. PostgreSQL promises the same by default (``synchronous_commit = on``).
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from importlib import import_module
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.state.address import Address, Kind
from bot.state.errors import StateUnavailableError
from bot.state.trouble import told_plainly

#: Seconds that one read or write may take. Discord gives three for the whole of an answer.
PATIENCE: Final = 2.0
#: Connections to PostgreSQL that one process holds at most.
CONNECTIONS: Final = 5
_GOODBYE: Final = 0.3  # seconds

# How a transaction begins. SQLite: a write takes the lock at once, because to take it half-way fails when
# another writer came in between. PostgreSQL: a read sees one moment, also when it asks twice.
_READ: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.SQLITE: {"begin": "BEGIN"},
    Kind.POSTGRESQL: {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
_WRITE: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.SQLITE: {"begin": "BEGIN IMMEDIATE"},
    Kind.POSTGRESQL: {},
}

# At level DEBUG the driver logs every statement with its values: what people wrote would stand in the log.
logging.getLogger("aiosqlite").setLevel(logging.INFO)


class Database:
    """An open database. Made by :meth:`open`; to be closed.

    Attributes:
        address: where it is.
        patience: seconds that one read or write may take.
    """

    def __init__(self, address: Address, patience: float) -> None:
        self.address = address
        self.patience = patience
        self._engine = _engine(address, patience)
        self._one_writer = asyncio.Lock()

    def __repr__(self) -> str:
        """Without the password."""
        return f"Database({self.address.shown!r})"

    @property
    def kind(self) -> Kind:
        """Which engine."""
        return self.address.kind

    async def close(self) -> None:
        """Close all connections; to close twice is no error."""
        await self._engine.dispose()

    @asynccontextmanager
    async def read(self, *, patience: float | None = None) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one moment of the database and changes nothing.

        Raises:
            StateUnavailableError: the database cannot be read now.
        """
        async with self._transaction(_READ[self.kind], patience) as connection:
            yield connection

    @asynccontextmanager
    async def write(
        self, *, hold: str | None = None, patience: float | None = None
    ) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed when the block ends, and undone when it raises.

        Args:
            hold: the name of what nobody else may change meanwhile, so that the block may look first and then
                act.
                (SQLite holds everything anyway.)
            patience: seconds, when other than the database's own.

        Raises:
            StateUnavailableError: the database cannot be written now; nothing, or all, was written.
        """
        async with self._transaction(_WRITE[self.kind], patience) as connection:
            if hold is not None and self.kind is Kind.POSTGRESQL:
                await connection.execute(
                    text("SELECT pg_advisory_xact_lock(hashtextextended(:hold, 0))"),
                    {"hold": f"evidence-bot {hold}"},
                )
            yield connection
            await connection.commit()

    async def scrub(self) -> None:
        """After something was erased: see that it is gone from SQLite's log, too, if nobody reads that now.

        Else it goes when the log is begun anew. PostgreSQL needs none of this.
        """
        if self.kind is not Kind.SQLITE:
            return
        with suppress(StateUnavailableError), told_plainly(self.address):
            async with self._turn(self.patience), self._engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                async with driver.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                    await cursor.fetchall()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection]:
        """A connection of one's own outside any transaction, for as long as it is wanted.

        Raises:
            StateUnavailableError: there is none to be had.
        """
        async with AsyncExitStack() as stack:
            with told_plainly(self.address):
                async with asyncio.timeout(self.patience):
                    connection = await stack.enter_async_context(self._engine.connect())
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    @asynccontextmanager
    async def _transaction(
        self, options: Mapping[str, Any], patience: float | None
    ) -> AsyncIterator[AsyncConnection]:
        seconds = self.patience if patience is None else patience
        # A statement of SQLite cannot hang: its busy timeout ends it. A network can.
        limit = asyncio.timeout(seconds if self.kind is Kind.POSTGRESQL else None)
        turn = self._turn(seconds) if options is _WRITE[Kind.SQLITE] else nullcontext()
        with told_plainly(self.address):
            async with limit, turn, self._engine.connect() as connection:
                await connection.execution_options(**options)
                try:
                    await connection.begin()
                    yield connection
                except DBAPIError:
                    # Whatever is wrong with the file or the server, the next call gets a connection made
                    # after it.
                    await connection.invalidate()
                    raise

    @asynccontextmanager
    async def _turn(self, seconds: float) -> AsyncIterator[None]:
        """Wait to be SQLite's one writer in this process: fair, which waiting in its busy handler is not."""
        async with asyncio.timeout(seconds):
            await self._one_writer.acquire()
        try:
            yield
        finally:
            self._one_writer.release()


def prepared(url: str | None) -> Address:
    """Read an address; where it names a file that is not there yet, make it, for nobody else to read.

    Raises:
        StateUnavailableError: the address cannot be read, or the file not made.
    """
    address = Address.read(url)
    if address.kind is Kind.SQLITE:
        with told_plainly(address):
            address.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(address.path, os.O_CREAT | os.O_RDONLY, 0o600))
    return address


def _engine(address: Address, patience: float) -> AsyncEngine:
    if address.kind is Kind.POSTGRESQL:
        return _postgresql(address, patience)
    return _sqlite(address, patience)


def _sqlite(address: Address, patience: float) -> AsyncEngine:
    # mode=rw: a file that went away is an error, not an empty database.
    file = f"file:{quote(os.fspath(address.path.absolute()))}"
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=file, query={"uri": "true", "mode": "rw"}),
        connect_args={"isolation_level": None, "timeout": patience},  # transactions begin where told below
        pool_size=3,
        max_overflow=0,
        pool_timeout=patience,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def _postgresql(address: Address, patience: float) -> AsyncEngine:
    try:  # an optional part: who keeps state in SQLite needs none of it
        asyncpg = import_module("asyncpg")
    except ImportError as error:
        what = "DATABASE_URL names PostgreSQL, and its driver is not installed."
        raise StateUnavailableError(what, "Install it: pip install 'evidence-bot[postgresql]'.") from error

    driver_connection: Any = asyncpg.Connection

    class Hasty(driver_connection):  # type: ignore[misc]
        """A connection that is not waited for when the server hangs."""

        async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the driver's signature
            # SQLAlchemy gives a connection that is beyond use two seconds on top of the patience.
            await super().close(timeout=_GOODBYE if timeout is None else min(timeout, _GOODBYE))

    async def connect(*_: object, **__: object) -> Any:
        # The driver reads the address itself: it knows all its forms (sslmode, several hosts, sockets).
        return await asyncpg.connect(
            address.dsn,
            timeout=patience,
            connection_class=Hasty,
            server_settings={"application_name": "evidence-bot"},
        )

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=patience,
        pool_pre_ping=True,  # a server that restarted is noticed before the work, not by it
        hide_parameters=True,
    )
