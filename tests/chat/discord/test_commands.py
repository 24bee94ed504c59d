"""The commands as Discord gets them: equal to the registry, within the limits, whole in every language."""

from typing import Any

import discord as discord_py
import pytest
from discord import Locale

from bot.answer.commands import COMMANDS, Kind, Who
from bot.chat.discord import commands
from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.front import Front
from bot.chat.discord.menus import MENUS
from bot.chat.discord.sync import payload, tree_hash
from bot.chat.discord.translation import Translator
from tests.chat.loopback import LoopbackDiscord, Person
from tests.chat.loopback.errors import FormErrors
from tests.chat.loopback.limits_commands import check_commands

LANGUAGES = {
    Locale.german,
    Locale.norwegian,
    Locale.spain_spanish,
    Locale.latin_american_spanish,
    Locale.french,
    Locale.dutch,
}
SLASH, MESSAGE = 1, 3


@pytest.fixture
async def client(front: Front) -> EvidenceClient:
    client = EvidenceClient(front)
    await client.tree.set_translator(Translator(front.settings.responses))
    return client


@pytest.fixture
async def registered(client: EvidenceClient) -> list[dict[str, Any]]:
    return await payload(client.tree)


def test_every_command_of_the_registry_is_there_and_no_other(registered: list[dict[str, Any]]) -> None:
    slash = {command["name"]: command for command in registered if command["type"] == SLASH}
    assert set(slash) == set(COMMANDS)
    assert {command["name"] for command in registered if command["type"] == MESSAGE} == set(MENUS)
    for name, command in slash.items():
        assert command["description"] == COMMANDS[name].about


def test_every_option_is_as_the_registry_has_it(registered: list[dict[str, Any]]) -> None:
    for command in registered:
        if command["type"] != SLASH or command["name"] == "list":
            continue
        known = COMMANDS[command["name"]]
        options = {option["name"]: option for option in command.get("options", [])}
        assert set(options) == {option.name for option in known.options}, known.name
        for option in known.options:
            shown = options[option.name]
            assert shown["description"] == option.about
            assert shown["required"] == option.required
            assert [choice["value"] for choice in shown.get("choices", [])] == list(option.choices)
            if option.kind is Kind.NUMBER:
                assert (shown["min_value"], shown["max_value"]) == (option.least, option.most)


def test_the_actions_of_list_are_those_of_the_registry(registered: list[dict[str, Any]]) -> None:
    known = COMMANDS["list"]
    group = next(command for command in registered if command["name"] == "list")
    action = known.option("action")
    assert action is not None
    assert tuple(sub["name"] for sub in group["options"]) == action.choices
    used = {option["name"] for sub in group["options"] for option in sub["options"]}
    assert used == {option.name for option in known.options} - {"action"}


def test_what_discord_checks_of_commands_it_would_take(registered: list[dict[str, Any]]) -> None:
    found = FormErrors()
    check_commands(registered)
    found.raise_if_any()


def test_every_command_can_be_used_everywhere_but_those_that_need_a_server(
    registered: list[dict[str, Any]],
) -> None:
    for command in registered:
        assert command["integration_types"] == [0, 1]
        in_server_only = command["name"] in {"list", "settings"}
        assert command["contexts"] == ([0] if in_server_only else [0, 1, 2])
    settings = next(command for command in registered if command["name"] == "settings")
    assert settings["default_member_permissions"] == discord_py.Permissions(manage_guild=True).value
    assert COMMANDS["settings"].who is Who.MANAGERS


def described(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """A command with its options and actions, down to the last."""
    return [entry, *(deeper for option in entry.get("options", []) for deeper in described(option))]


def test_every_name_and_description_is_there_in_every_language_and_fits(
    registered: list[dict[str, Any]],
) -> None:
    wanted = {locale.value for locale in LANGUAGES}
    for command in registered:
        for entry in described(command):
            assert set(entry["name_localizations"]) == wanted, entry["name"]
            if entry.get("description"):
                assert set(entry["description_localizations"]) == wanted, entry["description"]
                assert all(0 < len(text) <= 100 for text in entry["description_localizations"].values())
            for name in entry["name_localizations"].values():
                assert 0 < len(name) <= 32
                assert command["type"] == MESSAGE or (name == name.lower() and " " not in name)


def test_in_no_language_two_commands_or_two_options_of_one_have_one_name(
    registered: list[dict[str, Any]],
) -> None:
    for locale in LANGUAGES:
        groups = [
            [command for command in registered if command["type"] == SLASH],
            *(
                entry["options"]
                for command in registered
                for entry in described(command)
                if entry.get("options")
            ),
        ]
        for group in groups:
            names = [entry["name_localizations"][locale.value] for entry in group]
            assert len(names) == len(set(names)), (locale, names)


async def test_the_hash_changes_with_any_word_and_with_nothing_else(
    front: Front, client: EvidenceClient
) -> None:
    before = await tree_hash(client.tree)
    assert await tree_hash(client.tree) == before
    other = EvidenceClient(front)
    await other.tree.set_translator(Translator(front.settings.responses))
    assert await tree_hash(other.tree) == before
    translator = Translator(front.settings.responses)
    translator.tables[Locale.german]["texts"]["How to use this bot"] = "Anders"
    await other.tree.set_translator(translator)
    assert await tree_hash(other.tree) != before


async def test_a_person_with_another_language_reads_it_in_the_list_of_commands(
    discord: LoopbackDiscord, bot: EvidenceClient
) -> None:
    uwe = discord.person("Uwe", discord.guild(), locale="de")
    study = next(command for command in uwe.commands() if command["name"] == "study")
    assert study["name_localizations"]["de"] == "studie"
    assert "English for now" in (await uwe.runs("/help")).text


async def test_a_command_that_is_no_longer_there_is_told_so(
    discord: LoopbackDiscord, bot: EvidenceClient
) -> None:
    ann: Person = discord.person("Ann", discord.guild())
    bot.tree.remove_command("pem")
    told = await ann.runs("/pem")
    assert told.ephemeral
    assert "This command has changed" in told.text


async def test_a_fault_of_ours_is_an_apology_with_a_number_that_the_log_has_too(
    discord: LoopbackDiscord,
    bot: EvidenceClient,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann = discord.person("Ann", discord.guild())
    bot.front.labels["form"].pop("title")  # a broken labels.toml
    try:
        told = await ann.runs("/suggest")
    finally:
        bot.front.labels["form"]["title"] = "Suggest or correct"
    assert told.ephemeral
    assert "The fault is mine" in told.text
    assert "KeyError" not in told.text
    incident = told.text.split("name incident ")[1].split(".")[0]
    assert f"incident={incident}" in capfd.readouterr().out


def test_the_signature_for_python_never_uses_a_word_of_its_own() -> None:
    options = [option for command in COMMANDS.values() for option in command.options]
    assert any(option.name == "from" for option in options)
    assert all(commands._parameter_name(option).isidentifier() for option in options)
