"""Our citations of awkward records beside those of citeproc-js; see oracle/README.md."""

import html
import json
import re
from functools import cache
from pathlib import Path

import pytest

from bot.catalogue.model import Study
from bot.citation.csl import csl_record
from bot.citation.marked import from_runs, plain
from bot.citation.mend import mend
from bot.citation.render import Job, batches, render
from bot.citation.styles import STYLES, Style
from tests.citation.hard_pack import hard_pack

pytest.importorskip("pypandoc", reason="pandoc is one of the development requirements")

HERE = Path(__file__).parent
ORACLE: dict[str, dict[str, str]] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))[
    "entries"
]
DIFFERENCES: list[dict[str, str]] = json.loads((HERE / "differences.json").read_text(encoding="utf-8"))
PACK = hard_pack()


def oracle_text(entry: str, study: Study, style: Style) -> str:
    """The text of an entry as citeproc-js wrote it, with our own steps after it."""
    text = re.sub(r'<div class="csl-left-margin">.*?</div>', "", entry)
    text = re.sub(r"<sup>(.*?)</sup>", lambda found: from_runs([(found[1], "^")]), text)
    text = re.sub(r"<sub>(.*?)</sub>", lambda found: from_runs([(found[1], "_")]), text)
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())
    return plain(mend(text, style.key, csl_record(study, style)))[0]


@cache
def ours() -> dict[tuple[str, str], str]:
    """Our text of every cell: (style, id) -> entry."""
    jobs = [
        Job(style, [csl_record(one, style) for one in group])
        for style in STYLES
        for group in batches(PACK.values())
    ]
    return {
        (job.style.key, study_id): work.plain()[0]
        for job, works in zip(jobs, render(jobs), strict=True)
        for study_id, work in works.items()
    }


def test_the_pack_is_hard_and_large_enough() -> None:
    assert len(PACK) >= 40
    assert len({record["shape"] for record in json.loads((HERE / "hard.json").read_text("utf-8"))}) == len(
        PACK
    )


def test_every_cell_is_what_citeproc_js_writes_but_for_those_listed_with_a_reason() -> None:
    listed = {(cell["style"], cell["id"]) for cell in DIFFERENCES}
    assert all(cell["reason"] for cell in DIFFERENCES)
    differing = {
        (style.key, one.id)
        for style in STYLES
        for one in PACK.values()
        if ours()[style.key, one.id] != oracle_text(ORACLE[one.id][style.key], one, style)
    }
    assert differing == listed
    assert 1 - len(differing) / len(ours()) >= 0.99


def test_no_cell_shows_a_gap_where_something_is_not_known() -> None:
    for text in ours().values():
        assert not re.search(
            r"\(\)|\[\]|n\.p\.|n\.d\.|None|\.\.| [,;.]|,,|\?\.|“”|[\ue000-\uf8ff]|<|&amp;", text
        ), text
        assert text == text.strip()


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.key)
def test_a_retracted_paper_says_so_in_every_style(style: Style) -> None:
    assert "RETRACTED: Detection of" in ours()[style.key, "lombardi-2009-xmrv"]
