import pytest

from bot.citation.styles import FORMATS, STYLES, Format, Style, find, style


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("apa", "apa"),
        ("APA 7th", "apa"),
        ("apa7", "apa"),
        ("Vancouver", "vancouver"),
        ("NLM style", "vancouver"),
        ("ama", "ama"),
        ("Chicago Author-Date", "chicago"),
        ("mla 9th edition", "mla"),
        ("Harvard", "harvard"),
        ("Cite Them Right", "harvard"),
        ("IEEE", "ieee"),
        ("Bib-TeX", "bibtex"),
        ("biblatex", "biblatex"),
        ("RIS", "ris"),
        ("nbib", "nbib"),
        ("csl json", "csl-json"),
        ("CSL-JSON format", "csl-json"),
    ],
)
def test_what_people_type_finds_the_style_or_format(typed: str, key: str) -> None:
    found = find(typed)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("typed", ["", "  ", "style", "bluebook", "!"])
def test_what_means_no_style_finds_none(typed: str) -> None:
    assert find(typed) is None


def test_every_style_has_its_file_and_every_name_finds_its_own_entry() -> None:
    for entry in STYLES:
        assert entry.file.is_file()
        assert style(entry.key) is entry
    everything: list[Style | Format] = [*STYLES, *FORMATS]
    for known in everything:
        for name in (known.key, known.name, *known.aliases):
            assert find(name) is known


@pytest.mark.parametrize(
    ("key", "cited"), [("vancouver", "(12)"), ("ama", "¹²"), ("ieee", "[12]"), ("apa", "")]
)
def test_numbers_stand_in_a_sentence_as_the_style_has_them(key: str, cited: str) -> None:
    assert style(key).cite_number(12) == cited
