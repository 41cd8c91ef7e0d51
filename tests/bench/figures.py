"""A measured figure and what it must be; tables of figures that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure. must: the largest it may be, in the same unit; least: the smallest; neither: it is only told."""

    name: str
    value: float
    unit: str
    must: float | None = None
    least: float | None = None

    @property
    def missed(self) -> bool:
        return (self.must is not None and self.value > self.must) or (
            self.least is not None and self.value < self.least
        )

    @property
    def shown(self) -> str:
        if self.value == int(self.value):
            return f"{self.value:.0f}"
        return (
            f"{self.value:.2f}" if self.value < 10 else f"{self.value:.0f}" if self.unit != "%" else f"{self.value:.1f}"
        )

    @property
    def bound(self) -> str:
        if self.must is not None:
            return f"≤ {self.must:g} {self.unit}".strip()
        return f"≥ {self.least:g} {self.unit}".strip() if self.least is not None else ""

    def line(self) -> str:
        bound = f"  (must {self.bound})" if self.bound else ""
        return f"{'MISSED ' if self.missed else ''}{self.name}: {self.shown} {self.unit}{bound}"

    def row(self) -> str:
        mark = "" if not self.bound else ("missed" if self.missed else "held")
        return f"| {self.name} | {self.shown} {self.unit} | {self.bound} | {mark} |\n"


@dataclass(frozen=True)
class Table:
    """Rows under a heading of their own, with a sentence on what was measured."""

    title: str
    words: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self) -> str:
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return f"\n## {self.title}\n\n{self.words}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def percentile(values: list[float], share: float) -> float:
    """The value that this share of the values does not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
