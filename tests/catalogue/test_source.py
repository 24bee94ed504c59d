"""Data files are read and written without loss, and every fault in one is told with its place."""

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalogue.model import (
    Author,
    Change,
    Criterion,
    Design,
    Pem,
    PemSource,
    Retraction,
    RetractionStatus,
    Study,
    Topic,
)
from bot.catalogue.prose import fold
from bot.catalogue.source import (
    STUDIES,
    Problem,
    Sources,
    decode,
    dump,
    layout_problems,
    read_folder,
    tidy,
    write,
    write_criteria,
    write_whole,
)
from tests.catalogue.fabricated import criterion, study, topic

ROOT = Path(__file__).parents[2]
NAME = "first-2001-made-up-study"
FILE = f"studies/{NAME}.toml"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with one study, one topic, two case definitions and a tag."""
    write(study(), tmp_path)
    write(topic(), tmp_path)
    definitions = (criterion("Fukuda 1994", requires_pem=False), criterion("NICE 2007", requires_pem=None))
    write_criteria({one.id: one for one in definitions}, tmp_path)
    (tmp_path / "tags.toml").write_text('tags = ["muscle"]\n', encoding="utf-8")
    return tmp_path


def the_problem(data: Path) -> Problem:
    problems = read_folder(data).problems
    assert len(problems) == 1, problems
    return problems[0]


def change_study(data: Path, old: str, new: str) -> None:
    text = (data / FILE).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (data / FILE).write_text(text.replace(old, new), encoding="utf-8", newline="")


def test_what_was_written_is_read(data: Path) -> None:
    sources = read_folder(data)
    assert sources.problems == ()
    assert dict(sources.studies) == {NAME: study()}
    assert dict(sources.topics) == {"is-grip-weak": topic()}
    assert [one.requires_pem for one in sources.criteria.values()] == [False, None]
    assert sources.tags == ("muscle",)
    assert list(layout_problems(sources)) == []


def test_prose_is_one_sentence_a_line_and_lists_one_entry_a_line(data: Path) -> None:
    write(study(finding="One sentence. And another, with 3.5 in it."), data)
    text = (data / FILE).read_text(encoding="utf-8")
    assert 'finding = """\nOne sentence.\nAnd another, with 3.5 in it.\n"""\n' in text
    assert '    { family = "First", given = "Ada" },\n    { literal = "The Made-up Group" },\n' in text


def test_a_field_that_nobody_has_seen_is_left_out(data: Path) -> None:
    assert "doi" not in tomllib.loads((data / FILE).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("old", "new", "field", "said", "mend"),
    [
        ("year = 2001", 'year = "2001"', "year", "'2001'", "four digits"),
        ("year = 2001", "year = 201", "year", "201", "four digits"),
        ("year = 2001", "", "year", "is missing", "four digits"),
        ('pem = "not_required"', 'pem = "maybe"', "pem", "maybe", "required, not_required, unclear"),
        ('design = "case-control"', 'design = "trial"', "design", "trial", "randomised-controlled-trial"),
        ("authors_complete = true", 'authors_complete = "yes"', "authors_complete", "yes", "true or false"),
        ('pages = "149-156"', 'pages = "149–156"', "pages", "149–156", "both ends in full"),
        ('pages = "149-156"', 'doi = "10.1234/ABC"', "doi", "10.1234/ABC", "lower case"),
        ('pages = "149-156"', 'doi = "https://doi.org/10.1234/a"', "doi", "https://doi.org", "bare"),
        ('pages = "149-156"', 'doi = "10.1234/a\\n"', "doi", "10.1234/a", "bare"),
        ('pages = "149-156"', 'pmid = "PMID 1"', "pmid", "PMID 1", "only its digits"),
        ('pages = "149-156"', 'pmcid = "3128000"', "pmcid", "3128000", "PMC and its digits"),
        ('pages = "149-156"', "n_cases = -1", "n_cases", "-1", "whole number"),
        ('pages = "149-156"', 'jurnal = "x"', "jurnal", "no field", "journal"),
        ('literal = "The Made-up Group"', 'literal = " Group"', "authors", "[1].literal", "no space"),
        ('"One clinic"', '"One\\nclinic"', "limitations", "[1]", "no line break"),
        ("date = 2026-11-21", 'date = "yesterday"', "changes", "[0].date", "year-month-day"),
        (
            "year = 2001",
            'year = 2001\nretraction = { status = "gone" }',
            "retraction",
            ".status",
            "withdrawn",
        ),
        ("year = 2001", "year = 2001\nretraction = { year = 2002 }", "retraction", "status", "use one of"),
        ("abstract_seen = true", "", "abstract_seen", "is missing", "true or false"),
    ],
)
def test_a_wrong_field_is_named_with_its_value_and_how_to_mend_it(
    data: Path, old: str, new: str, field: str, said: str, mend: str
) -> None:
    change_study(data, old, new)
    problem = the_problem(data)
    assert (problem.file, problem.field) == (FILE, field)
    assert said in problem.what
    assert mend in problem.mend
    assert str(problem) == f"{FILE}: {field}: {problem.what}: {problem.mend}"


def test_one_fault_does_not_hide_the_next(data: Path) -> None:
    change_study(data, "year = 2001", 'year = "2001"\nnonsense = 1\nanother = 2')
    change_study(data, "abstract_seen = true", "")
    assert [problem.field for problem in read_folder(data).problems] == [
        "another",
        "nonsense",
        "year",
        "abstract_seen",
    ]


def test_an_id_that_is_not_the_name_of_its_file_is_told(data: Path) -> None:
    (data / FILE).rename(data / "studies" / "another-name.toml")
    problem = the_problem(data)
    assert (problem.file, problem.field) == ("studies/another-name.toml", "id")


def test_a_syntax_error_is_told_with_file_line_and_column(data: Path) -> None:
    (data / FILE).write_text('id = "x"\ntitle = "no end\n', encoding="utf-8")
    problem = the_problem(data)
    assert (problem.file, problem.field) == (FILE, "line 2, column 16")
    assert "not valid TOML" in problem.what


def test_a_syntax_error_at_the_end_of_the_file_is_told_too(data: Path) -> None:
    (data / FILE).write_text('id = "x"\ntitle = """no end\n', encoding="utf-8")
    assert the_problem(data).field == "end of document"


def test_a_key_that_stands_twice_is_told_with_its_line(data: Path) -> None:
    change_study(data, "year = 2001", "year = 2001\nyear = 2002")
    problem = the_problem(data)
    assert problem.field.startswith("line ")
    assert "Cannot overwrite a value" in problem.what


def test_bytes_that_are_no_utf_8_are_told_with_their_place(data: Path) -> None:
    (data / FILE).write_bytes(b'id = "x"\ntitle = "caf\xe9"\n')
    problem = the_problem(data)
    assert problem.what == "is not UTF-8 text (byte 22)"


def test_a_byte_order_mark_is_told(data: Path) -> None:
    (data / FILE).write_bytes(b"\xef\xbb\xbf" + (data / FILE).read_bytes())
    assert "byte order mark" in the_problem(data).what


def test_with_what_was_there_before_only_what_is_different_is_read_anew(data: Path) -> None:
    for name in ("kept-2001-study", "edited-2002-study", "broken-2003-study", "gone-2004-study"):
        write(study(name), data)
    mismatched = data / STUDIES / "renamed.toml"
    mismatched.write_text(dump(study("another-2005-name")))
    before = read_folder(data)

    write(study("edited-2002-study", title="Another title"), data)
    (data / STUDIES / "broken-2003-study.toml").write_text("id = ")
    (data / STUDIES / "gone-2004-study.toml").unlink()
    write(study("new-2006-study"), data)
    after = read_folder(data, before)

    assert after == read_folder(data)
    assert after.studies["kept-2001-study"] is before.studies["kept-2001-study"]
    assert {problem.file for problem in after.problems} == {
        f"{STUDIES}/broken-2003-study.toml",
        f"{STUDIES}/renamed.toml",
    }


def test_windows_line_ends_are_read_but_laid_out_anew(data: Path) -> None:
    content = (data / FILE).read_bytes()
    (data / FILE).write_bytes(content.replace(b"\n", b"\r\n"))
    sources = read_folder(data)
    assert sources.problems == ()
    assert sources.studies[NAME] == study()
    assert [problem.file for problem in layout_problems(sources)] == [FILE]
    assert tidy(data) == [data / FILE]
    assert (data / FILE).read_bytes() == content


def test_tidy_lays_out_what_can_be_read_and_leaves_the_rest(data: Path) -> None:
    change_study(data, "year = 2001", "year    =    2001")
    (data / "topics" / "is-grip-weak.toml").write_text("broken", encoding="utf-8")
    assert tidy(data) == [data / FILE]
    assert (data / FILE).read_text(encoding="utf-8") == dump(study())
    assert (data / "topics" / "is-grip-weak.toml").read_text(encoding="utf-8") == "broken"
    assert tidy(data) == []


def test_tidy_never_drops_a_case_definition_that_cannot_be_read(data: Path) -> None:
    text = (data / "criteria.toml").read_text(encoding="utf-8").replace("year = 1994", "year = 'x'", 1)
    (data / "criteria.toml").write_text(text, encoding="utf-8")
    assert tidy(data) == []
    assert (data / "criteria.toml").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("criteria = 5\n", "[[criteria]]"),
        ("criteria = [1]\n", "not a table"),
        ("[other]\n", "[[criteria]]"),
    ],
)
def test_a_criteria_file_of_another_shape_is_told(data: Path, text: str, said: str) -> None:
    (data / "criteria.toml").write_text(text, encoding="utf-8")
    assert said in str(the_problem(data))


def test_a_case_definition_that_stands_twice_is_told(data: Path) -> None:
    text = (data / "criteria.toml").read_text(encoding="utf-8")
    (data / "criteria.toml").write_text(text + "\n" + text.split("\n\n[[")[0] + "\n", encoding="utf-8")
    assert the_problem(data).what == "'fukuda-1994' stands twice"


@pytest.mark.parametrize("text", ["tags = 5\n", 'labels = ["muscle"]\n', 'tags = ["muscle", 3]\n'])
def test_a_tag_file_of_another_shape_is_told(data: Path, text: str) -> None:
    (data / "tags.toml").write_text(text, encoding="utf-8")
    assert the_problem(data).file == "tags.toml"


def test_a_folder_without_tags_has_none(data: Path) -> None:
    (data / "tags.toml").unlink()
    assert read_folder(data).tags == ()


@pytest.mark.parametrize("name", ["studies", "topics", "criteria.toml"])
def test_a_folder_without_its_files_is_named(data: Path, name: str) -> None:
    (data / name).rename(data / "elsewhere")
    with pytest.raises(FileNotFoundError, match=f"no {name} in"):
        read_folder(data)


def test_a_folder_in_place_of_a_file_is_told(data: Path) -> None:
    (data / FILE).unlink()
    (data / FILE).mkdir()
    assert "cannot be read" in the_problem(data).what


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (data / FILE).read_bytes()

    def full_disk(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write(study(finding="Something else."), data)
    assert (data / FILE).read_bytes() == before
    assert [path.name for path in (data / "studies").iterdir()] == [f"{NAME}.toml"]


def test_a_kill_half_way_leaves_the_old_file(data: Path) -> None:
    before = (data / FILE).read_bytes()
    # The process dies, with no chance to tidy up, when the new text is written but not yet in place.
    killed = f"""
import os, signal
from pathlib import Path
from bot.catalogue.source import write_whole
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
write_whole(Path({str(data / FILE)!r}), b"half a file")
"""
    done = subprocess.run([sys.executable, "-c", killed], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (data / FILE).read_bytes() == before
    assert read_folder(data).problems == ()


def test_a_new_file_may_be_read_by_everyone(data: Path) -> None:
    write_whole(data / "new" / "file.txt", b"text\n")
    assert (data / "new" / "file.txt").stat().st_mode & 0o777 == 0o644


# --- any valid record -------------------------------------------------------------------------------------

_CHARACTERS = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))


def _line(**size: int) -> st.SearchStrategy[str]:
    return st.text(_CHARACTERS, **size).map(str.strip).filter(bool)


_TEXT = _line(max_size=40)
_PROSE = st.text(_CHARACTERS, max_size=120).map(fold).filter(lambda text: len(text) > 1)
_ID = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)
_URL = st.from_regex(r"https?://[a-z]{1,9}\.org(/[A-Za-z0-9?&=%\"'\\]{0,9}){0,2}", fullmatch=True)
_CHANGES = st.lists(st.builds(Change, date=st.dates(), what=_TEXT), min_size=1, max_size=3).map(tuple)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _some(strategy: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, min_size=least, max_size=least + 2).map(tuple)


_STUDY = st.builds(
    Study,
    id=_ID,
    title=_TEXT,
    title_sentence=_maybe(_TEXT),
    authors=_some(st.builds(Author, family=_maybe(_TEXT), given=_maybe(_TEXT), literal=_maybe(_TEXT))),
    authors_complete=st.booleans(),
    journal=_TEXT,
    year=st.integers(1930, 2100),
    volume=_maybe(_line(max_size=9)),
    pages=_maybe(st.from_regex(r"[A-Za-z0-9.:]{1,9}(-[A-Za-z0-9.:]{1,9})?", fullmatch=True)),
    doi=_maybe(st.from_regex(r"10\.[0-9]{4,9}/[!-@\[-~]{0,20}[!-+/-:<-@\[-~]", fullmatch=True)),
    pmid=_maybe(st.from_regex(r"[1-9][0-9]{0,8}", fullmatch=True)),
    design=st.sampled_from(Design),
    population=_TEXT,
    n_cases=_maybe(st.integers(0, 10**6)),
    criteria=_some(_TEXT),
    pem=st.sampled_from(Pem),
    pem_basis=_PROSE,
    pem_source=st.sampled_from(PemSource),
    finding=_PROSE,
    why_it_matters=_PROSE,
    limitations=_some(_TEXT, least=1),
    does_not_show=_PROSE,
    retraction=_maybe(
        st.builds(
            Retraction,
            status=st.sampled_from(RetractionStatus),
            year=_maybe(st.integers(1930, 2100)),
            reason=_maybe(_PROSE),
        )
    ),
    sources=_some(_URL, least=1),
    abstract_seen=st.booleans(),
    curator_note=_maybe(_PROSE),
    changes=_CHANGES,
)


_RecordT = TypeVar("_RecordT", Study, Topic, Criterion)


def reread(record: _RecordT) -> _RecordT | None:
    problems: list[Problem] = []
    read = decode(tomllib.loads(dump(record)), type(record), "file", problems)
    assert problems == []
    return read


@given(_STUDY)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_valid_study_comes_back_equal(one: Study) -> None:
    assert reread(one) == one


@given(_PROSE, _TEXT)
def test_any_text_of_a_topic_or_a_case_definition_comes_back_equal(prose: str, text: str) -> None:
    one = topic(short_answer=prose, question=text, limitations=(text,))
    other = criterion("CCC 2003", requires_pem=None, summary=prose, known_as=(text,))
    assert reread(one) == one
    assert reread(other) == other


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_bytes_in_a_file_raise(data: Path, content: bytes) -> None:
    (data / FILE).write_bytes(content)
    sources: Sources = read_folder(data)
    assert NAME not in sources.studies
    assert {problem.file for problem in sources.problems} == {FILE}
