import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import Author
from bot.curate import clean
from bot.curate.crossref import from_work
from bot.curate.merge import agree, merge
from bot.curate.pubmed import read_articles
from bot.curate.reading import FIELDS, Reading, reading
from tests.curate.invented import DOI, PMID, TITLE, crossref_work, pubmed_article, pubmed_set


def crossref(**changes: Any) -> Reading:
    return from_work(crossref_work(**changes))


def pubmed(**changes: Any) -> Reading:
    return read_articles(pubmed_set(pubmed_article(**changes)))[0]


names = st.builds(
    Author, family=st.sampled_from(["Inventa", "Fictie", "Nemo"]), given=st.sampled_from([None, "A", "Ada"])
)
readings = st.builds(
    lambda source, raw, authors, complete: reading(source, raw, authors=authors, authors_complete=complete),
    st.sampled_from(["Crossref", "PubMed", "refs.bib"]),
    st.fixed_dictionaries(
        {},
        optional={
            "title": st.sampled_from(
                [TITLE, TITLE.upper(), "Grip strength in an invented cohort", "Something else"]
            ),
            "journal": st.sampled_from(["The Journal", "Journal (Nowhere)", "Annals"]),
            "year": st.sampled_from([2018, 2019]),
            "pages": st.sampled_from(["149-56", "149", "e12"]),
            "doi": st.sampled_from([DOI, "10.5555/other"]),
            "pmid": st.sampled_from([PMID, "7"]),
            "url": st.just("https://example.org/paper"),
        },
    ),
    st.lists(names, max_size=3),
    st.booleans(),
)


def test_two_sources_that_agree_make_one_work_without_a_disagreement_but_the_publishers_words() -> None:
    work = merge([pubmed(), crossref()])

    assert work.disagreements == ()
    assert work.fields["title"].sources == ("Crossref", "PubMed")
    assert work.value("journal") == "Journal of Invented Results"
    assert work.value("journal_abbrev") == "J Invent Results"
    assert work.fields["pmid"].sources == ("PubMed",)
    assert work.authors_complete


def test_the_fuller_given_names_are_taken() -> None:
    assert merge([crossref(), pubmed()]).value("authors")[1] == Author(family="van Fictie", given="Bert")


def test_a_disagreement_names_who_says_what_and_the_first_is_taken() -> None:
    work = merge([pubmed(year="<Year>2020</Year>"), crossref(volume="13")])

    assert [str(one) for one in work.disagreements] == [
        "year: Crossref: 2019; PubMed: 2020",
        "volume: Crossref: 13; PubMed: 12",
    ]
    assert (work.value("year"), work.value("volume")) == (2019, "13")


def test_other_authors_are_a_disagreement() -> None:
    others = [{"given": "Ada", "family": "Inventa"}, {"given": "C.", "family": "Nemo"}]
    assert [one.field for one in merge([crossref(author=others), pubmed()]).disagreements] == ["authors"]


def test_a_title_in_title_case_gets_the_sentence_case_of_the_other_source() -> None:
    work = merge(
        [crossref(title=["Grip Strength in an Invented Cohort: A Made-up Comparison"], subtitle=[]), pubmed()]
    )

    assert work.value("title") == "Grip Strength in an Invented Cohort: A Made-up Comparison"
    assert work.title_sentence == TITLE
    assert work.disagreements == ()


def test_a_title_that_shouts_gives_way_and_a_missing_subtitle_is_no_disagreement() -> None:
    assert merge([crossref(title=[TITLE.upper()], subtitle=[]), pubmed()]).value("title") == TITLE
    without = merge([crossref(subtitle=[]), pubmed()])
    assert without.value("title") == TITLE
    assert without.disagreements == ()


def test_a_record_with_another_title_is_a_stranger_and_nothing_of_it_enters() -> None:
    work = merge([crossref(), pubmed(title="Sleep of invented mice in a maze nobody built")])

    assert [one.source for one in work.strangers] == ["PubMed"]
    assert work.value("pmid") is None
    assert work.value("journal_abbrev") is None


def test_a_retraction_mark_in_a_title_does_not_make_a_stranger() -> None:
    work = merge([crossref(title=[f"RETRACTED: {TITLE}"], subtitle=[]), pubmed()])
    assert not work.strangers
    assert not work.disagreements


@pytest.mark.parametrize(
    ("field", "one", "other", "same"),
    [
        ("journal", "The Invented Lancet", "Invented lancet (London, England)", True),
        ("journal", "Brain & Made-up Behavior", "Brain and made-up behavior", True),
        ("journal", "PloS one", "PloS two", False),
        ("pages", "149", "149-156", True),
        ("pages", "14", "149-156", False),
        ("pages", "149-156", "149-157", False),
        ("authors", (Author(family="Díaz", given="A"),), (Author(family="Diaz", given="Ana"),), True),
        ("authors", (Author(family="Diaz", given="B"),), (Author(family="Diaz", given="Ana"),), False),
        ("authors", (Author(literal="The Group"),), (Author(family="Group", given="The"),), True),
        ("year", 2019, 2018, False),
    ],
)
def test_values_agree_by_what_they_mean(field: str, one: Any, other: Any, *, same: bool) -> None:
    assert agree(field, one, other) is same
    assert agree(field, other, one) is same


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(ValueError, match="nothing to merge"):
        merge([])


@given(st.lists(readings, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_the_readings_does_not_matter(several: list[Reading], random: Any) -> None:
    shuffled = several.copy()
    random.shuffle(shuffled)
    assert merge(shuffled) == merge(several)


@given(st.lists(readings, min_size=1, max_size=4))
def test_every_value_is_stated_by_the_source_that_is_named_for_it(several: list[Reading]) -> None:
    work = merge(several)
    for field, chosen in work.fields.items():
        assert (chosen.sources[0], chosen.value) in [(one.source, one.value(field)) for one in work.readings]
        assert clean.usable(field, chosen.value)


@given(st.lists(readings, min_size=1, max_size=4))
def test_no_field_that_a_used_source_states_is_lost(several: list[Reading]) -> None:
    work = merge(several)
    for field in FIELDS:
        if any(one.value(field) is not None for one in work.readings):
            assert work.value(field) is not None or (field == "url" and work.value("doi"))


@given(st.lists(readings, min_size=1, max_size=3))
def test_saying_a_thing_twice_changes_nothing_but_the_count(several: list[Reading]) -> None:
    once, twice = merge(several), merge(several * 2)
    assert {f: c.value for f, c in once.fields.items()} == {f: c.value for f, c in twice.fields.items()}
    assert {d.field for d in once.disagreements} == {d.field for d in twice.disagreements}


@given(readings)
def test_one_source_never_disagrees_with_itself(one: Reading) -> None:
    work = merge([one, dataclasses.replace(one)])
    assert work.disagreements == ()
    assert work.strangers == ()
