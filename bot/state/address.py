"""Where state is kept: reads the forms of DATABASE_URL that hosts hand out, and never shows a password."""

import enum
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from bot.state.errors import StateUnavailableError

#: Where state is kept when nothing else is said.
DEFAULT_URL: Final = "sqlite:///var/state.db"

# Settings of libpq that hosts put into the addresses they hand out, and that the driver would pass on to the
# server, which knows no such settings and refuses.
# (https://www.postgresql.org/docs/current/libpq-connect.html)
_FOR_LIBPQ_ONLY: Final = frozenset(
    {
        "channel_binding",
        "connect_timeout",
        "fallback_application_name",
        "gssencmode",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "sslcompression",
        "sslsni",
        "tcp_user_timeout",
    }
)
_NO_ENGINE: Final = "It begins neither with sqlite:/// nor with postgresql://"
_NO_FILE: Final = "An address of SQLite is sqlite:/// and the path of a file"
_NOT_ESCAPED: Final = (
    "Signs such as / : @ # ? in its name or password are to be written as %2F %3A %40 %23 %3F"
)
_SECRET: Final = frozenset({"password", "sslpassword"})


class Kind(enum.StrEnum):
    """The two engines."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True)
class Address:
    """A database's address, taken apart.

    Attributes:
        kind: which engine.
        shown: the address for people and logs; it holds no password.
        path: SQLite: the file.
        dsn: PostgreSQL: the whole address, for the driver; hidden from ``repr``.
    """

    kind: Kind
    shown: str
    path: Path = Path()
    dsn: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str | None) -> "Address":
        """Read an address.

        Args:
            url: ``sqlite:///relative.db``, ``sqlite:////absolute.db``, ``postgres://…``, ``postgresql://…``;
                a driver after a ``+`` is passed over. None or empty: :data:`DEFAULT_URL`.

        Raises:
            StateUnavailableError: it is none of these.
        """
        scheme, separator, rest = (url or DEFAULT_URL).strip().partition("://")
        engine = scheme.lower().partition("+")[0]
        if separator and engine == "sqlite":
            return _sqlite(rest)
        if separator and engine in {"postgres", "postgresql"}:
            return _postgresql(rest)
        raise _unreadable(_NO_ENGINE)

    def for_libpq(self) -> tuple[str, dict[str, str]]:
        """The address for PostgreSQL's own programs, without its password, and variables with that."""
        parts = urlsplit(self.dsn)
        login, at, hosts = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        settings = parse_qsl(parts.query, keep_blank_values=True)
        open_ones = [(key, value) for key, value in settings if key not in _SECRET]
        secret = dict(settings).get("password") or unquote(password)
        dsn = _joined(f"{user}{at}{hosts}", parts.path, open_ones)
        return dsn, {"PGPASSWORD": secret} if secret else {}


def _sqlite(rest: str) -> Address:
    path, _, query = rest.partition("?")
    if query or not path.startswith("/") or path in {"/", "/:memory:"}:
        raise _unreadable(_NO_FILE)
    file = Path(unquote(path[1:]))
    return Address(Kind.SQLITE, f"sqlite: {file}", path=file)


def _postgresql(rest: str) -> Address:
    try:
        parts = urlsplit(f"postgresql://{rest}")
        settings = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        readable = "@" not in parts.path and not parts.fragment and _ports_are_numbers(parts)
    except ValueError:  # its message may quote a piece of the password
        readable, settings = False, []
    if not readable:
        raise _unreadable(_NOT_ESCAPED)
    kept = [(key, value) for key, value in settings if key not in _FOR_LIBPQ_ONLY]
    dsn = _joined(parts.netloc, parts.path, kept)
    return Address(Kind.POSTGRESQL, f"postgresql: {_without_secrets(parts, kept)}", dsn=dsn)


def _ports_are_numbers(parts: SplitResult) -> bool:
    """Whether what stands in the place of ports can be ports, and is no piece of a password."""
    hosts = parts.netloc.rpartition("@")[2]
    ports = (host.rpartition("]")[2].partition(":")[2] for host in hosts.split(","))
    return "@" not in parts.netloc.rpartition("@")[0] and all(port.isdigit() or not port for port in ports)


def _without_secrets(parts: SplitResult, settings: list[tuple[str, str]]) -> str:
    login, at, hosts = parts.netloc.rpartition("@")
    user, colon, _ = login.partition(":")
    shown = [(key, value) for key, value in settings if key not in _SECRET]
    login = f"{user}:***" if colon else user
    return _joined(f"{login}{at}{hosts}", parts.path, shown).removeprefix("postgresql://")


def _joined(netloc: str, path: str, settings: list[tuple[str, str]]) -> str:
    # Not by urllib: it leaves out the // that begins an address without a host.
    query = f"?{urlencode(settings, safe='/', quote_via=quote)}" if settings else ""
    return f"postgresql://{netloc}{path}{query}"


def _unreadable(why: str) -> StateUnavailableError:
    return StateUnavailableError("DATABASE_URL cannot be read.", f"{why}.")
