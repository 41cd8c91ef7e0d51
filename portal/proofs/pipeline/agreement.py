"""Two readings of one field: when they say the same, and how sure that makes it.

Source: docs/rules/reading.md, D9 and D19.
"""

from __future__ import annotations

from dataclasses import replace

from portal.core.money import Money
from portal.proofs.types import FieldValue

#: what decides whether a proof is accepted, and so what the second engine is asked for
MAIN = ("amount", "date", "reference", "payer_bank", "beneficiary_account")
CONTRADICTED = 0.45
#: what is left of the second engine's confidence in a value that the first one could not read
ALONE = 0.9
#: by two engines, or two looks, that see the same
ALIKE = "tesseract+rapidocr"
_MOST = 0.99
#: an account that two looks see alike, and how many digits that takes
_AGREED, _TELLING_DIGITS = 0.6, 4


def same(name: str, first: str, second: str) -> bool:
    """Whether two readings of a field say the same: amounts to the cent, accounts by their digits."""
    if name == "amount":
        return Money.parse(first) == Money.parse(second)
    if name in ("beneficiary_account", "payer_account"):
        return digits(first) == digits(second)
    return "".join(first.split()).upper() == "".join(second.split()).upper()


def both(name: str, value: FieldValue, other: float) -> FieldValue:
    """The value when a second reading with this confidence says the same."""
    sure = 1 - (1 - value.confidence) * (1 - other)
    if name == "beneficiary_account" and len(digits(value.value)) >= _TELLING_DIGITS:
        sure = max(sure, _AGREED)  # dots and crosses of a mask pull an engine's confidence down, not its digits
    return replace(value, confidence=round(min(_MOST, sure), 3), engine=ALIKE)


def digits(text: str) -> str:
    """The digits of a text."""
    return "".join(letter for letter in text if letter.isdigit())
