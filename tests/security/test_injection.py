"""Text that is not ours, in titles, questions and suggestions: it is shown as it is, and does nothing."""

import os
import re
from pathlib import Path

import pytest

from bot.answer.desk import Desk
from bot.answer.reply import Request
from tests.answer.libraries import small_library
from tests.catalogue.fabricated import study
from tests.chat.http.conftest import Copy
from tests.chat.loopback import Person

TEMPLATES = [
    "{{ 7191 * 7 }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{{ cycler.__init__.__globals__.os.environ }}",
    "{#",
    "{% raw %}",
    "${7191*7} #{7191*7} <%= 7191*7 %>",
]
DISCORD = [
    "@everyone @here <@123456789012345678> <@&123456789012345678>",
    "[a link](https://evil.example) <https://evil.example>",
    "```\n# heading\n> quote\n||spoiler|| **bold**",
    "</eval:123456789012345678> <#123456789012345678> <t:0:R> <:x:123456789012345678>",
    "\u202e\u2066reversed\u2069 \x1b[31mred",
]


@pytest.mark.parametrize("text", TEMPLATES)
@pytest.mark.parametrize("command", ["study", "ask", "find"])
def test_a_question_is_never_run_as_a_template(desk: Desk, command: str, text: str) -> None:
    option = {"study": "query", "ask": "question", "find": "text"}[command]
    reply = desk.answer(Request(command, {option: f"fatigue {text}"}))
    assert reply.title != "failure"
    for computed in ("50337", "<class ", os.environ["PATH"]):
        assert computed not in reply.text


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_title_is_never_run_as_a_template(tmp_path: Path, text: str) -> None:
    library = small_library(tmp_path, study(title=f"Grip strength {text} in ten people"))
    try:
        for request in (
            Request("study", {"query": "first-2001-made-up-study"}),
            Request("cite", {"query": "first-2001-made-up-study"}),
            Request("find", {"text": "grip strength"}),
        ):
            reply = Desk(library).answer(request)
            assert reply.title != "failure"
            assert "50337" not in reply.text
            assert "<class " not in reply.text
    finally:
        library.close()


@pytest.mark.parametrize("text", DISCORD)
async def test_a_question_cannot_mention_link_or_format(ann: Person, text: str) -> None:
    seen = await ann.runs("/study", query=f"zzzz {text}"[:900])
    assert seen.ephemeral
    assert seen.pings == []
    unescaped = re.sub(r"\\.", "", seen.text)  # without what a backslash makes plain text
    for live in (
        "](https://evil",
        "<https://evil",
        "<@1",
        "<@&",
        "</eval",
        "<#1",
        "<t:0",
        "<:x:",
        "\x1b",
        "\u202e",
    ):
        assert live not in unescaped, live


@pytest.mark.parametrize("text", [*TEMPLATES, *DISCORD])
async def test_a_suggestion_is_kept_as_it_is_and_shown_to_nobody(ann: Person, copy: Copy, text: str) -> None:
    form = await ann.opens("/suggest")
    thanks = await ann.submits(form, {"what": text})
    assert "50337" not in thanks.text
    assert text[:8] not in thanks.text
    kept = await copy.client.front.state.suggestions.show(1)
    assert kept.what == text.strip()
