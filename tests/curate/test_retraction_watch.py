from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import RetractionStatus
from bot.curate.reading import Notice
from bot.curate.retraction_watch import RetractionWatchError, notices
from tests.catalogue.fabricated import study
from tests.curate.invented import DOI, PMID

HEAD = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,"
    "RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,"
    "Reason,Paywalled,Notes\n"
)
STUDIES = (study("by-doi-2019", doi=DOI), study("by-pmid-2019", pmid=PMID))


def row(**changes: str) -> str:
    values = {
        "RetractionDate": "4/15/2021 0:00",
        "RetractionDOI": "10.5555/NOTICE.1",
        "OriginalPaperDOI": "10.5555/unrelated",
        "OriginalPaperPubMedID": "0",
        "RetractionNature": "Retraction",
        "Reason": "+Concerns/Issues About Data;+Investigation by Journal/Publisher;",
    } | changes
    cells = [values.get(name, "Invented, of course") for name in HEAD.strip().split(",")]
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


def read(tmp_path: Path, *rows: str, head: str = HEAD) -> dict[str, list[Notice]]:
    path = tmp_path / "retraction_watch.csv"
    path.write_bytes((head + "".join(rows)).encode())
    return notices(path, STUDIES)


def test_notices_are_found_by_doi_and_by_pmid(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        row(),
        row(OriginalPaperDOI=DOI.upper()),
        row(
            OriginalPaperPubMedID=PMID,
            RetractionNature="Expression of concern",
            RetractionDOI="unavailable",
            Reason="",
        ),
    )
    assert found == {
        "by-doi-2019": [
            Notice(
                "Retraction Watch",
                "retraction (Concerns/Issues About Data; Investigation by Journal/Publisher)",
                RetractionStatus.RETRACTED,
                2021,
                "10.5555/notice.1",
            )
        ],
        "by-pmid-2019": [
            Notice("Retraction Watch", "expression of concern", RetractionStatus.EXPRESSION_OF_CONCERN, 2021)
        ],
    }


def test_a_zero_or_missing_identifier_matches_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, row(OriginalPaperDOI="unavailable"), row(OriginalPaperDOI="")) == {}


def test_a_reinstatement_is_told_and_marks_nothing(tmp_path: Path) -> None:
    ((notice,),) = read(tmp_path, row(OriginalPaperDOI=DOI, RetractionNature="Reinstatement")).values()
    assert notice.status is None


def test_a_notice_under_the_papers_own_doi_has_none_of_its_own(tmp_path: Path) -> None:
    ((notice,),) = read(tmp_path, row(OriginalPaperDOI=DOI, RetractionDOI=DOI)).values()
    assert notice.doi is None


@pytest.mark.parametrize("date", ["4/15/2021 0:00", "04/15/2021", "2021-04-15", "2021-04-15 00:00:00"])
def test_dates_are_read_in_each_form_the_file_had(tmp_path: Path, date: str) -> None:
    ((notice,),) = read(tmp_path, row(OriginalPaperDOI=DOI, RetractionDate=date)).values()
    assert notice.year == 2021


def test_another_file_is_told_by_the_columns_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(RetractionWatchError, match="no column OriginalPaperDOI"):
        read(tmp_path, head=HEAD.replace("OriginalPaperDOI,", ""))
    with pytest.raises(RetractionWatchError, match="is no Retraction Watch file"):
        read(tmp_path, head="")


def test_a_missing_file_and_a_monstrous_cell_are_told(tmp_path: Path) -> None:
    with pytest.raises(RetractionWatchError, match="cannot be read"):
        notices(tmp_path / "none.csv", STUDIES)
    with pytest.raises(RetractionWatchError, match="broken at line"):
        read(tmp_path, row(Notes="x" * 2**21))


@given(st.binary(max_size=300))
def test_any_bytes_after_the_head_are_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, rest: bytes
) -> None:
    path = tmp_path_factory.mktemp("watch") / "watch.csv"
    path.write_bytes(HEAD.encode() + row(OriginalPaperDOI=DOI).encode() + rest)
    try:
        assert "by-doi-2019" in notices(path, STUDIES)
    except RetractionWatchError as error:
        assert "watch.csv" in str(error)  # noqa: PT017 - both outcomes are right
