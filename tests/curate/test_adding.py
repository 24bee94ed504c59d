import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web
from click.testing import CliRunner, Result

from bot.catalogue.source import read_folder, write, write_criteria
from bot.curate.commands import new
from bot.curate.fetch import Fetcher
from tests.catalogue.fabricated import study
from tests.curate.conftest import Clock
from tests.curate.invented import (
    DOI,
    PMID,
    TITLE,
    crossref_answer,
    handle_answer,
    pubmed_article,
    pubmed_set,
    search_answer,
)
from tests.curate.loopback import Loopback, status

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "studies").mkdir(parents=True)
    (folder / "topics").mkdir()
    write_criteria({}, folder)
    return folder


@pytest.fixture
def environment(data: Path, tmp_path: Path, loopback: Loopback) -> dict[str, str]:
    return {
        "BOT_DATA": str(data),
        "CONTACT_EMAIL": "curator@example.org",
        "CURATE_CACHE": str(tmp_path / "cache"),
        "CROSSREF_BASE": loopback.base,
        "NCBI_BASE": loopback.base,
        "DOI_BASE": loopback.base,
    }


@pytest.fixture
def run(environment: dict[str, str], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Run:
    # The real one; only the waiting between requests is not waited.
    monkeypatch.setattr("bot.curate.fetch.Fetcher", partial(Fetcher, sleep=clock.sleep, clock=clock))

    def invoke(*arguments: str, **variables: str) -> Result:
        return CliRunner(env=environment | variables).invoke(new, [*arguments])

    return invoke


def serve(loopback: Loopback, dois: Sequence[str] = (DOI,)) -> None:
    """Works whose titles differ in more than a number, so that none is taken for another."""
    words = ("salt", "sleep", "light", "noise", "iron", "heat", "water", "time", "speech", "colour")
    for number, doi in enumerate(dois):
        title = f"Invented {words[number % 10]} and {words[number // 10 % 10]} in a made-up cohort {number}"
        changes = {"title": [title], "subtitle": []} if len(dois) > 1 else {}
        loopback.on(f"/works/{doi}", crossref_answer(doi=doi, **changes))
    loopback.on("/esearch.fcgi", search_answer())


def files(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "studies").iterdir())


def test_a_doi_becomes_a_file_that_names_both_sources(run: Run, data: Path, loopback: Loopback) -> None:
    serve(loopback)
    loopback.on("/esearch.fcgi", search_answer(PMID))
    loopback.on("/efetch.fcgi", pubmed_set(pubmed_article(year="<Year>2020</Year>")))
    result = run(f"https://doi.org/{DOI.upper()}")

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"{DOI}: written",
        "    studies/inventa-2019-grip-strength-invented.toml",
        "    the sources disagree on year: Crossref: 2019; PubMed: 2020",
    ]
    entry = read_folder(data).studies["inventa-2019-grip-strength-invented"]
    assert (entry.title, entry.pmid) == (TITLE, PMID)


def test_a_pmid_leads_to_crossref_by_the_doi_that_pubmed_states(
    run: Run, data: Path, loopback: Loopback
) -> None:
    serve(loopback)
    loopback.on("/efetch.fcgi", pubmed_set(pubmed_article()))
    assert run("--pmid", PMID).exit_code == 0
    (entry,) = read_folder(data).studies.values()
    assert len(entry.sources) == 2


def test_an_entry_is_never_overwritten_and_nothing_is_asked_for_it(
    run: Run, data: Path, loopback: Loopback
) -> None:
    serve(loopback)
    assert run(DOI).exit_code == 0
    (path,) = (data / "studies").iterdir()
    before = path.read_bytes()
    asked = len(loopback.asked)
    result = run(DOI)

    assert result.exit_code == 0
    assert f"{DOI}: already there\n    studies/{path.name}: has the same DOI, {DOI}" in result.stdout
    assert len(loopback.asked) == asked
    assert path.read_bytes() == before


def test_a_file_with_the_id_of_another_work_is_left_alone(run: Run, data: Path, loopback: Loopback) -> None:
    serve(loopback)
    path = data / "studies" / "inventa-2019-grip-strength-invented.toml"
    path.write_text("this is no TOML [")
    result = run(DOI)

    assert "cannot be read; a duplicate in it may be missed" in result.stderr
    assert path.read_text() == "this is no TOML ["
    assert "inventa-2019-grip-strength-invented-cohort.toml" in files(data)


def test_an_identifier_in_a_file_that_cannot_be_read_counts_too(
    run: Run, data: Path, loopback: Loopback
) -> None:
    serve(loopback)
    (data / "studies" / "broken.toml").write_text(f'doi = "{DOI}"\ntitle = ')
    result = run(DOI)
    assert f"studies/broken.toml: cannot be read, but holds {DOI}" in result.stdout
    assert files(data) == ["broken.toml"]


def test_a_work_of_nearly_the_same_title_is_told_and_written_only_on_demand(
    run: Run, data: Path, loopback: Loopback
) -> None:
    write(study("inventa-2018-grip", title=TITLE, journal="medRxiv", doi="10.5555/preprint"), data)
    serve(loopback)
    result = run(DOI)
    assert f"{DOI}: perhaps already there" in result.stdout
    assert "studies/inventa-2018-grip.toml: is its preprint, by the title (the same title)" in result.stdout
    assert len(files(data)) == 1

    assert "see also studies/inventa-2018-grip.toml" in run(DOI, "--alike").stdout
    assert len(files(data)) == 2


def test_what_no_source_knows_is_told(run: Run, data: Path, loopback: Loopback) -> None:
    loopback.on("/esearch.fcgi", search_answer())
    loopback.on("/api/handles/10.5555/none", handle_answer(100))
    result = run("10.5555/none")
    assert result.exit_code == 1
    assert result.stdout == "10.5555/none: not written\n    Crossref and PubMed do not know it\n"
    assert files(data) == []


def test_a_source_that_fails_leaves_no_half_entry_and_the_next_run_goes_on(
    run: Run, data: Path, loopback: Loopback
) -> None:
    dois = [f"10.5555/batch.{number}" for number in range(3)]
    serve(loopback, dois)
    loopback.on(f"/works/{dois[1]}", 403)
    result = run(*dois)
    assert result.exit_code == 1
    assert (
        "10.5555/batch.1: not written\n    Crossref: 127.0.0.1 refused with HTTP status 403" in result.stdout
    )
    assert len(files(data)) == 2

    serve(loopback, dois)
    asked = len(loopback.asked)
    assert run(*dois).exit_code == 0
    assert len(files(data)) == 3
    assert [path for path in loopback.paths()[asked:] if path.startswith("/works/")] == [f"/works/{dois[1]}"]


def test_a_pubmed_record_of_another_title_is_left_out_and_told(
    run: Run, data: Path, loopback: Loopback
) -> None:
    serve(loopback)
    loopback.on("/esearch.fcgi", search_answer(PMID))
    loopback.on("/efetch.fcgi", pubmed_set(pubmed_article(title="Sleep of invented mice")))
    result = run(DOI)
    assert (
        "left out PubMed, which has another title under this identifier: Sleep of invented mice"
        in result.stdout
    )
    (entry,) = read_folder(data).studies.values()
    assert entry.pmid is None


def test_hundreds_are_added_and_each_once(run: Run, data: Path, loopback: Loopback, tmp_path: Path) -> None:
    lines = [f"10.5555/many.{number}" for number in range(60)]
    (tmp_path / "list.txt").write_text("\n".join([*lines, *lines]))
    write(study("somebody-2001-else"), data)
    refs = [
        f"TY  - JOUR\nTI  - {title}\nAU  - Inventa, Ada\nPY  - {1950 + number % 70}\nJO  - Annals\nER  - \n"
        for number, title in enumerate(_titles(300))
    ]
    (tmp_path / "refs.ris").write_text("\n".join(refs))
    result = run("--file", str(tmp_path / "refs.ris"), CONTACT_EMAIL="")
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("300 written.")
    again = run("--file", str(tmp_path / "refs.ris"), CONTACT_EMAIL="")
    assert again.stderr.startswith("300 already there.")
    assert loopback.asked == []
    assert len(files(data)) == 301


def _titles(count: int) -> list[str]:
    words = ["salt", "sleep", "light", "noise", "iron", "heat", "water", "time", "speech", "colour"]
    places = ["north", "south", "east", "west", "river", "coast", "island", "valley", "forest", "desert"]
    kinds = ["survey", "trial", "ledger"]
    return [
        f"{kinds[n % 3]} of {words[n // 3 % 10]} {words[n // 7 % 10]} by the {places[n // 30 % 10]}, {n}"
        for n in range(count)
    ]


def test_a_file_is_read_without_a_network_unless_looking_up_is_asked_for(
    run: Run, data: Path, loopback: Loopback, tmp_path: Path
) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(f"@article{{x, title={{{TITLE}}}, author={{Inventa, A.}}, year=2019, doi={{{DOI}}}}}")
    assert run("--file", str(path), CONTACT_EMAIL="").exit_code == 0
    assert loopback.asked == []
    (entry,) = read_folder(data).studies.values()
    assert entry.changes[0].what == "Drafted: title, authors, year, doi from refs.bib."
    (data / "studies" / f"{entry.id}.toml").unlink()

    serve(loopback)
    assert run("--file", str(path), "--look-up").exit_code == 0
    (entry,) = read_folder(data).studies.values()
    assert entry.journal == "Journal of Invented Results"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Name a DOI"),
        (("gupta 1997",), "is no DOI"),
        (("--pmid", "PMC12"), "is no PMID"),
    ],
)
def test_what_cannot_be_asked_for_is_told(run: Run, arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_nobody_is_asked_without_a_contact(run: Run, loopback: Loopback) -> None:
    result = run(DOI, CONTACT_EMAIL="")
    assert result.exit_code == 2
    assert "Set CONTACT_EMAIL" in result.stderr
    assert loopback.asked == []


def test_a_folder_that_is_no_data_folder_is_told(run: Run, tmp_path: Path) -> None:
    result = run(DOI, BOT_DATA=str(tmp_path / "nothing"))
    assert result.exit_code == 2
    assert "no studies in" in result.stderr


@pytest.fixture
def heard() -> Iterator[None]:
    """Programs that are started hear SIGINT, even where a shell put these tests into the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(
    environment: dict[str, str], run: Run, data: Path, loopback: Loopback
) -> None:
    dois = [f"10.5555/stop.{number}" for number in range(21)]
    serve(loopback, dois)
    reached = threading.Event()

    async def waits(request: web.Request) -> web.StreamResponse:
        reached.set()
        return await status(503, Retry_After="60")(request)

    loopback.on(f"/works/{dois[20]}", waits)
    command = [sys.executable, "-c", "from bot.curate.commands import new; new()", *dois]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as going:
        assert reached.wait(60), "the second batch was not reached"
        going.send_signal(signal.SIGINT)
        _, told = going.communicate(timeout=60)
    assert going.returncode == 130, told
    assert "Stopped; run the same again to go on: 20 written." in told
    assert len(files(data)) == 20
    assert all(name.endswith(".toml") and not name.startswith(".") for name in files(data))

    serve(loopback, dois)
    assert run(*dois).exit_code == 0
    assert len(files(data)) == 21


def test_a_kill_half_way_leaves_whole_files_and_the_next_run_goes_on(
    environment: dict[str, str], run: Run, data: Path, tmp_path: Path
) -> None:
    refs = tmp_path / "refs.ris"
    refs.write_text(
        "".join(
            f"TY  - JOUR\nTI  - {title}\nAU  - Inventa, A.\nPY  - 2001\nER  - \n" for title in _titles(200)
        )
    )
    command = [sys.executable, "-c", "from bot.curate.commands import new; new()", "--file", str(refs)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as going:
        assert going.stdout is not None
        written = [
            line for line, _ in zip(going.stdout, range(60), strict=False) if line.endswith("written\n")
        ]
        going.kill()
    assert len(written) == 30

    sources = read_folder(data)
    assert len(sources.studies) >= 30
    assert sources.problems == (), "no file is half a file"
    assert run("--file", str(refs)).exit_code == 0
    assert len(read_folder(data).studies) == 200


def test_a_full_disk_is_told_in_a_sentence_and_leaves_no_half_file(
    environment: dict[str, str], data: Path, tmp_path: Path
) -> None:
    refs = tmp_path / "refs.ris"
    refs.write_text(f"TY  - JOUR\nTI  - {TITLE}\nAU  - Inventa, A.\nPY  - 2019\nER  - \n")
    full = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); "
        "from bot.curate.commands import new; new()"
    )
    command = [sys.executable, "-B", "-c", full, "--file", str(refs)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    (told,) = done.stderr.splitlines()
    path = data / "studies" / "inventa-2019-grip-strength-invented.toml"
    assert told.startswith(f"{path} cannot be read or written (File too large)")
    assert files(data) == []


def test_what_is_sent_to_a_file_gets_there_while_a_bar_is_shown_on_the_terminal(
    environment: dict[str, str], tmp_path: Path
) -> None:
    refs, sent = tmp_path / "refs.ris", tmp_path / "sent.txt"
    refs.write_text(f"TY  - JOUR\nTI  - {TITLE}\nAU  - Inventa, A.\nPY  - 2019\nER  - \n")
    command = [sys.executable, "-c", "from bot.curate.commands import new; new()", "--file", str(refs)]
    reader, terminal = pty.openpty()
    with sent.open("wb") as file, os.fdopen(reader, "rb", buffering=0) as screen:
        subprocess.run(command, env=environment, stdout=file, stderr=terminal, check=True)
        os.close(terminal)
        shown = screen.read(100_000).decode()
    assert sent.read_text().startswith(f"{TITLE}: written\n")
    assert "1/1" in shown
    assert "written\n" not in shown.replace("1 written.", "")
