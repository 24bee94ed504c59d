"""The schemas that editors use fit the model and accept every real file."""

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.catalogue import schemas
from bot.catalogue.model import Change, Retraction, RetractionStatus
from bot.catalogue.source import dump
from tests.catalogue.fabricated import study, topic

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"


def as_json(value: Any) -> Any:
    """TOML values as an editor's checker sees them: a date is a text."""
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_json(part) for part in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def validator(kind: str) -> jsonschema.Draft202012Validator:
    schema = json.loads(schemas.render()[f"{kind}.schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def faults(kind: str, text: str) -> list[str]:
    return [error.message for error in validator(kind).iter_errors(as_json(tomllib.loads(text)))]


def test_the_committed_schemas_are_those_of_the_model() -> None:
    assert schemas.stale(DATA) == []


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [("study", "studies/*.toml"), ("topic", "topics/*.toml"), ("criteria", "criteria.toml")],
)
def test_every_real_file_fits_its_schema(kind: str, pattern: str) -> None:
    check = validator(kind)
    files = list(DATA.glob(pattern))
    assert files
    for file in files:
        raw = as_json(tomllib.loads(file.read_text(encoding="utf-8")))
        assert [f"{file.name}: {error.message}" for error in check.iter_errors(raw)] == []


def test_prose_may_have_line_breaks() -> None:
    one = study(
        finding="One sentence. Another sentence.",
        curator_note="A note. And more.",
        retraction=Retraction(RetractionStatus.RETRACTED, 2002, reason="It was wrong. Twice."),
    )
    assert "One sentence.\nAnother sentence.\n" in dump(one)
    assert faults("study", dump(one)) == []
    assert faults("topic", dump(topic(short_answer="Nobody knows. Not yet."))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('pem = "not_required"', 'pem = "perhaps"'),
        ('journal = "', 'jurnal = "'),
        ("year = 2001", 'year = "2001"'),
        ("authors_complete = true", 'authors_complete = "yes"'),
        ('pages = "149-156"', 'pages = "149 – 156"'),
        ("abstract_seen = true", ""),
        ('family = "First"', 'surname = "First"'),
    ],
)
def test_a_fault_is_marked_while_it_is_typed(old: str, new: str) -> None:
    text = dump(study())
    assert text.count(old) == 1
    assert faults("study", text) == []
    assert faults("study", text.replace(old, new))


def test_no_schema_speaks_of_null_which_toml_does_not_have() -> None:
    assert [name for name, text in schemas.render().items() if "null" in text] == []


def test_only_schemas_that_differ_are_written(tmp_path: Path) -> None:
    assert {path.name for path in schemas.write(tmp_path)} == set(schemas.render())
    assert schemas.write(tmp_path) == []
    (tmp_path / "schemas" / "topic.schema.json").write_text("{}\n", encoding="utf-8")
    assert [path.name for path in schemas.write(tmp_path)] == ["topic.schema.json"]


def test_the_editor_is_told_which_schema_belongs_to_which_file() -> None:
    rules = tomllib.loads((ROOT / ".taplo.toml").read_text(encoding="utf-8"))["rule"]
    told = {pattern: rule["schema"]["path"] for rule in rules for pattern in rule["include"]}
    assert set(told) == {"data/studies/*.toml", "data/topics/*.toml", "data/criteria.toml"}
    assert all((ROOT / path).is_file() for path in told.values())


def test_a_long_history_laid_out_as_tables_fits_too() -> None:
    history = (*study().changes, Change(dt.date(2026, 11, 21), "A long line. " * 9 + "It ends."))
    assert "[[changes]]" in dump(study(changes=history))
    assert faults("study", dump(study(changes=history))) == []
