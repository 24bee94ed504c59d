"""What of a card is material, what changed, and how that is told."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import card_update, material
from bot.answer.desk import Desk
from bot.answer.material import Change, Facts, Kind, Pending, Said
from bot.answer.reply import BUDGET, Request, Role
from bot.catalogue.model import Author, Pem, Retraction, RetractionStatus, Study
from tests.answer.libraries import small_library
from tests.answer.promises import broken
from tests.catalogue.fabricated import study, topic

FIRST, SECOND, GRIP = "first-2001-made-up-study", "second-2002-made-up-study", "is-grip-weak"
NAMED = "First and The Made-up Group 2001, a study behind this answer,"
DAY = dt.date(2026, 11, 21)
RETRACTED = Retraction(status=RetractionStatus.RETRACTED, year=2011)
CARDS = {
    "study": (Request("study", {"query": FIRST, "view": "full"}), FIRST),
    "cite": (Request("cite", {"query": FIRST, "style": "apa"}), FIRST),
    "topic": (Request("ask", {"question": GRIP}), GRIP),
}


def facts(folder: Path, card: str, *records: Study) -> Said:
    """What a card says of a catalogue of these studies and, if it is one, the topic on the first two."""
    folder.mkdir()
    names = tuple(one.id for one in records)
    extra = (topic(GRIP, studies=names),) if card == "topic" else ()
    library = small_library(folder, *records, *extra)
    try:
        return material.of(library.catalogue, *CARDS[card])
    finally:
        library.close()


def kinds(tmp_path: Path, card: str, before: list[Study], after: list[Study]) -> list[Kind]:
    was, now = facts(tmp_path / "before", card, *before), facts(tmp_path / "after", card, *after)
    return [change.kind for change in material.changes(was, now)]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"retraction": RETRACTED}, {"study": [Kind.RETRACTED], "cite": [Kind.RETRACTED]}),
        ({"pem": Pem.UNCLEAR}, {"study": [Kind.PEM], "cite": [Kind.PEM]}),
        ({"finding": "The groups differed."}, {"study": [Kind.FINDING], "cite": []}),
        ({"limitations": ("One clinic",)}, {"study": [Kind.LIMITATIONS], "cite": [Kind.LIMITATIONS]}),
        ({"abstract_seen": False}, {"study": [Kind.LIMITATIONS], "cite": [Kind.LIMITATIONS]}),
        ({"volume": "7"}, {"study": [], "cite": [Kind.REFERENCE]}),
        ({"aliases": ("Grip",), "curator_note": "Seen."}, {"study": [], "cite": []}),
        (
            {"limitations": ("One clinic",), "pem": Pem.UNCLEAR, "retraction": RETRACTED},
            {
                "study": [Kind.RETRACTED, Kind.PEM, Kind.LIMITATIONS],
                "cite": [Kind.RETRACTED, Kind.PEM, Kind.LIMITATIONS],
            },
        ),
    ],
)
@pytest.mark.parametrize("card", ["study", "cite"])
def test_what_changed_on_the_card_of_a_study(
    tmp_path: Path, card: str, changed: dict[str, object], expected: dict[str, list[Kind]]
) -> None:
    assert kinds(tmp_path, card, [study(FIRST)], [study(FIRST, **changed)]) == expected[card]


def test_the_card_of_a_question_speaks_of_its_studies_only_by_badge_and_notice(tmp_path: Path) -> None:
    changed = study(SECOND, finding="Other.", pem=Pem.UNCLEAR, retraction=RETRACTED)
    found = kinds(tmp_path, "topic", [study(FIRST), study(SECOND)], [study(FIRST), changed])
    assert found == [Kind.RETRACTED, Kind.PEM]


def test_a_study_that_a_question_no_longer_rests_on_is_told(tmp_path: Path) -> None:
    assert kinds(tmp_path, "topic", [study(FIRST), study(SECOND)], [study(FIRST)]) == [Kind.DROPPED]


def test_a_study_that_came_to_a_question_makes_no_card_untrue(tmp_path: Path) -> None:
    assert kinds(tmp_path, "topic", [study(FIRST)], [study(FIRST), study(SECOND)]) == []


def test_an_entry_that_goes_and_comes_back_is_told_once_each(tmp_path: Path) -> None:
    there = facts(tmp_path / "1", "study", study(FIRST, pem=Pem.UNCLEAR))
    away = facts(tmp_path / "2", "study", study(SECOND))
    assert [change.kind for change in material.changes(there, away)] == [Kind.GONE]
    assert material.changes(away, away) == ()
    assert [change.kind for change in material.changes(away, there)] == [Kind.BACK]


def test_a_year_that_is_filled_in_later_is_no_news(tmp_path: Path) -> None:
    undated = study(FIRST, retraction=Retraction(status=RetractionStatus.RETRACTED))
    assert kinds(tmp_path, "study", [undated], [study(FIRST, retraction=RETRACTED)]) == []


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Ten people took part.", "Ten  people took part"),
        ("The “best” group", 'the "best" group.'),
        ("Caf\u00e9 studies", "Cafe\u0301 studies"),
    ],
)
def test_what_a_reader_would_not_notice_is_no_change(tmp_path: Path, was: str, now: str) -> None:
    assert kinds(tmp_path, "study", [study(FIRST, finding=was)], [study(FIRST, finding=now)]) == []


@pytest.mark.parametrize(
    ("was", "now"), [("p < 0.05 of ten", "p > 0.05 of ten"), ("rose by 1.5 times", "rose by 15 times")]
)
def test_a_sign_or_a_decimal_point_is_a_change(tmp_path: Path, was: str, now: str) -> None:
    found = kinds(tmp_path, "study", [study(FIRST, finding=was)], [study(FIRST, finding=now)])
    assert found == [Kind.FINDING]


@pytest.mark.parametrize("kept", [{}, {"version": 99}, {"version": 1, "subject": FIRST, "facts": 3}])
def test_a_card_of_which_nothing_is_known_is_brought_up_to_date_once(
    tmp_path: Path, kept: dict[str, object]
) -> None:
    library = small_library(tmp_path, study(FIRST))
    before = material.read(kept, FIRST)
    after = material.anew(library.catalogue, before)
    assert [change.kind for change in material.changes(before, after)] == [Kind.UNKNOWN]
    again = material.read(after.as_json(), FIRST)
    assert material.changes(again, material.anew(library.catalogue, again)) == ()
    library.close()


HASHES = st.none() | st.sampled_from(["a" * 18, "b" * 18])
FACTS = st.builds(
    Facts,
    notice=st.none() | st.sampled_from(RetractionStatus),
    year=st.none() | st.integers(1930, 2100),
    pem=st.none() | st.sampled_from(Pem),
    finding=HASHES,
    limits=HASHES,
    reference=HASHES,
)
ENTRIES = st.dictionaries(st.sampled_from([FIRST, SECOND, "third", "fourth"]), FACTS)
SAID = st.builds(
    Said,
    version=st.just(1),
    subject=st.just(FIRST),
    command=st.sampled_from(["study", "ask", "cite"]),
    options=st.just({"query": FIRST}),
    facts=ENTRIES,
    known=st.booleans(),
    pending=st.none() | st.builds(Pending, text=st.text(max_size=32), facts=ENTRIES),
)


@given(SAID)
def test_what_is_kept_comes_back_as_it_was(said: Said) -> None:
    assert material.read(json.loads(json.dumps(said.as_json())), FIRST) == said


@given(SAID, SAID)
def test_what_was_told_is_not_told_again(before: Said, after: Said) -> None:
    now = Said(1, FIRST, after.command, after.options, after.facts)
    assert material.changes(now, now) == ()
    told = [change.kind for change in material.changes(before, now)]
    assert told == sorted(told, key=list(Kind).index), "most serious first"
    assert (Kind.GONE in told) <= (told == [Kind.GONE])


def test_what_is_kept_of_the_largest_card_fits_into_state() -> None:
    most = {
        f"{number:02}{'x' * 78}": Facts(RetractionStatus.EXPRESSION_OF_CONCERN, 2011, Pem.NOT_APPLICABLE)
        for number in range(60)
    }
    most[next(iter(most))] = Facts(finding="f" * 18, limits="l" * 18)
    said = Said(
        1,
        next(iter(most)),
        "ask",
        {"question": "x" * 80, "view": "full"},
        most,
        pending=Pending("t" * 32, most),
    )
    assert len(json.dumps(said.as_json(), separators=(",", ":"))) <= 8_000


def told(desk: Desk, *changes: Change, subject: str = FIRST) -> str:
    command, option = ("ask", "question") if subject == GRIP else ("study", "query")
    reply = desk.answer(Request(command, {option: subject}))
    shown = card_update.updated(desk.library, reply, changes, DAY)
    lines = shown.blocks[0].text.split("\n")
    return lines[-1].replace("**", "")


@pytest.fixture(scope="module")
def desk_of_two(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    named = study(SECOND, authors=(Author(literal="A Group With a Name That Is Longer Than Most Names Are"),))
    folder = tmp_path_factory.mktemp("two")
    return Desk(small_library(folder, study(FIRST), named, topic(GRIP, studies=(FIRST, SECOND))))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(Kind.RETRACTED, FIRST, 2011), "this paper was retracted in 2011."),
        (Change(Kind.WITHDRAWN, FIRST), "this paper was withdrawn."),
        (
            Change(Kind.CONCERN, FIRST, 2011),
            "this paper has an expression of concern by the journal since 2011.",
        ),
        (Change(Kind.CORRECTED, FIRST, 2011), "this paper was corrected in 2011."),
        (Change(Kind.LIFTED, FIRST, was="retracted"), "this paper is no longer marked as retracted."),
        (
            Change(Kind.LIFTED, FIRST, was="expression-of-concern"),
            "this paper is no longer marked as under an expression of concern.",
        ),
        (
            Change(Kind.PEM, FIRST, was="unclear", now="required"),
            "the PEM badge of this paper is now “PEM required”, before “PEM unclear”.",
        ),
        (Change(Kind.FINDING, FIRST), "what they found is now told differently."),
        (Change(Kind.LIMITATIONS, FIRST), "the limitations changed."),
        (Change(Kind.REFERENCE, FIRST), "the citation was corrected."),
        (Change(Kind.BACK, FIRST), "this entry is in the catalogue again."),
        (Change(Kind.UNKNOWN, FIRST), "it now says what the catalogue says."),
    ],
)
def test_each_kind_of_change_has_one_short_sentence(desk_of_two: Desk, change: Change, sentence: str) -> None:
    assert told(desk_of_two, change) == f"Updated 21 Nov 2026: {sentence}"


def test_several_changes_are_told_in_one_line(desk_of_two: Desk) -> None:
    line = told(desk_of_two, Change(Kind.RETRACTED, FIRST, 2011), Change(Kind.LIMITATIONS, FIRST))
    assert line == "Updated 21 Nov 2026: this paper was retracted in 2011. The limitations changed."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([Change(Kind.RETRACTED, FIRST, 2011)], f"{NAMED} was retracted in 2011."),
        (
            [Change(Kind.RETRACTED, one) for one in (FIRST, SECOND)],
            "2 studies behind this answer were retracted.",
        ),
        ([Change(Kind.DROPPED, "away")], "a study behind this answer was taken out of it."),
        ([Change(Kind.FINDING, GRIP)], "the answer changed."),
    ],
)
def test_on_the_card_of_a_question_it_says_which_study(
    desk_of_two: Desk, changes: list[Change], sentence: str
) -> None:
    assert told(desk_of_two, *changes, subject=GRIP) == f"Updated 21 Nov 2026: {sentence}"


CHANGE = st.builds(
    Change,
    kind=st.sampled_from([kind for kind in Kind if kind is not Kind.GONE]),
    entry=st.sampled_from([FIRST, SECOND, GRIP, "away"]),
    year=st.none() | st.just(2011),
    was=st.sampled_from(Pem),
    now=st.sampled_from(Pem),
).map(
    lambda one: (
        Change(one.kind, one.entry, one.year, "expression-of-concern", one.now)
        if one.kind is Kind.LIFTED
        else one
    )
)


@given(st.lists(CHANGE, min_size=1, max_size=8), st.sampled_from([FIRST, GRIP]))
def test_the_line_always_fits_and_begins_with_the_date(
    desk_of_two: Desk, changes: list[Change], subject: str
) -> None:
    line = told(desk_of_two, *changes, subject=subject)
    assert line.startswith("Updated 21 Nov 2026: ")
    assert line.endswith(".")
    assert len(line) + 4 <= card_update.ROOM


def test_the_retraction_comes_first_then_the_update_and_no_promise_is_broken(tmp_path: Path) -> None:
    desk = Desk(small_library(tmp_path, study(FIRST, retraction=RETRACTED)))
    reply = card_update.updated(
        desk.library, desk.answer_line(f"/study {FIRST}"), [Change(Kind.RETRACTED, FIRST, 2011)], DAY
    )
    assert reply.blocks[0].role is Role.NOTICE
    notice, line = reply.blocks[0].text.split("\n\n")
    assert "This paper was retracted in 2011" in notice
    assert line.startswith("**Updated 21 Nov 2026:**")
    assert not broken(desk, reply, BUDGET)


def test_every_card_of_the_catalogue_has_room_for_the_longest_line(desk: Desk) -> None:
    catalogue = desk.library.catalogue
    budget = BUDGET - card_update.ROOM - 10
    requests = [Request("study", {"query": one.id}, budget) for one in catalogue.all_studies()]
    requests += [Request("ask", {"question": one.id}, budget) for one in catalogue.all_topics()]
    for request in requests:
        reply = desk.answer(request)
        assert reply.subject is not None
        said = material.of(catalogue, request, reply.subject)
        assert len(json.dumps(said.as_json())) < 4_000  # twice, for a correction that is under way
        changes = [Change(Kind.RETRACTED, entry, 2011) for entry in list(said.facts)[-1:]]
        changes += [Change(Kind.LIMITATIONS, reply.subject)]
        shown = card_update.updated(desk.library, reply, changes, DAY)
        assert len(shown.text) <= BUDGET
        assert not broken(desk, shown, BUDGET)


def test_where_the_entry_is_gone_the_card_is_taken_back(desk_of_two: Desk) -> None:
    text = card_update.gone(desk_of_two.library, "away", [Change(Kind.GONE, "away")], DAY).text
    assert text.startswith("**Updated 21 Nov 2026:** this entry is no longer in the catalogue.")
    assert "Please do not rely on what it said." in text
