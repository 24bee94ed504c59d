"""The history of an entry, and what "/about" says is new."""

import datetime as dt
from pathlib import Path

import pytest

from bot.answer import markdown
from bot.answer.desk import Desk
from bot.answer.library import Library
from bot.answer.reply import BUDGET, LEAST_BUDGET, Request, Role
from bot.catalogue.model import Change
from bot.settings import Settings
from tests.answer.libraries import small_library
from tests.answer.promises import broken, said
from tests.catalogue.fabricated import study, topic
from tests.conftest import RESPONSES

CHANGES = (
    Change(date=dt.date(2025, 3, 1), what="Entered the catalogue."),
    Change(date=dt.date(2025, 4, 2), what="Corrected the number of pages"),
    Change(date=dt.date(2026, 1, 5), what="Added the notice of retraction."),
)


@pytest.fixture
def small(tmp_path: Path) -> Desk:
    """A desk with one study, changed twice, and one topic entered later."""
    changed = study("first-2001-made-up-study", changes=CHANGES)
    later = topic(changes=(Change(date=dt.date(2026, 1, 5), what="Entered the catalogue."),))
    return Desk(small_library(tmp_path, changed, later, site="https://evidence.example"))


def test_a_history_tells_every_dated_change_newest_first(small: Desk) -> None:
    reply = small.answer_line("/study first-2001-made-up-study view:history")
    assert [line for line in said(reply, Role.SUMMARY).split("\n") if line.startswith("- ")] == [
        "- 5 Jan 2026: Added the notice of retraction.",
        "- 2 Apr 2025: Corrected the number of pages.",
        "- 1 Mar 2025: Entered the catalogue.",
    ]
    assert not broken(small, reply, BUDGET)
    assert reply.actions[0].options["view"] == "quick"


def test_what_is_new_counts_the_entries_of_the_last_three_days(small: Desk) -> None:
    text = said(small.answer_line("/about"), Role.DETAIL)
    news = text.split("What is new\n")[1].split("\n\n")[0]
    assert news.split("\n") == [
        "- 21 Nov 2026: 1 case definition entered",
        "- 5 Jan 2026: 1 question entered, 1 entry changed",
        "- 2 Apr 2025: 1 entry changed",
    ]


def test_every_history_keeps_its_promises(desk: Desk) -> None:
    for budget in (BUDGET, LEAST_BUDGET):
        for one in desk.library.catalogue.all_studies():
            reply = desk.answer(Request("study", {"query": one.id, "view": "history"}, budget))
            assert not broken(desk, reply, budget)
            assert "Entered the catalogue" in said(reply, Role.SUMMARY)


def test_the_settings_say_where_the_pages_are(tmp_path: Path) -> None:
    small_library(tmp_path, study()).close()
    settings = Settings(
        data=tmp_path / "data",
        catalogue=tmp_path / "catalogue.db",
        responses=RESPONSES,
        site_url="https://evidence.example",
    )
    opened = Library.of(settings)
    assert opened.site == "https://evidence.example"
    opened.close()


def test_a_card_links_to_its_page_where_the_operator_has_a_site(small: Desk, desk: Desk) -> None:
    address = "https://evidence.example/evidence/first-2001-made-up-study"
    for view in ("quick", "full", "history"):
        assert address in small.answer_line(f"/study first-2001-made-up-study view:{view}").text
    assert "https://evidence.example/" in small.answer_line("/about").text
    assert "Page of this entry" not in markdown.plain(desk.answer_line("/study gupta-1997").text)
