"""What is committed in data/citations.json is what rendering gives."""

from dataclasses import replace

import msgspec
import pytest

from bot.catalogue.model import Author
from bot.citation import render
from bot.citation.csl import csl_record
from bot.citation.entries import EMPTY, Rendered, dump, stale_entries
from bot.citation.render import Job, batches, engine_name, render_studies, short_names
from bot.citation.styles import STYLES, style
from tests.catalogue.fabricated import study
from tests.citation.catalogue import RENDERED, STUDIES

pytest.importorskip("pypandoc", reason="pandoc is one of the development requirements")

STALE = "run `evidence-bot cite --render` and commit data/citations.json"


def test_the_committed_citations_were_made_by_this_engine_and_these_steps() -> None:
    assert RENDERED.engine == engine_name(), STALE


def test_rendering_every_study_again_gives_the_committed_file() -> None:
    rendered, summary = render_studies(STUDIES.values(), EMPTY)
    assert summary.rendered == len(STUDIES) * len(STYLES)
    assert dump(rendered) == dump(RENDERED), STALE


def test_rendering_again_keeps_what_has_not_changed_and_drops_what_is_gone() -> None:
    two = [study("first-2001-a", title="A"), study("second-2002-b", title="B")]
    before, _ = render_studies(two, EMPTY)
    after, summary = render_studies([msgspec.structs.replace(two[0], title="C")], before)
    assert (summary.rendered, summary.kept, summary.dropped) == (7, 0, 1)
    same, summary = render_studies(two, before)
    assert (summary.rendered, summary.kept, summary.dropped) == (0, 14, 0)
    assert same == before
    assert "C" in after.entries["first-2001-a"]["apa"].text
    assert after.entries.keys() == {"first-2001-a"}


@pytest.mark.parametrize("change", ["engine", "style"])
def test_another_engine_or_style_file_renders_everything_again(change: str) -> None:
    one = [study()]
    before, _ = render_studies(one, EMPTY)
    other = (
        msgspec.structs.replace(before, engine="pandoc 2.17")
        if change == "engine"
        else msgspec.structs.replace(before, styles={**before.styles, "apa": "0"})
    )
    _, summary = render_studies(one, other)
    assert summary.kept == (0 if change == "engine" else 6)


def test_a_work_in_a_batch_is_cited_as_it_is_alone() -> None:
    some = list(STUDIES.values())[::30]
    for wanted in STYLES:
        alone = render.render([Job(wanted, [csl_record(one, wanted)]) for one in some])
        for one, works in zip(some, alone, strict=True):
            entry = RENDERED.entries[one.id][wanted.key]
            assert works[one.id].plain() == (entry.text, entry.spans)
            assert (works[one.id].parenthetical, works[one.id].narrative) == (
                entry.parenthetical,
                entry.narrative,
            )


def test_no_two_works_in_a_batch_share_a_first_author() -> None:
    for group in batches(STUDIES.values()):
        names = [one.authors[0].name.casefold() for one in group if one.authors]
        assert len(names) == len(set(names))
    assert sum(map(len, batches(STUDIES.values()))) == len(STUDIES)


@pytest.mark.parametrize("key", ["vancouver", "ama", "ieee"])
def test_numbers_are_written_as_the_style_file_has_them(key: str) -> None:
    made = [study(f"made-{n}", title=f"T{n}", authors=(Author(family=f"F{n}"),)) for n in range(12)]
    (works,) = render.render([Job(style(key), [csl_record(one, style(key)) for one in made])])
    assert works["made-11"].parenthetical == style(key).cite_number(12)


def test_numbered_styles_name_the_authors_too() -> None:
    item = csl_record(STUDIES["gupta-1997-cytokine-production"], style("ieee"))
    assert render.number_forms(item, style("ieee"), 3) == ("[3]", "Gupta et al. [3]")
    assert render.number_forms(item, style("ama"), 3) == ("³", "Gupta et al³")
    two = csl_record(study(), style("ieee"))
    assert short_names(two) == "First and The Made-up Group"
    assert short_names(csl_record(study(authors=()), style("ieee"))) == ""
    van = study(authors=(Author(family="van Campen", given="C"),))
    assert short_names(csl_record(van, style("ieee"))) == "van Campen"


def test_a_style_that_pandoc_cannot_read_is_told() -> None:
    missing = replace(style("apa"), csl="no-such-style")
    with pytest.raises(render.PandocError, match="no-such-style"):
        render.render([Job(missing, [csl_record(study(), missing)])])


def test_what_was_edited_added_or_removed_since_is_told() -> None:
    two = [study("first-2001-a", title="A"), study("second-2002-b", title="B")]
    before, _ = render_studies(two, EMPTY)
    assert stale_entries(two, before) == []
    edited = [msgspec.structs.replace(two[0], title="C"), study("third-2003-c", title="D")]
    told = stale_entries(edited, before)
    assert told[0].startswith("first-2001-a: edited since it was rendered in APA 7, ")
    assert told[1].startswith("third-2003-c: not rendered in APA 7, ")
    assert told[2] == "second-2002-b: there is no such study"
    other = Rendered(before.engine, {**before.styles, "apa": "0"}, before.entries)
    assert stale_entries(two, other) == ["APA 7: its style file was changed"]


def test_the_committed_citations_agree_with_the_catalogue() -> None:
    assert stale_entries(STUDIES.values(), RENDERED) == [], STALE
