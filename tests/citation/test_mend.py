import pytest

from bot.citation.csl import OTHERS
from bot.citation.marked import italic, plain
from bot.citation.mend import (
    ama_published_online,
    chicago_ahead_of_print,
    full_page_range,
    harvard_preprint,
    ieee_online,
    mark_inside_quotes,
    mla_one_issue,
    mla_prepositions,
    others,
)


@pytest.mark.parametrize(
    ("rendered", "expected"),
    [
        (f"Todd, I., & {OTHERS}. (2003).", "Todd, I., et al. (2003)."),
        (f"Cheung, F., … {OTHERS}. (2024).", "Cheung, F., et al. (2024)."),
        (f"Swinden D, Todd I, {OTHERS}. Normal", "Swinden D, Todd I, et al. Normal"),
        (f"Davenport, Todd, and {OTHERS}. 2025.", "Davenport, Todd, et al. 2025."),
        (f"Davenport, T. and {OTHERS} (2025)", "Davenport, T. et al. (2025)"),
        (f"I. Todd, and {OTHERS}, “Normal", "I. Todd, et al., “Normal"),
        (f"(Davenport & {OTHERS}, 2025)", "(Davenport et al., 2025)"),
        ("Nobody is missing here.", "Nobody is missing here."),
    ],
)
def test_authors_nobody_could_read_become_et_al(rendered: str, expected: str) -> None:
    assert others(rendered) == expected


def test_et_al_is_italic_where_the_style_has_it_so() -> None:
    assert (
        others(f"Davenport, T. and {OTHERS} (2025)", italics=True)
        == f"Davenport, T. {italic('et al.')} (2025)"
    )


def test_mla_lowers_long_prepositions_inside_the_title_only() -> None:
    rendered = (
        "Against, Ann. “Between Meals: During the Night Versus Within a Day.” Journal of Life Within Walls"
    )
    assert mla_prepositions(rendered) == (
        "Against, Ann. “Between Meals: During the Night versus within a Day.” Journal of Life Within Walls"
    )


def test_mla_lowers_them_in_the_italic_title_of_a_report_too() -> None:
    assert plain(mla_prepositions(f"Lee, Ann. {italic('Rest During Illness')}. 2001."))[0] == (
        "Lee, Ann. Rest during Illness. 2001."
    )


def test_mla_names_one_issue_in_the_singular() -> None:
    assert mla_one_issue("vol. 31, nos. Suppl 1, 2001") == "vol. 31, no. Suppl 1, 2001"
    assert mla_one_issue("vol. 31, nos. 13–14, 2001") == "vol. 31, nos. 13–14, 2001"


def test_ieee_says_that_an_address_is_online_and_says_it_once() -> None:
    once = ieee_online("NICE, NG206, 2021. Available: https://nice.org.uk/")
    assert once == "NICE, NG206, 2021. [Online]. Available: https://nice.org.uk/"
    assert ieee_online(once) == once


def test_ama_does_not_claim_that_a_paper_came_out_online_first() -> None:
    assert ama_published_online("J Made Stud. Published online 2001:149.") == "J Made Stud. 2001:149."


def test_chicago_does_not_claim_that_a_paper_came_out_ahead_of_print() -> None:
    assert (
        chicago_ahead_of_print("“T.” BMC Genomics, ahead of print. https://") == "“T.” BMC Genomics. https://"
    )


def test_harvard_does_not_call_a_paper_a_preprint_for_want_of_a_volume() -> None:
    assert harvard_preprint("Nature Communications [Preprint].") == "Nature Communications."


def test_a_range_with_dots_is_written_in_full() -> None:
    assert full_page_range("119(2):167.e23–30. doi:10.5555/e30", "167.e23-167.e30") == (
        "119(2):167.e23–167.e30. doi:10.5555/e30"
    )
    assert full_page_range("pp. 167.e23–167.e30, 2006", "167.e23-167.e30") == "pp. 167.e23–167.e30, 2006"
    assert full_page_range("31:149–56.", "149-156") == "31:149–56."


def test_a_stop_goes_inside_the_inner_quotation_marks_but_not_after_an_apostrophe() -> None:
    assert (
        mark_inside_quotes("“What People Call ‘Brain Fog’.” Work") == "“What People Call ‘Brain Fog.’” Work"
    )
    assert mark_inside_quotes("“An Audit of Doctors’.” Work") == "“An Audit of Doctors’.” Work"
