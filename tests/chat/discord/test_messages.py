"""Every reply on every study and topic, laid out as it is sent, against Discord's limits; no sockets."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answer.commands import COMMANDS
from bot.answer.desk import Desk
from bot.answer.library import Library
from bot.answer.reply import Reply, Request, Role
from bot.chat.discord.front import BUDGET, Front
from bot.chat.discord.messages import TARGET, Place, compose
from bot.chat.discord.presses import Kind, read
from bot.citation.styles import OFFERED
from tests.chat.loopback.limits import check_message
from tests.chat.loopback.world import MessageFlag

TAG = "t" * 32
PLACES = (
    Place(share=True, post_to=1234567890123456789),
    Place(private=False, tag=TAG),
)
MENTION = re.compile(r"@(everyone|here)|<[@#][!&]?\d+>|</\w+:\d+>")


def requests(library: Library) -> Iterator[Request]:
    catalogue = library.catalogue
    studies = catalogue.all_studies()
    for study in studies:
        for view in ("quick", "full", "related", "history"):
            yield Request("study", {"query": study.id, "view": view}, BUDGET)
        yield Request("cite", {"query": study.id}, BUDGET)
    for topic in catalogue.all_topics():
        for view in ("quick", "full"):
            yield Request("ask", {"question": topic.id, "view": view}, BUDGET)
    for criterion in catalogue.criteria():
        yield Request("pem", {"criteria": criterion.name}, BUDGET)
    for first, second in zip(studies, [*studies[1:], studies[0]], strict=True):
        yield Request("compare", {"first": first.id, "second": second.id}, BUDGET)
    for page in range(1, 40):
        yield Request("find", {"text": "fatigue", "page": str(page)}, BUDGET)
    longest = max(studies, key=lambda study: len(study.authors))
    for style in OFFERED:
        yield Request("cite", {"query": longest.id, "style": style.key}, BUDGET)
    for name in ("test", "pem", "help", "about", "privacy"):
        yield Request(name, {}, BUDGET)


def sent(front: Front, reply: Reply, request: Request | None, place: Place) -> list[dict[str, Any]]:
    """The components as they would go to Discord, once they passed all that it checks."""
    message = compose(front, reply, request, place)
    components: list[dict[str, Any]] = message.view.to_components()  # type: ignore[no-untyped-call]
    filenames = [file.filename for file in message.files]
    check_message({"components": components}, flags=MessageFlag.IS_COMPONENTS_V2, filenames=filenames)
    assert message.view.content_length() <= 4_000
    assert message.view.total_children_count <= 40
    assert message.view.is_finished()  # or the library would keep it
    return components


def everything(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from everything(component.get("components", []))


async def test_every_reply_on_every_entry_is_a_message_that_discord_takes(front: Front) -> None:
    desk = front.desk
    seen = 0
    for request in requests(desk.library):
        reply = desk.answer(request)
        for place in PLACES:
            components = sent(front, reply, request, place)
            text = "\n".join(one["content"] for one in everything(components) if "content" in one)
            assert not MENTION.search(text), request
            assert all(one.get("accent_color") is None for one in everything(components))
            if reply.is_evidence:
                assert {Role.LIMITATIONS, Role.PEM_BADGE} <= {block.role for block in reply.blocks}
                assert all(block.text in text for block in reply.blocks)
            seen += 1
    assert seen > 2_000


async def test_every_button_and_entry_of_a_list_is_read_again_as_it_was_meant(front: Front) -> None:
    for request in requests(front.desk.library):
        reply = front.desk.answer(request)
        components = list(everything(sent(front, reply, request, PLACES[0])))
        written = [one["custom_id"] for one in components if "custom_id" in one]
        written += [option["value"] for one in components for option in one.get("options", [])]
        meant = [read(custom_id, front.entries) for custom_id in written]
        asked = [
            (press.command, dict(press.options)) for press in meant if press.kind in {Kind.ASK, Kind.TURN}
        ]
        for _, options in asked:
            assert options.pop(TARGET) == str(PLACES[0].post_to)
        offered = [*reply.actions, *(entry for menu in reply.menus for entry in menu.entries)]
        # None is lost for being too long: entry ids always fit, as hashes if need be.
        assert sorted(map(repr, asked)) == sorted({repr((a.command, dict(a.options))) for a in offered}), (
            request
        )


async def test_a_card_shared_or_corrected_later_is_asked_for_without_the_words_it_was_found_by(
    front: Front,
) -> None:
    for words in ("gupta 1997", "why are my labs normal", "is there a test"):
        request = Request("ask", {"question": words}, BUDGET)
        reply = front.desk.answer(request)
        card = reply.again
        assert card is not None
        assert words not in card.options.values()
        assert front.desk.answer(card).subject == reply.subject


async def test_no_option_of_a_command_is_named_as_what_buttons_carry_beside_options() -> None:
    assert all(command.option(TARGET) is None for command in COMMANDS.values())


@settings(
    max_examples=150,
    deadline=None,  # what it takes is measured elsewhere
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(words=st.text(min_size=1, max_size=900))
async def test_whatever_is_asked_is_answered_in_a_message_that_discord_takes(
    front: Front, words: str
) -> None:
    for command, option in (("ask", "question"), ("study", "query"), ("find", "text")):
        request = Request(command, {option: words}, BUDGET)
        sent(front, front.desk.answer(request), request, PLACES[0])


@pytest.mark.parametrize(
    "trick",
    ["@everyone look", "<@123456789012345678>", "[free](https://evil.example)", "# Big", "> quote", "`x`"],
)
async def test_words_that_are_echoed_cannot_mention_link_or_format(front: Front, trick: str) -> None:
    request = Request("study", {"query": f"{trick} zzzqqq"}, BUDGET)
    components = sent(front, front.desk.answer(request), request, PLACES[0])
    text = "\n".join(one["content"] for one in everything(components) if "content" in one)
    assert not MENTION.search(text)
    assert "](https://evil" not in text
    assert not re.search(r"^(# Big|> quote)", text, re.MULTILINE)


async def test_what_this_front_says_itself_fits_and_none_of_its_sentences_is_empty(front: Front) -> None:
    source = (front.settings.responses / "discord.md.j2").read_text()
    kinds = re.findall(r'kind == "(\w+)"', source)
    facts: dict[str, Any] = {
        "entry": "x-2020-y",
        "incident": "ab12cd34",
        "what": "It is full.",
        "what_to_do": "Empty it.",
        "thread": True,
        "link": "https://discord.com/channels/1/2/3",
        "wait": "1 hour",
        "unknown": ["DOI 10.1/x"],
        "number": 7,
        "text": "lost " * 600,
        "name": "basics",
        "names": ["basics", "tests"],
        "study": "Gupta and others 1997",
        "count": 3,
    }
    assert len(kinds) > 25
    for kind in kinds:
        sent(front, front.say(kind, **facts), None, Place())


async def test_the_library_keeps_no_copy_of_a_message(front: Front, desk: Desk) -> None:
    request = Request("study", {"query": "gupta 1997"}, BUDGET)
    view = compose(front, desk.answer(request), request, PLACES[0]).view
    assert view.is_finished()
    assert view.timeout is None
