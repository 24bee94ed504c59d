"""What one person sees on the screen: messages, buttons, menus, forms, as plain objects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chat.loopback.entities import offered
from tests.chat.loopback.errors import Json
from tests.chat.loopback.limits import SELECTS, Component, walk
from tests.chat.loopback.world import Message, MessageFlag, User

_LINK = 5


class NotThereError(AssertionError):
    """The person looks for something that is not on the screen."""


@dataclass(frozen=True)
class File:
    """A file shown with a message."""

    name: str
    content: bytes
    content_type: str
    description: str | None


@dataclass(frozen=True)
class Button:
    """A button; `url` is set for links, which send nothing to the app."""

    label: str
    message: Message
    component: Json

    @property
    def custom_id(self) -> str:
        """The app's own name for it, empty for links."""
        return str(self.component.get("custom_id") or "")

    @property
    def url(self) -> str | None:
        """Where a link button leads."""
        return self.component.get("url")

    @property
    def disabled(self) -> bool:
        """Whether it cannot be pressed."""
        return bool(self.component.get("disabled"))


@dataclass(frozen=True)
class Select:
    """A select menu with its options."""

    message: Message
    component: Json

    @property
    def custom_id(self) -> str:
        """The app's own name for it."""
        return str(self.component["custom_id"])

    @property
    def placeholder(self) -> str:
        """What it says while nothing is picked."""
        return str(self.component.get("placeholder") or "")

    @property
    def options(self) -> list[str]:
        """The labels to pick from: the app's own, or the names of users, roles or channels."""
        return list(self._values())

    @property
    def chosen(self) -> list[str]:
        """The labels shown as picked."""
        picked = [str(one["value"]) for one in self.component.get("options") or [] if one.get("default")]
        picked += [str(one["id"]) for one in self.component.get("default_values") or []]
        return [label for label, value in self._values().items() if value in picked]

    def value_of(self, label: str) -> str:
        """Return the value behind a label (or a value itself)."""
        values = self._values()
        if label in values.values():
            return label
        if label not in values:
            msg = f"no option {label!r} among {list(values)}"
            raise NotThereError(msg)
        return values[label]

    def _values(self) -> dict[str, str]:
        named = {name: str(one) for name, one in offered(self.component, self.message.channel).items()}
        own = {str(one["label"]): str(one["value"]) for one in self.component.get("options") or []}
        return own | named


@dataclass(frozen=True)
class Seen:
    """A message as one person saw it at one moment.

    `text` is everything there is to read, in order, blocks apart by a blank line. `took_ms` is the time
    from the click to the app's first answer. `gone` says that the message was deleted meanwhile.
    """

    message: Message
    text: str
    components: tuple[Json, ...]
    files: tuple[File, ...]
    ephemeral: bool
    edited: bool
    took_ms: float = 0.0
    gone: bool = False

    @property
    def id(self) -> int:
        """The message's id."""
        return self.message.id

    @property
    def author(self) -> User:
        """Who wrote it."""
        return self.message.author

    @property
    def replies_to(self) -> int | None:
        """The id of the message this one replies to."""
        target = self.message.replies_to
        return None if target is None else target.id

    @property
    def is_layout(self) -> bool:
        """Whether it was sent with Components V2."""
        return bool(self.message.flags & MessageFlag.IS_COMPONENTS_V2)

    @property
    def accent_colors(self) -> list[int]:
        """The accent colours of its containers."""
        colors = (one.get("accent_color") for one in walk(list(self.components)))
        return [color for color in colors if color is not None]

    @property
    def pings(self) -> list[str]:
        """Whom it notifies: user names, `role:id`, `everyone`."""
        names = [user.name for user in self.message.mentions]
        names += [f"role:{role}" for role in self.message.pings_roles]
        return [*names, "everyone"] if self.message.pings_everyone else names

    @property
    def buttons(self) -> list[Button]:
        """Every button on it, in reading order."""
        found = (one for one in walk(list(self.components)) if one["type"] == Component.BUTTON)
        return [Button(_label_of(one), self.message, one) for one in found]

    @property
    def selects(self) -> list[Select]:
        """Every select menu on it."""
        found = (one for one in walk(list(self.components)) if one["type"] in SELECTS)
        return [Select(self.message, one) for one in found]

    def button(self, label: str) -> Button:
        """Return the button with that label."""
        for button in self.buttons:
            if button.label == label:
                return button
        msg = f"no button {label!r} among {[one.label for one in self.buttons]}"
        raise NotThereError(msg)

    def select(self, placeholder: str | None = None) -> Select:
        """Return the select menu with that placeholder, or the only one."""
        selects = self.selects
        if placeholder is not None:
            selects = [one for one in selects if one.placeholder == placeholder]
        if len(selects) != 1:
            msg = f"{len(selects)} menus {placeholder!r} among {[one.placeholder for one in self.selects]}"
            raise NotThereError(msg)
        return selects[0]

    def file(self, name: str) -> File:
        """Return the file with that name."""
        for file in self.files:
            if file.name == name:
                return file
        msg = f"no file {name!r} among {[one.name for one in self.files]}"
        raise NotThereError(msg)


def see(message: Message, took_ms: float = 0.0) -> Seen:
    """Return what a message shows now. Files that no component shows do not appear in a V2 message."""
    layout = bool(message.flags & MessageFlag.IS_COMPONENTS_V2)
    shown = {
        media.get("attachment_id")
        for component in walk(message.components)
        for item in (component, *(component.get("items") or []))
        for media in (item.get("file"), item.get("media"))
        if isinstance(media, dict)
    }
    return Seen(
        message=message,
        text="\n\n".join(_texts(message)),
        components=tuple(message.components),
        files=tuple(
            File(one.filename, one.content, one.content_type, one.description)
            for one in message.attachments
            if not layout or str(one.id) in shown
        ),
        ephemeral=message.ephemeral,
        edited=message.edited is not None,
        took_ms=took_ms,
        gone=message.id not in message.channel.messages,
    )


def _texts(message: Message) -> Iterator[str]:
    if message.loading:
        yield f"{message.author.name} is thinking…"
    if message.content:
        yield message.content
    for embed in message.embeds:
        yield from (embed[part] for part in ("title", "description") if embed.get(part))
        yield from (f"{field['name']}\n{field['value']}" for field in embed.get("fields") or [])
    for component in walk(message.components):
        if component["type"] == Component.TEXT_DISPLAY:
            yield str(component["content"])


def _label_of(button: Json) -> str:
    label = str(button.get("label") or "")
    return label or str((button.get("emoji") or {}).get("name") or "")


@dataclass(frozen=True)
class Choice:
    """One suggestion of an autocomplete: `name` is shown, `value` is sent."""

    name: str
    value: str | int | float


@dataclass(frozen=True)
class Suggestions:
    """What appears under an option while someone types."""

    choices: tuple[Choice, ...]
    took_ms: float

    @property
    def names(self) -> list[str]:
        """What is shown, in order."""
        return [choice.name for choice in self.choices]


@dataclass(frozen=True)
class FormField:
    """One field of a form. `component` is Discord's own description of it."""

    label: str
    description: str
    component: Json

    @property
    def custom_id(self) -> str:
        """The app's own name for it."""
        return str(self.component["custom_id"])

    @property
    def value(self) -> str:
        """What it is filled with beforehand."""
        return str(self.component.get("value") or "")

    @property
    def placeholder(self) -> str:
        """What it says while empty."""
        return str(self.component.get("placeholder") or "")

    @property
    def required(self) -> bool:
        """Whether the form cannot be sent without it; Discord's default is yes."""
        return bool(self.component.get("required", True))

    @property
    def options(self) -> list[str]:
        """The labels to choose from, in a select, radio or checkbox group."""
        return [str(option["label"]) for option in self.component.get("options") or []]


@dataclass(frozen=True)
class Form:
    """A form (modal) on the screen. `token` is that of the interaction that opened it."""

    title: str
    texts: tuple[str, ...]
    fields: tuple[FormField, ...]
    components: tuple[Json, ...]
    custom_id: str
    token: str
    took_ms: float

    def field(self, name: str) -> FormField:
        """Return the field with that label or custom_id."""
        for field in self.fields:
            if name in {field.label, field.custom_id}:
                return field
        msg = f"no field {name!r} among {[one.label for one in self.fields]}"
        raise NotThereError(msg)


def read_form(data: Json, token: str, took_ms: float) -> Form:
    """Return the form described by a modal callback's data."""
    return Form(
        title=data["title"],
        texts=tuple(one["content"] for one in data["components"] if one["type"] == Component.TEXT_DISPLAY),
        fields=tuple(_form_fields(data["components"])),
        components=tuple(data["components"]),
        custom_id=data["custom_id"],
        token=token,
        took_ms=took_ms,
    )


def _form_fields(components: Sequence[Json]) -> Iterator[FormField]:
    for component in components:
        if component["type"] == Component.LABEL:
            inner = component["component"]
            yield FormField(component["label"], component.get("description") or "", inner)
        elif component["type"] == Component.ACTION_ROW:
            for inner in component["components"]:
                yield FormField(inner.get("label") or "", "", inner)
