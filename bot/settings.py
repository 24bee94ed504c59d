"""What an operator can set: typed, from the environment and from ``.env``, checked before anything starts.

Every field carries the name of its variable and a sentence about it, so that the table in the README and the
messages about faulty values come from here. A variable in the real environment wins over ``.env``.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_type_hints

from dotenv import dotenv_values

from bot import values
from bot.values import LogFormat, Secret

ROOT: Final = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting cannot be used. The message is one sentence that says which, and what to write instead."""


@dataclass(frozen=True)
class Variable:
    """Where a setting comes from.

    Attributes:
        name: of the environment variable.
        about: one or two sentences for operators.
        wanted: what a usable value is, to follow "must be".
        read: makes the value from text; raises ``ValueError`` for what cannot be used.
    """

    name: str
    about: str
    wanted: str
    read: Callable[[str], Any]


def _path(text: str) -> Path:
    return ROOT / Path(text).expanduser()


_STATE: Final = Secret(f"sqlite:///{ROOT / 'var' / 'state.db'}")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of this process. A relative path is relative to the project's folder."""

    discord_token: Annotated[
        Secret | None,
        Variable(
            "DISCORD_TOKEN",
            "The bot's token, from the page *Bot* of the Discord developer portal. Needed to run on Discord.",
            "the token",
            Secret,
        ),
    ] = None
    database_url: Annotated[
        Secret,
        Variable(
            "DATABASE_URL",
            "Where server settings, reading lists, suggestions and shared cards are kept: SQLite "
            "or PostgreSQL; by default `var/state.db`.",
            "an address such as sqlite:////srv/bot/state.db or postgresql://user:password@host/name",
            values.database,
        ),
    ] = _STATE
    maintainers_channel: Annotated[
        int | None,
        Variable(
            "MAINTAINERS_CHANNEL",
            "Id of the channel that is told, without its text, that a suggestion came in.",
            "the id of a channel, digits only (Discord shows it under Copy Channel ID)",
            values.snowflake,
        ),
    ] = None
    answer_mentions: Annotated[
        bool,
        Variable(
            "ANSWER_MENTIONS",
            "Whether a direct message, or a message that @mentions the bot, is answered as `/ask`. "
            "With `no` the bot hears no messages at all.",
            "yes or no",
            values.truth,
        ),
    ] = True
    discord_public_key: Annotated[
        str | None,
        Variable(
            "DISCORD_PUBLIC_KEY",
            "The application's public key, from the page *General Information* of the Discord developer "
            "portal. Needed for `serve`, to know that a request comes from Discord.",
            "the public key, 64 hexadecimal digits",
            values.public_key,
        ),
    ] = None
    serve_host: Annotated[
        str,
        Variable(
            "SERVE_HOST",
            "The address on which `serve` listens: `0.0.0.0` where others than this machine reach it.",
            "an address of this machine, such as 127.0.0.1, 0.0.0.0 or ::",
            values.host,
        ),
    ] = "127.0.0.1"
    port: Annotated[
        int,
        Variable(
            "PORT",
            "The port on which `serve` listens. Hosts that run a Procfile set it.",
            "a number from 1 to 65535",
            values.port,
        ),
    ] = 8080
    metrics_host: Annotated[
        str,
        Variable(
            "METRICS_HOST",
            "The address on which the numbers for Prometheus are served.",
            "an address of this machine, such as 127.0.0.1, 0.0.0.0 or ::",
            values.host,
        ),
    ] = "127.0.0.1"
    metrics_port: Annotated[
        int | None,
        Variable(
            "METRICS_PORT",
            "The port on which `run` and `serve` show numbers for Prometheus, at `/metrics`. The same as "
            "`PORT`: beside the interactions, for everybody who reaches those. Not set: nowhere.",
            "a number from 1 to 65535",
            values.port,
        ),
    ] = None
    shard_count: Annotated[
        int | None,
        Variable(
            "SHARD_COUNT",
            "How many shards all processes of `run` have together. Not set: as many as Discord recommends, "
            "all in this process.",
            "a number from 1 to 100000",
            values.shard_count,
        ),
    ] = None
    shard_ids: Annotated[
        tuple[int, ...] | None,
        Variable(
            "SHARD_IDS",
            "The shards of this process, such as `0-15` or `0,2,4`. Needs `SHARD_COUNT`.",
            "numbers from 0 and ranges of them, such as 0-15 or 0,2,4",
            values.shard_ids,
        ),
    ] = None
    log_format: Annotated[
        LogFormat,
        Variable(
            "LOG_FORMAT",
            "How log lines look: `auto` (for people on a terminal, JSON otherwise), `human` or `json`.",
            "auto, human or json",
            values.log_format,
        ),
    ] = LogFormat.AUTO
    data: Annotated[
        Path,
        Variable("BOT_DATA", "The folder of the curated data files.", "a folder", _path),
    ] = ROOT / "data"
    catalogue: Annotated[
        Path,
        Variable("BOT_CATALOGUE", "The catalogue that is built from the data files.", "a file", _path),
    ] = ROOT / "data" / "catalogue.db"
    responses: Annotated[
        Path,
        Variable("BOT_RESPONSES", "The folder of the sentences that the bot says.", "a folder", _path),
    ] = ROOT / "responses"
    site_url: Annotated[
        str | None,
        Variable(
            "SITE_URL",
            "The address at which the pages of `evidence-bot export --format html` are served. When it is "
            "set, every study's card links to its page there.",
            "an address such as https://evidence.example.org",
            values.address,
        ),
    ] = None
    contact_email: Annotated[
        str | None,
        Variable(
            "CONTACT_EMAIL",
            "An e-mail address that Crossref and PubMed are told when `new` and `refresh` ask them, as they "
            "wish it. Without it they are not asked.",
            "an e-mail address",
            values.email,
        ),
    ] = None
    ncbi_api_key: Annotated[
        Secret | None,
        Variable(
            "NCBI_API_KEY",
            "A key of an NCBI account, with which PubMed may be asked more often. Not needed.",
            "the key",
            Secret,
        ),
    ] = None
    curate_cache: Annotated[
        Path,
        Variable(
            "CURATE_CACHE",
            "Where the answers of Crossref and PubMed are kept for a day. It may be deleted at any time.",
            "a folder",
            _path,
        ),
    ] = ROOT / "var" / "curate"
    crossref_base: Annotated[
        str,
        Variable("CROSSREF_BASE", "Another address for Crossref's REST API.", "an address", values.address),
    ] = "https://api.crossref.org"
    ncbi_base: Annotated[
        str,
        Variable("NCBI_BASE", "Another address for the E-utilities of NCBI.", "an address", values.address),
    ] = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    doi_base: Annotated[
        str,
        Variable(
            "DOI_BASE", "Another address for the proxy that resolves DOIs.", "an address", values.address
        ),
    ] = "https://doi.org"
    discord_api_base: Annotated[
        str | None,
        Variable(
            "DISCORD_API_BASE",
            "Another address for Discord's API. Only for tests and `make play`: the token is sent there.",
            "an address such as http://127.0.0.1:8080/api/v10",
            values.address,
        ),
    ] = None

    @classmethod
    def variables(cls) -> dict[str, Variable]:
        """Every variable, by the name of its field, in the order of the fields."""
        hints = get_type_hints(cls, include_extras=True)
        return {name: get_args(hint)[1] for name, hint in hints.items()}

    @classmethod
    def load(
        cls, environment: Mapping[str, str] | None = None, dotenv: Path | None = ROOT / ".env"
    ) -> "Settings":
        """Read the settings. A variable that is empty counts as not set.

        Args:
            environment: the variables; the process's own where not given.
            dotenv: a file of more variables, which the environment overrides; it need not exist.

        Raises:
            SettingsError: when a value cannot be used.
        """
        written: dict[str, str | None] = {}
        if dotenv is not None and dotenv.is_file():
            try:
                written.update(dotenv_values(dotenv))
            except (OSError, UnicodeDecodeError):
                message = f"{dotenv.name} cannot be read: save it as UTF-8 text that this user may read."
                raise SettingsError(message) from None
        written.update(os.environ if environment is None else environment)
        given: dict[str, Any] = {}
        for name, variable in cls.variables().items():
            text = (written.get(variable.name) or "").strip()
            if not text:
                continue
            try:
                given[name] = variable.read(text)
            except ValueError:
                # The value is not shown, nor kept as a cause: it may be a password.
                message = f"{variable.name} must be {variable.wanted}."
                raise SettingsError(message) from None
        settings = cls(**given)
        settings._check_shards()
        return settings

    def _check_shards(self) -> None:
        if self.shard_ids is not None and self.shard_count is None:
            message = "SHARD_IDS needs SHARD_COUNT: set it to the number of shards of all processes together."
            raise SettingsError(message)
        if self.shard_ids is not None and self.shard_ids[-1] >= (self.shard_count or 0):
            message = f"SHARD_IDS must be below SHARD_COUNT: at most {(self.shard_count or 0) - 1}."
            raise SettingsError(message)
