from dataclasses import replace
from pathlib import Path

from bot.answer.library import Library
from bot.chat.discord.apart import build_apart
from bot.settings import Settings


def test_a_missing_or_damaged_catalogue_is_built_and_a_fresh_one_left_alone(settings: Settings) -> None:
    build_apart(settings)
    built = settings.catalogue.stat()
    build_apart(settings)
    assert settings.catalogue.stat().st_mtime_ns == built.st_mtime_ns
    Library.open(settings.data, settings.catalogue, settings.responses).close()
    assert settings.catalogue.stat().st_mtime_ns == built.st_mtime_ns  # so the bot itself builds nothing
    settings.catalogue.write_bytes(b"no catalogue")
    build_apart(settings)
    assert settings.catalogue.stat().st_size == built.st_size


def test_what_goes_wrong_is_left_for_the_opening_to_tell(settings: Settings, tmp_path: Path) -> None:
    build_apart(replace(settings, data=tmp_path / "nothing"))
    assert not settings.catalogue.exists()
