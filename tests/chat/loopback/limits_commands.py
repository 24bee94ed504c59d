"""What an application command may be.

Source: "Application Commands", https://docs.discord.com/developers/interactions/application-commands
(naming, command and option structures, counts, 8,000 characters, nesting, localization).
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum

from tests.chat.loopback.errors import FormErrors, Json, Path, refusal
from tests.chat.loopback.fields import Fields, objects

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
MOST_OF_KIND = {CHAT_INPUT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
MOST_CHARACTERS = 8000

# "API Reference", locales.
LOCALES = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)


class Option(IntEnum):
    """Application command option types."""

    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


_NESTED = (Option.SUB_COMMAND, Option.SUB_COMMAND_GROUP)
_WITH_CHOICES = (Option.STRING, Option.INTEGER, Option.NUMBER)


def check_commands(commands: Sequence[Json]) -> None:
    """Raise what Discord answers to a bulk overwrite with these commands; return if it takes them.

    Raises:
        ApiError: 50035 with the path of each field, 30032 for too many of a kind.
    """
    found = FormErrors()
    counts = Counter(map(kind_of, commands))
    if any(count > MOST_OF_KIND.get(kind, 0) for kind, count in counts.items() if kind in MOST_OF_KIND):
        raise refusal(30032)
    seen: set[tuple[int, str]] = set()
    for place, command in enumerate(commands):
        _check_command(Fields(found, command, (place,)))
        key = (kind_of(command), str(command.get("name")))
        if key in seen:
            found.add(
                (place,), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
        seen.add(key)
    found.raise_if_any()


def kind_of(command: Json) -> int:
    """Return a command's type; without one it is a slash command."""
    kind = command.get("type")
    return kind if isinstance(kind, int) else CHAT_INPUT


def check_one(command: Json) -> None:
    """Raise what Discord answers to the creation or edit of one command."""
    found = FormErrors()
    _check_command(Fields(found, command, ()))
    found.raise_if_any()


def _check_command(command: Fields) -> None:
    kind = command.choice("type", (CHAT_INPUT, USER_MENU, MESSAGE_MENU), required=False) or CHAT_INPUT
    _check_name(command, free_form=kind != CHAT_INPUT)
    if kind == CHAT_INPUT:
        _check_description(command)
        _check_options(command, depth=0)
        if _size(command.body) > MOST_CHARACTERS:
            command.found.add(
                command.path,
                "APPLICATION_COMMAND_TOO_LARGE",
                f"Command exceeds maximum size ({MOST_CHARACTERS})",
            )
    else:
        if command.body.get("description"):
            command.complain(
                "description",
                "APPLICATION_COMMAND_DESCRIPTION_CANNOT_BE_SET",
                "Context menu commands cannot have description",
            )
        if command.body.get("options"):
            command.complain(
                "options",
                "APPLICATION_COMMAND_OPTIONS_CANNOT_BE_SET",
                "Context menu commands cannot have options",
            )
    for field, values in (("contexts", (0, 1, 2)), ("integration_types", (0, 1))):
        given = command.body.get(field)
        if given is not None and (
            not isinstance(given, list) or not given or any(one not in values for one in given)
        ):
            command.complain(field, "BASE_TYPE_CHOICES", f"Value must be one of {values}.")


def _check_name(one: Fields, *, free_form: bool) -> None:
    names: list[tuple[Path, object]] = [(("name",), one.body.get("name"))]
    one.text("name", 1, 32, required=True)
    for locale, name in _localized(one, "name_localizations", 32):
        names.append((("name_localizations", locale), name))
    for place, name in names:
        if isinstance(name, str) and 1 <= len(name) <= 32 and not free_form and not valid_name(name):
            found, path = one.found, (*one.path, *place)
            found.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_description(one: Fields) -> None:
    one.text("description", 1, 100, required=True)
    for _ in _localized(one, "description_localizations", 100):
        pass


def _localized(one: Fields, field: str, high: int) -> Iterator[tuple[str, object]]:
    texts = one.body.get(field) or {}
    if not isinstance(texts, dict):
        one.complain(field, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return
    inner = Fields(one.found, texts, (*one.path, field))
    for locale, text in texts.items():
        if locale not in LOCALES:
            inner.complain(locale, "APPLICATION_COMMAND_INVALID_LOCALE", "Unknown locale")
        inner.text(locale, 1, high)
        yield locale, text


def valid_name(name: str) -> bool:
    r"""Return whether `name` matches ``^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`` in lower case."""
    return all(_valid_character(character) for character in name) and name == name.lower()


def _valid_character(character: str) -> bool:
    devanagari_or_thai = "\u0900" <= character <= "\u097f" or "\u0e00" <= character <= "\u0e7f"
    return character in "-_'" or unicodedata.category(character)[0] in "LN" or devanagari_or_thai


def _check_options(parent: Fields, depth: int) -> None:
    options = parent.items("options", 0, 25)
    seen: set[str] = set()
    optional_before = False
    nested = [option.get("type") in _NESTED for option in options]
    if any(nested) and not all(nested):
        parent.complain(
            "options",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )
    for place, body in enumerate(options):
        option = Fields(parent.found, body, (*parent.path, "options", place))
        _check_option(option, depth)
        name = body.get("name")
        if isinstance(name, str) and name in seen:
            option.complain(
                "name", "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", "Option names must be unique"
            )
        seen.add(str(name))
        if body.get("required") and optional_before:
            option.found.add(
                option.path,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_before = optional_before or not body.get("required")
    _check_localized_option_names(parent, options)


def _check_localized_option_names(parent: Fields, options: list[Json]) -> None:
    """Check that localized option names are distinct within a locale, and from other options' names."""
    for locale in LOCALES:
        seen: dict[str, int] = {}
        for place, option in enumerate(options):
            name = (option.get("name_localizations") or {}).get(locale, option.get("name"))
            if isinstance(name, str) and seen.setdefault(name, place) != place:
                parent.found.add(
                    (*parent.path, "options", place, "name_localizations", locale),
                    "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE",
                    "Option names must be unique",
                )


def _check_option(option: Fields, depth: int) -> None:
    # A command may hold groups and subcommands, a group subcommands only, a subcommand neither.
    allowed = [kind for kind in Option if kind not in _NESTED]
    if depth == 0:
        allowed += _NESTED
    elif depth == 1:
        allowed = [Option.SUB_COMMAND]
    kind = option.choice("type", sorted(allowed))
    _check_name(option, free_form=False)
    _check_description(option)
    if kind in _NESTED:
        inner = 1 if kind == Option.SUB_COMMAND_GROUP else 2
        _check_options(option, depth=inner)
        return
    _check_choices(option, kind)
    if kind == Option.STRING:
        option.number("min_length", 0, 6000)
        option.number("max_length", 1, 6000)
    if option.body.get("autocomplete") and option.body.get("choices"):
        option.complain(
            "autocomplete",
            "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_WITH_CHOICES",
            "Options with autocomplete cannot have choices",
        )
    if option.body.get("autocomplete") and kind is not None and kind not in _WITH_CHOICES:
        option.complain(
            "autocomplete", "BASE_TYPE_CHOICES", "Only STRING, INTEGER and NUMBER options can autocomplete"
        )


def _check_choices(option: Fields, kind: int | None) -> None:
    def check(choice: Fields) -> None:
        choice.text("name", 1, 100, required=True)
        for _ in _localized(choice, "name_localizations", 100):
            pass
        value = choice.body.get("value")
        if kind == Option.STRING:
            choice.text("value", 1, 100, required=True)
        elif not isinstance(value, int | float):
            choice.complain("value", "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')

    if option.body.get("choices") and kind is not None and kind not in _WITH_CHOICES:
        option.complain(
            "choices", "BASE_TYPE_CHOICES", "Only STRING, INTEGER and NUMBER options can have choices"
        )
    option.each("choices", 0, 25, check, required=False)


def _size(command: Json) -> int:
    """Return the characters that count towards 8,000: the longest localization of each field."""

    def longest(one: Json, field: str) -> int:
        localized = one.get(f"{field}_localizations")
        texts = [one.get(field), *(localized.values() if isinstance(localized, dict) else ())]
        return max(len(text) if isinstance(text, str) else 0 for text in texts)

    size = longest(command, "name") + longest(command, "description")
    size += sum(_size(option) for option in objects(command, "options"))
    for choice in objects(command, "choices"):
        size += longest(choice, "name") + len(str(choice.get("value", "")))
    return size
