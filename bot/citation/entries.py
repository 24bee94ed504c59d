"""``data/citations.json``: the rendered citations, committed like a lock file.

One entry per study and style. Each carries a hash of the CSL record it was rendered from, so that a record
that was edited since is noticed, and the file as a whole names the engine and a hash of each style file.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from bot.catalogue.model import Study
from bot.citation.csl import csl_hash, csl_record
from bot.citation.marked import Spans
from bot.citation.styles import STYLES, style_hash

FILE: Final = "citations.json"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One study in one style.

    ``text`` is the entry of a reference list, in plain text; ``italic`` tells where italics stand in it, as
    offsets "start-end" with spaces between them; ``parenthetical`` and ``narrative`` are the two ways to cite
    it in a sentence; ``csl`` is the hash of the CSL record it was made from.
    """

    csl: str
    text: str
    parenthetical: str
    narrative: str
    italic: str = ""

    @property
    def spans(self) -> Spans:
        """Where italics stand in ``text``, as offsets in characters."""
        pairs = (part.split("-") for part in self.italic.split())
        return tuple((int(start), int(end)) for start, end in pairs)


class Rendered(msgspec.Struct, frozen=True):
    """Everything in ``citations.json``: study id -> style key -> entry."""

    engine: str
    styles: Mapping[str, str]
    entries: Mapping[str, Mapping[str, Entry]]


EMPTY: Final = Rendered(engine="", styles={}, entries={})


def italic_text(spans: Spans) -> str:
    """Spans as :attr:`Entry.italic` writes them."""
    return " ".join(f"{start}-{end}" for start, end in spans)


def read(path: Path) -> Rendered:
    """Read ``citations.json``; an absent file holds no entries.

    Raises:
        msgspec.DecodeError: when the file is not what :func:`dump` writes.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Rendered)
    except FileNotFoundError:
        return EMPTY


def dump(rendered: Rendered) -> str:
    """The text of ``citations.json``: sorted, one field a line, so that a review shows each change."""
    plain: dict[str, Any] = msgspec.to_builtins(rendered)
    return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write(rendered: Rendered, path: Path) -> None:
    """Write ``citations.json`` in one step."""
    from bot.catalogue.source import write_whole  # noqa: PLC0415 - the running bot only reads

    write_whole(path, dump(rendered).encode())


def read_entries(path: Path) -> Iterator[dict[str, str]]:
    """The entries as rows of the table ``citations``, sorted by study and style.

    Columns: ``study_id``, ``style`` (together the key), ``text``, ``italic``, ``parenthetical``,
    ``narrative``, ``csl``.
    """
    for study_id, by_style in sorted(read(path).entries.items()):
        for style, entry in sorted(by_style.items()):
            yield {"study_id": study_id, "style": style, **row_of(entry)}


def row_of(entry: Entry) -> dict[str, str]:
    """The entry's own columns."""
    return {name: getattr(entry, name) for name in Entry.__struct_fields__}


def stale_entries(studies: Iterable[Study], rendered: Rendered) -> list[str]:
    """What does not agree with the studies any more, one line each; an empty list means that all can be
    cited.

    Found are: studies with no entry in a style, entries made from a record that was edited since, entries of
    studies that are gone, and styles whose file was changed.
    """
    found = [
        f"{style.name}: its style file was changed"
        for style in STYLES
        if rendered.entries and rendered.styles.get(style.key) != style_hash(style.key)
    ]
    known = set()
    for study in studies:
        known.add(study.id)
        by_style = rendered.entries.get(study.id, {})
        missing = [style.name for style in STYLES if style.key not in by_style]
        changed = [
            style.name
            for style in STYLES
            if style.key in by_style and by_style[style.key].csl != csl_hash(csl_record(study, style))
        ]
        if missing:
            found.append(f"{study.id}: not rendered in {', '.join(missing)}")
        if changed:
            found.append(f"{study.id}: edited since it was rendered in {', '.join(changed)}")
    found += [f"{study_id}: there is no such study" for study_id in sorted(rendered.entries.keys() - known)]
    return found
