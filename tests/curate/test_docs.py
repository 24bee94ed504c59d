"""The pages for curators say what the program does: commands, options, values, examples and links."""

import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import click
import pytest
import yaml

from bot.catalogue.model import Design, Pem, PemSource, RetractionStatus, TopicKind, TopicStatus
from bot.catalogue.pem_rules import NOT_DEFINITIONS
from bot.catalogue.source import dump, read_folder
from bot.cli import main
from bot.curate import commands
from bot.curate.draft import draft
from bot.curate.merge import merge
from bot.settings import ROOT, Settings
from tests.curate.test_draft import DAY, both

PAGES = [ROOT / "docs" / name for name in ("curating.md", "editorial-policy.md", "scheduled-refresh.md")]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
OURS = {"new": commands.new, "refresh": commands.refresh, "changelog": commands.changelog}
CURATING, POLICY, SCHEDULED = (page.read_text() for page in PAGES)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def named_commands() -> Iterator[tuple[str, list[str]]]:
    """Each command that a page names, with its options."""
    for page in PAGES:
        text = page.read_text().replace("\\\n", " ")
        for name, rest in re.findall(r"evidence-bot ([a-z]+)([^`\n#]*)", text):
            yield name, re.findall(r"--[a-z-]+", rest)


@pytest.mark.parametrize(("name", "options"), list(named_commands()))
def test_every_command_line_on_a_page_can_be_typed(name: str, options: list[str]) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None, f"there is no command {name}"
    known = {spelling for option in command.params for spelling in option.opts}
    assert set(options) <= known


def test_every_option_of_the_curators_commands_is_explained_on_a_page() -> None:
    for command in OURS.values():
        for option in command.params:
            if isinstance(option, click.Option) and command is not commands.changelog:
                assert any(spelling in CURATING + SCHEDULED for spelling in option.opts), option.opts


@pytest.mark.parametrize(
    ("values", "page"),
    [
        (Design, CURATING),
        (Pem, CURATING),
        (PemSource, CURATING),
        (TopicKind, CURATING),
        (TopicStatus, POLICY),
    ],
)
def test_every_value_that_a_curator_may_write_is_explained(values: type[StrEnum], page: str) -> None:
    assert [value for value in values if f"`{value}`" not in page] == []


def test_every_notice_and_every_way_in_is_explained() -> None:
    assert [status for status in RetractionStatus if f"| {status.replace('-', ' ')} |" not in POLICY] == []
    assert [way for way in NOT_DEFINITIONS if f"`{way}`" not in CURATING] == []


def test_the_unfinished_example_is_what_a_draft_looks_like() -> None:
    unfinished, *_ = blocks(CURATING, "toml")
    text = dump(draft(merge(both()), (), DAY))
    assert [line for line in unfinished.splitlines() if line not in text.splitlines()] == []


def test_the_finished_example_is_the_entry_that_it_names() -> None:
    _, finished, *_ = blocks(CURATING, "toml")
    entry = tomllib.loads((ROOT / "data/studies/albright-2011-heritable-predisposition.toml").read_text())
    for field, value in tomllib.loads(finished).items():
        assert entry[field] == value, field


def test_both_forms_of_history_are_shown_and_say_the_same() -> None:
    *_, block, listed = (tomllib.loads(one) for one in blocks(CURATING, "toml"))
    entry = read_folder(ROOT / "data").studies["albright-2011-heritable-predisposition"]
    first = {"date": entry.changes[0].date, "what": entry.changes[0].what}
    assert block == listed == {"changes": [first]}


def test_what_a_patch_changes_is_rendered_anew_before_it_is_checked() -> None:
    by_hand = next(one for one in blocks(CURATING, "") if "git apply refresh.patch" in one)
    scheduled = blocks(SCHEDULED, "yaml")[0]
    for text in (by_hand, scheduled):
        assert text.index("git apply") < text.index("cite --render")


def test_the_paper_of_the_example_is_there_as_the_page_says() -> None:
    entry = read_folder(ROOT / "data").studies["albright-2011-heritable-predisposition"]
    assert f"evidence-bot new {entry.doi}" in CURATING
    assert f"--pmid {entry.pmid}" in CURATING


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)", page.read_text()):
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", there.read_text(), re.MULTILINE)
            assert anchor[1:] in [re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings]


def test_the_scheduled_run_is_a_workflow_with_settings_that_exist() -> None:
    (text,) = blocks(SCHEDULED, "yaml")
    workflow = yaml.safe_load(text)
    steps = workflow["jobs"]["refresh"]["steps"]
    assert all(("run" in step) != ("uses" in step) for step in steps)
    asked = next(step for step in steps if "evidence-bot" in step.get("run", ""))
    assert set(asked["env"]) <= {variable.name for variable in Settings.variables().values()}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_an_issue_form_has_what_the_tracker_asks_of_one(form: Path) -> None:
    content = yaml.safe_load(form.read_text())
    assert {"name", "description", "body"} <= content.keys()
    asked = [part for part in content["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in asked}) == len(asked)
    assert all(part["attributes"]["label"] for part in asked)
    assert any(part.get("validations", {}).get("required") for part in asked)
