"""What a set of studies looks like when it is counted."""

from hypothesis import given
from hypothesis import strategies as st

from bot.answer.overview import NO_PEOPLE, NOT_STATED, TOPICS, overview
from bot.catalogue.model import Design, Pem, Study
from tests.catalogue.fabricated import study

STUDIES = st.lists(
    st.builds(
        lambda number, **changes: study(f"made-up-{number}", **changes),
        st.integers(1, 999),
        year=st.integers(1930, 2100),
        pem=st.sampled_from(Pem),
        design=st.sampled_from(Design),
        n_cases=st.none() | st.integers(0, 10**6),
        n_controls=st.none() | st.integers(0, 10**6),
        topics=st.lists(st.sampled_from("abcdefghijklm"), unique=True).map(tuple),
    ),
    min_size=1,
    max_size=30,
)


@given(STUDIES)
def test_every_study_is_counted_once_by_year_and_once_by_size(studies: list[Study]) -> None:
    shown = overview(studies)
    assert shown.all.total == len(studies)
    assert sum(bar.total for bar in shown.years) == len(studies)
    assert sum(bar.total for bar in shown.sizes) == len(studies)


@given(STUDIES)
def test_topics_are_the_most_frequent_ones_and_the_rest_is_counted(studies: list[Study]) -> None:
    shown = overview(studies)
    totals = [bar.total for bar in shown.topics]
    assert totals == sorted(totals, reverse=True)
    assert len(totals) + shown.more_topics == len({tag for one in studies for tag in one.topics})
    assert len(totals) <= TOPICS


@given(STUDIES)
def test_a_group_of_bars_is_never_longer_than_a_phone_can_show(studies: list[Study]) -> None:
    assert len(overview(studies).years) <= max(9, (2100 - 1930) // 5 + 2)


def test_few_years_are_shown_one_by_one_and_many_in_spans_that_end_where_the_studies_end() -> None:
    assert [bar.name for bar in overview([study("a", year=2010), study("b", year=2012)]).years] == [
        "2010",
        "2011",
        "2012",
    ]
    assert [bar.name for bar in overview([study("a", year=1998), study("b", year=2011)]).years] == [
        "1995–1999",
        "2000–2004",
        "2005–2009",
        "2010–2011",
    ]


def test_people_are_cases_and_controls_together_and_what_is_not_known_is_said_apart() -> None:
    shown = overview(
        [
            study("both", n_cases=10, n_controls=10),
            study("cases", n_cases=19),
            study("unstated"),
            study("review", design=Design.NARRATIVE_REVIEW),
            study("many", n_cases=1_000),
        ]
    )
    assert {bar.name: bar.total for bar in shown.sizes if bar.total} == {
        "under 20": 1,
        "20–49": 1,
        "1,000 or more": 1,
        NOT_STATED: 1,
        NO_PEOPLE: 1,
    }


def test_the_tag_that_was_asked_for_is_no_news() -> None:
    shown = overview([study("a", topics=("pem", "sleep"))], besides="pem")
    assert [bar.name for bar in shown.topics] == ["sleep"]
