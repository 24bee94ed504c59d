import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.citation import STYLES, Citations, NotRenderedError
from bot.citation.citations import Citation
from bot.citation.csl import csl_record
from bot.citation.styles import style
from tests.citation.catalogue import CITATIONS, STUDIES

GUPTA = STUDIES["gupta-1997-cytokine-production"]


def test_a_study_is_cited_in_plain_text_and_in_both_forms_of_a_sentence() -> None:
    cited = CITATIONS.text(GUPTA, "apa")
    assert cited.text == (
        "Gupta, S., Aggarwal, S., See, D., & Starr, A. (1997). Cytokine production by adherent and "
        "non-adherent mononuclear cells in chronic fatigue syndrome. Journal of Psychiatric Research, 31(1), "
        "149–156. https://doi.org/10.1016/s0022-3956(96)00063-5"
    )
    assert cited.parenthetical == "(Gupta et al., 1997)"
    assert cited.narrative == "Gupta et al. (1997)"
    assert [cited.text[start:end] for start, end in cited.italic] == ["Journal of Psychiatric Research", "31"]


@pytest.mark.parametrize(
    ("key", "parenthetical", "narrative"),
    [
        ("vancouver", "(1)", "Gupta et al. (1)"),
        ("ama", "¹", "Gupta et al¹"),
        ("chicago", "(Gupta et al. 1997)", "Gupta et al. (1997)"),
        ("mla", "(Gupta et al.)", "Gupta et al."),
        ("harvard", "(Gupta et al., 1997)", "Gupta et al. (1997)"),
        ("ieee", "[1]", "Gupta et al. [1]"),
    ],
)
def test_each_style_cites_in_a_sentence_in_its_own_way(key: str, parenthetical: str, narrative: str) -> None:
    cited = CITATIONS.text(GUPTA, key)
    assert (cited.parenthetical, cited.narrative) == (parenthetical, narrative)


def test_every_study_can_be_cited_in_every_style_with_nothing_left_over() -> None:
    gaps = re.compile(r"\(\)|\[\]|n\.p\.|n\.d\.|None|\.\.| [,;.]|,,|\?\.|“”|[\ue000-\uf8ff\n]|<|&amp;|  ")
    for one in STUDIES.values():
        for wanted in STYLES:
            cited = CITATIONS.text(one, wanted.key)
            for text in (cited.text, cited.parenthetical, cited.narrative):
                assert text
                assert not gaps.search(text), (one.id, wanted.key, text)


def test_every_citation_names_the_first_author_the_year_and_the_doi() -> None:
    for one in STUDIES.values():
        for wanted in STYLES:
            text = CITATIONS.text(one, wanted.key).text.replace("’", "'")
            assert str(one.year) in text, (one.id, wanted.key)
            if one.authors:
                assert one.authors[0].name.split()[-1] in text, (one.id, wanted.key)
            if one.doi:
                assert one.doi in text, (one.id, wanted.key)


def test_no_citation_claims_a_state_of_publication_that_no_record_tells() -> None:
    claims = re.compile(
        r"ahead of print|advance online|published online|in press|forthcoming|accessed", re.IGNORECASE
    )
    for one in STUDIES.values():
        for wanted in STYLES:
            assert not claims.search(CITATIONS.text(one, wanted.key).text), (one.id, wanted.key)


def test_every_retracted_paper_says_so_in_every_style() -> None:
    retracted = [s for s in STUDIES.values() if s.retraction and s.retraction.status == "retracted"]
    assert retracted
    for one in retracted:
        for wanted in STYLES:
            cited = CITATIONS.text(one, wanted.key)
            assert "RETRACTED: " in cited.text
            assert cited.retraction is not None
            assert cited.retraction.startswith("RETRACTED")


def test_no_list_that_was_cut_passes_for_complete() -> None:
    cut = [one for one in STUDIES.values() if one.authors and not one.authors_complete]
    assert cut
    for one in cut:
        for wanted in STYLES:
            cited = CITATIONS.text(one, wanted.key)
            assert "et al." in cited.text, (one.id, wanted.key, cited.text)
            assert not cited.authors_complete


def test_a_record_edited_since_is_never_cited_by_its_old_text() -> None:
    with pytest.raises(NotRenderedError, match="was edited since"):
        CITATIONS.text(msgspec.structs.replace(GUPTA, volume="32"), "apa")


def test_a_study_or_style_that_is_not_there_is_told() -> None:
    with pytest.raises(NotRenderedError, match="is not rendered"):
        Citations.from_rows([]).text(GUPTA, "apa")
    with pytest.raises(KeyError):
        CITATIONS.text(GUPTA, "bluebook")


def test_what_nobody_has_seen_is_named() -> None:
    articles = (s for s in STUDIES.values() if csl_record(s)["type"] == "article-journal")
    bare = next(s for s in articles if not s.volume and not s.pages)
    assert {"volume", "pages"} <= set(CITATIONS.text(bare, "apa").unknown)
    assert CITATIONS.text(GUPTA, "apa").unknown == ()


@given(st.text(alphabet="ab*_", max_size=12), st.data())
def test_markdown_holds_the_text_piece_by_piece_escaped(text: str, data: st.DataObject) -> None:
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=4)))
    spans = tuple(zip(edges[::2], edges[1::2], strict=False))
    made = Citation("x", style("apa"), text, "", "", italic=spans)
    marked = made.markdown(lambda piece: piece.replace("*", "∗").replace("_", "‗"))
    assert marked.replace("*", "") == text.replace("*", "∗").replace("_", "‗")
    assert marked.count("*") == 2 * len(spans)
