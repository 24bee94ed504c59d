"""What the page of `make play` is told of a message, a command, a form."""

import copy
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.chat.loopback.clock import iso
from tests.chat.loopback.entities import offered
from tests.chat.loopback.errors import Json
from tests.chat.loopback.limits import SELECTS, Component, walk
from tests.chat.loopback.limits_commands import Option
from tests.chat.loopback.seen import Form
from tests.chat.loopback.world import Message, User

_NESTED = (Option.SUB_COMMAND, Option.SUB_COMMAND_GROUP)


def message_view(message: Message, viewer: User, *, moderates: bool) -> Json:
    """Return one message as `viewer` sees it. Components are as Discord keeps them."""
    mine = message.author is viewer
    shown = {
        media.get("attachment_id")
        for component in walk(message.components)
        for item in (component, *(component.get("items") or []))
        for media in (item.get("file"), item.get("media"))
        if isinstance(media, dict)
    }
    return {
        "id": str(message.id),
        "author": message.author.name,
        "app": message.author.bot,
        "mine": mine,
        "time": iso(message.created),
        "edited": message.edited is not None,
        "only_you": message.ephemeral,
        "loading": message.loading,
        "content": message.content,
        "embeds": message.embeds,
        "components": _with_options(message),
        "files": [
            {
                "name": one.filename,
                "url": urlsplit(one.url).path,
                "size": len(one.content),
                "shown": str(one.id) in shown,
                "about": one.description,
                "id": str(one.id),
            }
            for one in message.attachments
        ],
        "used": _used(message, viewer),
        "reply": _reply(message),
        "deletable": not message.ephemeral and (mine or moderates),
        "menus": not message.ephemeral,
    }


def _with_options(message: Message) -> list[Json]:
    """Return the components, menus of users, roles and channels with what they offer spelled out."""
    components = copy.deepcopy(message.components)
    for component in walk(components):
        if component["type"] in SELECTS and component["type"] != Component.STRING_SELECT:
            picked = [str(one["id"]) for one in component.get("default_values") or []]
            component["options"] = [
                {"label": name, "value": str(one), "default": str(one) in picked}
                for name, one in offered(component, message.channel).items()
            ]
    return components


def _used(message: Message, viewer: User) -> str:
    """Return the line above an answer that says who asked for it."""
    metadata = message.interaction_metadata
    if metadata is None or "name" not in metadata:
        return ""
    who = "You" if metadata["user"]["id"] == str(viewer.id) else metadata["user"]["global_name"]
    name = metadata["name"]
    return f"{who} used {name if 'target_message_id' in metadata else f'/{name}'}"


def _reply(message: Message) -> Json | None:
    target = message.replies_to
    if target is None:
        return None
    gone = target.id not in target.channel.messages
    return {
        "id": str(target.id),
        "author": target.author.name,
        "text": "" if gone or target.ephemeral else target.content[:120],
        "gone": gone,
    }


def command_view(command: Json, viewer: User, path: str = "") -> Iterator[Json]:
    """Yield a command, or each of its subcommands, in the viewer's language where there is one."""
    path = f"{path} {command['name']}".strip()
    options = command.get("options") or []
    if any(option["type"] in _NESTED for option in options):
        for option in options:
            yield from command_view(option, viewer, path)
        return
    yield {
        "path": path,
        "description": _localized(command, "description", viewer),
        "options": [_option_view(option, viewer) for option in options],
    }


def _option_view(option: Json, viewer: User) -> Json:
    return {
        "name": option["name"],
        "label": _localized(option, "name", viewer),
        "description": _localized(option, "description", viewer),
        "type": option["type"],
        "required": bool(option.get("required")),
        "autocomplete": bool(option.get("autocomplete")),
        "choices": [
            {"name": _localized(choice, "name", viewer), "value": choice["value"]}
            for choice in option.get("choices") or []
        ],
        "min": option.get("min_value"),
        "max": option.get("max_value"),
        "min_length": option.get("min_length"),
        "max_length": option.get("max_length"),
    }


def form_view(form: Form) -> Json:
    """Return a form; `id` is what the page sends back with the answers."""
    return {"id": form.token, "title": form.title, "components": list(form.components)}


def _localized(one: Json, field: str, viewer: User) -> str:
    texts = one.get(f"{field}_localizations") or {}
    return str(texts.get(viewer.locale) or one.get(field) or "")
