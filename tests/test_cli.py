"""The command line as a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DATA, RESPONSES, ROOT

GUPTA = "gupta-1997-cytokine-production"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    catalogue = tmp_path_factory.mktemp("cli") / "catalogue.db"
    return {**os.environ, "BOT_CATALOGUE": str(catalogue), "PYTHONWARNINGS": "error"}


def bot(
    environment: dict[str, str], *words: str, stdin: str | bytes = b""
) -> subprocess.CompletedProcess[str]:
    given = stdin.encode() if isinstance(stdin, str) else stdin
    command = [sys.executable, "-m", "bot", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input=given, capture_output=True, timeout=120, check=False
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(command, done.returncode, out, err)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("/study gupta 1997", 0),
        ("/study jason 2015", 0),
        ("/study 10.9999/not.there", 1),
        ("/nope", 2),
        ("/study", 2),
        ("", 2),
    ],
)
def test_the_exit_code_tells_a_script_how_it_ended(environment: dict[str, str], line: str, code: int) -> None:
    done = bot(environment, "ask", line)
    assert done.returncode == code, done.stderr
    assert done.stdout.strip()


def test_json_is_one_object(environment: dict[str, str]) -> None:
    answer = json.loads(bot(environment, "ask", "/study gupta 1997", "--json").stdout)
    assert answer["studies"] == [GUPTA]
    assert {"role": "limitations"}.items() <= {"role": answer["blocks"][3]["role"]}.items()


def test_a_batch_is_read_from_a_file_and_from_standard_input(
    environment: dict[str, str], tmp_path: Path
) -> None:
    lines = b"/study gupta 1997\n/nope\n\xff\xfe odd bytes\n" + b"a" * 10_000 + b"\n"
    (tmp_path / "lines.txt").write_bytes(lines)
    from_file = bot(environment, "ask", "--batch", str(tmp_path / "lines.txt"))
    from_pipe = bot(environment, "ask", "--batch", "-", stdin=lines)
    for done in (from_file, from_pipe):
        assert done.returncode == 0, done.stderr
        assert [json.loads(line)["outcome"] for line in done.stdout.splitlines()][:2] == ["answer", "error"]
        assert len(done.stdout.splitlines()) == 4


def test_files_are_saved_where_asked(environment: dict[str, str], tmp_path: Path) -> None:
    done = bot(environment, "ask", "/cite gupta 1997 ris", "--save", str(tmp_path / "new"))
    assert done.returncode == 0
    assert (tmp_path / "new" / f"{GUPTA}.ris").read_text().startswith("TY  - JOUR")


def test_asking_nothing_at_all_is_a_usage_error(environment: dict[str, str]) -> None:
    done = bot(environment, "ask")
    assert done.returncode == 2
    assert "LINE" in done.stderr


def test_the_real_data_passes_the_check(environment: dict[str, str]) -> None:
    done = bot(environment, "check", "--no-warnings")
    assert done.returncode == 0, done.stdout
    assert done.stdout == ""


def test_check_prints_every_problem_at_once_and_exits_with_one(
    environment: dict[str, str], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    (data / "studies" / "odd.toml").write_bytes(b"\xff")
    path = data / "studies" / f"{GUPTA}.toml"
    path.write_text(
        path.read_text().replace('pmid = "9201656"', "pmid = 9201656").replace("year = 1997", "year = 97")
    )
    done = bot({**environment, "BOT_DATA": str(data)}, "check", "--no-warnings")
    assert done.returncode == 1
    assert f"studies/{GUPTA}.toml: pmid: " in done.stdout
    assert f"studies/{GUPTA}.toml: year: " in done.stdout
    assert "studies/odd.toml: " in done.stdout
    assert all(line.count(": ") >= 3 for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"BOT_DATA": "/nowhere"}, "BOT_DATA"),
        ({"BOT_RESPONSES": "/nowhere"}, "BOT_RESPONSES"),
        ({"BOT_CATALOGUE": "/nowhere/catalogue.db"}, "BOT_CATALOGUE"),
        ({"LOG_FORMAT": "loud"}, "LOG_FORMAT"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(
    environment: dict[str, str], change: dict[str, str], told: str
) -> None:
    done = bot({**environment, **change}, "ask", "/test")
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_syntax_error_in_a_data_file_is_told_with_its_place(
    environment: dict[str, str], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    (data / "topics" / "broken.toml").write_text('id = "broken"\nquestion = \n')
    changed = {**environment, "BOT_DATA": str(data), "BOT_CATALOGUE": str(tmp_path / "c.db")}
    done = bot(changed, "ask", "/test")
    assert done.returncode == 2
    assert "topics/broken.toml: line 2, column 12" in done.stderr


def test_a_template_that_fails_gives_a_sentence_and_leaves_the_other_commands_alone(
    environment: dict[str, str], tmp_path: Path
) -> None:
    responses = tmp_path / "responses"
    shutil.copytree(RESPONSES, responses)
    (responses / "study.md.j2").write_text(
        '{% extends "evidence.md.j2" %}{% block title %}{{ nothing.here }}{% endblock %}'
    )
    changed = {**environment, "BOT_RESPONSES": str(responses)}
    broken = bot(changed, "ask", "/study gupta 1997")
    assert broken.returncode == 2
    assert "I could not write that reply" in broken.stdout
    assert "gupta" not in broken.stderr
    assert "UndefinedError" in broken.stderr
    assert bot(changed, "ask", "/test").returncode == 0


def test_the_build_says_what_it_built(environment: dict[str, str]) -> None:
    done = bot(environment, "build", "--force")
    assert done.returncode == 0
    assert "449 studies" in done.stdout or "studies" in done.stdout


def test_table_descriptions_are_json_for_datasette(environment: dict[str, str]) -> None:
    assert "studies" in json.loads(bot(environment, "metadata").stdout)["databases"]["catalogue"]["tables"]
