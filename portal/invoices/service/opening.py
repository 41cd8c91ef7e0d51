"""Open invoices of an earlier system: taken over with what they still need, so that they are paid here."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date

from portal.accounts import service as accounts
from portal.content import service as content
from portal.core import clock
from portal.core import reference as references
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices import queries
from portal.invoices.models import Invoice, InvoiceLine, PartyJson
from portal.invoices.types import InvoiceInfo, State
from portal.ledger import service as ledger
from portal.platform import audit
from portal.platform.db import db


class _References:
    """The references in use, asked one at a time."""

    def __contains__(self, reference: object) -> bool:
        return queries.reference_taken(str(reference))


def take_over(
    customer_id: int, number: str, *, issued_on: date, due_on: date, balance: Money, day: date
) -> InvoiceInfo:
    """An invoice of an earlier system becomes payable here, under its own number. The customer is locked.

    It was issued, and its VAT declared, by the earlier system: here it is one line over what it still needs, without
    VAT, booked against the opening account on the day of the balances. No mail is sent. Flushes.
    Raises BadInput when the number is taken. Source: docs/rules/ledger.md, L19.
    """
    if queries.invoice(number) is not None:
        raise BadInput(f"There is an invoice {number} already.")
    customer = accounts.customer(customer_id)
    us, cents = content.company(), balance.cents
    row = Invoice(
        number=number, reference=references.make(secrets.SystemRandom(), _References()), customer_id=customer_id,
        customer_code=customer.code, recipient_name=customer.name, issued_on=issued_on, issued_at=clock.now(),
        due_on=due_on, currency=balance.currency, net_cents=cents, vat_cents=0, total_cents=cents, order_number="",
        po_number="", delivery=[], state=State.ISSUED.value, is_open=True, balance_cents=cents, proof_under_way=False,
        disputed=False,
        supplier=_party(us.name, us.address, us.vat_number, us.registration, us.email, us.phone, ""),
        recipient=_party(
            customer.name, customer.address, customer.vat_number or "", customer.registration or "", customer.email, "",
            customer.code,
        ),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add(_line(row))
    db.session.flush()
    ledger.post_opening_invoice(number, customer_id, balance, day)
    audit.record("invoice.taken-over", number, after={"balance": balance.plain, "issued_on": issued_on.isoformat()})
    return queries.info(row)


def numbers_taken(numbers: Iterable[str]) -> set[str]:
    """Those of these numbers that an invoice has, in one question."""
    wanted = set(numbers)
    return queries.numbers_taken(wanted) if wanted else set()


def _party(
    name: str, address: tuple[str, ...], vat_number: str, registration: str, email: str, phone: str, code: str
) -> PartyJson:
    return PartyJson(
        name=name, address=list(address), vat_number=vat_number, registration=registration, email=email, phone=phone,
        code=code,
    )  # fmt: skip


def _line(row: Invoice) -> InvoiceLine:
    words = f"Balance of {row.number} of {row.issued_on.isoformat()}, issued by our earlier system"
    return InvoiceLine(
        invoice_id=row.id, position=1, sku="", description=words, quantity_milli=1000, unit="each",
        unit_price_cents=row.total_cents, vat_code=VatCode.EXEMPT.value, vat_rate=0, net_cents=row.total_cents,
        vat_cents=0, gross_cents=row.total_cents,
    )  # fmt: skip
