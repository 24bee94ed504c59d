"""The commands as people use them, on the real catalogue."""

import pytest

from bot.answer import markdown
from bot.answer.commands import COMMANDS
from bot.answer.desk import Desk
from bot.answer.reply import Outcome, Role
from bot.catalogue.model import Pem
from bot.catalogue.store import Filters


def said(desk: Desk, line: str, *, shown: tuple[str, ...] = ()) -> str:
    reply = desk.answer_line(line, shown=shown)
    assert reply.outcome is Outcome.ANSWER, reply.text
    return markdown.plain(reply.text)


def test_a_half_remembered_study_is_found(desk: Desk) -> None:
    assert desk.answer_line("/study gupta cytokine").studies == ("gupta-1997-cytokine-production",)


@pytest.mark.parametrize(
    "query",
    [
        "10.1016/S0022-3956(96)00063-5",
        "https://doi.org/10.1016/s0022-3956(96)00063-5.",
        "PMID 9201656",
        "https://pubmed.ncbi.nlm.nih.gov/9201656/",
        "gupta-1997-cytokine-production",
        "1997 gupta",
    ],
)
def test_an_identifier_in_any_usual_form_is_found(desk: Desk, query: str) -> None:
    assert desk.answer_line(f"/study {query}").studies == ("gupta-1997-cytokine-production",)


def test_a_doi_that_is_not_in_the_catalogue_is_said_to_be_missing_and_nothing_is_guessed(desk: Desk) -> None:
    reply = desk.answer_line("/study 10.9999/not.there")
    assert reply.outcome is Outcome.NO_MATCH
    assert "10.9999/not.there is not in the catalogue" in markdown.plain(reply.text)
    assert not reply.menus


def test_a_retracted_paper_says_so_before_anything_else(desk: Desk) -> None:
    for line in (
        "/study lombardi 2009",
        "/cite lombardi 2009",
        "/compare lombardi-2009-xmrv gupta-1997-cytokine-production",
    ):
        first = desk.answer_line(line).blocks[0]
        assert first.role is Role.NOTICE
        assert "retracted in 2011" in first.text


def test_is_there_a_test_is_answered_with_no_at_once(desk: Desk) -> None:
    text = said(desk, "/test")
    answer = text.index("No. There is no validated blood test")
    assert answer < 200
    assert "does not prove" in text


def test_a_marker_gets_its_reviewed_question(desk: Desk) -> None:
    assert desk.answer_line("/test nanoneedle").topics == ("nanoneedle-test",)


def test_a_question_outside_the_catalogue_is_not_answered(desk: Desk) -> None:
    reply = desk.answer_line("best pizza in oslo")
    assert reply.outcome is Outcome.NO_MATCH
    assert not reply.studies
    assert not reply.topics
    assert "/suggest" in reply.text


def test_filters_combine(desk: Desk) -> None:
    reply = desk.answer_line("/find pem:required design:randomised-controlled-trial from:2010 to:2024")
    for study in desk.library.catalogue.studies(reply.studies):
        assert (study.pem, study.design) == ("required", "randomised-controlled-trial")
        assert 2010 <= study.year <= 2024


def test_a_filter_understands_a_case_definition_by_its_everyday_name(desk: Desk) -> None:
    reply = desk.answer_line("/find criteria:canadian")
    assert reply.studies
    assert all("CCC 2003" in s.criteria for s in desk.library.catalogue.studies(reply.studies))


def test_pages_follow_one_another_without_gap_or_repeat(desk: Desk) -> None:
    first = desk.answer_line("/find cytokines")
    onward = next(a for a in first.actions if a.options.get("page") == "2")
    second = desk.answer_line(f"/find cytokines page:{onward.options['page']}")
    assert first.studies
    assert second.studies
    assert not set(first.studies) & set(second.studies)


def test_a_page_past_the_end_is_refused_in_words(desk: Desk) -> None:
    reply = desk.answer_line("/find pem:required page:199")
    assert reply.outcome is Outcome.ERROR
    assert "pages" in reply.text


def test_cite_alone_cites_the_study_just_shown(desk: Desk) -> None:
    text = said(desk, "/cite", shown=("gupta-1997-cytokine-production",))
    assert "Gupta, S., Aggarwal, S., See, D., & Starr, A. (1997)" in text


def test_cite_alone_with_nothing_shown_says_what_to_type(desk: Desk) -> None:
    reply = desk.answer_line("/cite")
    assert reply.outcome is Outcome.ERROR
    assert "/cite gupta 1997" in reply.text


def test_bibtex_comes_as_text_and_as_a_file(desk: Desk) -> None:
    reply = desk.answer_line("/cite gupta 1997 bibtex")
    (file,) = reply.files
    assert file.name == "gupta-1997-cytokine-production.bib"
    assert "doi = {10.1016/s0022-3956(96)00063-5}" in str(file.content)
    assert str(file.content).strip() in markdown.plain(reply.text)


def test_the_snapshot_line_stands_apart_from_the_citation(desk: Desk) -> None:
    reply = desk.answer_line("/cite gupta 1997 vancouver")
    roles = [block.role for block in reply.blocks]
    assert roles.index(Role.CITATION) < roles.index(Role.LIMITATIONS) < roles.index(Role.SNAPSHOT)
    snapshot = next(block.text for block in reply.blocks if block.role is Role.SNAPSHOT)
    assert "entry gupta-1997-cytokine-production" in snapshot


def test_nbib_of_a_record_without_pmid_is_refused_with_a_way_on(desk: Desk) -> None:
    without = next(s for s in desk.library.catalogue.all_studies() if not s.pmid)
    reply = desk.answer_line(f"/cite {without.id} style:nbib")
    assert reply.outcome is Outcome.ERROR
    assert "RIS" in reply.text


def test_comparing_a_study_with_itself_is_refused(desk: Desk) -> None:
    assert desk.answer_line("/compare gupta 1997 vs gupta-1997-cytokine-production").outcome is Outcome.ERROR


def test_help_names_every_command(desk: Desk) -> None:
    text = said(desk, "/help")
    assert all(f"/{name}" in text for name in COMMANDS)


def test_about_counts_what_is_there(desk: Desk) -> None:
    meta = desk.library.catalogue.meta
    text = said(desk, "/about")
    assert f"{meta.studies} studies" in text
    assert meta.catalogue_version in text


def test_privacy_says_that_questions_are_not_kept(desk: Desk) -> None:
    assert "do not keep what you ask" in said(desk, "/privacy")


def test_an_entry_whose_abstract_nobody_could_open_says_so(desk: Desk) -> None:
    unseen = [s for s in desk.library.catalogue.all_studies() if not s.abstract_seen]
    assert unseen
    for study in unseen:
        assert "could not open its abstract" in said(desk, f"/study {study.id}")


def test_several_studies_become_one_list_and_what_is_not_found_is_said(desk: Desk) -> None:
    reply = desk.answer_line("/cite gupta 1997, lombardi 2009, 10.9999/not.there vancouver")
    assert reply.studies == ("gupta-1997-cytokine-production", "lombardi-2009-xmrv")
    assert reply.blocks[0].role is Role.NOTICE
    text = markdown.plain(reply.text)
    assert text.index("1. Gupta S") < text.index("2. Lombardi VC")
    assert "10.9999/not.there" in text


def test_a_title_with_commas_is_one_study(desk: Desk) -> None:
    with_commas = [s for s in desk.library.catalogue.all_studies() if s.title.count(",") > 1]
    assert with_commas
    for study in with_commas[:10]:
        assert desk.answer_line(f"/cite {study.title}").studies == (study.id,)


def test_the_studies_behind_a_question_can_be_cited_at_once(desk: Desk) -> None:
    topic = desk.library.catalogue.topic("what-is-pem")
    assert topic is not None
    reply = desk.answer_line("/cite what-is-pem style:ris")
    assert reply.counted == len(topic.studies)
    assert str(reply.files[0].content).count("TY  - ") == len(topic.studies)


def test_a_whole_find_result_can_be_cited(desk: Desk) -> None:
    found = desk.library.catalogue.find(Filters(pem=Pem.REQUIRED))
    reply = desk.answer_line("/find pem:required cite:bibtex")
    assert str(reply.files[0].content).count("\n  doi = ") <= len(found)
    assert all(f"{{{identifier}," in str(reply.files[0].content) for identifier in found)
    assert f"Of these {len(found)} studies" in reply.text


def test_a_name_that_several_case_definitions_have_lets_one_pick(desk: Desk) -> None:
    reply = desk.answer_line("/pem cdc")
    assert reply.outcome is Outcome.CHOICES
    names = [entry.options["criteria"] for entry in reply.menus[0].entries]
    assert {"Fukuda 1994", "Holmes 1988"} <= set(names)
    assert all(name in reply.text for name in names)


def test_two_papers_of_one_name_and_year_are_told_apart(desk: Desk) -> None:
    text = said(desk, "/compare malik-2020-feasibility-retracted vs malik-2020-rct-replacement")
    assert "Malik and others 2020 (feasibility retracted)" in text
    assert "Malik and others 2020 (rct replacement)" in text


@pytest.mark.parametrize("marker", ["HHV-6", "hhv6", "cortisol", "ebv", "thyroid", "il10"])
def test_a_marker_that_is_reviewed_elsewhere_leads_there(desk: Desk, marker: str) -> None:
    reply = desk.answer_line(f"/test {marker}")
    assert "nobody has reviewed" not in reply.text
    if marker != "il10":
        questions = [t.question for t in desk.library.catalogue.all_topics()]
        assert any(question in markdown.plain(reply.text) for question in questions)
    else:
        assert "IL-10" in reply.text


@pytest.mark.parametrize(
    "line",
    ["/test blood", "/test blood test", "test", "is there a reliable test", "is there a tst for mecfs"],
)
def test_the_main_question_is_answered_however_short_it_is_asked(desk: Desk, line: str) -> None:
    assert desk.answer_line(line).topics == ("is-there-a-blood-test",)


@pytest.mark.parametrize("line", ["whats the weather", "/find banana", "/study banana"])
def test_a_word_that_only_looks_like_another_finds_nothing_for_sure(desk: Desk, line: str) -> None:
    assert desk.answer_line(line).outcome is Outcome.NO_MATCH
