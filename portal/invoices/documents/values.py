"""What the printed forms of invoices and credit notes share: values of the house as plain text for a template."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from portal.core.money import NBSP
from portal.invoices.types import Party, RateRow, Seal
from portal.platform import typeset

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def day(value: date) -> str:
    """``1 March 2026``, which does not break."""
    return f"{value.day}{NBSP}{_MONTHS[value.month - 1]}{NBSP}{value.year}"


def issued(value: date) -> dict[str, int]:
    """The day in the document's properties."""
    return {"year": value.year, "month": value.month, "day": value.day}


def party(found: Party) -> dict[str, object]:
    """Who it is from or to."""
    return {
        "name": found.name,
        "address": list(found.address),
        "vat_number": found.vat_number,
        "registration": found.registration,
        "code": found.code,
        "email": found.email,
        "phone": found.phone,
    }


def rates(found: Iterable[RateRow]) -> list[dict[str, str]]:
    """The table of VAT by rate."""
    return [
        {"rate": each.words, "net": str(each.net), "vat": str(each.vat), "gross": str(each.net + each.vat)}
        for each in found
    ]


def verify(seal: Seal | None) -> dict[str, str]:
    """Address and QR code of the page that proves the document; empty without a signature."""
    if seal is None:
        return {"url": "", "shown": "", "qr": ""}
    return {"url": seal.url, "shown": seal.shown, "qr": typeset.qr(seal.url)}
