"""Our own reference or invoice number inside what a payer typed, in its canonical writing."""

from __future__ import annotations

import re

from portal.core.reference import normal

#: INV-2026-000417, INV 2026 00417, inv2026/00417; the letter O is what people type for a zero
_INVOICE = re.compile(r"(?<![A-Z])INV(?:OICE)?[^A-Z0-9]{0,3}(2[0O][0-9O]{2})[^A-Z0-9]{0,2}([0-9O]{4,6})(?![0-9O])")


def reference_normal(printed: str) -> str | None:
    """``INV-2026-00417`` or an eight-symbol reference of ours; None when there is none, or more than one."""
    text = printed.upper()
    numbers = {f"INV-{year}-{number}".replace("O", "0") for year, number in _INVOICE.findall(text)}
    codes = {code for piece in (text, *text.split()) if (code := normal(piece)) is not None}
    found = numbers | codes
    return found.pop() if len(found) == 1 else None
