"""Many invoices at once: from an earlier system's archive, or to try the portal with a million of them.

Everything that one invoice gets is there: number without gaps, reference of its own, VAT by line at the rate of its
day, both parties, its journal with digests. Nobody is told, and one line of the audit log speaks for all.
Source: docs/rules/invoices.md I1 to I5.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import groupby, pairwise

from portal.accounts.types import CustomerInfo
from portal.content import service as content
from portal.core import reference as references
from portal.core.money import Money, total
from portal.core.vat import LineAmounts, line_amounts
from portal.invoices import queries
from portal.invoices.errors import NotIssuable
from portal.invoices.service.issuing import SERIES
from portal.invoices.types import DatedDraft, DraftLine, State
from portal.ledger import service as ledger
from portal.ledger.types import InvoicePosting
from portal.platform import audit

Row = dict[str, object]
#: office hours begin; the moment of issue of an invoice that came in bulk
_MORNING = time(6, 0, tzinfo=UTC)


def how_many() -> int:
    """Numbers given out so far."""
    return queries.numbers_given(SERIES)


def issue_many(
    drafts: Sequence[DatedDraft], customers: Mapping[int, CustomerInfo], *, source: random.Random
) -> list[int]:
    """Issue invoices of past days, in the order given, which is that of their days. Flushes. Returns their ids.

    For a quiet portal: ids are taken before the rows are written, so somebody who issues at the same moment makes this
    one fail and roll back, whole. customers: everybody named. source: of the references' randomness.
    Raises NotIssuable when we cannot issue invoices, when days go back, or for a line that is no line.
    """
    if missing := content.company().missing:
        raise NotIssuable(f"Invoices need {' and '.join(missing)}.")
    if any(later.day < earlier.day for earlier, later in pairwise(drafts)):
        raise NotIssuable("Invoices are issued in the order of their days.")
    numbers = _numbers(drafts)
    codes = _references(len(drafts), source)
    supplier, first = _supplier(), queries.highest_id() + 1
    rows: list[Row] = []
    lines: list[Row] = []
    postings: list[InvoicePosting] = []
    for place, (draft, number, code) in enumerate(zip(drafts, numbers, codes, strict=True)):
        amounts = [line_amounts(line.unit_price, line.quantity, line.vat_code, draft.day) for line in draft.lines]
        row = _row(draft, customers[draft.customer_id], amounts)
        row |= {"id": first + place, "number": number, "reference": code, "supplier": supplier}
        rows.append(row)
        lines += [_line(first + place, at, *pair) for at, pair in enumerate(zip(draft.lines, amounts, strict=True), 1)]
        postings.append(_posting(draft, number, amounts))
    queries.write(rows, lines)
    ledger.post_invoices(postings)
    audit.record("invoice.issued_many", f"{numbers[0]} to {numbers[-1]}", after={"count": len(rows)})
    return [first + place for place in range(len(rows))]


def _numbers(drafts: Sequence[DatedDraft]) -> list[str]:
    made: list[str] = []
    for year, group in groupby(drafts, key=lambda draft: draft.day.year):
        count = len(list(group))
        last = queries.take_numbers(SERIES, year, count)
        made += [f"{SERIES}-{year}-{number:06d}" for number in range(last - count + 1, last + 1)]
    return made


def _references(count: int, source: random.Random) -> list[str]:
    """New ones; of two valid references at least two signs differ, by their check symbol."""
    made: dict[str, None] = {}
    while len(made) < count:
        fresh = {references.make(source, made): None for _ in range(count - len(made))}
        taken = queries.references_taken(list(fresh))
        made |= {code: None for code in fresh if code not in taken}
    return list(made)


def _supplier() -> Row:
    us = content.company()
    return {
        "name": us.name, "address": list(us.address), "vat_number": us.vat_number, "registration": us.registration,
        "email": us.email, "phone": us.phone, "code": "",
    }  # fmt: skip


def _row(draft: DatedDraft, customer: CustomerInfo, amounts: Sequence[LineAmounts]) -> Row:
    if not amounts:
        raise NotIssuable("An invoice needs at least one line and a total above nothing.")
    net, vat = total(line.net for line in amounts).cents, total(line.vat for line in amounts).cents
    if net + vat <= 0:
        raise NotIssuable("An invoice needs at least one line and a total above nothing.")
    recipient = {
        "name": customer.name, "address": list(customer.address), "vat_number": customer.vat_number or "",
        "registration": customer.registration or "", "email": customer.email, "phone": "", "code": customer.code,
    }  # fmt: skip
    return {
        "customer_id": customer.id, "customer_code": customer.code, "recipient_name": customer.name,
        "issued_on": draft.day, "issued_at": _moment(draft), "due_on": draft.day + timedelta(days=customer.terms_days),
        "currency": "ZAR", "net_cents": net, "vat_cents": vat, "total_cents": net + vat, "order_number": "",
        "po_number": draft.po_number, "recipient": recipient, "delivery": [], "state": State.ISSUED.value,
        "is_open": True, "balance_cents": net + vat, "proof_under_way": False, "disputed": False, "version": 1,
    }  # fmt: skip


def _moment(draft: DatedDraft) -> datetime:
    return datetime.combine(draft.day, _MORNING)


def _line(invoice_id: int, position: int, line: DraftLine, amounts: LineAmounts) -> Row:
    return {
        "invoice_id": invoice_id, "position": position, "sku": line.sku, "description": line.description,
        "quantity_milli": int(line.quantity.scaleb(3)), "unit": line.unit, "unit_price_cents": line.unit_price.cents,
        "vat_code": line.vat_code.value, "vat_rate": amounts.rate, "net_cents": amounts.net.cents,
        "vat_cents": amounts.vat.cents, "gross_cents": amounts.gross.cents,
    }  # fmt: skip


def _posting(draft: DatedDraft, number: str, amounts: Sequence[LineAmounts]) -> InvoicePosting:
    net: Money = total(line.net for line in amounts)
    vat = total(line.vat for line in amounts)
    return InvoicePosting(number, draft.customer_id, net, vat, draft.day, _moment(draft))
