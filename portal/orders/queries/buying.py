"""Questions about how a company buys: approvals, addresses, PO rules."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.core.money import Money
from portal.orders.models import Approval, BuyingRules, DeliveryAddress, Order
from portal.orders.queries import info as order_info
from portal.orders.types import OrderInfo, State
from portal.orders.types.buying import AddressInfo, ApprovalInfo, ApprovalState, PoRules
from portal.platform.db import db
from portal.platform.paging import Page, Sort, fetch

_NEWEST = Sort(Approval.id, Approval.id, descending=True)


def lock_approval(order_id: int) -> Approval | None:
    """What an order waits for, read afresh and kept; the caller holds the locks of the customer and the order."""
    row = db.session.scalar(
        select(Approval)
        .where(Approval.order_id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is not None:
        row.version += 1
    return row


def approval(order_id: int) -> Approval | None:
    """What an order waited or waits for."""
    return db.session.scalar(select(Approval).where(Approval.order_id == order_id))


def approvals_page(customer_id: int, state: ApprovalState | None, after: str | None, limit: int) -> Page[ApprovalInfo]:
    """One page of a company's orders above a limit, newest first. state: None for all."""
    query = (
        select(Approval, Order, Approval.id)
        .join(Order, Order.id == Approval.order_id)
        .where(Approval.customer_id == customer_id)
    )
    if state is not None:
        query = query.where(Approval.state == state.value)
    query = query.with_hint(Approval, f"FORCE INDEX ({index_for(state)})", "mysql")
    return fetch(query, _NEWEST, after, limit).map(lambda row: approval_info(row[0], order_info(row[1])))


def index_for(state: ApprovalState | None) -> str:
    """The index in which this list stands in its own order (reliability.md E23)."""
    return "ix_approval_customer" if state is None else "ix_approval_customer_state"


def approval_info(row: Approval, order: OrderInfo) -> ApprovalInfo:
    """The value of a loaded approval."""
    return ApprovalInfo(
        order=order,
        asked_by_id=row.asked_by_id,
        asked_at=row.asked_at,
        limit=Money(row.limit_cents, order.total.currency),
        state=ApprovalState(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        words=row.words,
    )


def waiting_since(before: datetime, limit: int) -> list[str]:
    """Numbers of orders that have waited for an approver since before a moment, oldest first."""
    waiting = select(Order.number).join(Approval, Approval.order_id == Order.id)
    old = waiting.where(Approval.state == ApprovalState.WAITING.value, Approval.asked_at < before)
    return list(db.session.scalars(old.order_by(Approval.id).limit(limit)))


def po_rules(customer_id: int) -> PoRules:
    """What the company wants of its PO numbers."""
    row = db.session.get(BuyingRules, customer_id)
    return PoRules() if row is None else PoRules(row.po_needed, row.po_once, row.po_pattern)


def rules_row(customer_id: int) -> BuyingRules | None:
    """The rules as they are stored; the caller holds the customer's lock."""
    return db.session.get(BuyingRules, customer_id, populate_existing=True)


def po_used(customer_id: int, po_number: str) -> str | None:
    """The number of an order of the company that has this PO number and was not cancelled."""
    used = select(Order.number).where(
        Order.po_number == po_number, Order.customer_id == customer_id, Order.state != State.CANCELLED
    )
    return db.session.scalar(used.limit(1))


def addresses(customer_id: int) -> list[AddressInfo]:
    """The company's saved places, by name."""
    mine = select(DeliveryAddress).where(DeliveryAddress.customer_id == customer_id)
    rows = db.session.scalars(mine.order_by(DeliveryAddress.label))
    return [AddressInfo(row.id, row.label, tuple(row.lines), row.version) for row in rows]


def lock_address(customer_id: int, address_id: int) -> DeliveryAddress | None:
    """One place of the company, read afresh and kept."""
    row = db.session.scalar(
        select(DeliveryAddress)
        .where(DeliveryAddress.id == address_id, DeliveryAddress.customer_id == customer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is not None:
        row.version += 1
    return row
