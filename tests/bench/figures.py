"""A measured figure and what it must be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure; must is the largest it may be, in the same unit, or None when it is only told."""

    name: str
    value: float
    unit: str
    must: float | None = None

    @property
    def missed(self) -> bool:
        return self.must is not None and self.value > self.must

    @property
    def shown(self) -> str:
        return f"{self.value:.2f}" if self.value < 10 else f"{self.value:.0f}"

    def line(self) -> str:
        bound = f"  (must ≤ {self.must:g})" if self.must is not None else ""
        return f"{'MISSED ' if self.missed else ''}{self.name}: {self.shown} {self.unit}{bound}"

    def row(self) -> str:
        bound = f"≤ {self.must:g} {self.unit}" if self.must is not None else ""
        mark = "" if self.must is None else ("missed" if self.missed else "held")
        return f"| {self.name} | {self.shown} {self.unit} | {bound} | {mark} |\n"


def percentile(values: list[float], share: float) -> float:
    """The value that this share of the values does not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
