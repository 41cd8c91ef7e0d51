"""What the frame of every page needs of features above: asked together with who is asking, so that no page asks more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect

_QUESTIONS: dict[str, Callable[[], ScalarSelect[Any]]] = {}


def register(name: str, question: Callable[[], ScalarSelect[Any]]) -> None:
    """A feature says what it wants to know on every page of somebody who is signed in: a scalar subquery."""
    _QUESTIONS[name] = question


def columns() -> list[ColumnElement[Any]]:
    """One column for each question."""
    return [_QUESTIONS[name]().label(f"frame_{name}") for name in sorted(_QUESTIONS)]


def answers(row: Any) -> dict[str, Any]:
    """The answers by name, from a row that has the columns."""
    return {name: getattr(row, f"frame_{name}") for name in sorted(_QUESTIONS)}
