import pytest

from bot.answer.commands import COMMANDS, Kind
from bot.answer.desk import Desk
from bot.answer.errors import UnusableRequestError
from bot.answer.reply import Outcome, Request
from bot.answer.typed import parse


@pytest.mark.parametrize(
    ("line", "command", "options"),
    [
        ("/study gupta cytokine", "study", {"query": "gupta cytokine"}),
        ("/study gupta 1997 view:full", "study", {"query": "gupta 1997", "view": "full"}),
        ("/study view:full gupta 1997", "study", {"query": "gupta 1997", "view": "full"}),
        ("/STUDY gupta", "study", {"query": "gupta"}),
        ("/study doi:10.1000/a.b", "study", {"query": "doi:10.1000/a.b"}),
        ("/study https://doi.org/10.1000/a.b", "study", {"query": "https://doi.org/10.1000/a.b"}),
        ("/test", "test", {}),
        ("/test nk cells", "test", {"marker": "nk cells"}),
        ('/find "NK cells" pem:required', "find", {"text": '"NK cells"', "pem": "required"}),
        ('/find topic:"nk cells" from:2010', "find", {"topic": "nk cells", "from": "2010"}),
        ("/find pem:not-required", "find", {"pem": "not_required"}),
        ("/find retracted:TRUE", "find", {"retracted": "yes"}),
        ("/cite", "cite", {}),
        ("/compare a-2001-b vs c-2002-d", "compare", {"first": "a-2001-b", "second": "c-2002-d"}),
        ("/compare a-2001-b c-2002-d", "compare", {"first": "a-2001-b", "second": "c-2002-d"}),
        ("/compare pace trial, smile trial", "compare", {"first": "pace trial", "second": "smile trial"}),
        ('/compare "pace trial" "smile trial"', "compare", {"first": "pace trial", "second": "smile trial"}),
        ("/compare first:pace second:smile", "compare", {"first": "pace", "second": "smile"}),
        ("/study query:gupta 1997 view:full", "study", {"query": "gupta 1997", "view": "full"}),
        ("/find topic:long covid from:2020", "find", {"topic": "long covid", "from": "2020"}),
        ("/find pem:PEM required cytokines", "find", {"pem": "required", "text": "cytokines"}),
        ("/find design:rct", "find", {"design": "randomised-controlled-trial"}),
        ("/find --page 2 from=2010", "find", {"page": "2", "from": "2010"}),
        ("/list show basics", "list", {"action": "show", "name": "basics"}),
        ("//study gupta", "study", {"query": "gupta"}),
        ("/", "help", {}),
        ("help", "help", {}),
        ("cite gupta 1997 ris", "cite", {"query": "gupta 1997 ris"}),
        ("study gupta 1997", "study", {"query": "gupta 1997"}),
        ("study on sleep", "ask", {"question": "study on sleep"}),
        ("why am i so tired", "ask", {"question": "why am i so tired"}),
        ("is it view:full of hope", "ask", {"question": "is it view:full of hope"}),
    ],
)
def test_a_line_is_read_as(line: str, command: str, options: dict[str, str]) -> None:
    request = parse(line)
    assert (request.command, dict(request.options)) == (command, options)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("/nonsense", "unknown_command"),
        ("/find colour:red", "unknown_option"),
        ("/find --years 2050", "unknown_option"),
        ("/compare pace trial", "missing"),
        ("/study", "missing"),
        ("/study view:full", "missing"),
        ("/compare onlyone", "missing"),
        ("/help me please", "too_many_words"),
        ("/study x view:huge", "not_a_choice"),
        ("/find from:soon", "not_a_number"),
        ("/find page:0", "not_a_number"),
        ("/find from:99999", "not_a_number"),
        ("/find retracted:maybe", "not_a_choice"),
        ("", "missing"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_as(line: str, kind: str) -> None:
    with pytest.raises(UnusableRequestError) as refused:
        parse(line)
    assert refused.value.kind == kind


def test_an_option_that_no_command_has_is_refused(desk: Desk) -> None:
    reply = desk.answer(Request("pem", {"colour": "red"}))
    assert reply.outcome is Outcome.ERROR
    assert "colour" in reply.text
    assert "criteria" in reply.text


def test_every_refusal_says_what_is_wrong_and_what_to_do(desk: Desk) -> None:
    lines = [
        "/nope",
        "/study",
        "/help x",
        "/study x view:huge",
        "/find from:x",
        "/find page:200 pem:required",
    ]
    for line in [*lines, "/study " + "a" * 10_000]:
        reply = desk.answer_line(line)
        assert reply.outcome is Outcome.ERROR, line
        assert len(reply.blocks) == 1
        assert 30 < len(reply.text) < 400, reply.text


def test_every_example_in_the_registry_works(desk: Desk) -> None:
    for command in COMMANDS.values():
        if command.answer:
            assert desk.answer_line(command.example).outcome is Outcome.ANSWER, command.example


def test_names_and_descriptions_fit_discord() -> None:
    for command in COMMANDS.values():
        assert len(command.about) <= 100
        assert len(command.options) <= 25
        for option in command.options:
            assert len(option.about) <= 100
            assert len(option.choices) <= 25
            assert (option.kind is Kind.CHOICE) == bool(option.choices)
