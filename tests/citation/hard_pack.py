"""The hard pack: records of awkward but real shapes, as studies."""

import json
from pathlib import Path
from typing import Any

import msgspec

from bot.catalogue.model import Study
from tests.catalogue.fabricated import study

HERE = Path(__file__).parent


def hard_pack() -> dict[str, Study]:
    """The records of ``hard.json`` as valid studies, by id; what a citation does not show is filled in."""
    records: list[dict[str, Any]] = json.loads((HERE / "hard.json").read_text(encoding="utf-8"))
    bibliographic = {name for record in records for name in record}
    filler = {
        name: value for name, value in msgspec.to_builtins(study()).items() if name not in bibliographic
    }
    pack = {}
    for record in records:
        fields = {name: value for name, value in record.items() if name != "shape"}
        pack[record["id"]] = msgspec.convert(fields | filler, Study)
    return pack
