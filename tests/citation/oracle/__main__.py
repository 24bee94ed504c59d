"""Writes what expect.js reads: the hard pack as CSL records, in the variation of each style."""

import json
import sys

from bot.citation.csl import csl_record
from bot.citation.styles import STYLES
from tests.citation.hard_pack import hard_pack

jobs = [
    {
        "style": style.key,
        "csl": str(style.file),
        "lang": style.locale,
        "items": [csl_record(study, style) for study in hard_pack().values()],
    }
    for style in STYLES
]
json.dump(jobs, sys.stdout)
