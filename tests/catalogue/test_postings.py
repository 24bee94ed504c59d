"""Sets of studies: what is stored comes back, and the highest sums are those that plain adding finds."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.postings import FIELDS, Collector, Postings, highest, members, members_of, one_set

NUMBERS = st.sets(st.integers(min_value=0, max_value=400))
TERMS = st.lists(st.lists(st.tuples(st.integers(0, 1000), NUMBERS), max_size=4), max_size=6)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:")
    opened.execute("CREATE TABLE search_postings (word, field, studies, PRIMARY KEY (word, field))")
    yield opened
    opened.close()


def sum_of(number: int, terms: list[list[tuple[int, set[int]]]]) -> int:
    return sum(next((weight for weight, having in term if number in having), 0) for term in terms)


@given(numbers=NUMBERS)
def test_a_set_has_the_members_it_was_made_of_lowest_first(numbers: set[int]) -> None:
    assert members(one_set(numbers)) == sorted(numbers)


@given(numbers=NUMBERS, others=NUMBERS)
def test_the_members_are_the_same_when_it_is_known_among_which_they_are(
    numbers: set[int], others: set[int]
) -> None:
    assert members_of(one_set(numbers), sorted(numbers | others)) == sorted(numbers)


@given(terms=TERMS, within=NUMBERS, most=st.integers(0, 30))
def test_the_highest_are_those_with_the_highest_sums_and_of_equal_ones_the_lowest_numbers(
    terms: list[list[tuple[int, set[int]]]], within: set[int], most: int
) -> None:
    ordered = sorted(within, key=lambda number: (-sum_of(number, terms), number))
    weighed = [[(weight, one_set(having)) for weight, having in term] for term in terms]
    assert set(members(highest(weighed, one_set(within), most))) == set(ordered[:most])


def test_what_was_collected_is_found_by_word_and_field(connection: sqlite3.Connection) -> None:
    collector = Collector()
    collector.add(1, "title", {"nano", "needle"})
    collector.add(9, "title", {"needle"})
    collector.add(9, "body", {"nano"})
    connection.executemany("INSERT INTO search_postings VALUES (?, ?, ?)", collector.rows())
    postings = Postings(connection)
    assert dict(postings.fields("nano")) == {"title": 1 << 1, "body": 1 << 9}
    assert postings.anywhere("nano") == postings.anywhere("needle") == 1 << 1 | 1 << 9
    assert postings.fields("weather") == ()
    assert postings.anywhere("weather") == 0


def test_rows_come_in_the_order_of_their_key() -> None:
    collector = Collector()
    for number, field in enumerate(reversed(FIELDS), 1):
        collector.add(number, field, {"b", "a"})
    keys = [(word, field) for word, field, _ in collector.rows()]
    assert keys == sorted(keys)
    assert len(keys) == 2 * len(FIELDS)
