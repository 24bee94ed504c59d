"""Changed records as a patch that ``git apply`` takes, so that a person reviews every line of it."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.catalogue.model import Study
from bot.catalogue.source import STUDIES, dump


def patch(proposed: Iterable[Study], texts: Mapping[str, str], prefix: str) -> str:
    """A unified diff from the files as they are to the proposed records; empty if nothing changes.

    Args:
        proposed: the records, in the order in which their files shall stand.
        texts: the files' texts by their name below the data folder, as ``Sources.texts`` holds them.
        prefix: the data folder as the repository names it, such as ``data``; empty for its root.

    Raises:
        KeyError: when a record has no file yet.
    """
    return "".join(line for study in proposed for line in _file(study, texts, prefix))


def repository_prefix(data: Path) -> str:
    """The data folder's path below the root of its git repository; without one, its own name."""
    whole = data.resolve()
    for folder in (whole, *whole.parents):
        if (folder / ".git").exists():
            found = whole.relative_to(folder).as_posix()
            return "" if found == "." else found
    return whole.name


def _file(study: Study, texts: Mapping[str, str], prefix: str) -> Iterator[str]:
    name = f"{STUDIES}/{study.id}.toml"
    path = f"{prefix}/{name}" if prefix else name
    old, new = _lines(texts[name]), _lines(dump(study))
    for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """The lines as git sees them: only a line feed ends one (``str.splitlines`` knows ten other ends)."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines
