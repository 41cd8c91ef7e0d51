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
#: Two looks at a picture that differ leave at most 0.45; amount, day and account must have been seen alike.
_AGREED = 0.5
#: A known name that is found whole carries itself.
_CARRIED = 0.2
_TEXT_BAR = 0.5
_PICTURE_BARS = {
    "amount": 0.6,
    "date": _AGREED,
    "reference": _CARRIED,
    "beneficiary_account": _AGREED,
    "status": _AGREED,
    "document_type": _AGREED,
}
#: every proof of payment prints these
_ALWAYS_PRINTED = ("amount", "date")


def check_confidence(reading: Reading) -> Check:
    """V9: every field that decides is read with enough confidence, and what every proof prints was found."""
    if not reading.ok:
        words = reading.error or "The document could not be read."
        return check("confidence", "V9", Outcome.FAIL, words, expected="a legible document")
    missing = [_WORDS[name] for name in _ALWAYS_PRINTED if reading.fields.get(name) is None]
    if missing:
        return check("confidence", "V9", Outcome.UNKNOWN, f"{_names(missing)} could not be read.")
    weak = [
        (name, field)
        for name in _PICTURE_BARS
        if (field := reading.fields.get(name)) is not None and field.confidence < _bar(name, field)
    ]
    if not weak:
        return check("confidence", "V9", Outcome.PASS, "Everything that decides is legible.")
    _, worst = min(weak, key=lambda pair: pair[1].confidence)
    verb = "is" if len(weak) == 1 else "are"
    return check(
        "confidence", "V9", Outcome.UNKNOWN, f"{_names([_WORDS[name] for name, _ in weak])} {verb} hard to read.",
        field=worst, found=f"{worst.value} ({worst.confidence:.0%})",
    )  # fmt: skip


def _names(words: list[str]) -> str:
    names = listed(words)
    return names[:1].upper() + names[1:]


def _bar(name: str, field: FieldValue) -> float:
    return _PICTURE_BARS[name] if is_picture(field) else _TEXT_BAR
