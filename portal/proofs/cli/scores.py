"""The table that ``flask proofs bench`` prints for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from portal.proofs.extract.scoring import ALL5, Score

Row = Mapping[str, float | int]


def shown(summary: Mapping[str, object], scores: Sequence[Score]) -> Iterator[str]:
    """The summary line by line: rates, each field, each group, how far confidences can be believed, what failed."""
    ms = cast(Row, summary["ms"])
    yield f"{summary['documents']} documents, p50 {ms['p50']} ms, p95 {ms['p95']} ms, longest {ms['most']} ms"
    yield f"all four fields right   {_percent(cast(float, summary['all4']))}"
    yield f"with the account        {_percent(cast(float, summary['all5']))}"
    yield f"wrong amounts           {summary['wrong_amounts']}, {summary['wrong_amounts_believed']} of them believed (0.9)"
    yield ""
    yield "field                      right"
    for name, right in cast(Mapping[str, float], summary["fields"]).items():
        yield f"  {name:<22} {_percent(right)}"
    for title, key in (("bank", "by_bank"), ("condition", "by_condition"), ("text or picture", "by_kind")):
        yield ""
        yield f"{title:<24} documents  all 4   all 5   amount  wrong amounts"
        for name, row in cast(Mapping[str, Row], summary[key]).items():
            rates = "  ".join(_percent(row[rate]) for rate in ("all4", "all5", "amount"))
            yield f"  {name:<22} {row['documents']:>9}  {rates}  {row['wrong_amounts']:>13}"
    yield ""
    yield "confidence from          values   said   right"
    for row in cast(Sequence[Row], summary["calibration"]):
        yield f"  {row['from']:<22} {row['values']:>6}  {_percent(row['said'])}  {_percent(row['right'])}"
    yield from _failures(scores)


def _failures(scores: Sequence[Score]) -> Iterator[str]:
    decisive = ("total", *ALL5) if any("total" in score.right for score in scores) else ALL5
    failed = [(score, [name for name in decisive if not score.right.get(name, True)]) for score in scores]
    if any(names for _, names in failed):
        yield ""
        yield "not right"
    for score, names in failed:
        if names:
            read = ", ".join(f"{name} read as {score.found.get(name)!r}" for name in names)
            yield f"  {score.file}: {read}"


def _percent(share: float) -> str:
    return f"{share:>6.1%}"
