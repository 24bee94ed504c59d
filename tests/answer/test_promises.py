"""Every reply keeps its promises: on all the real data, in every view, and for whatever people type."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answer.commands import COMMANDS, Kind
from bot.answer.desk import Desk
from bot.answer.reply import BUDGET, LEAST_BUDGET, Outcome, Reply, Request
from bot.catalogue.store import Filters
from bot.citation.styles import OFFERED
from tests.answer.promises import broken

BUDGETS = (BUDGET, LEAST_BUDGET)
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def check(desk: Desk, request: Request) -> Reply:
    reply = desk.answer(request)
    assert reply.title != "failure", request
    assert not broken(desk, reply, request.budget), request
    return reply


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("view", ["quick", "full", "related"])
def test_every_study_card_keeps_its_promises(desk: Desk, view: str, budget: int) -> None:
    for study in desk.library.catalogue.all_studies():
        reply = check(desk, Request("study", {"query": study.id, "view": view}, budget))
        assert reply.outcome is Outcome.ANSWER


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("view", ["quick", "full"])
def test_every_topic_card_keeps_its_promises(desk: Desk, view: str, budget: int) -> None:
    for topic in desk.library.catalogue.all_topics():
        reply = check(desk, Request("ask", {"question": topic.id, "view": view}, budget))
        assert reply.topics == (topic.id,)
        assert topic.short_answer.split(". ")[0] in "".join(b.text for b in reply.blocks).replace("\\", "")


@pytest.mark.parametrize("budget", BUDGETS)
def test_every_citation_in_every_style_keeps_its_promises(desk: Desk, budget: int) -> None:
    for number, study in enumerate(desk.library.catalogue.all_studies()):
        style = OFFERED[number % len(OFFERED)]
        reply = check(desk, Request("cite", {"query": study.id, "style": style.key}, budget))
        assert reply.outcome is Outcome.ANSWER or (style.key == "nbib" and study.pmid is None)


@pytest.mark.parametrize("budget", BUDGETS)
def test_every_page_of_the_whole_list_keeps_its_promises(desk: Desk, budget: int) -> None:
    seen: list[str] = []
    page = 1
    while True:
        reply = desk.answer(Request("find", {"page": str(page)}, budget))
        if reply.outcome is Outcome.ERROR:
            break
        assert not broken(desk, reply, budget)
        seen += reply.studies
        page += 1
    total = desk.library.catalogue.meta.studies
    assert (
        len(seen) == len(set(seen)) == min(total, 200 * len(desk.answer(Request("find", {}, budget)).studies))
    )


@pytest.mark.parametrize("budget", BUDGETS)
def test_every_case_definition_explains_the_badge(desk: Desk, budget: int) -> None:
    for criterion in desk.library.catalogue.criteria():
        reply = check(desk, Request("pem", {"criteria": criterion.name}, budget))
        assert "explicit, required criterion" in reply.text
        for limit in criterion.limitations:
            assert limit.rstrip(".") in reply.text.replace("\\", "")


@settings(SLOW, max_examples=60)
@given(data=st.data(), budget=st.sampled_from(BUDGETS))
def test_any_two_studies_compared_keep_their_promises(desk: Desk, data: st.DataObject, budget: int) -> None:
    ids = desk.library.catalogue.find(Filters())
    first, second = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True))
    check(desk, Request("compare", {"first": first, "second": second}, budget))


ANY_TEXT = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            "ME/CFS",
            '"',
            "*",
            "NEAR(",
            "' OR 1=1 --",
            "🧠",
            "\u202eevil\u202c",
            "\x00\x07",
            "@everyone",
            "<@123456789012345678>",
            "[x](https://evil.example)",
            "https://evil.example/a",
            "xmrv",
            "gupta 1997",
            "cytokines",
            "a" * 900,
        ]
    ),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    command = COMMANDS[draw(st.sampled_from([name for name, c in COMMANDS.items() if c.answer]))]
    options = {}
    for option in command.options:
        if not (option.required or draw(st.booleans())):
            continue
        match option.kind:
            case Kind.CHOICE:
                value = st.one_of(st.sampled_from(option.choices), ANY_TEXT)
            case Kind.NUMBER:
                value = st.one_of(st.integers(-5, 3000).map(str), ANY_TEXT)
            case Kind.TRUTH:
                value = st.one_of(st.sampled_from(["yes", "no"]), ANY_TEXT)
            case _:
                value = ANY_TEXT
        options[option.name] = draw(value)
    return Request(command.name, options, draw(st.sampled_from(BUDGETS)))


@SLOW
@given(request=requests())
def test_whatever_is_asked_the_reply_keeps_its_promises(desk: Desk, request: Request) -> None:
    check(desk, request)


@SLOW
@given(
    line=st.one_of(
        ANY_TEXT, ANY_TEXT.map(lambda text: f"/study {text}"), ANY_TEXT.map(lambda text: f"/{text}")
    )
)
def test_whatever_line_is_typed_the_reply_keeps_its_promises(desk: Desk, line: str) -> None:
    reply = desk.answer_line(line)
    assert reply.title != "failure"
    assert not broken(desk, reply, BUDGET)


@SLOW
@given(
    text=ANY_TEXT, option=st.sampled_from([(c.name, o.name) for c in COMMANDS.values() for o in c.options])
)
def test_suggestions_fit_discord_whatever_is_typed(desk: Desk, text: str, option: tuple[str, str]) -> None:
    found = desk.complete(*option, text)
    assert len(found) <= 25
    assert all(1 <= len(c.label) <= 100 and 1 <= len(c.value) <= 100 for c in found)
