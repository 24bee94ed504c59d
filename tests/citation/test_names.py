import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import Author
from bot.citation.names import Name, initials, person


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        (Author(family="Gupta", given="S"), Name("Gupta", "S.")),
        (Author(family="Crosby", given="LD"), Name("Crosby", "L. D.")),
        (Author(family="Ahmed", given="S.A."), Name("Ahmed", "S. A.")),
        (Author(family="Vernon", given="Suzanne D"), Name("Vernon", "Suzanne D.")),
        (Author(family="Lin", given="Jin-Mann S."), Name("Lin", "Jin-Mann S.")),
        (Author(family="Second", given="J-L"), Name("Second", "J.-L.")),
        (Author(family="van der Meer", given="Jos W M"), Name("Meer", "Jos W. M.", particle="van der")),
        (Author(family="De Meirleir", given="Kenny"), Name("De Meirleir", "Kenny")),
        (Author(family="Fivash", given="Matthew J Jr"), Name("Fivash", "Matthew J.", suffix="Jr.")),
        (Author(family="Hackett", given="John Jr."), Name("Hackett", "John", suffix="Jr.")),
        (Author(family="Dempsey", given="Line IV"), Name("Dempsey", "Line", suffix="IV")),
        (
            Author(family="van Campen", given="C (Linda) M.C."),
            Name("Campen", "C. Linda M. C.", particle="van"),
        ),
        (Author(family="Suharto"), Name("Suharto")),
    ],
)
def test_a_name_comes_apart_as_it_is_filed(author: Author, expected: Name) -> None:
    assert person(author) == expected


@given(st.from_regex(r"[A-Z][a-z]{1,8}( [A-Z]\.?){0,3}", fullmatch=True))
def test_writing_initials_twice_is_writing_them_once(given_name: str) -> None:
    assert initials(initials(given_name)) == initials(given_name)


@given(st.text(alphabet="ABCÖØ", min_size=1, max_size=4))
def test_no_initial_is_lost(run: str) -> None:
    assert [c for c in initials(run) if c.isalpha()] == list(run)
