"""Writes the pages that list commands, command lines, settings and fields, from the code that defines them.

``make docs`` writes them; a test holds them equal to the code.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click

from bot.answer.commands import COMMANDS, Kind, Option, Who
from bot.catalogue import wording
from bot.cli import main as program
from bot.settings import ROOT, Settings
from bot.site import data_files, dictionary
from scripts import env_example, scale_page, wording_page

_VALUES: Final[Mapping[Kind, str]] = {
    Kind.STUDY: "an author and year, title words, a known name, a DOI, PMID, link or entry id",
    Kind.MARKER: "a test or marker",
    Kind.CRITERION: "a case definition, by any of its names",
    Kind.TAG: "a tag, such as `nk cells`",
    Kind.STYLE: "a citation style or file format",
    Kind.TRUTH: "`yes` or `no`",
    Kind.TOPIC: "words",
    Kind.TEXT: "words",
}
_WHO: Final[Mapping[Who, str]] = {
    Who.EVERYONE: "",
    Who.MODERATORS: " For those who may manage messages.",
    Who.MANAGERS: " For those who may manage the server.",
}


_BEGIN: Final = "<!-- settings, by `make docs` -->"
_END: Final = "<!-- end of settings -->"


def pages() -> dict[Path, str]:
    """Every page that is made from code: its path and its text."""
    docs = ROOT / "docs"
    return {
        docs / "commands.md": "\n".join(_commands()) + "\n",
        docs / "cli.md": "\n".join(_command_lines()) + "\n",
        docs / "configuration.md": "\n".join(_configuration()) + "\n",
        ROOT / "README.md": _readme(),
        ROOT / ".env.example": env_example.render(),
        docs / data_files.DICTIONARY: dictionary.text(),
        docs / "wording.md": wording_page.render(wording.scanner()),
        docs / "scale.md": scale_page.text(),
    }


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "The same in every front. In Discord each option is a field. In the terminal, words after"
    yield 'the command fill the first option; others are written `name:value`, or `name:"several words"`.'
    for command in COMMANDS.values():
        where = "" if command.answer else " Only in Discord."
        yield from (
            "",
            f"## /{command.name}",
            "",
            f"{command.about}.{where}{_WHO[command.who]}".replace("?.", "?"),
        )
        if command.answer:
            yield from ("", f"    {command.example}")
        if command.options:
            yield from ("", "| option | what it does | values |", "| --- | --- | --- |")
        for option in command.options:
            needed = " (needed)" if option.required else ""
            yield f"| `{option.name}`{needed} | {option.about} | {_values(option)} |"


def _values(option: Option) -> str:
    if option.kind is Kind.CHOICE:
        return ", ".join(f"`{choice}`" for choice in option.choices)
    if option.kind is Kind.NUMBER:
        return f"{option.least} to {option.most}"
    return _VALUES[option.kind]


def _command_lines() -> Iterator[str]:
    yield "# The command line"
    yield ""
    yield "`evidence-bot` and `python -m bot` are the same."
    for path, command in _walk(program, ("evidence-bot",)):
        yield from ("", f"## {' '.join(path)}", "")
        context = click.Context(command, info_name=" ".join(path))
        yield "```"
        yield from command.get_help(context).rstrip().split("\n")
        yield "```"


def _walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _walk(found, (*path, name))
    else:
        yield path, command


def _configuration() -> Iterator[str]:
    yield "# Configuration"
    yield ""
    yield "From the environment, or from a file `.env` in the project's folder; the environment wins. An"
    yield "empty value counts as not set. A relative path is relative to the project's folder."
    yield ""
    yield from _settings()


def _settings() -> Iterator[str]:
    yield "| variable | what it is for | default |"
    yield "| --- | --- | --- |"
    defaults = Settings()
    for name, variable in Settings.variables().items():
        default = getattr(defaults, name)
        shown = default.relative_to(ROOT) if isinstance(default, Path) else default
        secret = name in {"discord_token", "database_url"}
        if isinstance(shown, bool):
            shown = "yes" if shown else "no"
        text = "" if shown is None or secret else f"`{shown}`"
        yield f"| `{variable.name}` | {variable.about} | {text} |"


def _readme() -> str:
    """README as it is, with the table of settings of today between its two marks."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return "\n".join((f"{before}{_BEGIN}", "", *_settings(), "", f"{_END}{after}"))


def main() -> None:
    """Write every page."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(f"Wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
