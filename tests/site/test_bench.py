"""What a curator sees beside an entry."""

from hypothesis import given
from hypothesis import strategies as st

from bot.answer.desk import Desk
from bot.answer.reply import BUDGET, Request
from bot.catalogue.wording import Finding, Level, scan_study
from bot.site.bench import pieces, study_bench, topic_bench
from tests.catalogue.fabricated import study

LENGTH = 40


def finding(start: int, end: int) -> Finding:
    text = "x" * (end - start)
    return Finding(
        "studies/a.toml", "finding", "made-up", Level.ERROR, text, start, end, "Because.", "Mend it."
    )


FINDINGS = st.lists(
    st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)).map(lambda pair: finding(*sorted(pair))),
    max_size=6,
)


@given(st.text(min_size=LENGTH, max_size=LENGTH), FINDINGS)
def test_a_text_in_pieces_is_the_same_text_with_every_finding_marked(text: str, found: list[Finding]) -> None:
    cut = pieces(text, found)
    assert "".join(piece.text for piece in cut) == text
    marked: set[int] = set()
    place = 0
    for piece in cut:
        if piece.finding:
            marked.update(range(place, place + len(piece.text)))
        place += len(piece.text)
    assert marked == {i for one in found for i in range(one.start, one.end)}


def test_a_bench_shows_every_view_as_a_message_would_with_its_length(desk: Desk) -> None:
    gupta = desk.library.catalogue.study("gupta-1997-cytokine-production")
    assert gupta is not None
    bench = study_bench(desk.library, gupta, (), ())
    assert [view.name for view in bench.views] == ["quick", "full", "history"]
    for view in bench.views:
        asked = desk.answer(Request("study", {"query": gupta.id, "view": view.name}))
        assert view.reply == asked
        assert view.length == len(asked.text) <= view.budget == BUDGET
        assert not view.shortened


def test_a_view_that_had_to_be_shortened_says_so(desk: Desk) -> None:
    long = study(why_it_matters="It is long. " * 400 + "It ends here.")
    shortened = {view.name: view.shortened for view in study_bench(desk.library, long, (), ()).views}
    assert shortened == {"quick": False, "full": True, "history": False}


def test_a_question_has_its_bench_too(desk: Desk) -> None:
    asked = desk.library.catalogue.topic("is-there-a-blood-test")
    assert asked is not None
    bench = topic_bench(desk.library, asked, (), ())
    assert [view.name for view in bench.views] == ["quick", "full"]
    assert "short_answer" in {text.field for text in bench.texts}


def test_an_overclaim_is_marked_where_it_stands_and_not_told_twice(desk: Desk) -> None:
    bad = study(finding="This breakthrough proves that ME/CFS is caused by cold water.")
    found = scan_study(bad)
    assert found
    bench = study_bench(desk.library, bad, found, [one.problem for one in found])
    (text,) = [text for text in bench.texts if text.field == "finding"]
    marked = [piece.text for piece in text.pieces if piece.finding]
    assert any("breakthrough" in words for words in marked)
    assert bench.findings == len(found)
    assert bench.problems == ()
