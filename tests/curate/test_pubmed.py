import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import Author, RetractionStatus
from bot.curate.fetch import UnusableAnswerError
from bot.curate.pubmed import read_articles
from bot.curate.reading import Notice
from tests.curate.invented import DOI, PMID, TITLE, pubmed_article, pubmed_set

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><PubmedArticleSet>&c;</PubmedArticleSet>'
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    b"<PubmedArticleSet>&a;</PubmedArticleSet>"
)


def test_every_field_of_an_article_is_read() -> None:
    (found,) = read_articles(pubmed_set(pubmed_article()))

    assert found.title == TITLE
    assert found.authors == (
        Author(family="Inventa", given="Ada Q"),
        Author(family="van Fictie", given="Bert"),
        Author(literal="The Made-up Group"),
    )
    assert found.authors_complete
    assert (found.journal, found.journal_abbrev) == ("Journal of invented results", "J Invent Results")
    assert (found.year, found.volume, found.issue, found.pages) == (2019, "12", "3", "149-156")
    assert (found.doi, found.pmid, found.pmcid) == (DOI, PMID, "PMC900001")
    assert found.address == f"https://pubmed.ncbi.nlm.nih.gov/{PMID}/"


def test_the_doi_of_a_cited_work_is_not_taken_for_its_own() -> None:
    (found,) = read_articles(pubmed_set(pubmed_article(doi=None)))
    assert found.doi is None


def test_raised_and_lowered_parts_of_a_title_are_kept() -> None:
    title = "Invented O<sub>2</sub> uptake &lt;50% and <i>in vitro</i> Ca<sup>2+</sup> levels."
    (found,) = read_articles(pubmed_set(pubmed_article(title=title)))
    assert found.title == "Invented O₂ uptake <50% and in vitro Ca²⁺ levels"


def test_a_translated_title_loses_its_brackets() -> None:
    (found,) = read_articles(pubmed_set(pubmed_article(title="[An invented title in translation].")))
    assert found.title == "An invented title in translation"


def test_a_date_in_words_still_gives_the_year() -> None:
    (found,) = read_articles(pubmed_set(pubmed_article(year="<MedlineDate>1998 Nov-Dec</MedlineDate>")))
    assert found.year == 1998


def test_a_list_of_authors_that_was_cut_says_so() -> None:
    (found,) = read_articles(pubmed_set(pubmed_article(complete="N")))
    assert not found.authors_complete


def test_links_to_later_notices_are_read_and_comments_are_not() -> None:
    links = (
        ("RetractionIn", "J Invent Results. 2021 Mar 2;14(1):9. doi: 10.5555/notice.1."),
        ("ErratumIn", "J Invent Results. 2020 Jan;13(1):5"),
        ("ExpressionOfConcernIn", "J Invent Results. 2020;13(2):6"),
        ("RepublishedIn", "Other J. 2022;1:1"),
        ("CommentIn", "J Invent Results. 2019 Jun;12(4):200"),
        ("RetractionOf", "J Invent Results. 2001;1:1"),
    )
    (found,) = read_articles(pubmed_set(pubmed_article(links=links)))
    assert found.notices == (
        Notice("PubMed", "retraction", RetractionStatus.RETRACTED, 2021, "10.5555/notice.1", "900000099"),
        Notice("PubMed", "erratum", RetractionStatus.CORRECTED, 2020, None, "900000099"),
        Notice(
            "PubMed", "expression of concern", RetractionStatus.EXPRESSION_OF_CONCERN, 2020, None, "900000099"
        ),
        Notice("PubMed", "republished", None, 2022, None, "900000099"),
    )


def test_a_retracted_publication_without_a_link_is_still_retracted() -> None:
    (found,) = read_articles(pubmed_set(pubmed_article(kinds=("Journal Article", "Retracted Publication"))))
    assert [notice.status for notice in found.notices] == [RetractionStatus.RETRACTED]


def test_a_preprint_names_the_version_in_a_journal() -> None:
    link = ("UpdateIn", "J Invent Results. 2021;1(1):1. doi: 10.5555/Journal.9.")
    preprint, journal = read_articles(
        pubmed_set(
            pubmed_article(kinds=("Preprint",), links=(link,)), pubmed_article("900000002", links=(link,))
        )
    )
    assert preprint.published_as == "10.5555/journal.9"
    assert journal.published_as is None, (
        "a journal article that was updated has not been published as another"
    )


def test_books_and_records_without_an_article_are_left_out() -> None:
    book = "<PubmedBookArticle><BookDocument/></PubmedBookArticle>"
    empty = "<PubmedArticle><MedlineCitation/></PubmedArticle>"
    assert [one.pmid for one in read_articles(pubmed_set(book, empty, pubmed_article()))] == [PMID]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Error</body></html>",
        b'{"error":"API rate limit exceeded","count":"11"}',
        pubmed_set(pubmed_article())[:-400],
        b"<eFetchResult><ERROR>ID list is empty!</ERROR></eFetchResult>",
        b"\x00\xff",
        BOMB,
        OUTSIDE,
        b'<?xml version="1.0" encoding="no-such-encoding"?><PubmedArticleSet/>',
    ],
    ids=["empty", "page", "json", "cut", "error", "bytes", "bomb", "file", "encoding"],
)
def test_an_answer_that_is_no_set_of_articles_is_told(body: bytes) -> None:
    with pytest.raises(UnusableAnswerError):
        read_articles(body)


def test_markup_nested_without_end_is_told() -> None:
    deep = "<i>" * 20_000 + "x" + "</i>" * 20_000
    with pytest.raises(UnusableAnswerError, match="nested without end"):
        read_articles(pubmed_set(pubmed_article(title=deep)))


@given(st.integers(min_value=0, max_value=len(pubmed_set(pubmed_article())) - 1))
def test_an_answer_cut_anywhere_is_never_taken_for_a_whole_one(length: int) -> None:
    with pytest.raises(UnusableAnswerError):
        read_articles(pubmed_set(pubmed_article())[:length])


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        assert isinstance(read_articles(body), tuple)
    except UnusableAnswerError as error:
        assert "PubMed" in str(error)  # noqa: PT017 - both outcomes are right
