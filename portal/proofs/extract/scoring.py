"""A reading against the truth: by field, as whole documents, and how far its confidence can be believed.

Source: the scoring rules of the sample documents: references without case, spaces and punctuation and with the letter O
as zero; accounts by their printed digits; amounts as decimals.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.core.money import Money, NotMoney
from portal.core.text import alphanumeric
from portal.proofs.types import FieldValue

#: truth's name → the reading's field
SCORED = {
    "amount": "amount", "currency": "currency", "date": "date", "reference": "reference", "bank": "payer_bank",
    "beneficiary_account": "beneficiary_account", "beneficiary_name": "beneficiary_name", "payer_name": "payer_name",
    "payer_account": "payer_account", "trace_id": "trace_id", "payment_type": "payment_type", "total": "amount",
}  # fmt: skip
ALL4 = ("amount", "date", "reference", "bank")
ALL5 = (*ALL4, "beneficiary_account")
_TEXT_CONDITIONS = ("pdf_text", "pdf_encrypted", "pdf_page2")
#: an amount this sure is taken for right
_BELIEVED = 0.9
_BUCKETS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(slots=True)
class Score:
    """What one document scored: each field's rightness, whether a wrong amount was given, and its time."""

    file: str
    bank: str
    condition: str
    ms: int
    right: dict[str, bool]
    sure: dict[str, float]
    wrong_amount: bool
    found: dict[str, str | None] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Whether the document has a text layer, or is a picture that an engine must read."""
        return "text" if self.condition in _TEXT_CONDITIONS else "picture"

    @property
    def sure_of_money(self) -> float:
        """The confidence of the amount, 0 where there is none."""
        return self.sure.get("amount", self.sure.get("total", 0.0))

    @property
    def all4(self) -> bool:
        return all(self.right[name] for name in ALL4 if name in self.right)

    @property
    def all5(self) -> bool:
        return all(self.right[name] for name in ALL5 if name in self.right)


def scored(truth: Mapping[str, str | None], fields: Mapping[str, FieldValue | None], ms: int) -> Score:
    """Compare a reading's fields with one line of truth; null is right for null."""
    right: dict[str, bool] = {}
    sure: dict[str, float] = {}
    found: dict[str, str | None] = {}
    for name, value_name in SCORED.items():
        if name not in truth:
            continue
        value = fields.get(value_name)
        found[name] = value.value if value is not None else None
        right[name] = canonical(name, truth[name]) == canonical(name, found[name])
        if value is not None:
            sure[name] = value.confidence
    money = "amount" if "amount" in right else "total"
    return Score(
        truth["file"] or "", truth.get("bank") or "", truth.get("condition") or "", ms, right, sure,
        not right.get(money, True) and found.get(money) is not None, found,
    )  # fmt: skip


def canonical(name: str, value: str | None) -> str | None:
    """The value in the form in which two writings of the same are equal."""
    if value is None:
        return None
    if name in ("amount", "total"):
        try:
            return Money.parse(value).plain
        except NotMoney:
            return value
    if name == "reference":
        return alphanumeric(value).replace("O", "0")
    if name in ("beneficiary_account", "payer_account"):
        return "".join(letter for letter in value if letter.isdigit())
    return " ".join(value.split())


def summary(scores: Sequence[Score]) -> dict[str, object]:
    """Rates over many documents: by field, bank and condition, wrong amounts, calibration and times."""
    names = [name for name in SCORED if any(name in score.right for score in scores)]
    times = sorted(score.ms for score in scores)
    return {
        "documents": len(scores),
        "all4": rate([score.all4 for score in scores]),
        "all5": rate([score.all5 for score in scores]),
        "wrong_amounts": sum(score.wrong_amount for score in scores),
        "wrong_amounts_believed": sum(score.wrong_amount and score.sure_of_money >= _BELIEVED for score in scores),
        "fields": {name: rate([score.right[name] for score in scores if name in score.right]) for name in names},
        "by_bank": _grouped(scores, "bank"),
        "by_condition": _grouped(scores, "condition"),
        "by_kind": _grouped(scores, "kind"),
        "calibration": calibration(scores),
        "ms": {"p50": percentile(times, 50), "p95": percentile(times, 95), "most": times[-1] if times else 0},
    }


def calibration(scores: Sequence[Score]) -> list[dict[str, float | int]]:
    """Of values given with a confidence in each band, how many were right."""
    table: list[dict[str, float | int]] = []
    for low, high in itertools.pairwise(_BUCKETS):
        inside = [
            (score.sure[name], score.right[name])
            for score in scores
            for name in score.sure
            if low <= score.sure[name] < high
        ]
        if inside:
            said = round(sum(confidence for confidence, _ in inside) / len(inside), 3)
            table.append({"from": low, "values": len(inside), "said": said, "right": rate([ok for _, ok in inside])})
    return table


def rate(hits: Sequence[bool]) -> float:
    """The share of hits, to four places; 0 of none."""
    return round(sum(hits) / len(hits), 4) if hits else 0.0


def percentile(ordered: Sequence[int], share: int) -> int:
    """The nearest-rank percentile of sorted numbers; 0 of none."""
    if not ordered:
        return 0
    return ordered[min(len(ordered) - 1, max(0, -(-share * len(ordered) // 100) - 1))]


def _grouped(scores: Sequence[Score], by: str) -> dict[str, dict[str, float | int]]:
    groups: dict[str, list[Score]] = {}
    for score in scores:
        groups.setdefault(getattr(score, by) or "-", []).append(score)
    return {
        name: {
            "documents": len(group),
            "all4": rate([score.all4 for score in group]),
            "all5": rate([score.all5 for score in group]),
            "amount": rate([score.right.get("amount", score.right.get("total", False)) for score in group]),
            "wrong_amounts": sum(score.wrong_amount for score in group),
        }
        for name, group in sorted(groups.items())
    }
