"""Issuing an invoice: checked against the law, numbered without gaps, booked, announced; never changed again."""

from __future__ import annotations

import random
import secrets
from collections.abc import Container
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from portal.accounts import service as accounts
from portal.core import clock
from portal.core import reference as references
from portal.core.money import Money, total
from portal.core.vat import LineAmounts, VatCode, line_amounts
from portal.invoices import queries
from portal.invoices.errors import NotIssuable
from portal.invoices.models import Invoice, InvoiceLine, PartyJson
from portal.invoices.service import exporting
from portal.invoices.service.links import pay_token
from portal.invoices.service.parties import is_vat_number, recipient, supplier
from portal.invoices.types import (
    FULL_FORM_ABOVE,
    LONGEST_DESCRIPTION,
    LONGEST_PO_NUMBER,
    DraftLine,
    InvoiceDraft,
    InvoiceInfo,
    LegalForm,
    State,
)
from portal.ledger import service as ledger
from portal.ledger.types import AccountKind, JournalKind, RandLine
from portal.platform import audit, metrics, outbox, webhooks
from portal.platform.db import db

if TYPE_CHECKING:
    from portal.accounts.types import CustomerInfo

SERIES = "INV"
_PLACES = Decimal("0.001")
#: 100 percent, in hundredths
_ALL = 10_000


class _References(Container[str]):
    """The references in use, asked of the database one at a time."""

    def __contains__(self, reference: object) -> bool:
        return queries.reference_taken(str(reference))


def take_number(series: str, day: date) -> str:
    """The next number of a series in the year of a day, like ``INV-2026-000418``.

    The series' row stays locked until the transaction ends and a rollback gives the number back, so there are no gaps.
    It is the last lock a transaction takes. Source: docs/rules/invoices.md I1.
    """
    return f"{series}-{day.year}-{queries.take_number(series, day.year):06d}"


def issue(draft: InvoiceDraft, *, source: random.Random | None = None) -> InvoiceInfo:
    """Issue a tax invoice today: number, reference, VAT of each line, both parties as they are now, journal, mail.

    Locks the customer, then takes the number, so that two orders of one customer are served one after the other.
    Flushes; the caller's request or job commits.
    source: of the reference's randomness; the system's, or a seeded one for repeatable data.
    Raises NotIssuable when the VAT Act wants something that is missing, NotFound for an unknown customer.
    Source: docs/rules/invoices.md I1 to I5.
    """
    accounts.lock_customer(draft.customer_id)
    customer = accounts.customer(draft.customer_id)
    today = clock.today()
    row, lines = compose(draft, customer)
    row.reference = references.make(source or secrets.SystemRandom(), _References())
    row.number = take_number(SERIES, today)
    db.session.add(row)
    db.session.flush()
    for line in lines:
        line.invoice_id = row.id
    db.session.add_all(lines)
    info = queries.info(row)
    ledger.post_invoice(info.number, customer_id=info.customer_id, net=info.net, vat=info.vat, day=today)
    _post_rand(info)
    audit.record("invoice.issued", info.number, after={"total": info.total.plain, "order": info.order_number})
    _announce(info, customer)
    db.session.flush()
    metrics.when_committed(metrics.invoices_issued.inc)
    return info


def compose(draft: InvoiceDraft, customer: CustomerInfo) -> tuple[Invoice, list[InvoiceLine]]:
    """The rows an invoice of today would have, but for number, reference and ids; nothing is written.

    VAT is that of the day of supply. Raises NotIssuable for what would be no tax invoice.
    """
    today = clock.today()
    supplied = draft.supplied_on or today
    _check(draft, customer, supplied)
    goods = draft.lines if draft.carriage is None else (*draft.lines, _carriage(draft.carriage))
    goods = exporting.taxed(goods, customer, supplied)
    wholes = [draft.discount] * len(draft.lines) + [0] * (len(goods) - len(draft.lines))
    amounts = tuple(_amounts(line, whole, supplied) for line, whole in zip(goods, wholes, strict=True))
    _check_sum(amounts, customer, _currency(draft))
    due_days = customer.terms_days if draft.due_days is None else draft.due_days
    row = _row(draft, customer, supplier(), amounts)
    row.issued_on, row.issued_at, row.due_on = today, clock.now(), today + timedelta(days=due_days)
    row.supplied_on = draft.supplied_on
    exporting.value(row, goods, customer, today)
    lines = zip(goods, wholes, amounts, strict=True)
    return row, [_line(position, *each) for position, each in enumerate(lines, 1)]


def _carriage(charge: Money) -> DraftLine:
    """Carriage is a taxed supply of its own, whatever the goods are."""
    return DraftLine("Delivery", "DELIVERY", Decimal(1), "each", charge, VatCode.STANDARD)


def _amounts(line: DraftLine, whole: int, day: date) -> LineAmounts:
    """Two discounts, one after the other, and one rounding."""
    kept = Decimal(10_000 - line.discount) * Decimal(10_000 - whole) / Decimal(1_000_000)
    return line_amounts(line.unit_price, line.quantity, line.vat_code, day, Decimal(100) - kept)


def _check(draft: InvoiceDraft, customer: CustomerInfo, supplied: date) -> None:
    """Refuse what would be no tax invoice (VAT Act s 20(4); requirements.md 3)."""
    if not draft.lines:
        raise NotIssuable("An invoice needs at least one line and a total above nothing.")
    exporting.demand_address(customer)
    if customer.vat_number and not customer.abroad and not is_vat_number(customer.vat_number):
        raise NotIssuable("The customer's VAT number is wrong: it has 10 digits and starts with 4.")
    if len(draft.po_number) > LONGEST_PO_NUMBER:
        raise NotIssuable(f"A PO number has at most {LONGEST_PO_NUMBER} characters.", field="po_number")
    if not 0 <= draft.discount <= _ALL:
        raise NotIssuable("A discount lies between 0 and 100 percent.", field="discount")
    if draft.carriage is not None and draft.carriage.cents < 0:
        raise NotIssuable("A delivery charge is not below nothing.", field="carriage")
    if supplied > clock.today():
        raise NotIssuable("Goods are invoiced when they are supplied, not before.", field="supplied_on")
    for line in draft.lines:
        _check_line(line)


def _check_sum(amounts: tuple[LineAmounts, ...], customer: CustomerInfo, currency: str) -> None:
    gross = total((line.gross for line in amounts), currency)
    if gross.cents <= 0:
        raise NotIssuable("An invoice needs at least one line and a total above nothing.")
    if LegalForm.of(gross) is LegalForm.FULL and not (customer.name.strip() and any(customer.address)):
        raise NotIssuable(f"An invoice above {FULL_FORM_ABOVE} names its recipient's address. Add it to the customer.")


def _currency(draft: InvoiceDraft) -> str:
    return draft.lines[0].unit_price.currency if draft.lines else "ZAR"


def _check_line(line: DraftLine) -> None:
    if not 0 < len(line.description.strip()) <= LONGEST_DESCRIPTION:
        raise NotIssuable(f"Every line says what was supplied, in at most {LONGEST_DESCRIPTION} characters.")
    if line.quantity <= 0 or line.quantity != line.quantity.quantize(_PLACES):
        raise NotIssuable(f"The quantity of {line.sku} is above nothing, with at most three decimals.")
    if line.unit_price.cents < 0:
        raise NotIssuable(f"The price of {line.sku} is not below nothing.")
    if not 0 <= line.discount <= _ALL:
        raise NotIssuable(f"The discount of {line.sku} lies between 0 and 100 percent.")


def _row(draft: InvoiceDraft, customer: CustomerInfo, us: PartyJson, amounts: tuple[LineAmounts, ...]) -> Invoice:
    currency = _currency(draft)
    net, vat = total((line.net for line in amounts), currency), total((line.vat for line in amounts), currency)
    return Invoice(
        customer_id=draft.customer_id,
        customer_code=customer.code,
        recipient_name=customer.name,
        currency=currency,
        net_cents=net.cents,
        vat_cents=vat.cents,
        total_cents=(net + vat).cents,
        order_number=draft.order_number,
        po_number=draft.po_number,
        supplier=us,
        recipient=recipient(customer),
        delivery=list(draft.delivery),
        state=State.ISSUED.value,
        is_open=True,
        balance_cents=(net + vat).cents,
        credited_cents=0,
        proof_under_way=False,
        disputed=False,
    )


def _line(position: int, line: DraftLine, whole: int, amounts: LineAmounts) -> InvoiceLine:
    return InvoiceLine(
        position=position,
        sku=line.sku,
        description=line.description,
        quantity_milli=int(line.quantity.scaleb(3)),
        unit=line.unit,
        unit_price_cents=line.unit_price.cents,
        discount=line.discount,
        whole_discount=whole,
        vat_code=line.vat_code.value,
        vat_rate=amounts.rate,
        net_cents=amounts.net.cents,
        vat_cents=amounts.vat.cents,
        gross_cents=amounts.gross.cents,
    )


def _post_rand(info: InvoiceInfo) -> None:
    """L22: what the customer owes and we sold, in rand."""
    if info.rand is None:
        return
    lines = (
        RandLine(AccountKind.RECEIVABLE_RAND, info.rand.cents, info.customer_id),
        RandLine(AccountKind.SALES, -info.rand.cents),
    )
    words = f"Invoice {info.number}"
    ledger.post_rand(
        JournalKind.INVOICE, f"invoice:{info.number}", info.customer_id, info.issued_on, words, lines
    )  # fmt: skip


def _announce(info: InvoiceInfo, customer: CustomerInfo) -> None:
    """Write the mail with the pay link beside the invoice; a job sends it."""
    data: dict[str, object] = {
        "number": info.number,
        "total": info.total,
        "due_on": info.due_on,
        "reference": references.show(info.reference),
        "po_number": info.po_number,
        "order_number": info.order_number,
        "customer": customer.name,
        "token": pay_token(info.number),
    }
    webhooks.tell(
        customer.id, "invoice.issued", f"invoices/{info.number}", number=info.number, state=info.state.value,
        total=info.total, due_on=info.due_on.isoformat(), order=info.order_number or None,
    )  # fmt: skip
    outbox.tell("invoice_issued", to_email=customer.email, data=data, customer_id=customer.id)
