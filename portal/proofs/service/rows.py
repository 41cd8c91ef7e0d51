"""Rows as the frozen values that pages and other features get."""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.core.money import Money
from portal.proofs.models import Proof
from portal.proofs.types.stored import ProofInfo, ProofState


def info(row: Proof, customer_name: str | None = None) -> ProofInfo:
    """One proof. customer_name saves the question when the caller knows it."""
    return ProofInfo(
        id=row.id,
        public_id=row.public_id,
        state=ProofState(row.state),
        customer_id=row.customer_id,
        customer_name=customer_name if customer_name is not None else accounts.customer(row.customer_id).name,
        file_name=row.file_name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        via=row.via,
        created_at=row.created_at,
        claimed_invoices=tuple(row.claimed_invoices),
        amount=None if row.amount_cents is None else Money(row.amount_cents, row.currency),
        paid_on=row.paid_on,
        bank=row.bank,
        reference=row.reference,
        version=row.version,
    )
