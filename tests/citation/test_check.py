"""The whole check sees what only citing would show."""

import shutil
from pathlib import Path

import pytest

from bot.catalogue.source import read_folder
from bot.citation.check import missing, run
from tests.conftest import DATA

GUPTA = "studies/gupta-1997-cytokine-production.toml"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    return folder


def test_the_real_data_can_be_published() -> None:
    assert run(DATA).problems == ()


def test_a_record_that_was_edited_since_it_was_rendered_is_told_by_its_id(data: Path) -> None:
    path = data / GUPTA
    path.write_text(path.read_text().replace('volume = "31"', 'volume = "32"'))
    (problem,) = run(data).problems
    assert (problem.file, problem.field) == ("citations.json", "gupta-1997-cytokine-production")
    assert "cite --render" in problem.mend


def test_what_a_citation_would_print_wrongly_is_a_problem(data: Path) -> None:
    path = data / GUPTA
    path.write_text(
        path.read_text().replace(
            "Journal of Psychiatric Research", "Journal of Psychiatric Research &amp; Care"
        )
    )
    assert any(problem.field == "journal" for problem in run(data).problems)


def test_what_is_missing_is_listed_with_the_most_wanted_first() -> None:
    found = missing(read_folder(DATA))
    assert found
    assert [entry.topics for entry in found] == sorted((entry.topics for entry in found), reverse=True)
