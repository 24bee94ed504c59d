import copy
import dataclasses
import logging
import pickle
import traceback
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings, SettingsError
from bot.values import LogFormat, Secret

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.a-token-that-nobody-has-0123456789abc"


def test_with_nothing_set_the_defaults_lie_in_the_project() -> None:
    settings = Settings.load({}, dotenv=None)
    assert settings.discord_token is None
    assert settings.database_url.reveal() == f"sqlite:///{ROOT}/var/state.db"
    assert settings.data == ROOT / "data"
    assert settings.answer_mentions is True
    assert settings.log_format is LogFormat.AUTO


def test_every_field_has_a_variable_and_a_sentence_about_it() -> None:
    variables = Settings.variables()
    assert set(variables) == {field.name for field in dataclasses.fields(Settings)}
    assert len({variable.name for variable in variables.values()}) == len(variables)
    assert all(variable.about.endswith((".", "`.")) for variable in variables.values())


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text('LOG_FORMAT=json\nMAINTAINERS_CHANNEL="123456789012345678"\n')
    settings = Settings.load({"LOG_FORMAT": "human"}, dotenv=dotenv)
    assert settings.log_format is LogFormat.HUMAN
    assert settings.maintainers_channel == 123456789012345678


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert Settings.load({"DISCORD_TOKEN": "  ", "LOG_FORMAT": ""}, dotenv=None).discord_token is None


def test_a_relative_path_is_relative_to_the_project_and_an_absolute_one_stays(tmp_path: Path) -> None:
    settings = Settings.load({"BOT_DATA": "other/data", "BOT_CATALOGUE": str(tmp_path / "c.db")}, dotenv=None)
    assert settings.data == ROOT / "other" / "data"
    assert settings.catalogue == tmp_path / "c.db"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MAINTAINERS_CHANNEL", "#general"),
        ("MAINTAINERS_CHANNEL", "12"),
        ("ANSWER_MENTIONS", "perhaps"),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "mysql://root:hunter2@host/db"),
        ("DISCORD_API_BASE", "discord.example"),
        ("CONTACT_EMAIL", "a curator"),
        ("CROSSREF_BASE", "crossref"),
        ("DISCORD_PUBLIC_KEY", "c0ffee"),
        ("PORT", "65536"),
        ("METRICS_PORT", "-17"),
        ("SERVE_HOST", "localhost:80"),
        ("SHARD_COUNT", "none"),
        ("SHARD_IDS", "37-12"),
        ("SHARD_IDS", "0-99999999999999999999"),
    ],
)
def test_a_faulty_value_is_told_in_one_sentence_that_does_not_show_it(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({variable: value}, dotenv=None)
    sentence = str(caught.value)
    assert sentence.startswith(f"{variable} must be ")
    assert sentence.count("\n") == 0
    told = "".join(traceback.format_exception(caught.value))
    assert value not in told


def test_a_file_that_is_not_text_is_told_in_one_sentence(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(b"DISCORD_TOKEN=\xff\xfe\n")
    with pytest.raises(SettingsError, match=r"^\.env cannot be read: save it as UTF-8"):
        Settings.load({}, dotenv=dotenv)


def test_no_secret_shows_in_any_dump_of_the_settings(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings.load(
        {"DISCORD_TOKEN": TOKEN, "DATABASE_URL": "postgresql://bot:hunter2@host/db"}, dotenv=None
    )
    logging.getLogger("test").warning("%s %r", settings, dataclasses.asdict(settings))
    shown = f"{settings!r} {settings} {vars(settings)} {copy.deepcopy(settings)} {caplog.text}"
    assert TOKEN not in shown
    assert "hunter2" not in shown
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(settings)
    assert settings.discord_token is not None
    assert settings.discord_token.reveal() == TOKEN
    assert settings.database_url == Secret("postgresql://bot:hunter2@host/db")
    assert hash(settings.database_url) != hash(Secret("another"))


def test_shards_are_numbers_and_ranges_of_them() -> None:
    settings = Settings.load({"SHARD_COUNT": "16", "SHARD_IDS": "8-10, 0,9"}, dotenv=None)
    assert settings.shard_count == 16
    assert settings.shard_ids == (0, 8, 9, 10)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"SHARD_IDS": "0-3"}, "SHARD_IDS needs SHARD_COUNT"),
        ({"SHARD_IDS": "0-4", "SHARD_COUNT": "4"}, "SHARD_IDS must be below SHARD_COUNT: at most 3."),
    ],
)
def test_shards_that_do_not_go_together_are_told(variables: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        Settings.load(variables, dotenv=None)
