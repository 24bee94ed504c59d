"""Names and descriptions of commands in other languages, from ``responses/translations/*.toml``.

A file is named as Discord names the language, and holds texts under the keys that :mod:`commands` and
:mod:`menus` give them. What a file lacks is shown in English. Replies are in English.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from discord import Locale, app_commands
from discord.app_commands import TranslationContextTypes, locale_str

FOLDER: Final = "translations"
#: Languages that a file serves beside its own.
_ALSO: Final = {"es-ES": ("es-419",)}


class Translator(app_commands.Translator):
    """Translates from the files of a folder.

    Args:
        folder: of the responses.

    Raises:
        tomllib.TOMLDecodeError: when a file cannot be read.
        ValueError: when a file is named after no language of Discord.
    """

    def __init__(self, folder: Path) -> None:
        self.texts: dict[Locale, Mapping[str, str]] = {}
        for path in sorted((folder / FOLDER).glob("*.toml")):
            texts = dict(_flat("", tomllib.loads(path.read_text(encoding="utf-8"))))
            for name in (path.stem, *_ALSO.get(path.stem, ())):
                self.texts[Locale(name)] = texts

    async def translate(
        self, string: locale_str, locale: Locale, _context: TranslationContextTypes
    ) -> str | None:
        """The text in a language; ``None`` where there is none."""
        return self.texts.get(locale, {}).get(string.extras.get("key", ""))


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, str):
            yield prefix + name, value
        else:
            yield from _flat(f"{prefix}{name}.", value)
