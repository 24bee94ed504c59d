"""Renders citations with pandoc, ahead of time: a development tool, never needed by the running bot.

All of a style's works go through pandoc in a few batches of one process (``pandoc lua``). Works in one batch
share no first author, so that no work changes how another is cited ("2021a", added initials).
"""

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.catalogue.model import Study
from bot.catalogue.source import read_folder
from bot.citation.csl import OTHERS, Csl, csl_hash, csl_record
from bot.citation.entries import FILE, Entry, Rendered, italic_text, read, write
from bot.citation.marked import Spans, from_runs, plain
from bot.citation.mend import mend, others
from bot.citation.names import person
from bot.citation.styles import STYLES, Style, style_hash

_SHIELD: Final = str.maketrans("‘’", "\ue003\ue004")
_UNSHIELD: Final = str.maketrans("\ue003\ue004", "‘’")
_STEPS: Final = ("marked.py", "mend.py", "render.lua")
_LUA: Final = Path(__file__).with_name("render.lua")


class NoPandocError(RuntimeError):
    """pandoc is not installed; it is one of the development requirements."""


class PandocError(RuntimeError):
    """pandoc could not render; the message is its own."""


@dataclass(frozen=True)
class Job:
    """Works for one bibliography in one style, in the order in which they are cited."""

    style: Style
    items: Sequence[Csl]

    def as_json(self) -> dict[str, Any]:
        """What ``render.lua`` reads."""
        return {
            "csl": str(self.style.file),
            "lang": self.style.locale,
            "items": list(self.items if self.style.quotes_titles else map(_shielded, self.items)),
            "cite": [[item["id"]] for item in self.items],
        }


@dataclass(frozen=True)
class Work:
    """One work as rendered: a marked entry, and in plain text the two forms in a sentence."""

    entry: str
    parenthetical: str
    narrative: str

    def plain(self) -> tuple[str, Spans]:
        """The entry in plain text, and where italics stand in it."""
        return plain(self.entry)


@dataclass(frozen=True)
class Summary:
    """What :func:`render_all` did: entries rendered anew, entries kept, entries dropped because the study is
    gone.
    """

    rendered: int
    kept: int
    dropped: int


def render_all(data: Path, *, afresh: bool = False, tell: Callable[[str], None] = lambda _: None) -> Summary:
    """Bring ``data/citations.json`` up to date with the studies below ``data``.

    Args:
        data: the data folder.
        afresh: render every entry, also those whose record and style have not changed.
        tell: is given a line of progress now and then.

    Raises:
        NoPandocError: when pandoc is not installed.
        PandocError: when pandoc fails.
        ValueError: when a study cannot be read; nothing is written then.
    """
    sources = read_folder(data)
    if sources.problems:
        message = f"mend {sources.problems[0].file} first; `evidence-bot check` tells how"
        raise ValueError(message)
    before = read(data / FILE)
    rendered, summary = render_studies(sources.studies.values(), before, afresh=afresh, tell=tell)
    write(rendered, data / FILE)
    return summary


def render_studies(
    studies: Iterable[Study],
    before: Rendered,
    *,
    afresh: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Rendered, Summary]:
    """Every study in every style; entries of ``before`` are kept where record, style file and engine are the
    same.
    """
    entries: dict[str, dict[str, Entry]] = {study.id: {} for study in studies}
    engine = engine_name()
    todo: list[tuple[Style, list[Study]]] = []
    for style in STYLES:
        usable = (
            not afresh and before.engine == engine and before.styles.get(style.key) == style_hash(style.key)
        )
        new: list[Study] = []
        for study in studies:
            old = before.entries.get(study.id, {}).get(style.key) if usable else None
            if old is not None and old.csl == csl_hash(csl_record(study, style)):
                entries[study.id][style.key] = old
            else:
                new.append(study)
        todo.append((style, new))
    kept = sum(map(len, entries.values()))
    for style, new in todo:
        if new:
            tell(f"{style.name}: {len(new)}")
        for study, entry in _entries(style, new):
            entries[study.id][style.key] = entry
    rendered = Rendered(
        engine=engine,
        styles={style.key: style_hash(style.key) for style in STYLES},
        entries=entries,
    )
    total = sum(map(len, entries.values()))
    return rendered, Summary(total - kept, kept, len(before.entries.keys() - entries.keys()))


def render(jobs: Sequence[Job]) -> list[dict[str, Work]]:
    """Render each job in one pandoc process; for each, the works by id in the order of the style's
    bibliography.

    Raises:
        NoPandocError: when pandoc is not installed.
        PandocError: when pandoc fails.
    """
    if not jobs:
        return []
    done = subprocess.run(  # noqa: S603 - our own script, by the path of the installed package
        [pandoc(), "lua", str(_LUA)],
        input=json.dumps([job.as_json() for job in jobs]),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode or done.stderr.strip():
        raise PandocError(done.stderr.strip() or f"pandoc ended with {done.returncode}")
    return [_works(job, result) for job, result in zip(jobs, json.loads(done.stdout), strict=True)]


@cache
def pandoc() -> str:
    """The path of pandoc, from the package ``pypandoc_binary``.

    Raises:
        NoPandocError: when that package is not installed.
    """
    try:
        import pypandoc  # noqa: PLC0415 - a development dependency: the bot starts without it
    except ImportError as error:
        message = "pandoc is not installed: install the development requirements"
        raise NoPandocError(message) from error
    return str(pypandoc.get_pandoc_path())


@cache
def engine_name() -> str:
    """The engine as written into ``citations.json``: its version, and a hash of our own steps around it.

    An entry is only kept where this is the same, so that a changed step renders everything again.
    """
    command = [pandoc(), "--version"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)  # noqa: S603
    steps = b"".join((Path(__file__).parent / name).read_bytes() for name in _STEPS)
    return f"{done.stdout.splitlines()[0].strip()}, steps {hashlib.sha256(steps).hexdigest()[:12]}"


def batches(studies: Iterable[Study]) -> list[list[Study]]:
    """Split studies into groups in which no two have the same first author's family name."""
    groups: list[tuple[set[str], list[Study]]] = []
    for study in studies:
        first = person(study.authors[0]).family or study.authors[0].name if study.authors else ""
        key = first.casefold()
        for names, group in groups:
            if key not in names:
                names.add(key)
                group.append(study)
                break
        else:
            groups.append(({key}, [study]))
    return [group for _, group in groups]


def short_names(item: Csl, et_al: str = "et al.") -> str:
    """The authors of a CSL record as a sentence names them: "Gupta", "Gupta and See", "Gupta et al."; "" if
    none.
    """
    names = [
        author.get("literal") or f"{author.get('non-dropping-particle', '')} {author['family']}".strip()
        for author in item.get("author", ())
    ]
    match names:
        case []:
            return ""
        case [one]:
            return str(one)
        case [one, two] if two != OTHERS:
            return f"{one} and {two}"
        case _:
            return f"{names[0]} {et_al}"


def number_forms(item: Csl, style: Style, number: int) -> tuple[str, str]:
    """How a style that numbers cites the work in a sentence: by the number alone, and with the authors'
    names.
    """
    cited = style.cite_number(number)
    names = short_names(item, style.et_al)
    space = "" if style.numbered.startswith("^") else " "
    return cited, f"{names}{space}{cited}" if names else cited


def _entries(style: Style, studies: Sequence[Study]) -> Iterable[tuple[Study, Entry]]:
    groups = batches(studies)
    jobs = [Job(style, [csl_record(study, style) for study in group]) for group in groups]
    for job, group, works in zip(jobs, groups, render(jobs), strict=True):
        for study, item in zip(group, job.items, strict=True):
            yield study, _entry(works[study.id], item, style)


def _entry(work: Work, item: Csl, style: Style) -> Entry:
    text, spans = work.plain()
    if style.numeric:  # by itself a work is number 1, whatever its place in the batch was
        parenthetical, narrative = number_forms(item, style, 1)
        work = Work(work.entry, parenthetical, narrative)
    return Entry(
        csl=csl_hash(item),
        text=text,
        italic=italic_text(spans),
        parenthetical=work.parenthetical,
        narrative=work.narrative,
    )


def _shielded(item: Csl) -> Csl:
    """The item with single quotation marks in its title hidden from pandoc, which would make them double."""
    return item | {"title": item["title"].translate(_SHIELD)}


def _works(job: Job, result: Mapping[str, Any]) -> dict[str, Work]:
    by_id = {item["id"]: (number, item) for number, item in enumerate(job.items)}
    works: dict[str, Work] = {}
    for study_id, runs in zip(result["ids"], result["entries"], strict=True):
        number, item = by_id[study_id]
        parenthetical = plain(others(from_runs(result["parenthetical"][number]).translate(_UNSHIELD)))[0]
        narrative = plain(others(from_runs(result["narrative"][number]).translate(_UNSHIELD)))[0]
        if job.style.numeric:  # pandoc leaves out the names here
            parenthetical, narrative = number_forms(item, job.style, number + 1)
        works[study_id] = Work(
            entry=mend(from_runs(runs).translate(_UNSHIELD), job.style.key, item),
            parenthetical=parenthetical,
            narrative=narrative,
        )
    if works.keys() != by_id.keys():
        message = f"{job.style.name}: no entry for {sorted(by_id.keys() - works.keys())}"
        raise PandocError(message)
    return works
