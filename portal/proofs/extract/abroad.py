"""In which currency the amount is, where a place of its own says so, and banks of neighbouring countries.

Source: docs/rules/reading.md, D20.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from portal.proofs.extract.amounts import CURRENCIES
from portal.proofs.extract.lines import Line, Token, box_around
from portal.proofs.extract.spots import Spot
from portal.proofs.extract.values import joined
from portal.proofs.types import Signal

#: ISO 4217's code for no currency: what is printed is none that we know
UNKNOWN = "XXX"
_RAND = re.compile(
    r"\W*(?:R|ZAR|rands?|(?:South[- ]African|Suid[- ]Afrikaanse) rands?|ZAR\W{1,3}.{0,14}rands?)\W*", re.I
)
_COUNTRIES = (
    "Namibia", "Botswana", "Eswatini", "Swaziland", "Lesotho", "Zambia", "Zimbabwe", "Mozambique", "Moçambique", "Malawi",
    "Tanzania", "Kenya", "Ghana", "Nigeria", "Mauritius", "Angola", "Uganda",
)  # fmt: skip
_FOREIGN_BANK = re.compile(rf"\bbank\b.{{0,24}}\b(?:{'|'.join(_COUNTRIES)})\b", re.I)


def currency_told(spots: Sequence[Spot], page: int) -> tuple[str, tuple[Token, ...]] | None:
    """The currency that a label of its own names; UNKNOWN for one we do not know; None where no such label stands."""
    for spot in spots:
        if spot.label.kind != "currency" or spot.page != page or not spot.is_set_off or not spot.places:
            continue
        tokens = spot.places[0].tokens
        printed = joined(tokens)
        if _RAND.fullmatch(printed):
            return "ZAR", tokens
        code = next((code for code in CURRENCIES if re.search(rf"\b{code}\b", printed.upper())), UNKNOWN)
        return code, tokens
    return None


def foreign_bank(lines: Sequence[Line]) -> list[Signal]:
    """A bank of another country: an amount without its currency may not be in rand."""
    for line in lines:
        if (found := _FOREIGN_BANK.search(line.text)) is not None:
            tokens = [token for cell in line.cells for token in cell.tokens]
            words = f"The document names a bank outside South Africa ({found[0]}): the amount may not be in rand."
            return [Signal("foreign_bank", "warn", words, line.page, box_around(tokens))]
    return []
