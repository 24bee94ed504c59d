"""Imports run one way: chat -> answer -> {catalogue, citation}, chat -> state (CONTRIBUTING.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: What each part of the program may import of the others.
MAY_IMPORT = {
    "catalogue": set(),
    "citation": {"catalogue"},
    "state": {"settings"},
    "answer": {"catalogue", "citation", "settings", "trace"},
    "chat": {"console", "answer", "catalogue", "citation", "state", "settings", "log", "trace", "values"},
    "curate": {"console", "catalogue", "citation", "settings"},
    "doctor": {"answer", "catalogue", "chat", "state", "settings", "values"},
    "site": {"console", "answer", "catalogue", "citation", "settings"},
    "settings": {"values"},
    "values": set(),
    "log": {"settings", "trace", "values"},
    "trace": set(),
    "console": {"answer", "settings"},
}
#: Libraries that belong to one place.
ONLY_IN = {
    "discord": "bot/chat/discord",
    "sqlalchemy": "bot/state",
    "alembic": "bot/state",
    "sqlite_utils": "bot/catalogue",
}

MODULES = sorted((ROOT / "bot").rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_its_part_may(path: Path) -> None:
    parts = path.relative_to(ROOT / "bot").with_suffix("").parts
    here = parts[0]
    for name in imported(path):
        library, *rest = name.split(".")
        place = ONLY_IN.get(library)
        assert place is None or path.relative_to(ROOT).as_posix().startswith(place), (
            f"{name} belongs in {place}"
        )
        if library == "bot" and rest and here in MAY_IMPORT and rest[0] != here:
            assert rest[0] in MAY_IMPORT[here] | {"__version__"}, f"{here} may not import {name}"


def test_the_rule_knows_every_part() -> None:
    parts = {path.relative_to(ROOT / "bot").with_suffix("").parts[0] for path in MODULES}
    assert parts - {"__init__", "__main__", "cli"} <= MAY_IMPORT.keys()
