import random

import pytest

from bot.catalogue.model import Author, Study
from bot.citation import Citations, NotRenderedError, bibliography
from bot.citation.bibliography import sort_key
from bot.citation.entries import EMPTY, row_of
from bot.citation.render import render_studies
from bot.citation.styles import style
from tests.catalogue.fabricated import study
from tests.citation.catalogue import CITATIONS, STUDIES

pytest.importorskip("pypandoc", reason="pandoc is one of the development requirements")

LEE = Author(family="Lee", given="Ann")
SAME = [
    study("lee-2021-zinc", title="Zinc", authors=(LEE,), year=2021),
    study("lee-2021-copper", title="Copper", authors=(LEE,), year=2021),
    study("lee-2020-iron", title="Iron", authors=(LEE,), year=2020),
    study("abel-2021-gold", title="Gold", authors=(Author(family="Abel", given="Bo"),), year=2021),
]


def made(studies: list[Study]) -> Citations:
    rendered, _ = render_studies(studies, EMPTY)
    rows = [
        {"study_id": study_id, "style": key, **row_of(entry)}
        for study_id, by_style in rendered.entries.items()
        for key, entry in by_style.items()
    ]
    return Citations.from_rows(rows)


CITED = made(SAME)


@pytest.mark.parametrize("engine", [True, False])
@pytest.mark.parametrize("key", ["apa", "chicago", "harvard"])
def test_works_of_one_author_and_year_get_letters_in_order(key: str, engine: bool) -> None:  # noqa: FBT001
    listed = bibliography(SAME, key, CITED, engine=engine)
    assert [entry.study_id for entry in listed.entries] == [
        "abel-2021-gold",
        "lee-2020-iron",
        "lee-2021-copper",
        "lee-2021-zinc",
    ]
    assert [entry.parenthetical.replace(",", "") for entry in listed.entries] == [
        "(Abel 2021)",
        "(Lee 2020)",
        "(Lee 2021a)",
        "(Lee 2021b)",
    ]
    assert "2021a" in listed.entries[2].text
    assert "(2021b)" in listed.entries[3].narrative
    assert listed.arranged_by_engine is engine


def test_letters_move_the_italics_that_follow_them() -> None:
    listed = bibliography(SAME, "apa", CITED, engine=False)
    for entry in listed.entries:
        assert [entry.text[start:end] for start, end in entry.italic] == ["Journal of Made-up Studies"]


@pytest.mark.parametrize("key", ["vancouver", "ama", "ieee"])
def test_a_style_that_numbers_keeps_the_order_in_which_works_were_asked_for(key: str) -> None:
    listed = bibliography(SAME, key, CITED)
    assert [entry.study_id for entry in listed.entries] == [one.id for one in SAME]
    wanted = style(key)
    assert listed.entries[2].parenthetical == wanted.cite_number(3)
    assert listed.entries[2].narrative.endswith(wanted.cite_number(3))
    assert listed.text.splitlines()[4].startswith(wanted.listed.format(3) + " ")


def test_a_style_that_does_not_number_has_no_labels() -> None:
    assert bibliography(SAME, "mla", CITED).text.startswith("Abel, Bo. “Gold.”")


def test_a_study_named_twice_is_listed_once() -> None:
    assert len(bibliography([*SAME, SAME[0]], "ieee", CITED).entries) == len(SAME)


def test_one_study_is_cited_as_it_is_alone() -> None:
    one = STUDIES["gupta-1997-cytokine-production"]
    listed = bibliography([one], "apa", CITATIONS)
    assert listed.text == CITATIONS.text(one, "apa").text
    assert listed.file().name == "gupta-1997-cytokine-production-apa.txt"


def test_a_long_list_can_be_had_as_a_file() -> None:
    file = bibliography(SAME, "ieee", CITED).file()
    assert file.name == "4-studies-ieee.txt"
    assert file.text.startswith("[1] A. Lee, “Zinc,”")
    assert file.text.endswith("\n")


def test_a_list_with_an_outdated_entry_is_refused() -> None:
    with pytest.raises(NotRenderedError):
        bibliography([study("lee-2021-zinc", title="Zink")], "apa", CITED)


@pytest.mark.parametrize("key", ["apa", "chicago", "mla", "harvard"])
def test_stored_entries_are_sorted_as_the_engine_sorts_them(key: str) -> None:
    # Works by one person under several spellings are left out: the engine tells these apart by their
    # initials. So are names such as O'Neal: the engine puts an apostrophe before every letter, and we pass
    # over it.
    by_first: dict[str, Study] = {}
    for one in STUDIES.values():
        if one.authors and not set(one.authors[0].name) & set("'’"):
            by_first.setdefault(one.authors[0].name.casefold(), one)
    sample = random.Random(20261121).sample(sorted(by_first.values(), key=lambda one: one.id), 60)
    by_engine = bibliography(sample, key, CITATIONS)
    by_us = bibliography(sample, key, CITATIONS, engine=False)
    assert [entry.study_id for entry in by_us.entries] == [entry.study_id for entry in by_engine.entries]
    assert {entry.text for entry in by_us.entries} == {entry.text for entry in by_engine.entries}


def test_marks_case_and_particles_do_not_spoil_the_order() -> None:
    def by(family: str) -> tuple[list[str], int, str]:
        return sort_key(study(authors=(Author(family=family, given="A"),)), style("chicago"))

    assert by("Çelik") < by("Cemal") < by("van Dijk") < by("Østergaard") < by("Pall")
    apa = sort_key(study(authors=(Author(family="van Dijk"),)), style("apa"))
    assert apa > sort_key(study(authors=(Author(family="Unger"),)), style("apa"))


def test_every_pair_of_entries_is_cited_apart_without_the_engine() -> None:
    for key in ("apa", "chicago", "harvard"):
        listed = bibliography(list(STUDIES.values()), key, CITATIONS, engine=False)
        cited = [entry.parenthetical for entry in listed.entries]
        assert len(set(cited)) == len(STUDIES)
