"""The files for operators agree with the program: what they name exists."""

import re
from collections.abc import Iterator
from typing import Any

import click
import pytest
import yaml

from bot.cli import main
from bot.settings import Settings
from tests.conftest import ROOT

VARIABLES = {variable.name for variable in Settings.variables().values()}
#: Read by Python and its libraries, not by the bot.
OF_OTHERS = {"PATH", "HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "MPLCONFIGDIR"}


def commands() -> set[str]:
    assert isinstance(main, click.Group)
    return set(main.list_commands(click.Context(main)))


def kubernetes() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8")))


def container() -> dict[str, Any]:
    [deployment] = [one for one in kubernetes() if one["kind"] == "Deployment"]
    found: dict[str, Any] = deployment["spec"]["template"]["spec"]["containers"][0]
    return found


def test_every_kind_of_process_in_the_procfile_is_a_command() -> None:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    processes = dict(line.split(": ", 1) for line in lines)
    assert set(processes) == {"worker", "web"}
    for line in processes.values():
        *settings, _python, _m, _bot, command = line.split()
        assert {setting.partition("=")[0] for setting in settings} <= VARIABLES
        assert command in commands()


def test_the_image_is_made_of_files_that_exist_and_are_let_through() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    let_through = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = re.findall(r"^COPY (?!--from)(\S+) ", text, re.MULTILINE)
    assert set(copied) == {"requirements.txt", "bot", "responses", "data"}
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in let_through
    assert "--require-hashes" in text
    users = re.findall(r"^USER (\S+)$", text, re.MULTILINE)
    assert users == ["10001:10001"]


def test_the_image_sets_only_what_somebody_reads() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    names = {
        name for line in re.findall(r"^ENV (.+)$", text, re.MULTILINE) for name in re.findall(r"(\w+)=", line)
    }
    assert names <= VARIABLES | OF_OTHERS


def test_the_unit_starts_a_command_with_settings_that_exist() -> None:
    text = (ROOT / "deploy" / "evidence-bot.service").read_text(encoding="utf-8")
    [start] = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
    assert start.split()[-3:-1] == ["-m", "bot"]
    assert start.split()[-1] in commands()
    names = {
        setting.partition("=")[0]
        for line in re.findall(r"^Environment=(.+)$", text, re.MULTILINE)
        for setting in line.split()
    }
    assert names <= VARIABLES | OF_OTHERS
    assert re.findall(r"^\[(\w+)\]$", text, re.MULTILINE) == ["Unit", "Service", "Install"]
    assert re.search(r"^RestartPreventExitStatus=2$", text, re.MULTILINE)


def test_the_deployment_runs_without_rights_and_without_a_disk() -> None:
    [deployment] = [one for one in kubernetes() if one["kind"] == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    context = container()["securityContext"]
    assert context["readOnlyRootFilesystem"] is True
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert pod["automountServiceAccountToken"] is False
    mounts = {mount["mountPath"] for mount in container()["volumeMounts"]}
    assert mounts == {"/srv/evidence-bot/var", "/tmp"}


def test_the_deployment_names_settings_commands_and_ways_that_exist() -> None:
    found = container()
    assert set(found["args"]) <= commands()
    assert {one["name"] for one in found["env"]} <= VARIABLES
    ports = {port["name"]: port["containerPort"] for port in found["ports"]}
    given = {one["name"]: one["value"] for one in found["env"]}
    assert (str(ports["http"]), str(ports["metrics"])) == (given["PORT"], given["METRICS_PORT"])
    text = (ROOT / "bot" / "chat" / "http" / "app.py").read_text(encoding="utf-8")
    for path in paths():
        assert f'Route("{path}"' in text


def paths() -> Iterator[str]:
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        yield container()[probe]["httpGet"]["path"]
    [ingress] = [one for one in kubernetes() if one["kind"] == "Ingress"]
    for rule in ingress["spec"]["rules"]:
        yield from (path["path"] for path in rule["http"]["paths"])


def test_selectors_meet_the_labels() -> None:
    by_kind = {one["kind"]: one for one in kubernetes()}
    labels = by_kind["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert by_kind["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert by_kind["Service"]["spec"]["selector"] == labels
    assert by_kind["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels


@pytest.mark.parametrize("name", ["docs/operating.md", "SECURITY.md", "PRIVACY.md", "docs/scale.md"])
def test_pages_for_operators_name_only_settings_commands_and_files_that_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for variable in re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`", text):
        assert variable in VARIABLES, variable
    for command in re.findall(r"`evidence-bot ([a-z]+)", text):
        assert command in commands(), command
    for path in re.findall(r"`((?:tests|deploy|bench|bot)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
