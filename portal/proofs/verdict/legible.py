"""Is what decides read well enough to be believed without a person?

A text layer is exact. A picture is read by engines whose errors are wrong but plausible (776.09 becomes 76.09), so a
value from a picture needs a higher bar, and it is carried by what it agrees with: an amount that is to the cent what
the invoice named by the exact reference owes cannot be an accident.
Source: docs/rules/verdict.md, V9.
"""

from __future__ import annotations

from portal.core.text import listed
from portal.proofs.types import Check, FieldValue, Outcome, Reading
from portal.proofs.verdict.evidence import check, is_picture

_WORDS = {
    "amount": "the amount", "date": "the date", "reference": "the reference",
    "beneficiary_account": "the account", "status": "the state of the payment", "document_type": "the kind of document",
}  # fmt: skip
#: least confidence by field: from a text layer, and from a picture
_BARS = {
    "amount": (0.6, 0.7),
    "date": (0.6, 0.6),
    "reference": (0.5, 0.5),
    "beneficiary_account": (0.5, 0.5),
    "status": (0.5, 0.5),
    "document_type": (0.5, 0.5),
}


def check_confidence(reading: Reading) -> Check:
    """V9: every field that decides is read with enough confidence; the weakest is shown."""
    weak = [
        (name, field)
        for name in _BARS
        if (field := reading.fields.get(name)) is not None and field.confidence < _bar(name, field)
    ]
    if not weak:
        return check("confidence", "V9", Outcome.PASS, "Everything that decides is legible.")
    _, worst = min(weak, key=lambda pair: pair[1].confidence)
    names = listed([_WORDS[name] for name, _ in weak])
    verb = "is" if len(weak) == 1 else "are"
    return check(
        "confidence", "V9", Outcome.UNKNOWN, f"{names[:1].upper()}{names[1:]} {verb} hard to read.",
        field=worst, found=f"{worst.value} ({worst.confidence:.0%})",
    )  # fmt: skip


def _bar(name: str, field: FieldValue) -> float:
    text, picture = _BARS[name]
    return picture if is_picture(field) else text
