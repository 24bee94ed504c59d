import datetime as dt
from dataclasses import replace

import pytest

from bot.answer import cite, snapshot
from bot.answer.kept import Kept
from bot.answer.library import Library
from bot.answer.reply import Request
from bot.answer.study import card
from bot.answer.styles import named
from bot.answer.topics import card as topic_card
from bot.citation.styles import DEFAULT_STYLE


def test_a_card_that_was_kept_is_the_card_that_would_be_made(library: Library) -> None:
    for study in library.catalogue.all_studies()[:60]:
        for view in ("quick", "full", "history"):
            request = Request("study", {"query": "words of a person", "view": view})
            afresh = card(replace(library, kept=Kept()), request, study)
            assert card(library, request, study) == afresh
            assert card(library, request, study) is card(library, request, study)


def test_what_is_kept_never_depends_on_the_words_in_which_it_was_asked(library: Library) -> None:
    study = library.catalogue.all_studies()[0]
    one = card(library, Request("ask", {"question": "why me"}), study)
    assert card(library, Request("ask", {"question": "something else"}), study) is one


def test_a_citation_is_kept_for_the_day_that_stands_in_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = library.catalogue.all_studies()[0]
    typed, picked = Request("cite", {"query": "words of a person"}), Request("cite", {"query": study.id})
    one = cite.card(library, typed, study, DEFAULT_STYLE)
    assert cite.card(library, picked, study, DEFAULT_STYLE) is one
    assert cite.card(library, picked, study, named("bibtex")) is not one
    for module in (cite, snapshot):
        monkeypatch.setattr(module, "today", lambda: dt.date(2031, 5, 4))
    later = cite.card(library, picked, study, DEFAULT_STYLE)
    assert "read 4 May 2031" in later.text
    assert "read 4 May 2031" not in one.text


def test_what_changes_a_card_makes_another(library: Library) -> None:
    study = library.catalogue.all_studies()[0]
    topic = library.catalogue.all_topics()[0]
    asked = Request("study", {"query": study.id})
    cards = {
        id(card(library, asked, study)),
        id(card(library, replace(asked, budget=2_000), study)),
        id(card(library, replace(asked, command="ask"), study)),
        id(card(library, Request("study", {"query": study.id, "view": "full"}), study)),
        id(topic_card(library, Request("ask", {"question": topic.id}), topic)),
        id(topic_card(library, Request("ask", {"question": topic.id, "view": "full"}), topic)),
    }
    assert len(cards) == 6


def test_the_memory_does_not_grow_without_end(library: Library) -> None:
    kept = Kept(most=2)
    study, other, third = library.catalogue.all_studies()[:3]
    small = replace(library, kept=kept)
    first = card(small, Request("study"), study)
    card(small, Request("study"), other)
    assert card(small, Request("study"), study) is first  # used again, so it is not the one to go
    card(small, Request("study"), third)
    assert len(kept._cards) == 2
    assert card(small, Request("study"), study) is first
