"""The books: what is posted, what is owed, and the proof that nothing was changed afterwards."""

from portal.ledger.service.balances import (
    balance_of,
    change_unconfirmed,
    credit_of,
    receivable_of,
    statement_of,
    unconfirmed_of,
)
from portal.ledger.service.bank_accounts import add_bank_account, our_account, our_accounts
from portal.ledger.service.checks import invariant, self_check
from portal.ledger.service.posting import (
    allocations_of,
    journal,
    journals_page,
    post,
    post_allocation,
    post_invoice,
    post_invoices,
    post_receipt,
    post_reversal,
    posted,
    source_of,
)
from portal.ledger.service.sealing import seal_waiting
from portal.ledger.service.verifying import verify

__all__ = [
    "add_bank_account",
    "allocations_of",
    "balance_of",
    "change_unconfirmed",
    "credit_of",
    "invariant",
    "journal",
    "journals_page",
    "our_account",
    "our_accounts",
    "post",
    "post_allocation",
    "post_invoice",
    "post_invoices",
    "post_receipt",
    "post_reversal",
    "posted",
    "receivable_of",
    "seal_waiting",
    "self_check",
    "source_of",
    "statement_of",
    "unconfirmed_of",
    "verify",
]
