"""A key that is misspelt inside a table is told, and nothing that `format` does loses it."""

import shutil
from pathlib import Path

import pytest

from bot.catalogue.check import run
from bot.catalogue.source import tidy
from tests.conftest import DATA

RETRACTED = "studies/lombardi-2009-xmrv.toml"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("notice_doi =", "notice_dio ="),
        ("date = ", "datum = "),
        ('given = "Vincent C"', 'givn = "Vincent C"'),
    ],
)
def test_a_misspelt_key_in_a_table_is_a_problem_and_format_leaves_the_file(
    tmp_path: Path, old: str, new: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    path = data / RETRACTED
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    told = [problem for problem in run(data).problems if problem.file == RETRACTED]
    assert new.partition(" =")[0] in str(told[0])
    assert path not in tidy(data)
    assert new in path.read_text(encoding="utf-8")


def test_one_broken_file_does_not_make_others_look_broken(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    (data / RETRACTED).write_text("id = ", encoding="utf-8")
    assert {problem.file for problem in run(data).problems} == {RETRACTED}
