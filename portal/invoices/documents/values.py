"""What the printed forms of invoices and credit notes share: values of the house as plain text for a template."""

from __future__ import annotations

from collections.abc import Iterable

from portal.invoices.types import Party, RateRow


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
