"""The machine: Python, packages, and who may read the files that hold secrets."""

import importlib.metadata
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.doctor.finding import Finding, mend, note, ok

_LEAST_PYTHON: Final = (3, 11)
_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(;)?", re.MULTILINE)
_SHOWN: Final = 5


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Whether Python is new enough."""
    text = ".".join(str(part) for part in version)
    if version[:2] < _LEAST_PYTHON:
        return mend("Python", f"{text} is too old: install 3.11 or newer.")
    return ok("Python", text)


def packages(pins: Path) -> Finding:
    """Whether the packages installed are those that are pinned.

    Args:
        pins: a requirements file with hashes. Lines with a marker hold for some machines only, so a package
            of theirs may be missing, and several versions of it may be right.
    """
    try:
        text = pins.read_text(encoding="utf-8")
    except OSError:
        return note("packages", f"{pins.name} is not here, so versions were not compared.")
    wanted: dict[str, set[str]] = {}
    needed: set[str] = set()
    for name, version, marked in _PIN.findall(text):
        wanted.setdefault(name, set()).add(version)
        if not marked:
            needed.add(name)
    wrong = [
        f"{name} {found or 'missing'}, not {' or '.join(sorted(versions))}"
        for name, versions in sorted(wanted.items())
        if (found := _installed(name)) not in versions and (found is not None or name in needed)
    ]
    if wrong:
        more = f", and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        how = f"install those that are tested: pip install --require-hashes -r {pins.name}."
        return mend("packages", f"{'; '.join(wrong[:_SHOWN])}{more}: {how}")
    return ok("packages", f"{len(wanted)} as pinned in {pins.name}")


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def private_files(files: Sequence[Path]) -> Iterator[Finding]:
    """Whether files that hold secrets, or what people wrote, are for their owner alone."""
    for file in files:
        try:
            mode = file.stat().st_mode
        except OSError:
            continue  # what is not there gives nothing away
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield mend("files", f"others may read or change {file}: chmod 600 {file}")
        else:
            yield ok("files", f"{file} is for its owner alone")
