"""The replies' Markdown as HTML: what Discord would show, and nothing that could harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import markdown
from bot.answer.desk import Desk
from bot.answer.reply import Request
from bot.site.markup import article, html
from tests.site.reading import Document

ALLOWED = {"p", "br", "strong", "em", "ul", "ol", "li", "code", "pre", "blockquote", "a"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**bold** and *slanted*", "<p><strong>bold</strong> and <em>slanted</em></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("**Limits**\n- a\nafter", "<p><strong>Limits</strong></p>\n<ul>\n<li>a</li>\n</ul>\n<p>after</p>"),
        ("```\n- <b>\n```", "<pre><code>- &lt;b&gt;\n</code></pre>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        (
            "[paper](https://doi.org/10.1/a%28b%29)",
            '<p><a href="https://doi.org/10.1/a%28b%29" rel="noreferrer">paper</a></p>',
        ),
        ("<https://a.example>", '<p><a href="https://a.example" rel="noreferrer">https://a.example</a></p>'),
        ("# no heading", "<p># no heading</p>"),
        ("1. one\n2. two", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>"),
    ],
)
def test_each_form_that_replies_use(text: str, expected: str) -> None:
    assert html(text).strip() == expected


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<javascript:alert(1)>",
        "![x](https://evil.example/a.png)",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_nothing_in_a_text_becomes_more_than_text_or_a_link_to_the_web(text: str) -> None:
    for tag, given_ in Document.of(html(text)).tags:
        assert tag in ALLOWED
        assert given_.get("href", "https://").startswith("https://")


@given(st.text(max_size=60))
def test_escaped_text_is_shown_as_itself(text: str) -> None:
    text = markdown.clean(text)
    document = Document.of(html(markdown.escape(text)))
    assert document.text.strip().replace("\u200b", "") == text.replace("\u200b", "").strip()
    assert {tag for tag, _ in document.tags} <= {"p"}


@given(st.text(max_size=200))
def test_whatever_the_text_only_harmless_elements_come_out(text: str) -> None:
    for tag, given_ in Document.of(html(text)).tags:
        assert tag in ALLOWED
        assert given_.keys() <= {"href", "rel", "start", "class"}


def test_every_word_of_every_card_is_on_its_page(desk: Desk) -> None:
    for study in desk.library.catalogue.all_studies():
        for block in desk.answer(Request("study", {"query": study.id, "view": "full"})).blocks:
            shown = Document.of(html(block.text)).text
            missing = [
                w
                for w in markdown.plain(block.text).split()
                if "://" not in w and w.strip("-•:") not in shown
            ]
            assert not missing, (study.id, block.role)


def test_a_page_makes_a_heading_of_a_bold_line_that_stands_alone_and_of_nothing_else() -> None:
    text = "**Limits**\n- a **b** c\n**Why.** Because.\n\\# not one\n**Two** and **three**"
    assert [tag for tag, _ in Document.of(article(text)).tags if tag.startswith("h")] == ["h2"]
    assert article("**Limits**\n- a").startswith("<h2>Limits</h2>\n<ul>")
    assert "<p># not one" in article("\\# not one")
