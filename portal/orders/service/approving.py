"""An approver of the company decides about an order above its buyer's limit; the buyer may take it back."""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, IllegalMove
from portal.core.identity import Identity
from portal.core.vat import rate_on
from portal.orders import queries
from portal.orders.errors import OwnOrder, PricesOld
from portal.orders.models import Approval, Order
from portal.orders.queries import buying
from portal.orders.service import booking, finding, moving, telling
from portal.orders.service.cart import buyer_of
from portal.orders.types import LONGEST_REASON, OrderInfo, State
from portal.orders.types.buying import APPROVAL_DAYS, ApprovalInfo, ApprovalState, check_waiting
from portal.platform import audit
from portal.platform.db import db
from portal.platform.paging import Page

PAGE = 25
_MOST_LAPSED = 200


def approvals_page(
    customer_id: int, state: ApprovalState | None, after: str | None = None, *, limit: int = PAGE
) -> Page[ApprovalInfo]:
    """One page of the company's orders above a limit, newest first. state: None for all."""
    return buying.approvals_page(customer_id, state, after, limit)


def approval_of(order: OrderInfo) -> ApprovalInfo | None:
    """What an order waited or waits for; None when it was within its buyer's limit."""
    row = buying.approval(order.id)
    return None if row is None else buying.approval_info(row, order)


def approve(number: str, words: str, *, by: Identity) -> OrderInfo:
    """An approver agrees: the order is placed as if it had been ordered now, at the prices it was asked for with.

    Locks the customer, the order and its question, so that of two approvers the second learns that it is decided.
    Raises NotFound for another company's, OwnOrder for one's own, IllegalMove when it is decided, PricesOld when the
    VAT rate is another by now, NotIssuable. Source: docs/rules/orders.md O12.
    """
    order, asked = _waiting(number, ApprovalState.APPROVED, by)
    _demand_other(asked, by)
    lines = queries.lines_of(order.id, order.currency)
    if any(line.rate != rate_on(line.vat_code, clock.today()) for line in lines):
        raise PricesOld("The VAT rate changed since this was asked. Refuse it and order again.")
    _decide(order, asked, ApprovalState.APPROVED, _said(words, needed=False), by)
    booking.place(order, accounts.customer(order.customer_id))
    telling.approved(queries.info(order), asked.asked_by_id, by.name)
    return queries.info(order)


def refuse(number: str, words: str, *, by: Identity) -> OrderInfo:
    """An approver says no, and why: the order is cancelled. Raises as `approve`, and BadInput without words."""
    said = _said(words, needed=True)
    order, asked = _waiting(number, ApprovalState.REFUSED, by)
    _demand_other(asked, by)
    _decide(order, asked, ApprovalState.REFUSED, said, by)
    _cancel(order, f"{by.name} did not approve it: {said}"[:LONGEST_REASON])
    telling.refused(queries.info(order), asked.asked_by_id, by.name, said)
    return queries.info(order)


def withdraw(number: str, *, by: Identity) -> OrderInfo:
    """Who asked takes the order back before anybody decided. Raises NotFound, IllegalMove, BadInput for a colleague."""
    order, asked = _waiting(number, ApprovalState.WITHDRAWN, by)
    if asked.asked_by_id != by.user_id:
        raise BadInput("Only who asked can take it back. An approver refuses it instead.")
    _decide(order, asked, ApprovalState.WITHDRAWN, "", by)
    _cancel(order, "Taken back before it was approved.")
    return queries.info(order)


def lapse_old() -> int:
    """Cancel orders that nobody decided about in time; how many. Source: docs/rules/orders.md O13."""
    numbers = buying.waiting_since(clock.now() - APPROVAL_DAYS, _MOST_LAPSED)
    for number in numbers:
        order = moving.locked(number)
        asked = buying.lock_approval(order.id)
        if asked is None or asked.state != ApprovalState.WAITING:
            continue
        asked.state, asked.decided_at = ApprovalState.LAPSED.value, clock.now()
        _cancel(order, f"Nobody approved it within {APPROVAL_DAYS.days} days.")
        telling.cancelled(queries.info(order), asked.asked_by_id, order.cancel_reason)
    return len(numbers)


def _waiting(number: str, wanted: ApprovalState, by: Identity) -> tuple[Order, Approval]:
    finding.order(number, buyer_of(by))
    order = moving.locked(number)
    asked = buying.lock_approval(order.id)
    if asked is None:
        raise IllegalMove(number, order.state, wanted.value)
    check_waiting(number, ApprovalState(asked.state), wanted)
    return order, asked


def _demand_other(asked: Approval, by: Identity) -> None:
    if asked.asked_by_id == by.user_id:
        raise OwnOrder("Nobody approves their own order. Another approver of your company has to look at it.")


def _decide(order: Order, asked: Approval, state: ApprovalState, words: str, by: Identity) -> None:
    asked.state, asked.words = state.value, words
    asked.decided_by_id, asked.decided_by, asked.decided_at = by.user_id, by.name, clock.now()
    db.session.flush()
    audit.record(f"order.{state.value}", order.number, after={"by": by.name, "words": words})


def _cancel(order: Order, reason: str) -> None:
    moving.step(order, State.CANCELLED)
    order.cancelled_at, order.cancel_reason = clock.now(), reason
    db.session.flush()


def _said(words: str, *, needed: bool) -> str:
    said = " ".join(words.split())
    if needed and len(said) < 3:
        raise BadInput("Say why in a few words; your colleague reads them.", field="words")
    if len(said) > LONGEST_REASON:
        raise BadInput(f"At most {LONGEST_REASON} characters.", field="words")
    return said
