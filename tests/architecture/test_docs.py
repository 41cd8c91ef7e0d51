"""Documents are true: they name only settings, commands, routes and files that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from tests.architecture.conftest import ROOT, name_of
from tests.architecture.test_settings import names_listed, names_mentioned

SPAN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.M | re.S)
SETTING = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
FLASK = re.compile(r"(?:^|[\s/])flask (?:--app app )?([a-z][a-z -]*)")
SCRIPT = re.compile(r"(?<![\w/.-])(bin/[a-z]+)")
FILE = re.compile(r"^[\w./-]+/[\w.-]+\.(?:py|md|toml|json|html|txt|css|js|yml|ini)$")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
#: written by a command or added by hand, not by the sources
MADE_LATER = {"docs/benchmarks.md", "docs/screenshot.png"}


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def code_of(path: Path) -> Iterator[str]:
    """Everything a document sets as code: spans, and the lines of blocks."""
    text = path.read_text(encoding="utf-8")
    for block in FENCE.findall(text):
        yield from block.splitlines()
    yield from SPAN.findall(FENCE.sub("", text))


def everywhere() -> list[tuple[str, str]]:
    return [(name_of(path), code) for path in documents() for code in code_of(path)]


def known_command(root: click.Group, words: list[str]) -> bool:
    """Whether the words begin with a command; a group alone is one, what follows a command is its arguments."""
    here: click.Command = root
    for at, word in enumerate(words):
        if not isinstance(here, click.Group):
            return True
        found = here.get_command(click.Context(here), word)
        if found is None:
            return at > 0 and not word.isalpha()
        here = found
    return True


def known_route(app: Flask, path: str) -> bool:
    wanted = re.sub(r"<[^>]*>", "<>", path.split("?")[0])
    if any(re.sub(r"<[^>]*>", "<>", rule.rule) == wanted for rule in app.url_map.iter_rules()):
        return True
    try:
        app.url_map.bind("portal.example").match(wanted)
    except (MethodNotAllowed, RequestRedirect):
        return True
    except HTTPException:
        return any(rule.rule.startswith(wanted.rstrip("…*") + "/") for rule in app.url_map.iter_rules())
    return True


def test_documents_name_only_settings_that_exist() -> None:
    known = names_listed() | names_mentioned()
    assert [(where, name) for where, code in everywhere() for name in SETTING.findall(code) if name not in known] == []


def test_documents_name_only_commands_that_exist(house: Flask) -> None:
    named = [(where, found) for where, code in everywhere() for found in FLASK.findall(code)]
    assert len(named) > 3, "the rule looks at nothing"
    assert [(where, words) for where, words in named if not known_command(house.cli, words.split())] == []


def test_documents_name_only_scripts_that_exist() -> None:
    named = [(where, script) for where, code in everywhere() for script in SCRIPT.findall(code)]
    assert len(named) > 3, "the rule looks at nothing"
    assert [(where, script) for where, script in named if not (ROOT / script).is_file()] == []


def test_documents_name_only_routes_that_exist(house: Flask) -> None:
    routes = [
        (where, code) for where, code in everywhere() if re.fullmatch(r"/[\w<>/.?=-]*…?", code) and "/dev/" not in code
    ]
    assert len(routes) > 3, "the rule looks at nothing"
    assert [(where, route) for where, route in routes if not known_route(house, route)] == []


def test_documents_name_only_files_that_exist() -> None:
    named = {(where, code) for where, code in everywhere() if FILE.match(code)}
    missing = [
        (where, code)
        for where, code in sorted(named)
        if code not in MADE_LATER and not any((base / code).exists() for base in (ROOT, ROOT / "portal", ROOT / "docs"))
    ]
    assert missing == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        (name_of(path), link)
        for path in documents()
        for link in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / link).exists() and link not in MADE_LATER
    ]
    assert broken == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert numbers == list(range(len(numbers)))


def test_what_docstrings_cite_exists() -> None:
    cited = re.compile(r"docs/(?:rules|decisions)/[\w-]+\.md")
    missing = {
        (name_of(path), found)
        for path in (ROOT / "portal").rglob("*.py")
        for found in cited.findall(path.read_text(encoding="utf-8"))
        if not (ROOT / found).is_file()
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("words", "known"),
    [("ledger verify", True), ("ledger", True), ("ledger balance", False), ("nothing", False), ("version", True)],
)
def test_the_rule_knows_commands(house: Flask, words: str, known: bool) -> None:
    assert known_command(house.cli, words.split()) is known


@pytest.mark.parametrize(
    ("path", "known"),
    [("/health", True), ("/invoices/<number>/pay", True), ("/invoices/INV-2026-000001", True), ("/no/such", False)],
)
def test_the_rule_knows_routes(house: Flask, path: str, known: bool) -> None:
    assert known_route(house, path) is known
