"""Plain Markdown to HTML that can do nothing: no raw HTML, no pictures, no scripts, no address but of four kinds.

Two fences, each enough by itself: the parser writes raw HTML as text, and what it made is cleaned by a list of what
is allowed. Source: docs/rules/content.md, C3.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote", "hr", "br",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_SCHEMES = {"https", "http", "mailto", "tel"}
_parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "html_block", "html_inline"])


@lru_cache(maxsize=512)
def render(text: str) -> Markup:
    """The HTML of a text. A heading of the first rank becomes one of the second: the page has its own first."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(4, max(2, int(token.tag[1])))}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href", "title"}}, url_schemes=_SCHEMES, link_rel="noopener noreferrer"
    )
    return Markup(clean)  # noqa: S704 - cleaned in the line above


def with_facts(text: str, facts: Mapping[str, str]) -> str:
    """``{company}`` and its like, filled in; any other brace stays as it is written."""
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text
