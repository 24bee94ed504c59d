"""What goes wrong with PostgreSQL is told plainly, and state works again when it is mended."""

import asyncio
import signal
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from sqlalchemy import text

from bot.state import State, StateUnavailableError
from tests.state.postgres import PASSWORD, Server


@pytest.fixture
def stopped_afterwards(server: Server) -> Iterator[Server]:
    """The server, for tests that stop it: it runs again afterwards."""
    yield server
    if not server.runs():
        server.start()


def secret_is_nowhere_in(error: BaseException | None) -> bool:
    """Whether the password stands neither in an error, nor in what caused it."""
    while error is not None:
        said = f"{error} {error!r}"
        if PASSWORD in said or quote(PASSWORD, safe="") in said:
            return False
        error = error.__cause__ or error.__context__
    return True


async def test_a_server_that_stops_and_starts_in_the_middle(
    migrated_postgresql_url: str, stopped_afterwards: Server
) -> None:
    async with await State.open(migrated_postgresql_url) as state:
        kept = [await state.suggestions.add(what="before")]
        stopped_afterwards.stop()
        for _ in range(2):
            began = time.perf_counter()
            with pytest.raises(StateUnavailableError) as refused:
                await state.suggestions.add(what="meanwhile")
            assert time.perf_counter() - began < 3
            assert secret_is_nowhere_in(refused.value)
        with pytest.raises(StateUnavailableError):
            await state.guilds.get(5)
        stopped_afterwards.start()
        kept.append(await state.suggestions.add(what="after"))
        assert [one async for one in state.suggestions.export()] == kept


async def test_a_restart_that_nobody_saw_is_not_noticed(
    migrated_postgresql_url: str, stopped_afterwards: Server
) -> None:
    async with await State.open(migrated_postgresql_url) as state:
        await asyncio.gather(*(state.guilds.set(guild, language="de") for guild in range(1, 9)))
        stopped_afterwards.stop("fast")
        stopped_afterwards.start()
        assert {(await state.guilds.get(guild)).language for guild in range(1, 9)} == {"de"}


async def test_a_connection_that_breaks_within_a_write_undoes_it(migrated_postgresql_url: str) -> None:
    async with (
        await State.open(migrated_postgresql_url) as state,
        await State.open(migrated_postgresql_url) as other,
    ):

        async def write_and_be_cut_off() -> None:
            async with state.database.write() as connection:
                process = await connection.scalar(text("SELECT pg_backend_pid()"))
                await connection.execute(text("INSERT INTO counters VALUES ('half', 1)"))
                async with other.database.write() as cutting:
                    await cutting.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})

        with pytest.raises(StateUnavailableError):
            await write_and_be_cut_off()
        async with state.database.read() as connection:
            assert (await connection.execute(text("SELECT * FROM counters"))).all() == []
        assert (await state.suggestions.add(what="works")).number == 1


async def test_a_server_that_hangs_is_given_up_in_time_and_works_again(
    migrated_postgresql_url: str, server: Server
) -> None:
    async with await State.open(migrated_postgresql_url, patience=0.5) as state:
        await state.guilds.set(5, language="de")
        frozen = server.processes()
        try:
            for process in frozen:
                process.send_signal(signal.SIGSTOP)
            for _ in range(2):
                began = time.perf_counter()
                with pytest.raises(StateUnavailableError, match="does not answer"):
                    await state.guilds.get(5)
                assert time.perf_counter() - began < 2.4, "Discord waits for three seconds"
        finally:
            for process in frozen:
                process.send_signal(signal.SIGCONT)
        assert (await state.guilds.get(5)).language == "de"


async def test_a_wrong_password_is_told_and_not_repeated(server: Server) -> None:
    url = server.url("postgres").replace(quote(PASSWORD, safe=""), "wr0ng%2Fsecret")
    with pytest.raises(StateUnavailableError, match="refused the name or the password") as refused:
        await State.open(url)
    assert "wr0ng" not in str(refused.value)


async def test_a_database_that_is_not_there_is_told(server: Server) -> None:
    with pytest.raises(StateUnavailableError, match="no database of that name") as refused:
        await State.open(server.url("nowhere"))
    assert secret_is_nowhere_in(refused.value)


async def test_a_port_where_nobody_listens_is_told(server: Server) -> None:
    url = server.url("postgres").replace(str(server.port), "1")
    with pytest.raises(StateUnavailableError, match="does not answer") as refused:
        await State.open(url)
    assert secret_is_nowhere_in(refused.value)


async def test_a_read_only_copy_is_told_when_state_is_opened(migrated_postgresql_url: str) -> None:
    async with await State.open(migrated_postgresql_url) as state, state.database.session() as connection:
        name = await connection.scalar(text("SELECT current_database()"))
        await connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    with pytest.raises(StateUnavailableError, match="lets nothing be written"):
        await State.open(migrated_postgresql_url)


async def test_a_role_that_may_not_create_tables_is_told(postgresql_url: str, server: Server) -> None:
    async with await State.open(server.url("postgres")) as state, state.database.session() as connection:
        await connection.execute(text("DROP ROLE IF EXISTS guest"))
        await connection.execute(text("CREATE ROLE guest LOGIN PASSWORD 'x'"))
    url = postgresql_url.replace(f"bot:{quote(PASSWORD, safe='')}", "guest:x")
    with pytest.raises(StateUnavailableError, match="does not let the bot do this"):
        await State.open(url)


@pytest.mark.parametrize("parameters", ["?sslmode=disable&channel_binding=prefer", "?connect_timeout=5"])
async def test_what_hosts_add_to_an_address_is_understood(
    migrated_postgresql_url: str, parameters: str
) -> None:
    async with await State.open(migrated_postgresql_url + parameters) as state:
        await state.guilds.set(5, language="de")


async def test_an_address_by_way_of_a_socket_works(server: Server, migrated_postgresql_url: str) -> None:
    name = migrated_postgresql_url.rpartition("/")[2]
    async with await State.open(server.socket_url(name)) as state:
        await state.guilds.set(5, language="de")
        assert secret_is_nowhere_in(ValueError(state.where, repr(state), repr(state.database)))


async def test_more_at_once_than_there_are_connections_all_get_their_turn(
    migrated_postgresql_url: str,
) -> None:
    async with await State.open(migrated_postgresql_url, patience=30) as state:
        done = await asyncio.gather(*(state.guilds.get(guild) for guild in range(1, 200)))
    assert len(done) == 199
