"""Orders above their buyer's limit: asked of the company's approvers, approved or refused by one of them.

The order is a draft until somebody agrees: it has its number and its prices, and nothing is promised to it.
"""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.money import Money
from portal.orders import queries
from portal.orders.models import Approval, Order
from portal.orders.service import telling
from portal.orders.types.buying import ApprovalState, needs_approval
from portal.platform import audit
from portal.platform.db import db


def limit_above(customer_id: int, user_id: int, amount: Money) -> Money | None:
    """The person's limit when an order of this total is above it, else None. Source: docs/rules/orders.md O11."""
    limit = accounts.spending_limit_of(user_id, customer_id)
    if limit is not None and limit.currency != amount.currency:
        limit = Money.zero(amount.currency)  # it says nothing of other money, so somebody is asked
    return limit if needs_approval(limit, amount) else None


def ask(order: Order, limit: Money) -> None:
    """Keep a draft for the company's approvers, and tell them."""
    db.session.add(
        Approval(
            order_id=order.id,
            customer_id=order.customer_id,
            asked_by_id=order.placed_by_id,
            asked_at=clock.now(),
            limit_cents=limit.cents,
            state=ApprovalState.WAITING.value,
        )
    )
    db.session.flush()
    audit.record("order.approval-asked", order.number, after={"cents": order.total_cents, "limit": limit.cents})
    telling.approval_asked(queries.info(order), order.placed_by_id, limit)
