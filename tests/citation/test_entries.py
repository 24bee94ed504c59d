import json
from pathlib import Path

import msgspec
import pytest

from bot.citation.entries import EMPTY, Entry, Rendered, dump, italic_text, read, read_entries, write
from bot.citation.styles import STYLES
from tests.citation.catalogue import DATA, RENDERED, STUDIES

ONE = Entry(
    csl="0a1b", text="Lee (2001). Zinc.", parenthetical="(Lee, 2001)", narrative="Lee (2001)", italic="12-16"
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    rendered = Rendered("pandoc 3.9", {"apa": "f00"}, {"lee-2001-zinc": {"apa": ONE}})
    write(rendered, tmp_path / "citations.json")
    assert read(tmp_path / "citations.json") == rendered


def test_a_file_that_is_not_there_holds_no_entry_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path / "citations.json") == EMPTY
    (tmp_path / "citations.json").write_text('{"engine": 3}', encoding="utf-8")
    with pytest.raises(msgspec.DecodeError):
        read(tmp_path / "citations.json")


def test_the_committed_file_is_laid_out_as_it_is_written() -> None:
    text = (DATA / "citations.json").read_text(encoding="utf-8")
    assert text == dump(RENDERED)
    raw = json.loads(text)
    assert list(raw["entries"]) == sorted(STUDIES)


def test_rows_are_sorted_by_study_and_style_with_the_same_columns() -> None:
    rows = list(read_entries(DATA / "citations.json"))
    keys = [(row["study_id"], row["style"]) for row in rows]
    assert keys == sorted(keys)
    assert len(keys) == len(STUDIES) * len(STYLES) == len(set(keys))
    columns = ["study_id", "style", "csl", "text", "parenthetical", "narrative", "italic"]
    assert all(list(row) == columns for row in rows)


def test_the_places_of_italics_are_written_and_read_as_offsets() -> None:
    assert ONE.spans == ((12, 16),)
    assert ONE.text[12:16] == "Zinc"
    assert italic_text(ONE.spans) == "12-16"
    assert msgspec.structs.replace(ONE, italic="").spans == ()
