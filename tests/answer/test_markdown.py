import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.answer import markdown

COMMONMARK = MarkdownIt("commonmark")


def printed(text: str) -> str:
    """What CommonMark shows for a text, with everything that is not plain text named."""
    shown: list[str] = []
    for block in COMMONMARK.parse(text):
        children = block.children or ()
        shown += (token.content if token.type == "text" else f"[{token.type}]" for token in children)
        if block.type not in {"inline", "paragraph_open", "paragraph_close"}:
            shown.append(f"[{block.type}]")
    return "".join(shown)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)).map(markdown.clean).filter(bool))
def test_escaped_text_prints_as_itself(text: str) -> None:
    shown = text.replace("&", "and")  # CommonMark reads "&lt;" as "<"; Discord does not
    assert printed(markdown.escape(shown)).replace("@\u200b", "@") == shown


@given(st.text().map(markdown.clean))
def test_plain_undoes_escape(text: str) -> None:
    assert markdown.plain(markdown.escape(text)) == text


@given(st.text())
def test_clean_text_is_one_line_without_control_or_direction_marks(text: str) -> None:
    cleaned = markdown.clean(text)
    assert not set(cleaned) & set("\n\r\t\x00\x07\u202e\u202d\u2066\u2069\u200f\ufeff")
    assert cleaned == cleaned.strip()
    assert markdown.clean(cleaned) == cleaned


@pytest.mark.parametrize("text", ["https://evil.example", "http://a.b", "discord://x"])
def test_an_address_does_not_become_a_link(text: str) -> None:
    assert text.split(":", maxsplit=1)[0] + "://" not in markdown.escape(text)


@pytest.mark.parametrize("text", ["@everyone", "@here", "<@123>", "<@&1>", "<#1>", "<:x:1>", "<t:1:R>"])
def test_a_mention_stays_words(text: str) -> None:
    escaped = markdown.escape(text)
    assert text not in escaped


@given(st.text())
def test_a_fence_cannot_be_ended_from_inside(text: str) -> None:
    assert markdown.fence(text).count("```") == 2


def test_plain_text_keeps_addresses_and_drops_marks() -> None:
    text = "**Bold** and *thin*: [Read it](https://a.example/b), <https://c.example>.\n```\nx_1 * [y]\n```"
    assert (
        markdown.plain(text) == "Bold and thin: Read it: https://a.example/b, https://c.example.\nx_1 * [y]"
    )


def test_an_address_in_a_link_cannot_end_it() -> None:
    assert (
        markdown.address('https://doi.org/10.1016/s0(96)<1> "x"')
        == "https://doi.org/10.1016/s0%2896%29%3C1%3E%20%22x%22"
    )
