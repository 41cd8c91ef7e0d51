"""Templates: nothing inline, every form carries its token."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.conftest import name_of, templates

TAG = re.compile(r"<[a-zA-Z][^<>]*>", re.S)
INLINE = {
    "a script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "a style": re.compile(r"<style\b|<[a-z][^<>]*\sstyle\s*=", re.I | re.S),
    "an event": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.I | re.S),
    "a data: address": re.compile(r"""(?:src|href|action|poster)\s*=\s*["']?\s*data:|url\(\s*["']?data:""", re.I),
    "a script address": re.compile(r"javascript:", re.I),
    "something from elsewhere": re.compile(
        r"""<(?:script|link|img|iframe|source)\b[^<>]*(?:src|href)\s*=\s*["']?(?:https?:)?//""", re.I | re.S
    ),
}
POST = re.compile(r"<form\b[^>]*method\s*=\s*[\"']post[\"'][^>]*>(.*?)</form>", re.I | re.S)
TOKEN = re.compile(r"csrf_token|ui\.csrf\(|csrf\(\)|hidden_tag\(\)")


#: the one form that goes to another company; our token must never go there
ELSEWHERE = re.compile(r"<form\b[^>]*\bdata-elsewhere[^>]*>(.*?)</form>", re.I | re.S)


def markup(path: Path) -> str:
    """A template without its comments and expressions, which may hold < and > themselves."""
    return re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)


def pages() -> list[Path]:
    return [path for path in templates() if path.suffix in {".html", ".svg"}]


def faults(text: str) -> list[str]:
    return [what for what, pattern in INLINE.items() if pattern.search(text)]


def test_no_template_holds_anything_inline() -> None:
    assert len(pages()) > 10, "the rule looks at nothing"
    assert {name_of(path): found for path in pages() if (found := faults(markup(path)))} == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<script>x()</script>", "a script"),
        ("<style>a{}</style>", "a style"),
        ('<p class="a"\n style="x">', "a style"),
        ('<button onclick="x()">', "an event"),
        ('<img src="data:image/png;base64,x">', "a data: address"),
        ('<a href="javascript:x()">', "a script address"),
        ('<script src="https://cdn.example/x.js"></script>', "something from elsewhere"),
    ],
)
def test_the_rule_finds_what_it_is_for(text: str, fault: str) -> None:
    assert fault in faults(text)


@pytest.mark.parametrize("text", ['<script src="/static/a.js" defer></script>', '<input data-on="x" class="style">'])
def test_the_rule_leaves_the_rest_alone(text: str) -> None:
    assert faults(text) == []


def test_every_form_that_posts_carries_a_token() -> None:
    bare = {
        name_of(path): len(missing)
        for path in pages()
        if (missing := [form for form in POST.findall(ELSEWHERE.sub("", markup(path))) if not TOKEN.search(form)])
    }
    assert bare == {}


def test_only_a_form_to_another_company_goes_without_our_token() -> None:
    elsewhere = {name_of(path): forms for path in pages() if (forms := ELSEWHERE.findall(markup(path)))}
    assert list(elsewhere) == ["templates/payments/leave.html"]
    assert not any(TOKEN.search(form) for forms in elsewhere.values() for form in forms)


def test_no_template_switches_escaping_off() -> None:
    unsafe = re.compile(r"\|\s*safe\b|autoescape\s+false", re.I)
    assert [name_of(path) for path in pages() if unsafe.search(markup(path))] == []
