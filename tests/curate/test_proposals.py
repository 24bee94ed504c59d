import subprocess
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.source import dump
from bot.curate.proposals import patch, repository_prefix
from tests.catalogue.fabricated import study

LINE_ENDS = "\x0b\x0c\x1c\x85\u2028\u2029\r"


def git(folder: Path, *arguments: str, given: str = "") -> None:
    command = ["git", "-C", str(folder), *arguments]
    subprocess.run(command, input=given.encode(), check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    git(root, "init", "--quiet")
    (root / "data" / "studies").mkdir(parents=True)
    return root


def test_a_patch_of_several_files_is_taken_by_git(repository: Path) -> None:
    old = [study(f"some-2001-study-{letter}") for letter in "abc"]
    texts = {f"studies/{one.id}.toml": dump(one) for one in old}
    for name, text in texts.items():
        (repository / "data" / name).write_text(text)
    new = [msgspec.structs.replace(one, volume="7") for one in old[:2]]
    made = patch(new, texts, repository_prefix(repository / "data"))

    assert made.startswith("--- a/data/studies/some-2001-study-a.toml\n")
    git(repository, "apply", "--check", "-", given=made)
    git(repository, "apply", "-", given=made)
    for one in new:
        assert (repository / "data" / f"studies/{one.id}.toml").read_text() == dump(one)
    assert (repository / "data/studies/some-2001-study-c.toml").read_text() == dump(old[2])


def test_records_that_do_not_change_make_no_patch() -> None:
    one = study()
    assert patch([one], {f"studies/{one.id}.toml": dump(one)}, "data") == ""


def test_the_folder_is_named_as_the_repository_names_it(repository: Path, tmp_path: Path) -> None:
    assert repository_prefix(repository / "data") == "data"
    assert repository_prefix(repository) == ""
    assert repository_prefix(tmp_path) == tmp_path.name


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=120),
    st.sampled_from([None, "1", f"a{LINE_ENDS[4]}b"]),
)
def test_git_takes_the_patch_of_whatever_text_a_file_has(
    repository: Path, text: str, volume: str | None
) -> None:
    one = study("odd-2001-text", volume=volume)
    path = repository / "data/studies/odd-2001-text.toml"
    path.write_bytes(text.encode())
    made = patch([one], {"studies/odd-2001-text.toml": text}, "data")
    git(repository, "apply", "--whitespace=nowarn", "-", given=made)
    assert path.read_bytes().decode() == dump(one)
