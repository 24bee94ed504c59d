"""The fingerprint of everything the catalogue is made from."""

import hashlib
from pathlib import Path
from typing import Final

from bot.catalogue.index import INDEX_VERSION
from bot.catalogue.tables import SCHEMA_VERSION

#: What the fingerprint covers, relative to the data folder.
_CONTENT: Final = ("*.toml", "*.json", "studies/*.toml", "topics/*.toml")


def content_hash(data: Path) -> str:
    """SHA-256, in hex, of the data files and of the shape that the database gives them.

    Raises:
        FileNotFoundError: when the folder has no studies.
    """
    if not (data / "studies").is_dir():
        message = f"no studies in {data}"
        raise FileNotFoundError(message)
    digest = hashlib.sha256(f"schema {SCHEMA_VERSION}, index {INDEX_VERSION}\n".encode())
    for pattern in _CONTENT:
        for path in sorted(data.glob(pattern)):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(data).as_posix()} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()
