"""The terminal front, driven as somebody at a keyboard would, through prompt_toolkit's own input."""

import io
import json
from collections.abc import Iterator

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.answer.commands import COMMANDS
from bot.answer.desk import Desk
from bot.answer.reply import Outcome
from bot.answer.typed import parse
from bot.chat import terminal
from bot.chat.completer import DeskCompleter


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def types(desk: Desk, keyboard: PipeInput, capsys: pytest.CaptureFixture[str], *lines: str) -> str:
    for line in lines:
        keyboard.send_text(line + "\r")
    keyboard.send_text("\x04")  # Ctrl-D
    terminal.chat(desk)
    return capsys.readouterr().out


def test_a_study_then_cite_alone_cites_the_one_just_shown(
    desk: Desk, keyboard: PipeInput, capsys: pytest.CaptureFixture[str]
) -> None:
    out = types(desk, keyboard, capsys, "/study gupta 1997", "/cite bibtex")
    assert "What they found" in out
    assert "@article{gupta-1997-cytokine-production" in out


def test_plain_text_is_a_question(
    desk: Desk, keyboard: PipeInput, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Newer ME/CFS definitions require it" in types(desk, keyboard, capsys, "what is pem")


def test_a_number_opens_the_choice(
    desk: Desk, keyboard: PipeInput, capsys: pytest.CaptureFixture[str]
) -> None:
    choices = desk.answer_line("/study jason 2015")
    assert choices.outcome is Outcome.CHOICES
    (menu,) = choices.menus
    out = types(desk, keyboard, capsys, "/study jason 2015", "2")
    assert f"entry {menu.entries[1].options['query']}" in out


def test_ctrl_c_clears_the_line_and_ctrl_d_leaves(
    desk: Desk, keyboard: PipeInput, capsys: pytest.CaptureFixture[str]
) -> None:
    keyboard.send_text("/study never sent\x03")
    out = types(desk, keyboard, capsys, "/privacy")
    assert "Privacy" in out
    assert "never sent" not in out
    assert out.rstrip().endswith("Goodbye.")


def test_an_empty_line_asks_nothing(
    desk: Desk, keyboard: PipeInput, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "needs something" not in types(desk, keyboard, capsys, "", "   ")


def completions(desk: Desk, text: str) -> dict[str, str]:
    found = DeskCompleter(desk).get_completions(Document(text), CompleteEvent(text_inserted=True))
    return {text[: len(text) + c.start_position] + c.text: c.display_text for c in found}


def test_commands_are_completed(desk: Desk) -> None:
    assert set(completions(desk, "/")) == {f"/{name} " for name in COMMANDS}
    assert list(completions(desk, "/st")) == ["/study "]


def test_studies_are_completed_with_their_badge_from_a_misspelt_start(desk: Desk) -> None:
    found = completions(desk, "/study gupta cytok")
    assert found["/study gupta-1997-cytokine-production"].endswith("(PEM unclear)")


def test_options_and_their_values_are_completed(desk: Desk) -> None:
    assert "/find cytokines pem:" in completions(desk, "/find cytokines p")
    assert set(completions(desk, "/find cytokines pem:")) == {
        f"/find cytokines pem:{value}" for value in ("required", "not_required", "unclear", "not_applicable")
    }


def test_every_suggestion_for_a_first_option_is_a_line_that_works(desk: Desk) -> None:
    for command in COMMANDS.values():
        if command.answer and command.options:
            for line in list(completions(desk, f"/{command.name} c"))[:5]:
                if not line.endswith(":"):
                    assert desk.answer_line(line).title != "failure", line


def test_a_question_in_plain_words_is_not_completed(desk: Desk) -> None:
    assert completions(desk, "what is p") == {}


def test_an_action_can_be_typed_as_a_line(desk: Desk) -> None:
    reply = desk.answer_line('/find topic:"nk cells" pem:unclear')
    for action in reply.actions:
        request = parse(terminal.as_line(action))
        assert (request.command, dict(request.options)) == (action.command, dict(action.options))


def test_a_batch_gives_one_object_a_line_in_order(desk: Desk) -> None:
    out = io.StringIO()
    lines = ["/study gupta 1997\n", "\n", "/nope\r\n", "best pizza in oslo\n", "\udce4\x00\n"]
    terminal.batch(desk, lines, out)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [a["outcome"] for a in answers] == ["answer", "error", "error", "no_match", answers[-1]["outcome"]]
    keys = {"command", "outcome", "title", "studies", "topics", "blocks", "text", "files", "took_ms"}
    assert all(a.keys() == keys for a in answers)


def test_markdown_is_left_out_of_plain_json(desk: Desk) -> None:
    reply, took = terminal.ask(desk, "/study gupta 1997")
    assert "**" in json.loads(terminal.as_json(reply, took))["text"]
    assert "**" not in json.loads(terminal.as_json(reply, took, plain=True))["text"]
