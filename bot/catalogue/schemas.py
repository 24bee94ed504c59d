"""JSON Schemas of the data files, for editors that complete and check TOML as it is typed.

They are made from the model, and committed in ``data/schemas`` so that an editor finds them; ``.taplo.toml``
says which schema belongs to which file.
"""

import json
from pathlib import Path
from typing import Any, Final

import msgspec

from bot.catalogue.model import Criterion, Prose, Study, Topic
from bot.catalogue.source import write_whole

FOLDER: Final = "schemas"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_PROSE_PATTERN: Final = msgspec.json.schema(Prose)["pattern"]


def render() -> dict[str, str]:
    """The text of every schema, by the name of its file."""
    one = {"study": _schema(Study, "A study"), "topic": _schema(Topic, "A topic")}
    texts = {f"{name}.schema.json": schema for name, schema in one.items()}
    texts["criteria.schema.json"] = _schema(list[Criterion], "The case definitions", inside="criteria")
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in texts.items()}


def stale(data: Path) -> list[Path]:
    """The schemas below ``data`` that are missing or differ from the model."""
    folder = data / FOLDER
    return [
        folder / name
        for name, text in render().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def write(data: Path) -> list[Path]:
    """Write the schemas that are missing or differ from the model; return their paths."""
    texts = render()
    paths = stale(data)
    for path in paths:
        write_whole(path, texts[path.name].encode())
    return paths


def _schema(kind: Any, title: str, *, inside: str = "") -> dict[str, Any]:
    (schema,), definitions = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    if inside:
        schema = {"type": "object", "properties": {inside: schema}, "required": [inside]}
    whole = {**schema, "$defs": definitions}
    return {"$schema": _DIALECT, "title": title, **_as_in_files(whole)}


def _as_in_files(schema: Any) -> Any:
    """What the files may hold, where that differs from the records.

    A table has no other fields, TOML has no null (a field is there or it is not), and prose has line breaks.
    """
    if isinstance(schema, list):
        return [_as_in_files(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _as_in_files(part) for key, part in schema.items()}
    if "properties" in schema:
        schema["additionalProperties"] = False
    if schema.get("pattern") == _PROSE_PATTERN:
        schema["pattern"] = r"\S"
    if "anyOf" in schema:
        choices = [choice for choice in schema.pop("anyOf") if choice != {"type": "null"}]
        schema = {**choices[0], **schema} if len(choices) == 1 else {**schema, "anyOf": choices}
    if schema.get("default", ...) is None:
        del schema["default"]
    return schema
