import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.catalogue.model import Author, RetractionStatus
from bot.catalogue.source import read_folder, write, write_criteria
from bot.curate.commands import refresh
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
from tests.curate.loopback import Loopback
from tests.curate.test_retraction_watch import HEAD, row

Run = Callable[..., Result]
RETRACTION = {
    "updated-by": [
        {
            "DOI": "10.5555/notice.1",
            "type": "retraction",
            "label": "Retraction",
            "updated": {"date-parts": [[2021]]},
        }
    ]
}
ENTRY = "studies/inventa-2019-grip.toml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with two studies: one that Crossref knows, one without an identifier."""
    root = tmp_path / "repository"
    data = root / "data"
    (data / "topics").mkdir(parents=True)
    write_criteria({}, data)
    write(study("inventa-2019-grip", title=TITLE, authors_complete=False, year=2019, doi=DOI), data)
    write(study("other-2001-study"), data)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    return root


@pytest.fixture
def run(
    repository: Path, tmp_path: Path, loopback: Loopback, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Run:
    # The real one; only the waiting between requests is not waited.
    monkeypatch.setattr("bot.curate.fetch.Fetcher", partial(Fetcher, sleep=clock.sleep, clock=clock))
    monkeypatch.chdir(repository)
    environment = {
        "BOT_DATA": str(repository / "data"),
        "CONTACT_EMAIL": "curator@example.org",
        "CURATE_CACHE": str(tmp_path / "cache"),
        "CROSSREF_BASE": loopback.base,
        "NCBI_BASE": loopback.base,
        "DOI_BASE": loopback.base,
    }
    loopback.on("/esearch.fcgi", search_answer(PMID))
    loopback.on("/efetch.fcgi", pubmed_set(pubmed_article()))
    loopback.on(f"/works/{DOI}", crossref_answer())

    def invoke(*arguments: str, **variables: str) -> Result:
        return CliRunner(env=environment | variables).invoke(refresh, [*arguments])

    return invoke


def texts(repository: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (repository / "data" / "studies").iterdir()}


def test_a_retraction_becomes_a_patch_that_git_applies_and_nothing_changes_before(
    run: Run, repository: Path, loopback: Loopback
) -> None:
    loopback.on(f"/works/{DOI}", crossref_answer(RETRACTION))
    before = texts(repository)
    result = run()

    assert result.exit_code == 0, result.output
    assert "## Retracted or withdrawn (1)" in result.stdout
    assert f"- {ENTRY}: Retraction, 2021, 10.5555/notice.1 (Crossref)" in result.stdout
    assert texts(repository) == before

    subprocess.run(["git", "apply", "refresh.patch"], cwd=repository, check=True)
    entry = read_folder(repository / "data").studies["inventa-2019-grip"]
    assert entry.retraction is not None
    assert entry.retraction.status is RetractionStatus.RETRACTED
    assert entry.volume is None, "values are filled only with --fill"


def test_values_are_filled_on_demand_with_the_source_of_each(run: Run, repository: Path) -> None:
    result = run("--fill", "--patch", "fill.patch")

    assert result.exit_code == 0, result.output
    assert f"- {ENTRY}: pmid: {PMID} (PubMed)" in result.stdout
    subprocess.run(["git", "apply", "fill.patch"], cwd=repository, check=True)
    entry = read_folder(repository / "data").studies["inventa-2019-grip"]
    assert (entry.pmid, entry.volume, entry.journal_abbrev) == (PMID, "12", "J Invent Results")
    assert entry.changes[-1].what == (
        "Filled: journal_abbrev, pmid, pmcid from PubMed; volume, issue from Crossref."
    )
    assert run("--fill", "--fresh").stderr.endswith("There is nothing to propose.\n")


def test_the_patch_can_go_to_standard_output_alone(run: Run, repository: Path) -> None:
    result = run("--fill", "--patch", "-")
    assert result.stdout.startswith(f"--- a/data/{ENTRY}\n")
    subprocess.run(["git", "apply", "-"], input=result.stdout.encode(), cwd=repository, check=True)
    assert not (repository / "refresh.patch").exists()


def test_a_doi_that_no_longer_resolves_is_told(run: Run, loopback: Loopback) -> None:
    loopback.on(f"/works/{DOI}", 404)
    loopback.on(f"/api/handles/{DOI}", handle_answer(100))
    result = run()
    assert f"## Identifiers that lead nowhere (1)\n\n- {ENTRY}: doi {DOI} leads nowhere" in result.stdout


def test_a_doi_of_another_registry_is_not_dead(run: Run, loopback: Loopback) -> None:
    loopback.on(f"/works/{DOI}", 404)
    loopback.on(f"/api/handles/{DOI}", handle_answer(1))
    assert "lead nowhere" not in run().stdout


def test_a_source_that_fails_is_told_and_the_others_still_count(run: Run, loopback: Loopback) -> None:
    loopback.on(f"/works/{DOI}", crossref_answer(RETRACTION))
    loopback.on("/esearch.fcgi", 403)
    result = run()
    assert result.exit_code == 1
    refused = f"- {ENTRY}: PubMed: 127.0.0.1 refused with HTTP status 403"
    assert f"## Could not be asked (1)\n\n{refused}" in result.stdout, (
        "who has no identifier was not asked about"
    )
    assert "## Retracted or withdrawn (1)" in result.stdout


def test_retraction_watch_needs_no_network_and_no_contact(
    run: Run, repository: Path, loopback: Loopback
) -> None:
    (repository / "watch.csv").write_text(HEAD + row(OriginalPaperDOI=DOI))
    result = run("--offline", "--retraction-watch", "watch.csv", CONTACT_EMAIL="")
    assert result.exit_code == 0, result.output
    assert "(Retraction Watch)" in result.stdout
    assert loopback.asked == []
    subprocess.run(["git", "apply", "refresh.patch"], cwd=repository, check=True)
    entry = read_folder(repository / "data").studies["inventa-2019-grip"]
    assert entry.changes[-1].what == "Marked as retracted: Retraction Watch."


def test_files_that_cannot_be_used_are_told_and_left_out(run: Run, repository: Path) -> None:
    (repository / "data/studies/broken.toml").write_text("id = [")
    misnamed = repository / "data/studies/misnamed.toml"
    misnamed.write_text((repository / "data" / ENTRY).read_text().replace(DOI, "10.5555/other"))
    result = run("--fill", "--patch", "-")
    assert result.exit_code == 0
    assert "2 files cannot be used; `evidence-bot check` tells why." in result.stderr
    assert "misnamed" not in result.stdout


def test_one_entry_can_be_asked_about_alone(run: Run, loopback: Loopback) -> None:
    result = run("other-2001-study")
    assert result.stdout == "1 entries compared, 0 findings.\n"
    assert loopback.asked == []


@pytest.mark.parametrize(
    ("arguments", "variables", "told"),
    [
        (("nobody-2001-nothing",), {}, "There is no entry nobody-2001-nothing"),
        ((), {"CONTACT_EMAIL": ""}, "Set CONTACT_EMAIL"),
        (("--retraction-watch", "data/criteria.toml"), {}, "is no Retraction Watch file"),
    ],
)
def test_what_the_curator_must_mend_is_told(
    run: Run, arguments: tuple[str, ...], variables: dict[str, str], told: str
) -> None:
    result = run(*arguments, **variables)
    assert result.exit_code == 2
    assert told in result.stderr


def test_an_entry_without_an_identifier_is_looked_for_by_its_title_only_to_fill_it(
    run: Run, repository: Path, loopback: Loopback
) -> None:
    authors = (Author(family="Inventa", given="Ada"),)
    (repository / "data" / ENTRY).unlink()
    write(
        study("inventa-2019-grip", title=TITLE, authors=authors, authors_complete=False, year=2019),
        repository / "data",
    )
    run("inventa-2019-grip")
    assert loopback.asked == []

    result = run("inventa-2019-grip", "--fill")
    assert f"- {ENTRY}: doi: {DOI} (Crossref, PubMed, found by its title)" in result.stdout
    subprocess.run(["git", "apply", "refresh.patch"], cwd=repository, check=True)
    entry = read_folder(repository / "data").studies["inventa-2019-grip"]
    assert entry.doi == DOI
    assert entry.changes[-1].what.startswith("Filled, found by its title: ")
