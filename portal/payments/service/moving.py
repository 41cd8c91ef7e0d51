"""Locks, and one step of a payment: checked against the table of moves, kept in its path and in the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.money import Money, total
from portal.invoices import service as invoices
from portal.invoices.types import Flag, InvoiceInfo
from portal.ledger import service as ledger
from portal.payments.errors import WrongShares
from portal.payments.models import Payment, PaymentMove
from portal.payments.queries import rows
from portal.payments.types import ENDED, WITHOUT_GATEWAY, Paid, PaymentState, ShareState, check_move, name_of
from portal.platform import audit, webhooks
from portal.platform.db import db

#: (invoice id, how much of the payment is for it)
Shares = Sequence[tuple[int, Money]]
_REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A payment and the invoices it concerns, locked and as they stand now. planned: by invoice id."""

    payment: Payment
    invoices: dict[int, InvoiceInfo]
    planned: dict[int, Money]

    @property
    def currency(self) -> str:
        """The payment's only currency."""
        return self.payment.currency


def hold(payment_id: int, *, also: Iterable[int] = ()) -> Held:
    """Lock the customer, then the invoices by id, then the payment, and give them fresh.

    also: ids of further invoices that are going to be concerned. The customer's lock comes first, so that what
    is read afterwards cannot be changed by anybody else who keeps the order.
    Raises NotFound. Source: docs/rules/confirmation.md, C4.
    """
    accounts.lock_customer(rows.customer_of(payment_id))
    shares = rows.shares_of([payment_id])[payment_id]
    held = {each.id: each for each in invoices.lock(sorted({s.invoice_id for s in shares} | set(also)))}
    planned = {s.invoice_id: s.amount for s in shares if s.state is ShareState.PLANNED}
    return Held(rows.lock_payment(payment_id), held, planned)


def begin(payment: Payment, *, by: int | None) -> None:
    """A new payment takes its first state."""
    db.session.add(payment)
    db.session.flush()
    _keep(payment, "", by=by, reason=payment.reason)


def step(payment: Payment, wanted: PaymentState, *, by: int | None, reason: str = "") -> None:
    """Move a locked payment, keep its path, and keep its customer's unconfirmed sum in step with it.

    Raises IllegalMove before anything is written. Source: docs/rules/confirmation.md, C2 and C7.
    """
    state = PaymentState(payment.state)
    check_move(name_of(payment.id), state, wanted)
    claimed = Money(payment.claimed_cents or 0, payment.currency)
    if state is PaymentState.VERIFIED:
        ledger.change_unconfirmed(payment.customer_id, -claimed)
    if wanted is PaymentState.VERIFIED:
        ledger.change_unconfirmed(payment.customer_id, claimed)
        payment.verified_at = clock.now()
    if wanted is PaymentState.REVERSED:
        payment.reversed_at = clock.now()
    payment.state, payment.reason = wanted, reason[:_REASON_LENGTH]
    _keep(payment, state, by=by, reason=reason)


def _keep(payment: Payment, before: str, *, by: int | None, reason: str) -> None:
    db.session.add(
        PaymentMove(
            payment_id=payment.id,
            from_state=before,
            to_state=payment.state,
            at=clock.now(),
            by_user_id=by,
            reason=reason[:_REASON_LENGTH],
        )
    )
    db.session.flush()
    _event(payment)
    after = {"state": str(payment.state), "cents": payment.received_cents or payment.claimed_cents}
    if reason:
        after["reason"] = reason[:_REASON_LENGTH]
    audit.record(
        f"payment.{payment.state}",
        name_of(payment.id),
        before={"state": str(before)} if before else None,
        after=after,
    )


def _event(payment: Payment) -> None:
    """The customer's programs hear of it; that somebody went to a gateway, or turned back there, is no news."""
    state, at_gateway = str(payment.state), payment.method not in WITHOUT_GATEWAY
    if state == PaymentState.PENDING or (at_gateway and payment.state in ENDED):
        return
    cents = payment.received_cents or payment.claimed_cents or 0
    webhooks.tell(
        payment.customer_id, f"payment.{state}", f"payments/{payment.id}", id=payment.id, name=name_of(payment.id),
        state=state, amount=Money(cents, payment.currency),
    )  # fmt: skip


def refresh_under_way(invoice_ids: Iterable[int]) -> None:
    """Each of these invoices shows "proof under way" exactly while a payment under way was meant for it."""
    ids = set(invoice_ids)
    if not ids:
        return
    marked = rows.under_way(ids)
    for those, on in ((marked, True), (ids - marked, False)):
        if those:
            invoices.set_flag(those, Flag.PROOF_UNDER_WAY, on)


def settle(invoice_id: int, amount: Money) -> Paid:
    """Confirmed money lowers a locked invoice's balance."""
    after = invoices.settle(invoice_id, amount)
    return Paid(invoice_id, after.number, amount, after.balance)


def checked_shares(
    customer_id: int, amount: Money, shares: Shares, held: dict[int, InvoiceInfo]
) -> dict[int, tuple[str, Money]]:
    """Invoice id → (number, amount), in the given order.

    Raises WrongShares when an invoice is named twice or is not this customer's, when a share is not above zero
    or in another currency, or when the shares are more than the payment.
    Source: docs/rules/confirmation.md, C3.
    """
    found: dict[int, tuple[str, Money]] = {}
    for invoice_id, share in shares:
        invoice = held.get(invoice_id)
        if invoice is None or invoice.customer_id != customer_id:
            raise WrongShares("One of the invoices is not this customer’s.")
        if invoice_id in found:
            raise WrongShares(f"{invoice.number} is named twice.")
        if share.cents <= 0:
            raise WrongShares(f"The share for {invoice.number} must be more than nothing.")
        if not share.currency == amount.currency == invoice.balance.currency:
            raise WrongShares(f"{invoice.number} is in {invoice.balance.currency}; currencies do not mix.")
        found[invoice_id] = (invoice.number, share)
    if total((share for _, share in shares), amount.currency) > amount:
        raise WrongShares(f"The shares are more than the payment of {amount}.")
    return found
