"""Sizes that keep a room liveable: a file near its limit wants a second noun, not a second helper."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT, name_of, sources, templates, tree_of

FILE, FUNCTION, VIEW, TEMPLATE, CONFTEST = 400, 40, 25, 150, 200
HTTP_VERBS = {"get", "post", "put", "patch", "delete", "route"}
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def length(function: Function) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    assert function.end_lineno is not None
    first = function.body[0]
    documented = ast.get_docstring(function) is not None and first.end_lineno is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return function.end_lineno - function.lineno + 1 - docstring


def is_view(function: Function) -> bool:
    return any(
        isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr in HTTP_VERBS
        and isinstance(mark.func.value, ast.Name) and "blueprint" in mark.func.value.id
        for mark in function.decorator_list
    )  # fmt: skip


def functions() -> list[tuple[str, Function]]:
    return [
        (f"{name_of(path)}:{node.name}", node)
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, Function)
    ]


def test_no_source_file_is_longer_than_its_budget() -> None:
    tests = [path for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py"]
    assert {name_of(path): lines_of(path) for path in sources() + tests if lines_of(path) > FILE} == {}


def test_no_function_is_longer_than_its_budget() -> None:
    assert {name: length(node) for name, node in functions() if length(node) > FUNCTION} == {}


def test_no_view_is_longer_than_its_budget() -> None:
    views = [(name, node) for name, node in functions() if is_view(node)]
    assert len(views) > 20, "the rule looks at nothing"
    assert {name: length(node) for name, node in views if length(node) > VIEW} == {}


def test_no_template_is_longer_than_its_budget() -> None:
    assert {name_of(path): lines_of(path) for path in templates() if lines_of(path) > TEMPLATE} == {}


def test_no_conftest_is_longer_than_its_budget() -> None:
    files = list((ROOT / "tests").rglob("conftest.py"))
    assert {name_of(path): lines_of(path) for path in files if lines_of(path) > CONFTEST} == {}


def test_no_module_is_called_by_a_word_that_says_nothing() -> None:
    assert [name_of(path) for path in sources() if {path.stem, path.parent.name} & NAMELESS] == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [("def f():\n    return 1\n", 2), ('def f():\n    """Docs.\n\n    More.\n    """\n    return 1\n', 2)],
)
def test_a_docstring_does_not_count(source: str, lines: int) -> None:
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert length(function) == lines
