"""Names and descriptions of commands in other languages, from ``responses/translations/*.toml``.

A file is named as Discord names the language. It has a table of names and one of texts, each from the English
to the other language, so that a text that was changed is shown in English until it is translated anew. A
test tells which those are. Replies are in English.
"""

import tomllib
from pathlib import Path
from typing import Final

from discord import Locale, app_commands
from discord.app_commands import TranslationContextLocation, TranslationContextTypes, locale_str

FOLDER: Final = "translations"
#: Languages that a file serves beside its own.
_ALSO: Final = {"es-ES": ("es-419",)}
_NAMES: Final = frozenset(
    {
        TranslationContextLocation.command_name,
        TranslationContextLocation.group_name,
        TranslationContextLocation.parameter_name,
    }
)


class Translator(app_commands.Translator):
    """Translates from the files of a folder.

    Args:
        folder: of the responses.

    Raises:
        tomllib.TOMLDecodeError: when a file cannot be read.
        ValueError: when a file is named after no language of Discord.
    """

    def __init__(self, folder: Path) -> None:
        self.tables: dict[Locale, dict[str, dict[str, str]]] = {}
        for path in sorted((folder / FOLDER).glob("*.toml")):
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            for name in (path.stem, *_ALSO.get(path.stem, ())):
                self.tables[Locale(name)] = table

    async def translate(
        self, string: locale_str, locale: Locale, context: TranslationContextTypes
    ) -> str | None:
        """The text in a language; ``None`` where there is none."""
        table = self.tables.get(locale, {})
        part = "names" if context.location in _NAMES else "texts"
        return table.get(part, {}).get(string.message)
