"""The preview's pages follow the files, and tell what is wrong with them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalogue import source
from bot.site.workshop import Workshop
from tests.answer.libraries import small_library
from tests.catalogue.fabricated import study, topic
from tests.conftest import RESPONSES
from tests.site.reading import Document

ID = study().id


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """A workshop over one study and one question, not yet looked at."""
    small_library(tmp_path, study(), topic()).close()
    responses = tmp_path / "responses"
    shutil.copytree(RESPONSES, responses)
    made = Workshop(tmp_path / "data", tmp_path / "var" / "preview.db", responses, tmp_path / "pictures")
    yield made
    made.close()


def refresh(workshop: Workshop) -> None:
    workshop.take(workshop.look())


def file(workshop: Workshop) -> Path:
    return workshop.data / source.STUDIES / f"{ID}.toml"


def text(page: str | None) -> str:
    assert page is not None
    return Document.of(page).text


def test_a_page_shows_the_file_as_it_is_now(workshop: Workshop) -> None:
    refresh(workshop)
    assert "did not differ in grip strength" in text(workshop.study(ID))
    source.write(study(finding="Nobody had a strong grip."), workshop.data)
    refresh(workshop)
    assert "Nobody had a strong grip." in text(workshop.study(ID))
    assert "did not differ in grip strength" not in text(workshop.study(ID))


def test_a_new_file_gets_a_page_and_an_unknown_id_has_none(workshop: Workshop) -> None:
    refresh(workshop)
    assert workshop.study("second-2002-made-up-study") is None
    assert workshop.topic("nothing") is None
    source.write(study("second-2002-made-up-study"), workshop.data)
    refresh(workshop)
    assert "second-2002-made-up-study" in text(workshop.study("second-2002-made-up-study"))
    assert "2 studies" in text(workshop.study_list())


def test_a_file_that_is_not_toml_is_told_with_its_place_and_the_lines_around_it(workshop: Workshop) -> None:
    refresh(workshop)
    lines = file(workshop).read_text(encoding="utf-8").split("\n")
    number = next(i for i, line in enumerate(lines, start=1) if line.startswith("journal"))
    lines[number - 1] = 'journal = "never closed'
    file(workshop).write_text("\n".join(lines), encoding="utf-8")
    refresh(workshop)
    for page in (workshop.study(ID), workshop.problems()):
        shown = text(page)
        assert f"studies/{ID}.toml, line {number}" in shown
        assert f'{number:4} journal = "never closed' in shown
        assert "^ here" in shown
        assert "Traceback" not in shown
    caret = text(workshop.problems()).split("\n")
    marked = caret[next(i for i, line in enumerate(caret) if "^ here" in line)].index("^")
    assert marked == 5 + len('journal = "never closed')
    assert "1 file cannot be read." in text(workshop.study_list())
    assert "What about is-grip-weak?" in text(workshop.topic(topic().id))


def test_a_mended_file_is_shown_again(workshop: Workshop) -> None:
    refresh(workshop)
    good = file(workshop).read_bytes()
    file(workshop).write_bytes(b"= broken")
    refresh(workshop)
    file(workshop).write_bytes(good)
    refresh(workshop)
    assert "did not differ in grip strength" in text(workshop.study(ID))
    assert "cannot be read" not in text(workshop.study_list())


def test_a_start_with_a_broken_file_shows_the_problem_on_every_page(workshop: Workshop) -> None:
    file(workshop).write_bytes(b"id = \n")
    refresh(workshop)
    for page in (workshop.study_list(), workshop.topic_list(), workshop.line("/help"), workshop.problems()):
        assert "line 1, column 6" in text(page)
        assert text(page).count("To mend it") == 1  # not what follows from it


def test_a_file_that_ends_too_soon_shows_its_end(workshop: Workshop) -> None:
    file(workshop).write_bytes(b'id = "first"\ntitle =')
    refresh(workshop)
    assert "   2 title =\n            ^ here" in text(workshop.problems())


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    lost = Workshop(tmp_path / "nowhere", tmp_path / "preview.db", RESPONSES, tmp_path)
    refresh(lost)
    assert "set BOT_DATA to the folder" in text(lost.study_list())


def test_a_faulty_template_is_told(workshop: Workshop) -> None:
    refresh(workshop)
    (workshop.responses / "about.md.j2").write_text("{% block %}", encoding="utf-8")
    refresh(workshop)
    assert "mend it, and save it again" in text(workshop.problems())


def test_findings_and_broken_rules_stand_beside_the_entry_and_are_counted_in_the_list(
    workshop: Workshop,
) -> None:
    bad = study(finding="This breakthrough proves that cold water cures ME/CFS.", topics=("nonsense",))
    source.write(bad, workshop.data)
    refresh(workshop)
    page = workshop.study(ID)
    assert page is not None
    assert "<mark>" in page
    assert "nonsense" in text(page)
    assert 'data-problems="0"' not in workshop.study_list()


def test_a_line_is_answered_as_in_chat(workshop: Workshop) -> None:
    refresh(workshop)
    assert "did not differ in grip strength" in text(workshop.line(f"/study {ID}"))
    assert "There is no command" in text(workshop.line("/nosuch"))
    assert "Outcome" not in text(workshop.line(""))
