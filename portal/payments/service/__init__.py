"""Payments: from a claim on paper to money in the ledger, and back by a counter-entry only."""

from portal.payments.service import awaiting, checks, freeing
from portal.payments.service.awaiting import chase, late_of, rail_of, to_chase
from portal.payments.service.claiming import claim, expire, reject, take_back, verify
from portal.payments.service.confirming import confirm, confirm_many, confirmation, record_receipt
from portal.payments.service.crediting import use_credit
from portal.payments.service.limits import limits, set_limits
from portal.payments.service.lists import (
    announced,
    by_proof,
    by_proofs,
    confirmed_at,
    of_invoice,
    payment,
    payment_of,
    payments_of,
    promised_by_invoice,
    waiting,
    waiting_count,
    waiting_sum,
)
from portal.payments.service.opening import files as opening_files
from portal.payments.service.opening import look_at, opening_of, take_over
from portal.payments.service.refunding import (
    ask_refund,
    beneficiary,
    decide_refund,
    goes_back,
    pay_refund,
    refund,
    refund_files,
    refunds_in,
    refunds_of,
    refunds_page,
    return_refund,
    send_refunds,
)
from portal.payments.service.reversing import reverse
from portal.payments.service.shifting import move_share
from portal.payments.service.writing_off import (
    ask_bad_debt,
    decide_bad_debt,
    small_rests,
    undo_write_off,
    write_off,
    write_off_cents,
    write_off_small_rests,
    write_offs_of,
    write_offs_page,
)

checks.register()
freeing.register()
awaiting.register()

__all__ = [
    "announced",
    "ask_bad_debt",
    "ask_refund",
    "beneficiary",
    "by_proof",
    "by_proofs",
    "chase",
    "claim",
    "confirm",
    "confirm_many",
    "confirmation",
    "confirmed_at",
    "decide_bad_debt",
    "decide_refund",
    "expire",
    "goes_back",
    "late_of",
    "limits",
    "look_at",
    "move_share",
    "of_invoice",
    "opening_files",
    "opening_of",
    "pay_refund",
    "payment",
    "payment_of",
    "payments_of",
    "promised_by_invoice",
    "rail_of",
    "record_receipt",
    "refund",
    "refund_files",
    "refunds_in",
    "refunds_of",
    "refunds_page",
    "reject",
    "return_refund",
    "reverse",
    "send_refunds",
    "set_limits",
    "small_rests",
    "take_back",
    "take_over",
    "to_chase",
    "undo_write_off",
    "use_credit",
    "verify",
    "waiting",
    "waiting_count",
    "waiting_sum",
    "write_off",
    "write_off_cents",
    "write_off_small_rests",
    "write_offs_of",
    "write_offs_page",
]
