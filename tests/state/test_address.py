from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.state import StateUnavailableError
from bot.state.address import Address, Kind


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (None, "var/state.db"),
        ("", "var/state.db"),
        ("sqlite:///state.db", "state.db"),
        ("sqlite:////srv/bot/state.db", "/srv/bot/state.db"),
        ("sqlite+aiosqlite:////srv/state.db", "/srv/state.db"),
        ("  SQLite:////srv/state.db\n", "/srv/state.db"),
        ("sqlite:////srv/a%20b%3F.db", "/srv/a b?.db"),
        ("sqlite:////srv/Ü/😀.db", "/srv/Ü/😀.db"),
    ],
)
def test_an_address_of_sqlite_is_a_path(url: str | None, path: str) -> None:
    address = Address.read(url)
    assert address.kind is Kind.SQLITE
    assert address.path == Path(path)
    assert address.shown == f"sqlite: {path}"


@pytest.mark.parametrize(
    ("url", "dsn"),
    [
        ("postgres://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql://u:p@h:5433/d", "postgresql://u:p@h:5433/d"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+psycopg2://u:p@h/d", "postgresql://u:p@h/d"),
        ("POSTGRES://u:p@h/d", "postgresql://u:p@h/d"),
        (
            "postgres://u:p@h/d?sslmode=require&channel_binding=require",
            "postgresql://u:p@h/d?sslmode=require",
        ),
        ("postgres://u:p@a:1,b:2/d", "postgresql://u:p@a:1,b:2/d"),
        ("postgres://u:p@[::1]:5432/d", "postgresql://u:p@[::1]:5432/d"),
        ("postgres:///d?host=/run/postgresql", "postgresql:///d?host=/run/postgresql"),
    ],
)
def test_every_form_that_hosts_hand_out_reaches_the_driver(url: str, dsn: str) -> None:
    address = Address.read(url)
    assert address.kind is Kind.POSTGRESQL
    assert address.dsn == dsn


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hunter2@h/d",
        "state.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///state.db?mode=ro&key=hunter2",
        "postgres://u:hunter2/x@h/d",
        "postgres://u:hunter2@x@h/d",
        "postgres://u:hunter2#x@h/d",
        "postgres://u:hunter2?x@h/d",
        "postgres://u:5432/hunter2@h/d",
        "postgres://u:p@h:hunter2/d",
        "postgres://u:hunter2@[::1/d",
    ],
)
def test_what_cannot_be_read_is_told_without_repeating_any_of_it(url: str) -> None:
    with pytest.raises(StateUnavailableError) as refused:
        Address.read(url)
    error: BaseException | None = refused.value
    while error is not None:
        assert "hunter2" not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


PASSWORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=8, max_size=30)


@given(password=PASSWORDS)
def test_a_password_is_shown_nowhere(password: str) -> None:
    escaped = quote(password, safe="")
    for url in (
        f"postgres://u:{escaped}@db.example.org/d",
        f"postgres://u@h/d?password={escaped}&sslmode=prefer",
    ):
        address = Address.read(url)
        dsn, variables = address.for_libpq()
        for shown in (address.shown, repr(address), str(address), dsn):
            assert password not in shown
            assert escaped not in shown
        assert variables == {"PGPASSWORD": password}


@given(password=PASSWORDS)
def test_a_password_that_is_not_escaped_is_refused_or_hidden(password: str) -> None:
    try:
        shown = repr(Address.read(f"postgres://u:{password}@db.example.org/d"))
    except StateUnavailableError as error:
        shown = repr(error)
    assert password not in shown
