"""The catalogue given away: every form holds every record, whole."""

import csv
import datetime as dt
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import rispy
import yaml
from bibtexparser.entrypoint import parse_string

from bot.answer.library import Library
from bot.catalogue.model import Criterion, Study, Topic
from bot.catalogue.store import Catalogue
from bot.site import citation_file, dictionary
from bot.site.commands import FORMATS
from bot.site.data_files import columns, csv_text
from bot.site.exporting import UnusableExportError, write
from tests.answer.libraries import small_library
from tests.catalogue.fabricated import study, topic
from tests.conftest import ROOT


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_json_gives_every_record_back_as_it_was(library: Library, tmp_path: Path) -> None:
    write(library, "json", tmp_path / "all.json")
    found = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert msgspec.convert(found["studies"], list[Study]) == library.catalogue.all_studies()
    assert msgspec.convert(found["topics"], list[Topic]) == library.catalogue.all_topics()
    assert msgspec.convert(found["criteria"], list[Criterion]) == library.catalogue.criteria()
    assert found["meta"]["content_hash"] == library.catalogue.meta.content_hash


def test_csv_has_a_column_for_every_field_and_a_row_for_every_record(
    library: Library, tmp_path: Path
) -> None:
    write(library, "csv", tmp_path)
    for name, kind, count in (
        ("studies.csv", Study, library.catalogue.meta.studies),
        ("questions.csv", Topic, library.catalogue.meta.topics),
        ("criteria.csv", Criterion, library.catalogue.meta.criteria),
    ):
        found = rows((tmp_path / name).read_bytes().decode())
        assert len(found) == count
        assert list(found[0]) == columns(kind)
    by_id = {row["id"]: row for row in rows((tmp_path / "studies.csv").read_bytes().decode())}
    gupta = by_id["gupta-1997-cytokine-production"]
    assert gupta["authors"] == "Gupta, S | Aggarwal, S | See, D | Starr, A"
    assert gupta["limitations"].split(" | ")[0] == "Described by its authors as preliminary"
    assert gupta["n_cases"] == ""
    assert by_id["lombardi-2009-xmrv"]["retraction_status"] == "retracted"
    assert {path.name for path in tmp_path.iterdir()} >= {"data-dictionary.md", "CITATION.cff"}


def test_a_cell_of_csv_keeps_commas_quotes_and_line_ends_apart() -> None:
    (row,) = rows(csv_text([study(title='A "quoted", made-up title')], Study))
    assert row["title"] == 'A "quoted", made-up title'
    assert row["changes"] == "2026-11-21: Entered the catalogue."
    assert row["authors_complete"] == "true"


def test_reference_managers_get_every_study(library: Library, tmp_path: Path) -> None:
    total = library.catalogue.meta.studies
    for form in ("bib", "ris", "csl"):
        write(library, form, tmp_path / form)
    assert len(rispy.loads((tmp_path / "ris").read_text(encoding="utf-8"))) == total
    assert len(json.loads((tmp_path / "csl").read_text(encoding="utf-8"))) == total
    bib = parse_string((tmp_path / "bib").read_text(encoding="utf-8"))
    assert len(bib.entries) == total
    assert not bib.failed_blocks


def test_sqlite_is_the_whole_database_and_replaces_an_older_file(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "catalogue.sqlite"
    target.write_bytes(b"older")
    write(library, "sqlite", target)
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM studies").fetchone() == (library.catalogue.meta.studies,)
    with closing(Catalogue(target).connection):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["catalogue.sqlite"]


def test_a_part_holds_the_studies_of_its_topics_and_the_questions_that_rest_on_them(
    library: Library, tmp_path: Path
) -> None:
    write(library, "json", tmp_path / "part.json", ["XMRV", "sleep"])
    found = json.loads((tmp_path / "part.json").read_text(encoding="utf-8"))
    ids = {one["id"] for one in found["studies"]}
    assert ids == {s.id for s in library.catalogue.all_studies() if {"xmrv", "sleep"} & set(s.topics)}
    assert found["topics"]
    assert all(ids & set(one["studies"]) for one in found["topics"])


def test_what_cannot_be_written_is_said_in_a_sentence(library: Library, tmp_path: Path) -> None:
    with pytest.raises(UnusableExportError, match="“nosuch” is no topic"):
        write(library, "json", tmp_path / "x", ["nosuch"])
    with pytest.raises(UnusableExportError, match="The database is given whole"):
        write(library, "sqlite", tmp_path / "x", ["xmrv"])
    assert not list(tmp_path.iterdir())


def test_a_catalogue_without_studies_says_so(tmp_path: Path) -> None:
    with closing(small_library(tmp_path).catalogue) as empty:
        assert not empty.all_studies()
    with pytest.raises(UnusableExportError, match="no study yet"):
        write(small_library(tmp_path / "other"), "json", tmp_path / "x.json")


def test_the_citation_file_has_what_the_format_requires(tmp_path: Path) -> None:
    library = small_library(tmp_path, study(), topic(), site="https://evidence.example")
    found = yaml.safe_load(citation_file.text(library.catalogue.meta, library.site))
    # Required keys and the forms of values: Citation File Format 1.2.0, schema guide.
    assert {"authors", "cff-version", "message", "title"} <= found.keys()
    assert found["cff-version"] == "1.2.0"
    assert found["type"] == "dataset"
    assert found["version"] == "2026.11.21"
    assert dt.date.fromisoformat(found["date-released"]) == dt.date(2026, 11, 21)
    assert found["url"] == "https://evidence.example"
    assert found["license"] == "CC-BY-4.0"
    assert found["authors"] == [{"name": "The evidence-bot contributors"}]
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", found["identifiers"][0]["value"])


def test_the_data_dictionary_explains_every_field() -> None:
    text = dictionary.text()
    for kind in (Study, Topic, Criterion):
        for name in kind.__struct_fields__:
            line = re.search(rf"^\| `{name}` \| (.+) \| (?:yes|no) \| (.+) \|$", text, re.MULTILINE)
            assert line, name
            assert line[2].strip(), name


def test_the_page_on_exports_names_every_format() -> None:
    text = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    assert "|".join(FORMATS) in text
    assert all(f"| `{form}` |" in text for form in FORMATS)
