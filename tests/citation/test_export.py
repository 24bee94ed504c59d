"""Every export of the whole catalogue, read back by somebody else's reader."""

import json
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import Author, Retraction, RetractionStatus, Study
from bot.citation import FORMATS, NothingToExportError, export
from bot.citation.csl import csl_record
from bot.citation.titles import kept_capitals
from tests import needs
from tests.catalogue.fabricated import study
from tests.citation import readers
from tests.citation.catalogue import STUDIES
from tests.citation.readers import ARTICLE, Fields, expected

ARTICLES = [one for one in STUDIES.values() if csl_record(one)["type"] == "article-journal"]
OTHERS = [one for one in STUDIES.values() if one not in ARTICLES]

Reader = Callable[[str], dict[str, Fields]]


def lost(
    studies: Iterable[Study], read: dict[str, Fields], fields: Iterable[str], key: str = "id"
) -> list[str]:
    """Each field of each study that a reader did not give back as it was."""
    found = []
    for one in studies:
        wanted, got = expected(one), read[getattr(one, key)]
        for name in fields:
            value = wanted.get(name)
            want = readers.straight(value) if isinstance(value, str) else value
            if got.get(name) != want:
                found.append(f"{one.id} {name}: {want!r} came back as {got.get(name)!r}")
    return found


def test_bibtexparser_reads_every_field_of_every_article_back_from_bibtex() -> None:
    assert lost(ARTICLES, readers.read_bibtex(export(ARTICLES, "bibtex").text), ARTICLE) == []


def test_rispy_reads_every_field_of_every_article_back_from_ris() -> None:
    assert lost(ARTICLES, readers.read_ris(export(ARTICLES, "ris").text), ARTICLE) == []


def test_nbib_reads_every_field_of_every_article_with_a_pmid_back_from_nbib() -> None:
    done = export(ARTICLES, "nbib")
    held = [one for one in ARTICLES if one.pmid]
    assert set(done.left_out) == {one.id for one in ARTICLES if not one.pmid}
    # The format has no field for an address: the PMID is one.
    fields = [name for name in ARTICLE if name not in {"url", "authors"}]
    read = readers.read_nbib(done.text)
    assert lost(held, read, fields, key="pmid") == []
    for one in held:  # institutions have a field of their own, after the people
        assert sorted(read[one.pmid or ""].get("authors", [])) == sorted(expected(one).get("authors", []))


def test_pandoc_reads_every_field_of_every_article_back_from_ris() -> None:
    # pandoc ignores the field of the PMID, and takes "Family, Given, Suffix" apart in another order.
    articles = [
        one for one in ARTICLES if not any(name.count(", ") > 1 for name in expected(one).get("authors", ()))
    ]
    assert 0 < len(ARTICLES) - len(articles) < len(ARTICLES) / 50
    read = readers.read_csl(export(articles, "ris").text, "ris")
    assert lost(articles, read, [name for name in ARTICLE if name != "pmid"]) == []


@pytest.mark.parametrize("key", ["bibtex", "biblatex"])
def test_pandoc_reads_every_field_of_every_article_back_from_both_bibtex_dialects(key: str) -> None:
    read = readers.read_csl(export(ARTICLES, key).text, key)
    fields = [name for name in ARTICLE if name not in {"title", "pmid"}]
    assert lost(ARTICLES, read, fields) == []
    assert lost([one for one in ARTICLES if one.doi], read, ["pmid"]) == []
    for one in ARTICLES:  # pandoc puts the title into sentence case; names and science must have kept theirs
        title, got = readers.straight(expected(one)["title"]).split(" "), read[one.id]["title"].split(" ")
        assert [w.casefold() for w in got] == [w.casefold() for w in title]
        offset = len(title) - len(one.title.split(" "))
        assert [got[n + offset] for n in kept_capitals(one)] == [
            title[n + offset] for n in kept_capitals(one)
        ]


def test_pandoc_reads_every_record_back_from_csl_json() -> None:
    read = readers.read_csl(export(ARTICLES, "csl-json").text, "csljson")
    fields = [name for name in ARTICLE if name != "title"]
    assert lost(ARTICLES, read, fields) == []
    for one in ARTICLES:  # quotation marks inside a title become double
        assert read[one.id]["title"].replace('"', "'") == readers.straight(expected(one)["title"]).replace(
            '"', "'"
        )


@pytest.mark.parametrize(
    ("key", "reader"),
    [
        ("bibtex", readers.read_bibtex),
        ("ris", readers.read_ris),
        ("biblatex", lambda text: readers.read_csl(text, "biblatex")),
        ("csl-json", lambda text: readers.read_csl(text, "csljson")),
    ],
)
def test_reports_books_and_preprints_come_back_too(key: str, reader: Reader) -> None:
    assert len(OTHERS) >= 8
    read = reader(export(OTHERS, key).text)
    assert lost(OTHERS, read, ["authors", "year", "doi", "url"]) == []
    for one in OTHERS:
        assert read[one.id]["title"].casefold() == readers.straight(expected(one)["title"]).casefold()
        number = csl_record(one).get("number")
        assert read[one.id].get("issue") == number


def test_a_retracted_paper_says_so_in_every_format() -> None:
    made = study(
        pmid="12345",
        title="A finding",
        retraction=Retraction(status=RetractionStatus.RETRACTED, year=2011, notice_doi="10.5555/notice"),
    )
    for form in FORMATS:
        text = re.sub(r"[{}]", "", export([made], form.key).text)
        assert "RETRACTED: A finding" in text
        assert "RETRACTED 2011, notice: https://doi.org/10.5555/notice" in text


def test_a_list_of_authors_that_was_cut_says_so_in_every_format() -> None:
    made = study(pmid="12345", authors_complete=False)
    for form in FORMATS:
        text = export([made], form.key).text
        assert (" and others}" if form.key.startswith("bib") else "et al.") in text


def test_a_doi_and_an_address_are_left_as_they_are() -> None:
    doi = "10.5555/(sici)1_2%3c#&~^<1::aid>3.0;2-x"
    url = "https://example.org/a_b?c=%20&d=~e#f"
    for form in FORMATS:
        if form.key != "csl-json":
            assert doi in export([study(pmid="1", doi=doi)], form.key).text
        if form.key not in {"nbib", "csl-json"}:
            assert url in export([study(doi=None, url=url)], form.key).text
    (record,) = json.loads(export([study(doi=doi)], "csl-json").text)
    assert record["DOI"] == doi


def test_bibtex_braces_what_a_style_would_lower_and_nothing_else() -> None:
    made = study(
        title="Elevated β2 and IL-6 in Norway: A Study of ME/CFS (DSQ)",
        title_sentence="Elevated β2 and IL-6 in Norway: A study of ME/CFS (DSQ)",
    )
    text = export([made], "bibtex").text
    assert (
        r"title = {Elevated {{\ensuremath{\beta}}2} and {IL-6} in {Norway}: A Study of {ME/CFS} ({DSQ})}"
        in text
    )


def test_latex_is_escaped_and_an_institution_is_kept_whole() -> None:
    made = study(title='Is 5% & "rest" $10 – or—more_than #1?', authors=(Author(literal="R&D Group"),))
    text = export([made], "bibtex").text
    assert r"{{R{\&}D Group}}" in text
    quoted = r"{\textquotedblleft}rest{\textquotedblright}"
    assert rf"title = {{Is 5{{\%}} {{\&}} {quoted} {{\$}}10 {{--}} or{{---}}more{{\_}}than {{\#}}1?}}" in text


_SIGNS = st.text(alphabet="aZé ß2%&$#_{}~^\\<>\"'–—,.:;?!()[]β≥²", min_size=1, max_size=30)
_TITLES = _SIGNS.map(lambda text: " ".join(f"x{text}x".split()))


@given(_TITLES)
def test_any_title_comes_back_from_every_format_that_is_plain_text(title: str) -> None:
    made = study(title=title, pmid="1")
    assert readers.read_ris(export([made], "ris").text)[made.id]["title"] == readers.straight(title)
    assert readers.read_nbib(export([made], "nbib").text)["1"]["title"] == readers.straight(title)
    (record,) = json.loads(export([made], "csl-json").text)
    assert re.sub(r'<span class="nocase">(.*?)</span>', r"\1", record["title"]) == title


@given(_TITLES.filter(lambda title: not re.search(r'"|--', title)))
def test_any_title_comes_back_from_bibtex_with_nothing_left_open(title: str) -> None:
    made = study(title=title)
    text = export([made], "bibtex").text
    assert text.count("{") == text.count("}")
    assert readers.read_bibtex(text)[made.id]["title"] == readers.straight(title)


def test_a_file_is_named_after_its_study_or_after_how_many_there_are() -> None:
    assert (
        export([STUDIES["gupta-1997-cytokine-production"]], "bibtex").name
        == "gupta-1997-cytokine-production.bib"
    )
    assert export(ARTICLES[:3], "ris").name == "3-studies.ris"


def test_nothing_to_export_is_told() -> None:
    with pytest.raises(NothingToExportError, match="PMID"):
        export([study(pmid=None)], "nbib")
    with pytest.raises(ValueError, match="nothing"):
        export([], "ris")
    with pytest.raises(KeyError):
        export([study()], "word")


def test_bibtex_itself_accepts_the_whole_catalogue_without_a_warning_of_its_syntax(tmp_path: Path) -> None:
    (tmp_path / "all.bib").write_text(export(list(STUDIES.values()), "bibtex").text, encoding="utf-8")
    bibtex = needs.program("bibtex", package="texlive-binaries texlive-base")
    (tmp_path / "all.aux").write_text("\\citation{*}\n\\bibstyle{plain}\n\\bibdata{all}\n", encoding="utf-8")
    done = subprocess.run([bibtex, "all"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    assert "error" not in done.stdout.casefold()
    warnings = {line for line in done.stdout.splitlines() if line.startswith("Warning")}
    # What the record does not know, plain.bst misses; nothing else.
    allowed = r"Warning--(empty|can't use both|there's a number but no|to sort, need|string name)"
    assert [line for line in warnings if not re.match(allowed, line)] == []
    entries = (tmp_path / "all.bbl").read_text(encoding="utf-8")
    assert entries.count("\\bibitem") == len(STUDIES)
    assert "{{\\ensuremath{\\beta}}2" in entries


def test_biber_accepts_the_whole_catalogue_with_no_warning(tmp_path: Path) -> None:
    (tmp_path / "all.bib").write_text(export(list(STUDIES.values()), "biblatex").text, encoding="utf-8")
    done = subprocess.run(
        [
            needs.program("biber", package="biber"),
            "--tool",
            "--validate-datamodel",
            "--output-file=out.bib",
            "all.bib",
        ],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "WARN" not in done.stdout
    assert "ERROR" not in done.stdout
    text = (tmp_path / "out.bib").read_text(encoding="utf-8")
    assert len(re.findall(r"^@", text, re.MULTILINE)) == len(STUDIES)
