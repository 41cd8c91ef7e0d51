"""The payment behind a proof: made when the proof is accepted, made again after a recall, ended by a rejection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal.core.money import Money
from portal.payments import service as payments
from portal.payments.types import PaymentState
from portal.proofs.models import Proof


def pay(row: Proof, amount: Money, paid_on: date, shares: Sequence[tuple[int, Money]], *, by: int | None = None) -> int:
    """A verified payment for an accepted proof; its id. The caller holds the customer's lock and not the proof's.

    shares: (invoice id, amount) in whole cents. A proof that was accepted before and called back has its payment
    already: that one is verified again as it is accepted now. What the bank has shown meanwhile stays as the bank
    said. Raises as `payments.claim` and `payments.verify`.
    Source: docs/rules/confirmation.md, C1, C2 and C11.
    """
    earlier = payments.by_proof(row.id)
    if earlier is None:
        payment_id = payments.claim(
            row.customer_id, amount, paid_on, shares, proof_id=row.id, words=f"Proof {row.public_id}",
            reference=row.reference or "", by=by,
        )  # fmt: skip
        payments.verify(payment_id, shares, by=by)
        return payment_id
    if earlier.state is not PaymentState.CONFIRMED:
        payments.verify(earlier.id, shares, amount=amount, paid_on=paid_on, by=by)
    return earlier.id


def withdraw(row: Proof, reason: str, *, by: int | None = None) -> None:
    """A proof that was called back is rejected: its payment waits for the bank no more. The bank still has the last word."""
    earlier = payments.by_proof(row.id)
    if earlier is not None and earlier.state is PaymentState.CLAIMED:
        payments.reject(earlier.id, reason, by=by)
