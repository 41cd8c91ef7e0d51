"""Markdown of staff becomes HTML that can do nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from portal.content import markdown
from portal.content.markdown import render, with_facts

HOSTILE = (
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "<a href=/ style=position:fixed onclick=alert(1)>x</a>",
    "<iframe src=https://evil.example></iframe>",
    "<style>*{display:none}</style>",
    "<form action=https://evil.example><input name=password></form>",
    '[x](/a" onmouseover="alert(1))',
    "**<b onclick=alert(1)>x</b>**",
    "`<script>`",
    "<math><mi//xlink:href=javascript:alert(1)>",
)
_OPENED = re.compile(r"<\s*/?\s*([a-zA-Z0-9]+)([^>]*)>")
ALLOWED = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote", "hr", "br", "table",
    "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = re.compile(r'\s*(?:(?:href|title|rel|start)="[^"]*"\s*)*/?')


def complain(html: str) -> None:
    for tag, attributes in _OPENED.findall(html):
        assert tag.lower() in ALLOWED, html
        assert _ATTRIBUTES.fullmatch(attributes), html
        for address in re.findall(r'href="([^"]*)"', attributes):
            assert re.match(r"(https?:|mailto:|tel:|[^:]*$|[^:]*[/?#])", address), html


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_comes_through(text: str) -> None:
    complain(str(render(text)))


@given(
    st.lists(st.sampled_from((*HOSTILE, "\n", "- ", "> ", "# ", "|a|\n|-|\n|", "](", "`", "&#106;avascript:", "<!--")))
)
def test_no_mixture_of_them_comes_through_either(parts: list[str]) -> None:
    complain(str(render("".join(parts))))


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '<a href="javascript:x()" onclick="y()">z</a>', "<svg onload=x>"]
)
def test_a_parser_that_let_markup_through_would_not_be_the_last_line(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(markdown, "_parser", MarkdownIt("commonmark", {"html": True}))
    html = str(render.__wrapped__(text))

    complain(html)
    assert "alert" not in html and "onclick" not in html and "javascript" not in html


def test_what_staff_write_looks_as_they_mean_it() -> None:
    html = render("# One\n\n## Two\n\n- **bold** and *soft*\n\n[words](/contact) [mail](mailto:a@b.example)")

    assert html == (
        "<h2>One</h2>\n<h2>Two</h2>\n<ul>\n<li><strong>bold</strong> and <em>soft</em></li>\n</ul>\n"
        '<p><a href="/contact" rel="noopener noreferrer">words</a> '
        '<a href="mailto:a@b.example" rel="noopener noreferrer">mail</a></p>\n'
    )


def test_our_facts_are_filled_in_and_other_braces_stay() -> None:
    assert with_facts("{company} of {town}", {"company": "Ours"}) == "Ours of {town}"
