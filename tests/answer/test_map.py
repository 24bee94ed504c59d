"""``/map``: what has been studied, in words and as a picture."""

import base64
import dataclasses
import json
from pathlib import Path

import pytest

from bot.answer import markdown, picture
from bot.answer.desk import Desk
from bot.answer.find import studies_of
from bot.answer.library import Library
from bot.answer.map import draw_ahead
from bot.answer.picture import Pictures
from bot.answer.reply import (
    ALT_LIMIT,
    BUDGET,
    LEAST_BUDGET,
    Block,
    File,
    IncompleteReplyError,
    Outcome,
    Reply,
    Request,
    Role,
)
from bot.catalogue.model import Pem
from bot.catalogue.store import Filters
from bot.chat.terminal import as_json, save
from tests.answer.libraries import small_library
from tests.answer.promises import MEANING, said
from tests.catalogue.fabricated import study


@pytest.fixture
def desk(library: Library, tmp_path: Path) -> Desk:
    """A desk that has kept no picture yet."""
    return Desk(dataclasses.replace(library, pictures=Pictures(tmp_path / "pictures")))


@pytest.mark.parametrize("budget", [BUDGET, LEAST_BUDGET])
@pytest.mark.parametrize("topic", ["", "cytokines", "xmrv", "harms"])
def test_a_map_carries_limits_and_the_badge_and_counts_every_study_it_is_of(
    desk: Desk, topic: str, budget: int
) -> None:
    options = {"topic": topic} if topic else {}
    reply = desk.answer(Request("map", options, budget))
    listed = desk.library.catalogue.find(Filters(tag=topic or None))
    assert reply.outcome is Outcome.ANSWER
    assert reply.is_evidence
    assert reply.counted == len(listed)
    assert len(reply.text) <= budget
    assert said(reply, Role.LIMITATIONS).startswith("Limitations of this map.")
    assert MEANING in said(reply, Role.PEM_BADGE)


def test_the_words_and_the_alternative_text_say_what_the_picture_says(desk: Desk) -> None:
    reply = desk.answer_line("/map cytokines")
    (file,) = reply.files
    words = said(reply, Role.SUMMARY) + said(reply, Role.DETAIL)
    required = desk.library.catalogue.find(Filters(tag="cytokines", pem=Pem.REQUIRED))
    assert f"PEM required {len(required)}," in words
    assert f"PEM required {len(required)}," in file.alt
    catalogue = desk.library.catalogue
    cytokines = catalogue.studies(catalogue.find(Filters(tag="cytokines")))
    null = sum("null result" in one.topics for one in cytokines)
    assert f"null result: {null}" in words
    assert f"null result {null}," in file.alt
    assert file.alt.startswith(f"Bar charts of {reply.counted} studies.")
    assert len(file.alt) <= ALT_LIMIT


def test_a_map_can_be_narrowed_like_a_list_and_leads_to_it(desk: Desk) -> None:
    reply = desk.answer_line("/map exercise testing pem:required from:2010")
    (action,) = reply.actions
    listed = desk.answer(Request(action.command, action.options))
    fitting = Filters(tag="exercise testing", pem=Pem.REQUIRED, year_from=2010)
    assert reply.counted == len(desk.library.catalogue.find(fitting)) > 1
    assert f"{reply.counted} studies" in said(reply, Role.TITLE)
    assert set(listed.studies) <= set(desk.library.catalogue.find(fitting))


def test_a_list_leads_to_the_map_of_all_its_pages(desk: Desk) -> None:
    listed = desk.answer(Request("find", {"text": "cytokines", "pem": "unclear", "page": "2"}))
    (action,) = [one for one in listed.actions if one.command == "map"]
    reply = desk.answer(Request(action.command, action.options))
    assert reply.title == listed.title
    assert reply.counted == len(studies_of(desk.library, Request("find", action.options)))
    assert [one.options for one in reply.actions] == [{"text": "cytokines", "pem": "unclear"}]


def test_of_one_study_no_map_is_offered(tmp_path: Path) -> None:
    listed = Desk(small_library(tmp_path, study())).answer_line(f"/find {study().title}")
    assert len(listed.studies) == 1
    assert listed.actions == ()


def test_a_map_of_nothing_says_so_and_a_tag_that_is_none_names_those_there_are(desk: Desk) -> None:
    assert desk.answer_line("/map xmrv to:1990").outcome is Outcome.NO_MATCH
    refusal = desk.answer_line("/map cytokins")
    assert refusal.outcome is Outcome.ERROR
    assert "cytokines" in refusal.text


def test_retracted_papers_are_told_before_anything_else(desk: Desk) -> None:
    few = desk.answer_line("/map xmrv").blocks[0]
    assert few.role is Role.NOTICE
    assert "Lombardi and others 2009: retracted in 2011" in markdown.plain(few.text)
    many = desk.answer_line("/map").blocks[0]
    assert many.role is Role.NOTICE
    assert "papers were retracted or withdrawn" in many.text


def test_without_the_extra_for_pictures_the_reply_says_the_same_in_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "can_draw", lambda: False)
    bare = desk.answer_line("/map cytokines")
    assert not bare.files
    monkeypatch.undo()
    assert bare.text == desk.answer_line("/map cytokines").text


def test_maps_drawn_ahead_are_those_of_all_studies_and_of_each_tag(tmp_path: Path) -> None:
    library = small_library(tmp_path, study(topics=("muscle", "pem")))
    assert draw_ahead(library) == 3
    kept = {path.name for path in library.pictures.folder.iterdir()}
    desk = Desk(library)
    assert all(desk.answer_line(line).files for line in ("/map", "/map muscle", "/map pem"))
    assert {path.name for path in library.pictures.folder.iterdir()} == kept


@pytest.mark.parametrize("line", ["/map", "/map cytokines", "/map cytokines pem:required from:2010"])
def test_a_map_asked_for_again_is_not_drawn_again(
    desk: Desk, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.answer_line(line)
    monkeypatch.setattr(picture, "draw", None)  # a call would fail
    again = Desk(desk.library).answer_line(line)
    assert again.files == first.files != ()


def test_nothing_that_was_typed_is_kept_on_disk_with_a_picture(desk: Desk) -> None:
    assert desk.answer_line('/map text:"fatigue muscle"').files
    for path in desk.library.pictures.folder.iterdir():
        assert b"fatigue muscle" not in path.read_bytes()
        assert "fatigue muscle" not in path.name


def test_a_reply_that_counts_studies_cannot_leave_out_limits_or_the_badge() -> None:
    blocks = (Block(Role.TITLE, "Ten studies."),)
    with pytest.raises(IncompleteReplyError, match="speaks of evidence without its limitations"):
        Reply(command="map", outcome=Outcome.ANSWER, title="Map", blocks=blocks, counted=10)


def test_a_picture_is_saved_and_given_to_scripts_as_it_is(desk: Desk, tmp_path: Path) -> None:
    reply = desk.answer_line("/map xmrv")
    (file,) = reply.files
    (given,) = json.loads(as_json(reply, 0.0))["files"]
    assert given == {"name": "map.png", "base64": base64.b64encode(file.data).decode(), "alt": file.alt}
    (path,) = save(reply.files, tmp_path)
    assert path.read_bytes() == file.data


def test_a_picture_cannot_be_sent_without_words() -> None:
    with pytest.raises(ValueError, match="needs alternative text"):
        File("map.png", b"\x89PNG")
    with pytest.raises(ValueError, match="needs alternative text"):
        File("map.png", b"\x89PNG", "x" * (ALT_LIMIT + 1))
    with pytest.raises(ValueError, match="text none"):
        File("gupta.ris", "TY  - JOUR", "a citation")
