import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import Author, RetractionStatus
from bot.citation.export import export
from bot.curate import clean
from bot.curate.files import MOST_BYTES, FileError, identifier, read_file
from bot.curate.merge import agree
from bot.curate.reading import FIELDS, Notice, Reading
from tests.catalogue.fabricated import study

NBIB = """
PMID- 900000001
OWN - NLM
TI  - Grip strength in an invented cohort:
      a made-up comparison.
PG  - 149-56
LID - 10.5555/invented.2019.001 [doi]
FAU - Inventa, Ada Q
AU  - Inventa AQ
FAU - van Fictie, Bert
AU  - van Fictie B
CN  - The Made-up Group
PT  - Journal Article
PT  - Retracted Publication
TA  - J Invent Results
JT  - Journal of invented results
DP  - 2019 May
VI  - 12
IP  - 3
PMC - PMC900001
RIN - J Invent Results. 2021 Mar;14(1):9. doi: 10.5555/notice.1. PMID: 900000099
EIN - J Invent Results. 2020 Jan;13(1):5. PMID: 900000098

PMID- 900000002
TI  - Another invented title
AU  - Nemo N
DP  - 2001
"""

RIS = """TY  - JOUR
TI  - Grip strength in an invented cohort: a made-up comparison
AU  - Inventa, Ada Q.
AU  - The Made-up Group
JO  - Journal of Invented Results
PY  - 2019/05//
VL  - 12
IS  - 3
SP  - 149
EP  - 156
DO  - https://doi.org/10.5555/INVENTED.2019.001
AN  - 900000001
DB  - PubMed
UR  - https://example.org/paper
ER  -

TY  - JOUR
TI  - An entry that nobody ended
PY  - 2001
TY  - JOUR
TI  - The entry after it
PY  - 2002
ER  -
"""

BIB = r"""
@string{jir = "Journal of Invented Results"}
@article{inventa,
  title = {Grip strength in an {INVENTED} cohort: {\"u}ber $\beta$2 \& more},
  author = {Inventa, Ada Q. and {The Made-up Group} and Bert van Fictie and D{\'\i}az, Jr, Ana and others},
  journal = jir, year = 2019, volume = 12, number = {3}, pages = {149--156},
  doi = {10.5555/invented.2019.001}, pmid = {900000001}
}
@article{inventa, title = {The same key, another work}, date = {2001-02-03}, journaltitle = {Annals},
    author = {Inventa, Ada and {The Made-up Group}}}
@article{broken, title = {never closed
@book{fine, title = {A later entry is read}, year = {2000}, publisher = {Invented Press}}
"""

CSL = [
    {
        "id": "x",
        "type": "article-journal",
        "title": "Grip strength in an invented cohort: a made-up comparison",
        "author": [{"family": "Inventa", "given": "Ada Q."}, {"literal": "The Made-up Group"}],
        "container-title": "Journal of Invented Results",
        "issued": {"date-parts": [["2019", 5]]},
        "volume": 12,
        "page": "149-156",
        "DOI": "10.5555/invented.2019.001",
        "PMID": "900000001",
    },
    "not an entry",
]


def read(tmp_path: Path, name: str, content: str | bytes) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = read_file(path)
    return found.readings, found.problems


def test_pubmeds_own_files_are_read_whole(tmp_path: Path) -> None:
    (first, second), problems = read(tmp_path, "refs.nbib", NBIB)

    assert problems == ()
    assert first.source == "PubMed"
    assert first.title == "Grip strength in an invented cohort: a made-up comparison"
    assert first.authors == (
        Author(family="Inventa", given="Ada Q"),
        Author(family="van Fictie", given="Bert"),
        Author(literal="The Made-up Group"),
    )
    assert (first.journal_abbrev, first.year, first.pages) == ("J Invent Results", 2019, "149-156")
    assert (first.doi, first.pmid, first.pmcid) == ("10.5555/invented.2019.001", "900000001", "PMC900001")
    assert first.notices == (
        Notice("PubMed", "retraction", RetractionStatus.RETRACTED, 2021, "10.5555/notice.1", "900000099"),
        Notice("PubMed", "erratum", RetractionStatus.CORRECTED, 2020, None, "900000098"),
    )
    assert second.authors == (Author(family="Nemo", given="N"),)


def test_ris_is_read_and_an_entry_without_an_end_takes_no_other_with_it(tmp_path: Path) -> None:
    found, problems = read(tmp_path, "refs.ris", RIS.replace("\n", "\r\n"))

    assert problems == ()
    assert [one.year for one in found] == [2019, 2001, 2002]
    assert found[0].authors == (Author(family="Inventa", given="Ada Q."), Author(literal="The Made-up Group"))
    assert (found[0].pages, found[0].doi) == ("149-156", "10.5555/invented.2019.001")
    assert found[0].pmid == "900000001"
    assert found[0].source == "refs.ris"


def test_an_accession_number_of_another_database_is_no_pmid(tmp_path: Path) -> None:
    ((found, *_), _) = read(tmp_path, "refs.ris", RIS.replace("DB  - PubMed", "DB  - Embase"))
    assert found.pmid is None


def test_bibtex_is_read_with_its_latex_and_what_is_broken_is_told_by_its_line(tmp_path: Path) -> None:
    found, problems = read(tmp_path, "refs.bib", BIB)

    assert problems == ("refs.bib, line 11: this entry cannot be read",)
    by_year = {one.year: one for one in found}
    first = by_year[2019]
    assert first.title == "Grip strength in an INVENTED cohort: über β2 & more"
    assert first.authors == (
        Author(family="Inventa", given="Ada Q."),
        Author(literal="The Made-up Group"),
        Author(family="van Fictie", given="Bert"),
        Author(family="Díaz", given="Ana Jr"),
    )
    assert not first.authors_complete
    assert (first.journal, first.pages) == ("Journal of Invented Results", "149-156")
    assert by_year[2001].title == "The same key, another work"
    ada, group = Author(family="Inventa", given="Ada"), Author(literal="The Made-up Group")
    assert by_year[2001].authors == (ada, group)
    assert by_year[2000].journal == "Invented Press"


def test_a_list_of_authors_that_is_too_long_counts_as_cut(tmp_path: Path) -> None:
    names = " and ".join(f"Inventa, Ada{number}" for number in range(5000))
    ((found,), _) = read(
        tmp_path, "refs.bib", f"@article{{x, title={{An invented title}}, author={{{names}}}}}"
    )
    assert len(found.authors) > 1000
    assert all(author.family == "Inventa" and author.given for author in found.authors)
    assert not found.authors_complete


def test_csl_json_is_read_and_what_is_no_entry_is_told(tmp_path: Path) -> None:
    (found,), problems = read(tmp_path, "refs.json", json.dumps(CSL))

    assert problems == ("refs.json: entry 2 is no object",)
    assert (found.year, found.volume, found.pages) == (2019, "12", "149-156")
    assert found.authors == (Author(family="Inventa", given="Ada Q."), Author(literal="The Made-up Group"))


def test_a_list_of_identifiers_is_read_line_by_line(tmp_path: Path) -> None:
    lines = "# to add\nhttps://doi.org/10.5555/Invented.1\n\nPMID: 900000001\nnothing here\n"
    found, problems = read(tmp_path, "todo.txt", lines)

    assert [(one.doi, one.pmid) for one in found] == [("10.5555/invented.1", None), (None, "900000001")]
    assert problems == ("todo.txt, line 5: no DOI or PMID in it",)


def test_a_file_is_read_by_what_is_in_it_whatever_it_is_called(tmp_path: Path) -> None:
    assert read(tmp_path, "pubmed.txt", NBIB)[0][0].pmid == "900000001"
    assert read(tmp_path, "export", "\ufeff" + BIB)[0]
    assert read(tmp_path, "notepad.ris", RIS.encode("utf-16"))[0][0].year == 2019


@pytest.mark.parametrize("form", ["nbib", "ris", "bibtex", "biblatex", "csl-json"])
def test_what_the_bot_exports_can_be_read_back(tmp_path: Path, form: str) -> None:
    original = study(
        title="Ca²⁺ & H₂O with β-blockers in an invented cohort: 50% more",
        authors=(
            Author(family="van der Fictie", given="A. B."),
            Author(family="Díaz", given="Ana"),
            Author(literal="The Made-up Group"),
        ),
        volume="12",
        issue="3",
        doi="10.5555/invented.2019.001",
        pmid="900000001",
    )
    (found,), problems = read(tmp_path, "refs", export([original], form).text)

    assert problems == ()
    for field in ("title", "authors", "journal", "year", "volume", "issue", "pages", "doi", "pmid"):
        if field == "pmid" and form == "ris":
            continue  # RIS cannot say which database an accession number is of
        assert agree(field, found.value(field), getattr(original, field)), field
    assert found.title == original.title


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "holds no entry"),
        (b"caf\xe9 latin-1 \xff", "is not UTF-8 text"),
        (b'[{"title": ', "is not valid JSON"),
        (b"[]", "holds no entry"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(FileError, match=told):
        read(tmp_path, "refs", content)


def test_a_missing_file_a_folder_and_a_huge_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_file(tmp_path / "none.ris")
    with pytest.raises(FileError, match="cannot be read"):
        read_file(tmp_path)
    with (tmp_path / "huge.ris").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(FileError, match="split it"):
        read_file(tmp_path / "huge.ris")


def test_an_entry_with_nothing_in_it_is_told(tmp_path: Path) -> None:
    found, problems = read(tmp_path, "refs.json", '[{}, {"title": "An invented title"}]')
    assert len(found) == 1
    assert problems == ("refs.json: 1 entries say nothing that can be used",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://www.example.org/doi/full/10.5555/Invented.1?x=1", ("doi", "10.5555/invented.1")),
        ("9201656", ("pmid", "9201656")),
        ("https://pubmed.ncbi.nlm.nih.gov/9201656/", ("pmid", "9201656")),
        ("gupta 1997", None),
        ("", None),
    ],
)
def test_identifiers_are_found_in_any_usual_form(text: str, found: tuple[str, str] | None) -> None:
    assert identifier(text) == found


LINES = st.lists(
    st.sampled_from(
        [*NBIB.splitlines(), *RIS.splitlines(), *BIB.splitlines(), *json.dumps(CSL, indent=1).splitlines()]
    )
    | st.text(max_size=30),
    max_size=25,
)


@given(LINES)
def test_any_mixture_of_lines_is_read_or_told_and_never_breaks(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("mixed") / "refs"
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    try:
        contents = read_file(path)
    except FileError:
        return
    for one in contents.readings:
        for field in FIELDS:
            if (value := one.value(field)) is not None:
                assert clean.usable(field, value), (field, value)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_told(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "refs"
    path.write_bytes(content)
    try:
        assert read_file(path).readings is not None
    except FileError as error:
        assert "refs" in str(error)  # noqa: PT017 - both outcomes are right
