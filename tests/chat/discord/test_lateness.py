"""Interactions that waited too long are let go, and no clock that is wrong lets go of a fresh one."""

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.chat.discord.client import EvidenceClient
from bot.chat.discord.lateness import Lateness, is_too_late
from tests.chat.loopback import LoopbackDiscord, Person
from tests.chat.loopback.faults import CALLBACK

HOUR = 3_600.0


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@settings(deadline=None)
@given(st.floats(-1e9, 1e9), st.lists(st.tuples(st.floats(0, 60), st.floats(0, 10)), min_size=1, max_size=30))
def test_however_wrong_the_clock_is_lateness_is_told_from_the_quickest(
    wrong: float, came: list[tuple[float, float]]
) -> None:
    clock, created, quickest = Clock(-math.inf), 0.0, math.inf
    lateness = Lateness(clock)
    for pause, delay in came:
        created += pause / 30  # all within the minutes that are remembered
        clock.now = max(clock.now, wrong + created + delay)  # it only ever goes on
        took = clock.now - wrong - created
        quickest = min(quickest, took)
        assert lateness.of(created) == pytest.approx(took - quickest, abs=1e-5)


def test_what_drifted_apart_in_a_long_silence_makes_nothing_late() -> None:
    clock = Clock(0.0)
    lateness = Lateness(clock)
    assert lateness.of(0.0) == 0.0
    clock.now = 24 * HOUR + 5  # five seconds too fast by now
    assert lateness.of(24 * HOUR) == 0.0


def test_what_drifts_apart_slowly_is_never_late() -> None:
    clock = Clock(0.0)
    lateness = Lateness(clock)
    for minute in range(600):
        clock.now = 60.0 * minute * 1.0001
        assert lateness.of(60.0 * minute) < 0.1


def test_too_late_is_what_discord_refuses_and_no_id_from_another_time() -> None:
    assert [is_too_late(late) for late in (0.0, 2.9, 3.0, 60.0, 3 * HOUR)] == [
        False,
        False,
        True,
        True,
        False,
    ]


@pytest.fixture
def ann(discord: LoopbackDiscord, bot: EvidenceClient) -> Person:
    return discord.person("Ann", discord.guild())


async def test_what_discord_takes_no_answer_to_any_more_is_let_go_without_work(
    discord: LoopbackDiscord, bot: EvidenceClient, ann: Person
) -> None:
    card = await ann.runs("/study", query="gupta 1997")
    form = await ann.opens("/suggest")
    answered = len(discord.requested(CALLBACK))
    bot.lateness.of(time.time() + 3.5)  # one that came 3.5 s quicker than those that follow
    assert ann.home is not None
    await bot.quiet()
    with capture_logs() as logged:
        late = [
            ann.client.command("/study", ann.home, {"query": "gupta 1997"}),
            ann.client.component(card.message, card.buttons[0].custom_id),
            ann.client.form(form, {"what": "a late word"}),
        ]
        await discord.settled()
        await bot.quiet()
    assert [one.answered_with for one in late] == [None, None, None]
    assert len(discord.requested(CALLBACK)) == answered
    assert await bot.front.state.suggestions.count() == 0
    assert [(line["command"], line["outcome"]) for line in logged if line["event"] == "answered"] == [
        ("application_command", "expired"),
        ("component", "expired"),
        ("modal_submit", "expired"),
    ]
