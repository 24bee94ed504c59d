from hypothesis import given
from hypothesis import strategies as st

from bot.citation.marked import from_runs, plain


def test_runs_become_text_with_the_places_of_italics() -> None:
    text, spans = plain(
        from_runs([("Gupta. ", ""), ("J Made", "i"), (" ", "i"), ("Stud", "i"), (". 1997.", "")])
    )
    assert text == "Gupta. J Made Stud. 1997."
    assert [text[start:end] for start, end in spans] == ["J Made Stud"]


def test_italics_inside_italics_stand_upright() -> None:
    text, spans = plain(from_runs([("On ", "i"), ("E. coli", "ii"), (" in rest", "i")]))
    assert [text[start:end] for start, end in spans] == ["On ", " in rest"]


def test_raised_and_lowered_digits_become_unicode_and_words_stay() -> None:
    assert from_runs([("VO", ""), ("2", "_"), (" 10", ""), ("3", "^"), ("max", "_")]) == "VO₂ 10³max"


def test_no_break_spaces_become_ordinary_ones() -> None:
    assert from_runs([("vol.\u00a031", ""), (" ", ""), (" no. 1", "")]) == "vol. 31 no. 1"


@given(st.lists(st.tuples(st.text(alphabet="ab .", max_size=6), st.sampled_from(["", "i"])), max_size=8))
def test_spans_are_in_order_do_not_touch_and_lie_inside_the_text(runs: list[tuple[str, str]]) -> None:
    text, spans = plain(from_runs(runs))
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert not edges or edges[-1] <= len(text)
