"""The data dictionary: what every field of every record means, from the descriptions in the model."""

from enum import EnumType
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec

from bot.catalogue.model import Author, Change, Criterion, Retraction, Study, Topic

_KINDS: Final[tuple[tuple[str, type[msgspec.Struct]], ...]] = (
    ("Studies (`data/studies/*.toml`, `studies.csv`)", Study),
    ("Questions (`data/topics/*.toml`, `questions.csv`)", Topic),
    ("Case definitions (`data/criteria.toml`, `criteria.csv`)", Criterion),
    ("An author", Author),
    ("A later notice on a paper (`retraction`)", Retraction),
    ("A line of history (`changes`)", Change),
)
#: Columns of CSV that stand for the field ``retraction``.
RETRACTION_COLUMNS: Final = [f"retraction_{name}" for name in Retraction.__struct_fields__]

_NAMES: Final = {"str": "text", "int": "whole number", "bool": "true or false"}

_HEAD: Final = """# Data dictionary

<!-- Made from bot/catalogue/model.py by `make docs`; change it there. -->

A field that is empty or absent is one that nobody has seen a source for: it is not known, and it is not
"none". In CSV, the entries of a list are joined by ` | `, and the parts of `retraction` are columns of their
own (`retraction_status` and so on).
"""


def text() -> str:
    """The whole dictionary as Markdown."""
    return "\n".join([_HEAD, *(_table(heading, kind) for heading, kind in _KINDS)]).rstrip() + "\n"


def _table(heading: str, kind: type[msgspec.Struct]) -> str:
    about = " ".join((kind.__doc__ or "").split())
    lines = [f"## {heading}", "", about, "", "| field | type | required | meaning |", "|---|---|---|---|"]
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        required = "yes" if field.required else "no"
        lines.append(f"| `{field.name}` | {_type(hint)} | {required} | {_meaning(hint)} |")
    return "\n".join(lines) + "\n"


def _type(hint: Any) -> str:
    origin = get_origin(hint)
    if hasattr(hint, "__metadata__"):
        return _type(hint.__origin__)
    if origin is tuple:
        return f"list of {_type(get_args(hint)[0])}"
    if args := [arg for arg in get_args(hint) if arg is not type(None)]:
        return " or ".join(dict.fromkeys(map(_type, args)))
    if isinstance(hint, EnumType):
        members: list[Any] = list(hint)
        return "one of " + ", ".join(f"`{member}`" for member in members)
    name = str(hint.__name__)
    return _NAMES.get(name, name.lower())


def _meaning(hint: Any) -> str:
    """The description that stands nearest to the field: its own before that of its type."""
    # The outermost metadata is the field's own; `Annotated[Text | None, …]` nests that of its type inside.
    found = [meta.description for meta in getattr(hint, "__metadata__", ()) if meta.description]
    if found:
        return str(found[-1])
    for argument in get_args(hint):
        if described := _meaning(argument):
            return described
    ours = isinstance(hint, type) and hint.__module__.startswith("bot.")
    return (hint.__doc__ or "").split("\n")[0] if ours else ""
