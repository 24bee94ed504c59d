"""``evidence-bot new``, ``refresh`` and ``changelog``: add to the catalogue, and keep it true.

Exit codes: 0 done, 1 done in part (something failed, or a file is stale), 2 what the curator must mend first,
130 stopped by Ctrl-C.
"""

# ruff: noqa: PLC0415 - a command imports what it needs when it runs, so that the others start fast

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from bot.console import file_faults, load_settings, stop

if TYPE_CHECKING:
    from bot.catalogue.source import Sources
    from bot.curate.adding import Added
    from bot.curate.compare import Finding
    from bot.curate.lookup import Lookup
    from bot.curate.reading import Notice, Reading
    from bot.settings import Settings

_PART: Final = 1
_STOPPED: Final = 130
_DAY: Final = 24 * 3600.0
_EXTRA: Final = ("bibtexparser", "defusedxml", "httpx", "tenacity")
CHANGELOG: Final = "CHANGELOG-data.md"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("works", nargs=-1, metavar="[DOI]…")
@click.option("--pmid", "pmids", multiple=True, metavar="PMID", help="A PubMed id; may be given again.")
@click.option(
    "--file",
    "files",
    multiple=True,
    type=_FILE,
    help="A .nbib, .ris, .bib or CSL-JSON file, or a list of DOIs and PMIDs; may be given again.",
)
@click.option("--look-up", is_flag=True, help="Look the entries of a file up in Crossref and PubMed as well.")
@click.option("--alike", is_flag=True, help="Write works even if one of nearly their title is there.")
@click.option("--fresh", is_flag=True, help="Ask again what was asked within a day.")
@file_faults()
def new(
    *,
    works: Sequence[str],
    pmids: Sequence[str],
    files: Sequence[Path],
    look_up: bool,
    alike: bool,
    fresh: bool,
) -> None:
    """Draft entries: bibliographic fields from Crossref and PubMed, or from files; TODO for the rest.

    Writes one file in data/studies for each work and never overwrites one. Run it again after a Ctrl-C, or
    after a source failed: it goes on where it stopped.
    """
    _need_the_extra()
    named = _identified(works, pmids)
    read, problems = _read_files(files)
    if not named and not read and not problems:
        stop("Name a DOI, a --pmid or a --file.")
    asked = [*named, *(one for one in read if look_up or _bare(one))]
    read = [one for one in read if not (look_up or _bare(one))]
    for problem in problems:
        click.echo(problem, err=True)
    counts: dict[str, int] = {}
    stopped = False
    try:
        for one in _additions(asked, read, alike=alike, fresh=fresh):
            _tell(one)
            counts[one.outcome.value] = counts.get(one.outcome.value, 0) + 1
    except KeyboardInterrupt:
        stopped = True
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing done"
    click.echo(f"{'Stopped; run the same again to go on: ' if stopped else ''}{told}.", err=True)
    if "written" in counts:
        click.echo("Next: write what says TODO, then `evidence-bot check`.", err=True)
    failed = "not written" in counts or bool(problems)
    sys.exit(_STOPPED if stopped else _PART if failed else 0)


@click.command()
@click.argument("entries", nargs=-1, metavar="[ENTRY]…")
@click.option("--fill", is_flag=True, help="Propose values for empty fields too.")
@click.option("--retraction-watch", "watch", type=_FILE, help="The CSV file of Retraction Watch.")
@click.option(
    "--patch",
    "target",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    default=Path("refresh.patch"),
    show_default=True,
    help="Where the proposals go, for `git apply` (- for standard output).",
)
@click.option("--offline", is_flag=True, help="Ask nobody; only use --retraction-watch.")
@click.option("--fresh", is_flag=True, help="Ask again what was asked within a day.")
@file_faults()
def refresh(
    *, entries: Sequence[str], fill: bool, watch: Path | None, target: Path, offline: bool, fresh: bool
) -> None:
    """Ask what became of all entries (or of each ENTRY), and propose changes as a patch.

    Tells new retractions, corrections, preprints that were published, identifiers that lead nowhere, and
    fields that are empty here or differ. Nothing is changed: review the patch, then `git apply` it.
    """
    from bot.catalogue.source import STUDIES, write_whole

    _need_the_extra()
    from bot.curate import proposals
    from bot.curate import refresh as refreshing

    settings = load_settings()
    sources = _sources(settings)
    # A record in a file of another name is a problem that `check` tells; there is no file to propose for it.
    studies = [study for stem, study in sorted(sources.studies.items()) if study.id == stem]
    if unknown := sorted(set(entries) - {study.id for study in studies}):
        stop(f"There is no entry {', '.join(unknown)}.")
    files = len(list((settings.data / STUDIES).glob("*.toml")))
    if files > len(studies):
        click.echo(f"{files - len(studies)} files cannot be used; `evidence-bot check` tells why.", err=True)
    watched = _watched(watch, sources)
    findings: list[Finding] = []
    proposed = []
    count, stopped = 0, False
    chosen = frozenset(entries) or frozenset(study.id for study in studies)
    with _asking(settings, offline=offline, fresh=fresh) as lookup, _bar(len(chosen)) as step:
        try:
            for comparison in refreshing.refresh(
                studies, lookup, watched, _today(), only=chosen, fill=fill, step=step
            ):
                count += 1
                findings += comparison.findings
                if comparison.proposed is not None:
                    proposed.append(comparison.proposed)
        except KeyboardInterrupt:
            stopped = True
    patch = proposals.patch(proposed, sources.texts, proposals.repository_prefix(settings.data))
    to_output = str(target) == "-"
    _report(findings, count, err=to_output)
    if to_output:
        click.echo(patch, nl=False)
    elif patch:
        write_whole(target, patch.encode())
        click.echo(
            f"Wrote {target}: changes to {len(proposed)} entries. Review it, then `git apply {target}`.",
            err=True,
        )
    else:
        click.echo("There is nothing to propose.", err=True)
    failed = any(one.kind.name == "FAILED" for one in findings)
    sys.exit(_STOPPED if stopped else _PART if failed else 0)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if the file is not up to date.")
@file_faults()
def changelog(*, check: bool) -> None:
    """Write CHANGELOG-data.md from the history that each record keeps."""
    from bot.catalogue.source import write_whole
    from bot.curate.changelog import changelog as made

    settings = load_settings()
    path = settings.data.parent / CHANGELOG
    content = made(_sources(settings)).encode()
    fresh = path.is_file() and path.read_bytes() == content
    if check:
        click.echo(f"{path} is {'up to date' if fresh else 'stale: run `evidence-bot changelog`'}.")
        sys.exit(0 if fresh else _PART)
    if not fresh:
        write_whole(path, content)
    click.echo(f"{path} is up to date." if fresh else f"Wrote {path}")


def _need_the_extra() -> None:
    """Stop with what to do where the libraries of the extra ``curate`` are missing."""
    from importlib.util import find_spec

    if missing := [name for name in _EXTRA if find_spec(name) is None]:
        stop(f"{', '.join(missing)}: not installed. Run `pip install 'evidence-bot[curate]'`.")


def _identified(works: Sequence[str], pmids: Sequence[str]) -> "list[Reading]":
    """The works that the command line names, each as a reading that holds its identifier."""
    from bot.curate import clean
    from bot.curate.files import identifier
    from bot.curate.reading import reading

    found: list[Reading] = []
    for text in works:
        one = identifier(text)
        if one is None:
            stop(f"{text!r} is no DOI. Files go after --file, PubMed ids after --pmid.")
        found.append(reading("command line", {one[0]: one[1]}))
    for text in pmids:
        if (pmid := clean.pmid(text)) is None:
            stop(f"{text!r} is no PMID.")
        found.append(reading("command line", {"pmid": pmid}))
    return list(dict.fromkeys(found))


def _read_files(files: Sequence[Path]) -> "tuple[list[Reading], list[str]]":
    from bot.curate.files import FileError, read_file

    readings: list[Reading] = []
    problems: list[str] = []
    for path in files:
        try:
            contents = read_file(path)
        except FileError as error:
            stop(f"{error}.")
        readings += contents.readings
        problems += contents.problems
    return readings, problems


def _bare(one: "Reading") -> bool:
    """Whether an entry of a file is an identifier and nothing else, so that it has to be looked up."""
    return one.title is None and one.year is None


def _additions(
    asked: "Sequence[Reading]", read: "Sequence[Reading]", *, alike: bool, fresh: bool
) -> "Iterator[Added]":
    """Add what has to be asked for, then what files say by themselves."""
    from bot.curate.adding import Bench

    settings = load_settings()
    _sources(settings)
    with _asking(settings, offline=not asked, fresh=fresh) as lookup, _bar(len(asked) + len(read)) as step:
        for works, source in ((asked, lookup), (read, None)):
            if not works:
                continue
            bench = Bench(settings.data, source, _today(), alike=alike)
            for name in bench.unread:
                click.echo(f"{name} cannot be read; a duplicate in it may be missed.", err=True)
            yield from bench.add(works, step)


def _tell(one: "Added") -> None:
    click.echo(one.line)
    for line in one.told:
        click.echo(f"    {line}")


def _report(findings: "Sequence[Finding]", count: int, *, err: bool) -> None:
    """The findings as Markdown, the most pressing first."""
    from bot.curate.compare import Kind

    click.echo(f"{count} entries compared, {len(findings)} findings.", err=err)
    for kind in Kind:
        if told := sorted(str(one) for one in findings if one.kind is kind):
            click.echo(f"\n## {kind.title} ({len(told)})\n", err=err)
            for line in told:
                click.echo(f"- {line}", err=err)


def _watched(watch: Path | None, sources: "Sources") -> "dict[str, list[Notice]]":
    from bot.curate.retraction_watch import RetractionWatchError, notices

    if watch is None:
        return {}
    try:
        return notices(watch, sources.studies.values())
    except RetractionWatchError as error:
        stop(f"{error}.")


@contextmanager
def _asking(settings: "Settings", *, offline: bool, fresh: bool) -> "Iterator[Lookup | None]":
    """Who asks the sources; ``None`` when nobody is to be asked."""
    if offline:
        yield None
        return
    if settings.contact_email is None:
        stop(
            "Set CONTACT_EMAIL: Crossref and PubMed want to know whom to write to when something goes wrong."
        )
    try:
        from bot.curate.cache import Cache
        from bot.curate.crossref import Crossref
        from bot.curate.fetch import Fetcher
        from bot.curate.lookup import Lookup
        from bot.curate.pubmed import PubMed
    except ModuleNotFoundError as error:
        stop(f"{error.name} is not installed: `pip install evidence-bot[curate]`.")
    cache = Cache(settings.curate_cache, max_age=_DAY, read=not fresh)
    key = settings.ncbi_api_key.reveal() if settings.ncbi_api_key else None
    with Fetcher(settings.contact_email, cache=cache) as fetcher:
        crossref = Crossref(fetcher, settings.crossref_base, settings.doi_base)
        yield Lookup(crossref, PubMed(fetcher, settings.ncbi_base, key))


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on a terminal's standard error; elsewhere nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()


def _sources(settings: "Settings") -> "Sources":
    from bot.catalogue.source import read_folder

    try:
        return read_folder(settings.data)
    except FileNotFoundError as error:
        stop(f"{error}. Set BOT_DATA to the folder of the data files.")
