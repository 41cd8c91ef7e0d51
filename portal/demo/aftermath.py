"""What comes after selling: goods that come back, an invoice by hand, a dispute, a promise to pay."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from portal.core import clock
from portal.core.identity import Identity
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.demo.company import Buying, Cast
from portal.invoices import service as invoices
from portal.invoices.service import crediting, disputing, drafting, promising
from portal.invoices.types import DraftLine, Filter, InvoiceDraft, InvoiceInfo, SortBy
from portal.invoices.types.credit import CreditDraft
from portal.orders import service as orders
from portal.orders.types.deliveries import DispatchFilter


def tell(cast: Cast) -> None:
    """One of each, for the first customers that have what it takes; always the same for the same past."""
    for buying, which, why in zip(
        cast.customers, (Filter.PAID, Filter.OPEN), ("One came back damaged.", "One was short on delivery."), strict=False
    ):  # fmt: skip
        _credit(buying, which, why)
    if cast.of_two is not None:
        _cancel_one(cast.staff["manager"])
    _write_by_hand(cast.customers[-1], cast.staff["clerk"].name)
    waiting = [(buying, each) for buying in cast.customers for each in _open_of(buying)]
    if waiting:
        buying, found = waiting[0]
        disputing.dispute(found.number, "We received three and not four; the driver noted it.", by=buying.buyer)
    late = [(buying, each) for buying, each in waiting[1:] if each.days_overdue(clock.today())]
    if late:
        buying, found = late[0]
        day = clock.today() + timedelta(days=5)
        promising.promise(found.number, day, "After our month-end run", by=buying.buyer.name)


def _credit(buying: Buying, which: Filter, why: str) -> None:
    """One unit of the first line of the newest invoice with more than one."""
    for info in invoices.list_page(buying.id, which, sort=SortBy.ISSUED_DOWN, limit=10).items:
        lines = crediting.crediting(info.number).lines
        if lines[0].left > 1 and not info.proof_under_way:
            draft = CreditDraft(info.number, why, {lines[0].line.position: Decimal(1)})
            crediting.credit(draft, key=f"demo credit {info.number}")
            return


def _cancel_one(manager: Identity) -> None:
    """What has not left of the oldest part-delivered order is not wanted any more; else the oldest that nobody paid."""
    asked = (DispatchFilter.PART, DispatchFilter.WAITING)
    found = [each for which in asked for each in orders.dispatch_page(which, oldest=True)[0].items]
    for order in found:
        if not invoices.by_number(order.invoice_number).proof_under_way:
            why, seen = "It was bought nearer to the site.", orders.rest(order.number).mark
            orders.cancel(order.number, why, by=manager, seen=seen, key=f"demo cancel {order.number}")
            return


def _open_of(buying: Buying) -> list[InvoiceInfo]:
    return [each for each in invoices.open_of(buying.id) if not each.proof_under_way and not each.credited]


def _write_by_hand(buying: Buying, clerk: str) -> None:
    lines = (
        DraftLine("Call-out, hydraulics technician", "", Decimal("2.5"), "hour", Money.zar(685_00), VatCode.STANDARD),
        DraftLine("Fittings used on site", "", Decimal(6), "each", Money.zar(118_40), VatCode.STANDARD, 1_000),
    )
    written = InvoiceDraft(
        buying.id, lines, po_number="Call-out", carriage=Money.zar(350_00), supplied_on=clock.today()
    )
    drafting.save(written, by=clerk)
