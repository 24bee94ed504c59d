"""The terminal front: ``make chat`` for people, ``evidence-bot ask`` for scripts."""

import base64
import errno
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TextIO

import msgspec

from bot.answer import markdown
from bot.answer.commands import COMMANDS
from bot.answer.desk import Desk
from bot.answer.reply import Action, File, Outcome, Reply
from bot.catalogue.source import write_whole

#: What a script learns from the exit code.
EXIT_CODES: Final = {
    Outcome.ANSWER: 0,
    Outcome.CHOICES: 0,
    Outcome.GUIDANCE: 0,
    Outcome.NO_MATCH: 1,
    Outcome.ERROR: 2,
}

_OPTION: Final = re.compile(r'(?:^|\s)([a-z]+):("[^"]*|[^\s"]*)$')


def as_json(reply: Reply, took: float, *, plain: bool = False) -> str:
    """A reply as one line of JSON.

    A text file has ``name`` and ``content``; a picture has ``name``, ``base64`` (its bytes, RFC 4648,
    section 4) and ``alt``, which says what it shows.

    Args:
        reply: the reply.
        took: how long it took, in seconds.
        plain: give the texts without Markdown.
    """

    def shown(text: str) -> str:
        return markdown.plain(text) if plain else text

    record: dict[str, Any] = {
        "command": reply.command,
        "outcome": reply.outcome,
        "title": reply.title,
        "studies": reply.studies,
        "topics": reply.topics,
        "blocks": [{"role": block.role, "text": shown(block.text)} for block in reply.blocks],
        "text": shown(reply.text),
        "files": [_file(file) for file in reply.files],
        "took_ms": round(took * 1000, 3),
    }
    return msgspec.json.encode(record).decode()


def _file(file: File) -> dict[str, str]:
    if file.is_picture:
        return {"name": file.name, "base64": base64.b64encode(file.data).decode(), "alt": file.alt}
    return {"name": file.name, "content": file.data.decode()}


def ask(desk: Desk, line: str) -> tuple[Reply, float]:
    """The reply to a line and the seconds it took."""
    started = time.perf_counter()
    reply = desk.answer_line(line)
    return reply, time.perf_counter() - started


def batch(desk: Desk, lines: Iterable[str], out: TextIO, *, plain: bool = False) -> None:
    """Answer one request a line with one JSON object a line, in order."""
    for line in lines:
        reply, took = ask(desk, line.rstrip("\r\n"))
        out.write(as_json(reply, took, plain=plain) + "\n")
        out.flush()


def show(reply: Reply, *, plain: bool, out: TextIO | None = None) -> None:
    """Print a reply for people: laid out by rich on a terminal, else (or if ``plain``) as bare text."""
    out = out or sys.stdout
    if plain or not out.isatty():
        out.write(markdown.plain(reply.text) + "\n")
        return
    from rich.console import Console  # noqa: PLC0415 - 60 ms that a pipe need not wait for
    from rich.markdown import Markdown  # noqa: PLC0415

    console = Console(file=out, highlight=False, width=min(Console().width, 100))
    console.print(Markdown(_hard_breaks(reply.text), hyperlinks=False))


def explain(desk: Desk, line: str) -> Iterator[str]:
    """Why the ranking puts what it puts first: each hit for the line's words, with the signals behind it."""
    words = re.sub(r"^\s*/\S+\s*", "", line)
    search = desk.library.search
    for what, match in (("studies", search.studies(words)), ("topics", search.topics(words))):
        yield f"{what}: {match.verdict}"
        for hit in match.hits:
            signals = ", ".join(f"{s.name} {s.weight:+.3f} ({s.detail})" for s in hit.signals)
            yield f"  {hit.score:.3f}  {hit.id}: {signals}"


def save(files: Iterable[File], folder: Path) -> list[Path]:
    """Write a reply's files into a folder, which is made where it is missing; an older file is replaced.

    Raises:
        OSError: when the folder or a file cannot be written, or a link stands in a file's place: what it
            points to may be anywhere.
    """
    written = []
    for file in files:
        name = Path(file.name).name
        path = folder / name
        if name in {"", ".."}:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if path.is_symlink():
            raise OSError(errno.ELOOP, "it is a symbolic link", str(path))
        write_whole(path, file.data)  # a link that comes in between is replaced, not followed
        written.append(path)
    return written


def as_line(action: Action) -> str:
    """The line that somebody would type for an action: ``/study gupta-1997 view:full``."""
    command = COMMANDS[action.command]
    first = command.options[0].name if command.options else None
    words = [f"/{action.command}"]
    for name, value in action.options.items():
        quoted = f'"{value}"' if " " in value and name != first else value
        words.append(quoted if name == first else f"{name}:{quoted}")
    return " ".join(words)


def chat(desk: Desk) -> None:
    """Talk in the terminal until Ctrl-D. Nothing typed is kept after that: it is health data."""
    from prompt_toolkit import PromptSession  # noqa: PLC0415 - only an interactive session needs it
    from prompt_toolkit.history import InMemoryHistory  # noqa: PLC0415

    from bot.chat.completer import DeskCompleter  # noqa: PLC0415

    session: PromptSession[str] = PromptSession(
        history=InMemoryHistory(),
        completer=DeskCompleter(desk),
        complete_while_typing=True,
        reserve_space_for_menu=6,
    )
    labels = desk.library.templates.labels["terminal"]
    print(labels["welcome"])  # noqa: T201 - a terminal front prints
    shown: tuple[str, ...] = ()
    picks: dict[str, Action] = {}
    while True:
        try:
            line = session.prompt("\n> ").strip()
        except KeyboardInterrupt:
            continue  # Ctrl-C clears the line
        except EOFError:
            print(labels["goodbye"])  # noqa: T201
            return
        if not line:
            continue
        if line in picks:
            line = as_line(picks[line])
        reply = desk.answer_line(line, shown=shown)
        show(reply, plain=False)
        picks = {
            str(number): e for menu in reply.menus[:1] for number, e in enumerate(menu.entries, menu.first)
        }
        _print_next(reply, picks, labels)
        if reply.subject and reply.subject in reply.studies:
            shown = (reply.subject,)


def _print_next(reply: Reply, picks: dict[str, Action], labels: dict[str, str]) -> None:
    if reply.outcome in {Outcome.CHOICES, Outcome.NO_MATCH} and picks:
        print(labels["pick"])  # noqa: T201
        for number, entry in picks.items():
            print(f"  {number}  {entry.label}")  # noqa: T201
    if reply.files:
        print(labels["files"].format(names=", ".join(file.name for file in reply.files)))  # noqa: T201
    if reply.actions:
        print(labels["next"].format(lines="  ·  ".join(as_line(action) for action in reply.actions)))  # noqa: T201


def _hard_breaks(text: str) -> str:
    """A line break in a reply is one; CommonMark wants two spaces before it outside lists and code."""
    fenced = False
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith("```"):
            fenced = not fenced
        lines.append(line if fenced or not line or line.startswith(("```", "- ")) else f"{line}  ")
    return "\n".join(lines)


def words_before(text: str) -> tuple[str, str, str] | None:
    """What is being typed: (command, option, its text so far); ``None`` while it is the command's name."""
    match = re.match(r"\s*/([a-z]+)\s+(.*)$", text, re.DOTALL)
    command = COMMANDS.get(match[1]) if match else None
    if match is None or command is None or not command.options:
        return None
    named = _OPTION.search(match[2])
    if named and command.option(named[1]):
        return command.name, named[1], named[2].lstrip('"')
    return command.name, command.options[0].name, match[2]


def commands_like(text: str) -> Iterator[tuple[str, str]]:
    """Commands that begin with what is typed, with what they do."""
    typed = text.lstrip()
    for command in COMMANDS.values():
        if f"/{command.name}".startswith(typed):
            yield f"/{command.name}", command.about
