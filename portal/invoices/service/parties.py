"""Who sells and who buys, as they are on the day of a document and stay with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.content import service as content
from portal.core.countries import HOME_COUNTRY
from portal.invoices.errors import NotIssuable
from portal.invoices.models import PartyJson

if TYPE_CHECKING:
    from portal.accounts.types import CustomerInfo

_VAT_NUMBER = re.compile(r"4[0-9]{9}")


def supplier() -> PartyJson:
    """Us, today. Raises NotIssuable while our name, address or VAT number is not set up (VAT Act s 20(4))."""
    us = content.company()
    if not (us.name and any(us.address) and is_vat_number(us.vat_number)):
        raise NotIssuable("Our own name, address or VAT number is not set up; invoices need all three.")
    return PartyJson(
        name=us.name,
        address=list(us.address),
        vat_number=us.vat_number,
        registration=us.registration,
        email=us.email,
        phone=us.phone,
        code="",
        country=HOME_COUNTRY,
    )


def recipient(customer: CustomerInfo) -> PartyJson:
    """The customer, today."""
    return PartyJson(
        name=customer.name,
        address=list(customer.address),
        vat_number=customer.vat_number or "",
        registration=customer.registration or "",
        email=customer.email,
        phone="",
        code=customer.code,
        country=customer.country,
    )


def is_vat_number(text: str) -> bool:
    """Ten digits that start with 4."""
    return _VAT_NUMBER.fullmatch(text) is not None
