"""What happens before the bank has spoken: a claim, a document that fits or does not, and waiting in vain."""

from __future__ import annotations

from datetime import date

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import IllegalMove
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.orders import service as orders
from portal.payments import arrival
from portal.payments.errors import ProofUsed, WrongShares
from portal.payments.models import Payment
from portal.payments.queries import rows
from portal.payments.service.moving import (
    Shares,
    begin,
    checked_shares,
    hold,
    refresh_under_way,
    step,
)
from portal.payments.types import EFT, PaymentState, Rail, ShareState, name_of
from portal.platform.db import db


def claim(
    customer_id: int,
    amount: Money,
    paid_on: date | None,
    shares: Shares,
    *,
    proof_id: int | None = None,
    words: str = "",
    reference: str = "",
    rail: Rail = Rail.EFT,
    by: int | None = None,
) -> int:
    """A customer says money was sent; gives the payment's id. Nothing is money yet and nothing is released.

    shares: (invoice id, amount) in the order they are meant; they may be less than the amount.
    words: what the payment is called in lists; reference: what the payer typed; rail: how the money travels.
    Raises WrongShares, and ProofUsed when the document stands behind a payment already.
    Source: docs/rules/confirmation.md, C2 and C3.
    """
    if amount.cents <= 0:
        raise WrongShares("A payment is more than nothing.")
    accounts.lock_customer(customer_id)
    if proof_id is not None and (first := rows.id_of_proof(proof_id)) is not None:
        raise ProofUsed(f"The document stands behind {name_of(first)} already.")
    held = {each.id: each for each in invoices.lock(sorted({invoice_id for invoice_id, _ in shares}))}
    wanted = checked_shares(customer_id, amount, shares, held)
    payment = blank(customer_id, PaymentState.CLAIMED, amount.currency)
    payment.claimed_cents, payment.proof_id = amount.cents, proof_id
    payment.words, payment.reference, payment.rail = words[:255], reference[:120], rail.value
    _set_paid_on(payment, paid_on)
    begin(payment, by=by)
    rows.set_shares(payment, wanted, ShareState.PLANNED)
    refresh_under_way(wanted)
    return payment.id


def blank(customer_id: int, state: PaymentState, currency: str, *, method: str = EFT) -> Payment:
    """A payment of a customer before anything is known of it."""
    customer = accounts.customer(customer_id)
    return Payment(
        customer_id=customer_id,
        customer_code=customer.code,
        customer_name=customer.name,
        method=method,
        state=state,
        currency=currency,
        bank_text="",
        reference="",
        words="",
        reason="",
        rail=Rail.EFT.value,
        created_at=clock.now(),
    )


def verify(
    payment_id: int,
    shares: Shares,
    *,
    amount: Money | None = None,
    paid_on: date | None = None,
    by: int | None = None,
) -> tuple[str, ...]:
    """The document fits: the payment counts as unconfirmed money until the bank shows it.

    shares replace those of the claim; amount and paid_on do so where a person corrected the reading.
    Orders leave where the customer's policy trusts a verified proof; gives their numbers.
    Raises WrongShares and IllegalMove. Source: docs/rules/confirmation.md, C1, C2, C7.
    """
    held = hold(payment_id, also=(invoice_id for invoice_id, _ in shares))
    payment = held.payment
    sum_ = amount or Money(payment.claimed_cents or 0, payment.currency)
    wanted = checked_shares(payment.customer_id, sum_, shares, held.invoices)
    payment.claimed_cents = sum_.cents
    if paid_on is not None or payment.expected_on is None:
        _set_paid_on(payment, paid_on or payment.paid_on)
    step(payment, PaymentState.VERIFIED, by=by)
    rows.set_shares(payment, wanted, ShareState.PLANNED)
    refresh_under_way(held.invoices)
    covered = {invoice_id: share for invoice_id, (_, share) in wanted.items()}
    return tuple(
        orders.release_if_due(payment.customer_id, list(wanted), "verified", covered=covered, payment_id=payment.id)
    )


def take_back(payment_id: int, reason: str, *, by: int | None = None) -> None:
    """The document behind a verified payment is looked at again: until then it is a claim like any other.

    It counts as unconfirmed money no more; its invoices can be promised to another proof. What left the house on its
    word stays gone. Raises IllegalMove, also for money that the bank has confirmed.
    Source: docs/rules/confirmation.md, C2, C7 and C11.
    """
    held = hold(payment_id)
    if PaymentState(held.payment.state) is not PaymentState.VERIFIED:
        raise IllegalMove(name_of(payment_id), held.payment.state, PaymentState.CLAIMED)
    step(held.payment, PaymentState.CLAIMED, by=by, reason=reason)
    db.session.flush()
    refresh_under_way(held.invoices)


def _set_paid_on(payment: Payment, paid_on: date | None) -> None:
    payment.paid_on = paid_on
    counted = max(paid_on or clock.today(), clock.day_of(payment.created_at))
    payment.expected_on = arrival.expected_on(counted, Rail(payment.rail), payment.created_at)


def reject(payment_id: int, reason: str, *, by: int | None = None) -> None:
    """A person decided that the document does not count. The bank may still show the money: confirm works then.

    Raises IllegalMove. Source: docs/rules/confirmation.md, C2.
    """
    _end(payment_id, PaymentState.REJECTED, reason, by)


def expire(payment_id: int, reason: str, *, by: int | None = None) -> None:
    """The bank never showed the money. Should it come after all, confirm still works.

    Raises IllegalMove. Source: docs/rules/confirmation.md, C2.
    """
    _end(payment_id, PaymentState.EXPIRED, reason, by)


def _end(payment_id: int, state: PaymentState, reason: str, by: int | None) -> None:
    held = hold(payment_id)
    step(held.payment, state, by=by, reason=reason)
    db.session.flush()
    refresh_under_way(held.invoices)
