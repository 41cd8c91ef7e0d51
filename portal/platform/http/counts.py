"""The numbers beside the places in the staff rail: waiting work, in one query for all of them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ScalarSelect, select

from portal.platform.db import db


class _ShellCounts:
    def __init__(self) -> None:
        self._questions: dict[str, Callable[[], ScalarSelect[int]]] = {}

    def register(self, name: str, question: Callable[[], ScalarSelect[int]]) -> None:
        """A feature says how its waiting work is counted: a function that gives a scalar subquery."""
        self._questions[name] = question

    def read(self) -> dict[str, int]:
        """All counts, by name."""
        if not self._questions:
            return {}
        names = sorted(self._questions)
        row = db.session.execute(select(*(self._questions[name]().label(name) for name in names))).one()
        return {name: int(value or 0) for name, value in zip(names, row, strict=True)}


shell_counts = _ShellCounts()
