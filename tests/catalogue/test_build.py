"""The build: deterministic, whole or not at all, and rebuilt by itself when it must be."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.catalogue import build, source, tables
from bot.catalogue.content import content_hash
from bot.catalogue.fresh import UnbuildableError, open_fresh
from bot.catalogue.model import Study, Topic
from bot.catalogue.source import Sources
from bot.catalogue.store import Catalogue, DamagedCatalogueError, Filters
from bot.citation.entries import FILE, read_entries
from tests.conftest import DATA, ROOT

OPEN = (
    "import sys; from pathlib import Path; from bot.catalogue.fresh import open_fresh;"
    "print(open_fresh(Path(sys.argv[1]), Path(sys.argv[2]), tuple).meta.studies)"
)


@pytest.fixture(scope="module")
def sources() -> Sources:
    return source.read_folder(DATA)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a few real files, to be built often."""
    folder = tmp_path_factory.mktemp("small") / "data"
    for name in ("studies", "topics"):
        (folder / name).mkdir(parents=True)
    for path in DATA.glob("*.toml"):
        shutil.copy(path, folder)
    for path in sorted((DATA / "studies").glob("g*.toml")):
        shutil.copy(path, folder / "studies")
    return folder


def test_built_twice_the_catalogue_has_the_same_bytes(sources: Sources, tmp_path: Path) -> None:
    for name in ("one.db", "two.db"):
        build.build(sources, tmp_path / name, citations=read_entries(DATA / FILE), content="x")
    assert (tmp_path / "one.db").read_bytes() == (tmp_path / "two.db").read_bytes()


def test_every_record_comes_back_as_it_was_read(sources: Sources, catalogue: Catalogue) -> None:
    assert {s.id: s for s in catalogue.all_studies()} == sources.studies
    assert {t.id: t for t in catalogue.all_topics()} == sources.topics
    assert {c.id: c for c in catalogue.criteria()} == sources.criteria


def test_the_tables_hold_together(catalogue: Catalogue) -> None:
    assert catalogue.connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert catalogue.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert catalogue.connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_the_catalogue_cannot_be_written(catalogue: Catalogue) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        catalogue.connection.execute("DELETE FROM studies")


def test_the_version_is_the_newest_date_in_the_records(sources: Sources, catalogue: Catalogue) -> None:
    records: list[Study | Topic] = [*sources.studies.values(), *sources.topics.values()]
    newest = max(change.date for record in records for change in record.changes)
    assert catalogue.meta.catalogue_version == f"{newest:%Y.%m.%d}"


def test_every_table_and_column_is_described_for_datasette(catalogue: Catalogue) -> None:
    described = tables.datasette_metadata()["databases"]["catalogue"]["tables"]
    shapes = [tables.shape(name) for name in tables.RECORDS]
    for shape in shapes:
        assert described[shape.table]["columns"].keys() == {column.name for column in shape.columns}
        assert all(described[shape.table]["columns"].values())
        for child in shape.children:
            assert described[child.table]["description"]
    names = catalogue.connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts%' ESCAPE '\\'"
    )
    assert {name for (name,) in names if not name.startswith("sqlite_")} == described.keys()


def test_browsers_can_search_studies_and_topics_in_full_text(catalogue: Catalogue) -> None:
    found = catalogue.connection.execute(
        "SELECT studies.id FROM studies_fts JOIN studies ON studies.rowid = studies_fts.rowid"
        " WHERE studies_fts MATCH 'rituximab AND placebo' ORDER BY rank"
    ).fetchall()
    assert ("fluge-2019-rituximab-phase-3",) in found
    (matched,) = catalogue.connection.execute("SELECT count(*) FROM topics_fts('malaise')").fetchone()
    assert matched > 0


def test_a_missing_catalogue_is_built_and_a_fresh_one_is_not(small: Path, tmp_path: Path) -> None:
    database = tmp_path / "catalogue.db"
    open_fresh(small, database, tuple).close()
    before = database.stat()
    open_fresh(small, database, tuple).close()
    assert database.stat() == before


def test_a_change_in_a_data_file_rebuilds_it(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(small, folder)
    open_fresh(folder, tmp_path / "catalogue.db", tuple).close()
    path = folder / "studies" / "gupta-1997-cytokine-production.toml"
    path.write_text(path.read_text().replace("1997", "1998", 1).replace("year = 1997", "year = 1998"))
    path.write_text(path.read_text().replace('"gupta-1998', '"gupta-1997'))
    catalogue = open_fresh(folder, tmp_path / "catalogue.db", tuple)
    study = catalogue.study("gupta-1997-cytokine-production")
    assert study is not None
    assert study.year == 1998


@pytest.mark.parametrize(
    "content",
    [b"", b"not a database", b"SQLite format 3\x00" + b"\x00" * 200, "another".encode("utf-16")],
    ids=["empty", "text", "torn header", "odd bytes"],
)
def test_a_damaged_file_is_named_and_built_anew(
    small: Path, tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    database = tmp_path / "catalogue.db"
    database.write_bytes(content)
    with pytest.raises(DamagedCatalogueError, match=r"catalogue\.db"):
        Catalogue(database)
    assert open_fresh(small, database, tuple).study("gupta-1997-cytokine-production")
    assert "catalogue.db" in caplog.text


def test_a_foreign_database_is_named_and_built_anew(small: Path, tmp_path: Path) -> None:
    database = tmp_path / "catalogue.db"
    with sqlite3.connect(database) as foreign:
        foreign.execute("CREATE TABLE songs (name)")
    foreign.close()
    assert open_fresh(small, database, tuple).study("gupta-1997-cytokine-production")


def test_a_catalogue_cut_short_is_named_and_built_anew(small: Path, tmp_path: Path) -> None:
    database = tmp_path / "catalogue.db"
    open_fresh(small, database, tuple).close()
    whole = database.read_bytes()
    database.write_bytes(whole[: len(whole) // 2])
    assert open_fresh(small, database, tuple).study("gupta-1997-cytokine-production")
    assert len(database.read_bytes()) == len(whole)


def test_a_file_with_a_syntax_error_is_told_with_its_place_and_the_old_catalogue_stays(
    small: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(small, folder)
    database = tmp_path / "catalogue.db"
    open_fresh(folder, database, tuple).close()
    before = database.read_bytes()
    (folder / "studies" / "broken.toml").write_text('id = "broken"\ntitle = oops\n')
    with pytest.raises(UnbuildableError, match=r"studies/broken\.toml: line 2, column 9"):
        open_fresh(folder, database, tuple)
    assert database.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_folder_that_cannot_be_written_to_is_an_error_and_leaves_nothing(
    small: Path, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="No such file"):
        open_fresh(small, tmp_path / "missing" / "catalogue.db", tuple)


def test_two_processes_that_start_together_both_get_a_whole_catalogue(small: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, str(small), str(tmp_path / "catalogue.db")]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    expected = str(len(list((small / "studies").glob("*.toml"))))
    assert [process.communicate(timeout=60)[0].strip() for process in both] == [expected, expected]


def test_a_kill_in_the_middle_of_a_build_leaves_the_old_catalogue_whole(tmp_path: Path) -> None:
    database = tmp_path / "catalogue.db"
    Path(database).write_bytes(b"the old file")
    command = [sys.executable, "-c", OPEN, str(DATA), str(database)]
    process = subprocess.Popen(command, cwd=ROOT)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".catalogue.db.*")):  # the build has begun to write
        assert process.poll() is None
        assert time.monotonic() < deadline
        os.sched_yield()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert database.read_bytes() == b"the old file"
    assert open_fresh(DATA, database, tuple).meta.studies == len(list((DATA / "studies").glob("*.toml")))


def test_the_hash_covers_every_data_file(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(small, folder)
    seen = {content_hash(folder)}
    for name in (
        "criteria.toml",
        "studies/gupta-1997-cytokine-production.toml",
        "citations.json",
        "topics/new.toml",
    ):
        path = folder / name
        path.write_text((path.read_text() if path.exists() else "") + "\n")
        seen.add(content_hash(folder))
    assert len(seen) == 5


def test_filters_hold_for_every_study_they_let_through(catalogue: Catalogue) -> None:
    for study in catalogue.studies(catalogue.find(Filters(size=1000, year_from=2010, retracted=False))):
        assert (study.n_cases or 0) + (study.n_controls or 0) >= 1000
        assert study.year >= 2010
    retracted = catalogue.studies(catalogue.find(Filters(retracted=True)))
    assert {s.retraction.status for s in retracted if s.retraction} <= {"retracted", "withdrawn"}
    assert retracted


def test_a_list_that_is_filtered_keeps_its_order(catalogue: Catalogue) -> None:
    ids = [s.id for s in catalogue.all_studies()][::-7]
    assert catalogue.find(Filters(), within=ids) == ids
    assert catalogue.find(Filters(), within=["not-there", *ids]) == ids


def test_what_a_killed_build_left_is_swept_and_a_running_one_is_not_disturbed(
    small: Path, tmp_path: Path
) -> None:
    left, running = tmp_path / ".catalogue.db.left", tmp_path / ".catalogue.db.running"
    for part in (left, running):
        part.write_bytes(b"half")
    os.utime(left, (0, 0))
    open_fresh(small, tmp_path / "catalogue.db", tuple).close()
    assert not left.exists()
    assert running.exists()
