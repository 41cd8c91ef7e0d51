"""An order is written: checked, numbered, then placed, held for a limit, or kept until an approver agrees."""

from __future__ import annotations

import random

from portal.accounts.types import CustomerInfo, ReleasePolicy
from portal.core import clock
from portal.core.errors import BadInput
from portal.core.identity import Identity
from portal.core.money import Money, total
from portal.invoices import service as invoices
from portal.orders import queries
from portal.orders.models import Order
from portal.orders.queries import lines
from portal.orders.service import asking, buying, moving, telling
from portal.orders.types import (
    LONGEST_ADDRESS,
    LONGEST_PO_NUMBER,
    MOST_ADDRESS_LINES,
    Purchase,
    State,
    hold_reason,
)
from portal.platform import audit
from portal.platform.db import db

SERIES = "ORD"
_LONGEST_NOTE = 500


def book(
    identity: Identity, customer: CustomerInfo, purchase: Purchase, *, source: random.Random | None = None
) -> Order:
    """Write an order and place it, hold it, or keep it for an approver when it is above its buyer's limit.

    The caller holds the customer's lock. Raises BadInput, NotIssuable. Source: docs/rules/orders.md O7, O11, O14.
    """
    _check(customer, purchase)
    order = _write(identity, customer, purchase)
    amount = Money(order.total_cents, order.currency)
    limit = asking.limit_above(customer.id, identity.user_id, amount)
    if limit is not None:
        asking.ask(order, limit)
    else:
        place(order, customer, source=source)
    return order


def place(order: Order, customer: CustomerInfo, *, source: random.Random | None = None) -> None:
    """A locked draft is placed: its stock is reserved; it is invoiced, and on account released, unless it is held."""
    amount = Money(order.total_cents, order.currency)
    short = moving.reserve(order)
    standing = moving.standing_of(customer, order.currency)
    reason = hold_reason(standing, amount)
    order.evidence = moving.evidence_of(standing)
    if reason is not None:
        moving.step(order, State.HELD)
        order.held_at, order.held_reason = clock.now(), reason
    else:
        moving.step(order, State.PLACED)
        moving.invoice(order, source)
    db.session.flush()
    after = {"state": order.state, "total": amount.plain, "reason": reason or "", "back_ordered": sum(short.values())}
    audit.record("order.placed", order.number, after=after)
    if reason is not None:
        telling.held(queries.info(order), order.placed_by_id)
        return
    telling.placed(queries.info(order), order.placed_by_id)
    if customer.release_policy is ReleasePolicy.ACCOUNT:
        moving.release(order, by="", reason="On account, within the limit and nothing overdue.", standing=standing)


def _check(customer: CustomerInfo, purchase: Purchase) -> None:
    if len(purchase.po_number) > LONGEST_PO_NUMBER or not purchase.po_number.isprintable():
        words = f"A PO number has at most {LONGEST_PO_NUMBER} letters and figures, like PO 88123."
        raise BadInput(words, field="po_number")
    buying.check_po(customer.id, purchase.po_number)
    if len(purchase.note) > _LONGEST_NOTE:
        raise BadInput(f"A note has at most {_LONGEST_NOTE} characters.", field="note")


def _write(identity: Identity, customer: CustomerInfo, purchase: Purchase) -> Order:
    currency = purchase.lines[0].gross.currency
    order = Order(
        number=invoices.take_number(SERIES, clock.today()),
        customer_id=customer.id,
        customer_code=customer.code,
        customer_name=customer.name,
        placed_by_id=identity.user_id,
        placed_by=identity.name,
        po_number=purchase.po_number,
        delivery=checked_address(purchase.delivery),
        note=purchase.note,
        state=State.DRAFT.value,
        currency=currency,
        net_cents=total((line.net for line in purchase.lines), currency).cents,
        vat_cents=total((line.vat for line in purchase.lines), currency).cents,
        total_cents=total((line.gross for line in purchase.lines), currency).cents,
        placed_at=clock.now(),
        quote_number=purchase.quote_number,
    )
    db.session.add(order)
    db.session.flush()
    db.session.add_all(lines.order_row(order.id, position, line) for position, line in enumerate(purchase.lines, 1))
    db.session.flush()
    return order


def checked_address(lines: tuple[str, ...]) -> list[str]:
    """The lines that say something. Raises BadInput for none, and for more than a label holds."""
    kept = [line.strip() for line in lines if line.strip()]
    if not kept:
        raise BadInput("Write where the goods are to be delivered.", field="delivery")
    if len(kept) > MOST_ADDRESS_LINES or sum(map(len, kept)) > LONGEST_ADDRESS:
        words = f"An address has at most {MOST_ADDRESS_LINES} lines and {LONGEST_ADDRESS} characters."
        raise BadInput(words, field="delivery")
    return kept
