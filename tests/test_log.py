import io
import json
import linecache
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import log
from bot.values import LogFormat, Secret

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.a-token-that-nobody-has-0123456789abc"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    out = io.StringIO()
    yield out
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def fails(message: str) -> None:
    raise RuntimeError(message)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_away_from_a_terminal_a_line_is_json(stream: io.StringIO) -> None:
    log.set_up(LogFormat.AUTO, [], stream)
    structlog.get_logger("bot.test").info("answered", command="study", outcome="answer", ms=12.5)
    (line,) = lines(stream)
    assert {
        "event": "answered",
        "command": "study",
        "outcome": "answer",
        "ms": 12.5,
        "level": "info",
    }.items() <= (line.items())


def test_for_people_a_line_is_words(stream: io.StringIO) -> None:
    log.set_up(LogFormat.HUMAN, [], stream)
    structlog.get_logger("bot.test").info("answered", command="study")
    assert "answered" in stream.getvalue()
    assert "command=study" in stream.getvalue()
    assert "{" not in stream.getvalue()


@pytest.mark.parametrize("form", [LogFormat.HUMAN, LogFormat.JSON])
def test_no_line_shows_the_token_wherever_it_stands(stream: io.StringIO, form: LogFormat) -> None:
    log.set_up(form, [Secret(TOKEN)], stream)
    logging.getLogger("aiohttp").warning("refused: %s", {"Authorization": f"Bot {TOKEN}"})
    structlog.get_logger("bot.test").warning(TOKEN, header=[TOKEN], error=ValueError(TOKEN))
    try:
        fails(TOKEN)
    except RuntimeError:
        logging.getLogger("discord").exception("failed")
        structlog.get_logger("bot.test").exception("failed")
    assert TOKEN not in stream.getvalue()
    assert stream.getvalue().count("RuntimeError: …") == 2


def test_a_library_that_names_a_user_is_not_believed_to_be_entitled(stream: io.StringIO) -> None:
    log.set_up(LogFormat.JSON, [], stream)
    logging.getLogger("discord.app_commands.tree").error("User: %s, Guild: %s", 123456789012345678, None)
    (line,) = lines(stream)
    assert line["event"] == "User: …, Guild: None"


def test_a_traceback_does_not_show_the_values_of_variables(stream: io.StringIO) -> None:
    log.set_up(LogFormat.HUMAN, [], stream)

    def looks_up(question: str) -> None:
        raise LookupError

    try:
        looks_up(f"is-my-illness-real-{len(TOKEN)}")
    except LookupError:
        structlog.get_logger("bot.test").exception("failed")
    assert "LookupError" in stream.getvalue()
    assert f"is-my-illness-real-{len(TOKEN)}" not in stream.getvalue()


def test_debug_lines_which_hold_whole_payloads_are_never_written(stream: io.StringIO) -> None:
    log.set_up(LogFormat.JSON, [], stream)
    logging.getLogger("discord.gateway").debug("payload")
    structlog.get_logger("bot.test").debug("payload")
    assert stream.getvalue() == ""


def test_a_traceback_of_a_library_leaves_no_source_file_in_memory(stream: io.StringIO) -> None:
    log.set_up(LogFormat.JSON, [], stream)
    try:
        fails("no")
    except RuntimeError:
        logging.getLogger("discord").exception("a listener failed")
    (line,) = lines(stream)
    assert "in fails" in str(line["exception"])
    assert __file__ not in linecache.cache
