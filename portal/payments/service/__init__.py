"""Payments: from a claim on paper to money in the ledger, and back by a counter-entry only."""

from portal.payments.service import checks
from portal.payments.service.claiming import claim, expire, reject, take_back, verify
from portal.payments.service.confirming import confirm, confirm_many, confirmation, record_receipt
from portal.payments.service.crediting import use_credit
from portal.payments.service.lists import (
    announced,
    by_proof,
    by_proofs,
    confirmed_at,
    of_invoice,
    payment,
    promised_by_invoice,
    waiting,
    waiting_count,
    waiting_sum,
)
from portal.payments.service.reversing import reverse

checks.register()

__all__ = [
    "announced",
    "by_proof",
    "by_proofs",
    "claim",
    "confirm",
    "confirm_many",
    "confirmation",
    "confirmed_at",
    "expire",
    "of_invoice",
    "payment",
    "promised_by_invoice",
    "record_receipt",
    "reject",
    "reverse",
    "take_back",
    "use_credit",
    "verify",
    "waiting",
    "waiting_count",
    "waiting_sum",
]
