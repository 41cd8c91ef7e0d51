"""Documents about several payments at once: the sum of a batch is nobody's payment.

Source: docs/rules/reading.md, signal several_payments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from portal.proofs.extract.lines import Line, box_around
from portal.proofs.types import Signal

_COUNTED = re.compile(
    r"\b(?:number|no|nr|count|quantity|aantal)\b\.? (?:of |van )?"
    r"(?:payments|beneficiaries|transactions|payees|recipients|instructions|betalings|begunstigdes|transaksies|ontvangers)"
    r"\b\W*(?P<count>[0-9]+)",
    re.I,
)
_SUMMED = re.compile(r"\b(?:batch|bulk|bondel)[- ]?(?:total|amount|value|sum|payment|totaal|bedrag|betaling)", re.I)


def batch(lines: Sequence[Line]) -> list[Signal]:
    """A signal where the document counts more than one payment or sums a batch."""
    for line in lines:
        counted = _COUNTED.search(line.text)
        if (counted is not None and int(counted["count"]) > 1) or _SUMMED.search(line.text):
            tokens = [token for cell in line.cells for token in cell.tokens]
            words = f"The document speaks of several payments (“{line.text[:60]}”)."
            return [Signal("several_payments", "warn", words, line.page, box_around(tokens))]
    return []
