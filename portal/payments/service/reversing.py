"""Taking confirmed money back: by a counter-entry, never by deleting."""

from __future__ import annotations

from portal.core import clock
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.payments.errors import RefundUnderWay
from portal.payments.queries import giving, rows
from portal.payments.service import telling, valuing
from portal.payments.service.moving import hold, refresh_under_way, step
from portal.payments.types import PaymentState, ShareState, name_of
from portal.payments.types.giving import REFUND_UNDER_WAY
from portal.platform import idempotency

REVERSE = "payments.reverse"


def reverse(payment_id: int, reason: str, *, key: str, by: int | None = None) -> Money:
    """Undo a confirmed payment, because the bank took it back or it was booked wrongly.

    Posts the counter-entries of its journals, gives its invoices their balance back, and tells the customer. Goods
    that left stay gone. Gives what its invoices owe again, in whole cents; the same key gives the first answer.
    What was paid back of it meanwhile stays paid back: the customer owes it. Raises BadInput without a reason,
    IllegalMove unless the payment is confirmed, RefundUnderWay while a refund of it is.
    Source: docs/rules/confirmation.md, C9; docs/rules/ledger.md, L6.
    """
    if not reason.strip():
        raise BadInput("Say why: the customer and the auditor read it.", field="reason")
    held = hold(payment_id)
    payment = held.payment
    if (earlier := idempotency.answer_to(key, REVERSE)) is not None:
        return Money(int(earlier["cents"]), str(earlier["currency"]))
    if under_way := giving.refunds_of(payment_id, REFUND_UNDER_WAY):
        raise RefundUnderWay(f"{under_way[0].name} gives some of it back. Decline that refund or take it back first.")
    credit = valuing.booked_credit(payment)
    step(payment, PaymentState.REVERSED, by=by, reason=reason)
    for journal_id in (payment.journal_id or 0, *ledger.allocations_of(payment_id)):
        ledger.post_reversal(journal_id, clock.today(), f"{name_of(payment_id)} reversed: {reason}")
    owed = Money.zero(payment.currency)
    shares = rows.shares_of([payment_id])[payment_id]
    given_back = [share for share in shares if share.state is ShareState.ACTIVE]
    for share in given_back:
        owed += invoices.unsettle(share.invoice_id, share.amount).balance
    rows.void_active(payment_id)
    back = [(held.invoices[share.invoice_id], share.amount) for share in given_back]
    valuing.reversal(payment, back, credit, valuing.booked_credit(payment))
    refresh_under_way(held.invoices)
    telling.reversed_(payment, given_back, reason)
    idempotency.remember(key, REVERSE, {"cents": owed.cents, "currency": owed.currency})
    return owed
