"""What a message may hold: Discord's documented limits on components, text, embeds and files.

Sources: "Component Reference" (https://docs.discord.com/developers/components/reference), "Message
Resource" (https://docs.discord.com/developers/resources/message), and the OpenAPI description
discord/discord-api-spec for lengths the pages leave out. Measured by others where named.
"""

from collections.abc import Collection, Iterator
from enum import IntEnum
from typing import Any

from tests.chat.loopback.errors import ApiError, FormErrors, Json, Path, refusal
from tests.chat.loopback.fields import Fields, numbered, objects
from tests.chat.loopback.world import MessageFlag


class Component(IntEnum):
    """Component types: "Component Reference", component object."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = (
    Component.STRING_SELECT,
    Component.USER_SELECT,
    Component.ROLE_SELECT,
    Component.MENTIONABLE_SELECT,
    Component.CHANNEL_SELECT,
)
_IN_CONTAINER = (
    Component.ACTION_ROW,
    Component.SECTION,
    Component.TEXT_DISPLAY,
    Component.MEDIA_GALLERY,
    Component.FILE,
    Component.SEPARATOR,
)
_TOP_LEVEL = (*_IN_CONTAINER, Component.CONTAINER)
_LINK, _PREMIUM = 5, 6

MOST_COMPONENTS = 40
MOST_TEXT = 4000
MOST_CONTENT = 2000
MOST_EMBEDS = 10
MOST_FILES = 10
MOST_ROWS = 5
# discord/discord-api-docs#8554 (open, 2026-08): measured by its reporter, above this Discord fails with 500.
MOST_TEXT_BYTES, BYTES_PER_TEXT = 10_170, 12


def walk(components: Any) -> Iterator[Json]:
    """Yield every component, nested ones included, in the order a reader meets them."""
    for _, component in numbered(components):
        yield component
        yield from walk(component.get("components"))
        for alone in ("accessory", "component"):
            if isinstance(component.get(alone), dict):
                yield from walk([component[alone]])


def check_message(
    body: Json,
    *,
    at: Path = (),
    flags: MessageFlag,
    filenames: Collection[str] = (),
    editing: bool = False,
) -> None:
    """Raise what Discord answers to a message like this; return if it would take it.

    Args:
        body: The message fields as sent.
        at: Where they are in the request, `("data",)` in an interaction callback.
        flags: The flags the message will have.
        filenames: The files the message will have, for `attachment://` references.
        editing: Whether fields may be absent because the message has them already.

    Raises:
        ApiError: 50035 with the path of each field, 50006 for nothing at all, 500 for the undocumented
            size of issue #8554.
    """
    found = FormErrors()
    message = Fields(found, body, at)
    message.text("content", 0, MOST_CONTENT)
    message.items("embeds", 0, MOST_EMBEDS)
    message.each("attachments", 0, MOST_FILES, _check_file, required=False)
    components = objects(body, "components")
    if flags & MessageFlag.IS_COMPONENTS_V2:
        _check_v2(message, components, filenames)
    else:
        message.each("components", 0, MOST_ROWS, _check_legacy_row, required=False)
        _check_embeds(message)
    _check_unique(found, body.get("components"), (*at, "components"))
    found.raise_if_any()
    texts = [one["content"] for one in walk(components) if one.get("type") == Component.TEXT_DISPLAY]
    if sum(len(text.encode()) + BYTES_PER_TEXT for text in texts) > MOST_TEXT_BYTES:
        raise ApiError(500, 0, "500: Internal Server Error")
    if (
        not editing
        and not any(body.get(part) for part in ("content", "embeds", "components"))
        and (not filenames or flags & MessageFlag.IS_COMPONENTS_V2)
    ):
        raise refusal(50006)


def _check_v2(message: Fields, components: list[Json], filenames: Collection[str]) -> None:
    """Check what IS_COMPONENTS_V2 forbids and allows: "Component Reference", introduction."""
    for legacy in ("content", "embeds", "poll", "sticker_ids"):
        if message.body.get(legacy):
            message.complain(
                legacy,
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{legacy}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )

    def check(one: Fields) -> None:
        _check_component(one, _TOP_LEVEL, filenames)

    if components:
        message.each("components", 1, MOST_COMPONENTS, check)
    if message.found:
        return  # Discord looks at the whole only when every part of it is well formed
    everything = list(walk(components))
    if len(everything) > MOST_COMPONENTS:
        message.complain(
            "components",
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"The total number of components must be {MOST_COMPONENTS} or fewer",
        )
    texts = (one.get("content") for one in everything if one.get("type") == Component.TEXT_DISPLAY)
    if sum(len(text) for text in texts if isinstance(text, str)) > MOST_TEXT:
        message.complain(
            "components",
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"Components displayable text size exceeds maximum size of {MOST_TEXT}",
        )


def _check_component(one: Fields, allowed: tuple[Component, ...], filenames: Collection[str]) -> None:
    kind = one.kind(allowed)
    match kind:
        case Component.ACTION_ROW:
            _check_row(one)
        case Component.TEXT_DISPLAY:
            one.text("content", 1, MOST_TEXT, required=True)
        case Component.SECTION:
            _check_section(one, filenames)
        case Component.MEDIA_GALLERY:
            one.each("items", 1, 10, lambda item: _check_media(item, "media", filenames))
        case Component.FILE:
            _check_media(one, "file", filenames, only_attached=True)
        case Component.SEPARATOR:
            one.choice("spacing", (1, 2), required=False)
        case Component.CONTAINER:
            one.number("accent_color", 0, 0xFFFFFF)
            one.each(
                "components",
                1,
                MOST_COMPONENTS,
                lambda child: _check_component(child, _IN_CONTAINER, filenames),
            )
        case _:
            pass


def _check_section(section: Fields, filenames: Collection[str]) -> None:
    """Check a section: one to three text displays beside a button or a thumbnail."""
    section.each("components", 1, 3, lambda text: _check_component(text, (Component.TEXT_DISPLAY,), ()))
    accessory = section.inside("accessory")
    if accessory is None:
        return
    kind = accessory.kind((Component.BUTTON, Component.THUMBNAIL))
    if kind == Component.BUTTON:
        check_button(accessory)
    elif kind == Component.THUMBNAIL:
        _check_media(accessory, "media", filenames)


def _check_legacy_row(one: Fields) -> None:
    """Check a top-level component of a message without the V2 flag: rows alone are allowed."""
    if one.kind((Component.ACTION_ROW,)):
        _check_row(one)


def _check_row(row: Fields) -> None:
    """Check an action row: up to five buttons, or a single select."""
    children = row.items("components", 1, 5, required=True)
    kinds = [child.get("type") for child in children]
    if len(kinds) > 1 and any(kind in SELECTS for kind in kinds):
        row.complain(
            "components",
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The specified component exceeds the maximum width",
        )
    for place, child in enumerate(children):
        one = Fields(row.found, child, (*row.path, "components", place))
        kind = one.kind((Component.BUTTON, *SELECTS))
        if kind == Component.BUTTON:
            check_button(one)
        elif kind is not None:
            check_select(one)


def check_button(button: Fields) -> None:
    """Check a button: "Component Reference", button."""
    style = button.choice("style", (1, 2, 3, 4, 5, 6))
    button.text("label", 0, 80)
    if style == _PREMIUM:
        return
    if not button.body.get("label") and not button.body.get("emoji"):
        button.complain("label", "BASE_TYPE_REQUIRED", "A button must have a label or an emoji")
    if style == _LINK:
        url = button.text("url", 1, 512, required=True)
        if url is not None and not url.startswith(("http://", "https://", "discord://")):
            scheme = url.partition(":")[0]
            button.complain(
                "url",
                "URL_TYPE_INVALID_SCHEME",
                f"Scheme \"{scheme}\" is not supported. Scheme must be one of ('http', 'https', 'discord').",
            )
        if button.body.get("custom_id"):
            button.complain(
                "custom_id",
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )
    elif style is not None:
        button.text("custom_id", 1, 100, required=True)
        if button.body.get("url"):
            button.complain(
                "url",
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )


def check_select(select: Fields, *, in_form: bool = False) -> None:
    """Check a select menu: "Component Reference", string select and its siblings."""
    select.text("custom_id", 1, 100, required=True)
    select.text("placeholder", 0, 150)
    low = select.number("min_values", 0, 25)
    high = select.number("max_values", 1, 25)
    if low is not None and high is not None and low > high:
        select.complain("min_values", "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
    if in_form and low == 0 and select.body.get("required", True):
        select.complain("min_values", "NUMBER_TYPE_MIN", "int value should be greater than or equal to 1.")
    if in_form and select.body.get("disabled"):
        select.complain("disabled", "COMPONENT_DISABLED_IN_MODAL", "Components in modals cannot be disabled")
    if select.body.get("type") != Component.STRING_SELECT:
        return
    check_options(select, 1, 25)
    options = objects(select.body, "options")
    if isinstance(high, int) and options and high > len(options):
        message = f"int value should be less than or equal to {len(options)}."
        select.complain("max_values", "NUMBER_TYPE_MAX", message)


def check_options(parent: Fields, low: int, high: int) -> None:
    """Check the options of a select, radio group or checkbox group, whose values must differ."""
    seen: set[str] = set()

    def check(option: Fields) -> None:
        option.text("label", 1, 100, required=True)
        value = option.text("value", 1, 100, required=True)
        option.text("description", 0, 100)
        if value is not None and value in seen:
            option.found.add(
                option.path,
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
        elif value is not None:
            seen.add(value)

    parent.each("options", low, high, check)


def _check_media(one: Fields, field: str, filenames: Collection[str], *, only_attached: bool = False) -> None:
    """Check an unfurled media item and its alt text (1,024 characters)."""
    one.text("description", 0, 1024)
    media = one.inside(field)
    if media is None:
        return
    url = media.text("url", 1, 2048, required=True)
    if url is None:
        return
    if url.startswith("attachment://"):
        if url.removeprefix("attachment://") not in filenames:
            media.complain(
                "url",
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                "The referenced attachment was not found",
            )
    elif only_attached or not url.startswith(("http://", "https://")):
        scheme = url.partition(":")[0]
        media.complain("url", "URL_TYPE_INVALID_SCHEME", f'Scheme "{scheme}" is not supported.')


def _check_file(one: Fields) -> None:
    one.text("filename", 1, 1024)
    one.text("description", 0, 1024)


def _check_embeds(message: Fields) -> None:
    """Check embeds: "Message Resource", embed limits; 6,000 characters over all of them."""
    total = 0
    for place, embed in numbered(message.body.get("embeds")):
        one = Fields(message.found, embed, (*message.path, "embeds", place))
        parts = [one.text("title", 0, 256), one.text("description", 0, 4096)]
        for holder, part, high in (("footer", "text", 2048), ("author", "name", 256)):
            if isinstance(embed.get(holder), dict):
                inner = Fields(message.found, embed[holder], (*one.path, holder))
                parts.append(inner.text(part, 0, high, required=True))
        for number, each in enumerate(one.items("fields", 0, 25)):
            inner = Fields(message.found, each, (*one.path, "fields", number))
            parts += [inner.text("name", 1, 256, required=True), inner.text("value", 1, 1024, required=True)]
        total += sum(len(part) for part in parts if part)
    if total > 6000:
        message.complain("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _check_unique(found: FormErrors, components: Any, at: Path) -> None:
    """Check that no two components share a custom_id or an id: "Anatomy of a Component"."""
    seen: set[tuple[str, object]] = set()
    rules = (
        ("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"),
        ("id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated"),
    )
    for component, path in _walk_with_paths(components, at):
        for field, code, message in rules:
            value = component.get(field)
            if not value or not isinstance(value, str | int):
                continue  # an id of 0 counts as none
            if (field, value) in seen:
                found.add((*path, field), code, message)
            seen.add((field, value))


def _walk_with_paths(components: Any, at: Path) -> Iterator[tuple[Json, Path]]:
    for place, component in numbered(components):
        path = (*at, place)
        yield component, path
        yield from _walk_with_paths(component.get("components"), (*path, "components"))
        for alone in ("accessory", "component"):
            if isinstance(component.get(alone), dict):
                yield component[alone], (*path, alone)


def number_components(components: list[Json]) -> None:
    """Give every component without an `id` the next free one, as Discord does on arrival."""
    taken = {one["id"] for one in walk(components) if one.get("id")}
    following = 1
    for component in walk(components):
        if not component.get("id"):
            while following in taken:
                following += 1
            component["id"] = following
            taken.add(following)
