import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import Author, RetractionStatus
from bot.curate import clean
from bot.curate.crossref import from_work, read_work
from bot.curate.fetch import UnusableAnswerError
from bot.curate.reading import FIELDS, Notice
from tests.curate.invented import DOI, TITLE, crossref_answer, crossref_work

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


def test_every_field_of_a_work_is_read() -> None:
    found = read_work(crossref_answer())

    assert found.title == TITLE
    assert found.authors == (
        Author(family="Inventa", given="Ada Q."),
        Author(family="van Fictie", given="B."),
        Author(literal="The Made-up Group"),
    )
    assert (found.journal, found.volume, found.issue) == ("Journal of Invented Results", "12", "3")
    assert found.pages == "149-156"
    assert found.doi == DOI
    assert found.address == f"https://api.crossref.org/works/{DOI}"
    assert found.journal_abbrev is None, "the publisher's abbreviation is not the NLM's"


def test_the_year_of_the_issue_counts_before_the_first_appearance() -> None:
    assert from_work(crossref_work()).year == 2019
    assert from_work(crossref_work({"published-print": None})).year == 2018


def test_an_article_number_stands_for_pages() -> None:
    assert from_work(crossref_work({"article-number": "e0000001"}, page=None)).pages == "e0000001"


def test_a_subtitle_that_the_title_holds_already_is_not_added_again() -> None:
    work = crossref_work(title=[TITLE], subtitle=["A Made-up Comparison"])
    assert from_work(work).title == TITLE


def test_markup_and_entities_become_characters() -> None:
    work = crossref_work(
        title=["&lt;i&gt;In&lt;/i&gt; vivo Ca<sup>2+</sup> &amp;amp; V<sub>O2</sub>"], subtitle=[]
    )
    assert from_work(work).title == "In vivo Ca²⁺ & VO2"


def test_a_title_of_absurd_length_is_not_used() -> None:
    found = from_work(crossref_work(title=["word " * 10_000], subtitle=[]))
    assert found.title is None


def test_a_preprint_names_its_server_and_the_journal_version() -> None:
    work = crossref_work(
        {"container-title": []},
        type="posted-content",
        subtype="preprint",
        relation={
            "is-preprint-of": [{"id-type": "doi", "id": "10.5555/JOURNAL.9", "asserted-by": "subject"}]
        },
        institution=[{"name": "medRxiv"}],
    )
    found = from_work(work)
    assert found.journal == "medRxiv"
    assert found.published_as == "10.5555/journal.9"
    assert found.kinds == ("posted-content", "preprint")


def test_updates_become_notices_and_a_new_version_does_not() -> None:
    updates = [
        {
            "DOI": "10.5555/Notice.1",
            "type": "retraction",
            "label": "Retraction",
            "source": "publisher",
            "updated": {"date-parts": [[2021, 3, 2]], "timestamp": 1614643200000},
        },
        {
            "DOI": DOI,
            "type": "expression_of_concern",
            "label": "Expression of concern",
            "source": "retraction-watch",
        },
        {"DOI": "10.5555/v2", "type": "new_version", "label": "New version"},
    ]
    assert from_work(crossref_work({"updated-by": updates})).notices == (
        Notice("Crossref", "Retraction", RetractionStatus.RETRACTED, 2021, "10.5555/notice.1"),
        Notice(
            "Crossref (Retraction Watch)", "Expression of concern", RetractionStatus.EXPRESSION_OF_CONCERN
        ),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Service Unavailable</body></html>",
        b'{"status":"ok","message":',
        b"[1, 2]",
        b'{"status": "ok", "message": "Resource not found."}',
        b'{"message": {"title": ["No DOI at all"]}}',
        b"\xff\xfe\x00",
        b'{"a":' * 5000,
    ],
)
def test_an_answer_that_is_no_work_is_told(body: bytes) -> None:
    with pytest.raises(UnusableAnswerError):
        read_work(body)


def test_a_web_page_is_named_as_such() -> None:
    with pytest.raises(UnusableAnswerError, match="a web page and not JSON"):
        read_work(b"  <!DOCTYPE html><p>Please wait</p>")


@given(st.dictionaries(st.sampled_from([*crossref_work(), "updated-by", "institution", "posted"]), JSON))
def test_whatever_the_parts_are_a_reading_holds_only_what_a_study_may_hold(parts: dict[str, Any]) -> None:
    found = from_work({"DOI": DOI} | parts)
    for field in FIELDS:
        if (value := found.value(field)) is not None:
            assert clean.usable(field, value), (field, value)


@given(JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        found = read_work(json.dumps({"status": "ok", "message": value}).encode())
    except UnusableAnswerError:
        return
    assert found.doi is not None
