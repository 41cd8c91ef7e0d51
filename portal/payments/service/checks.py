"""The invariants of money that payments add to the self-check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.core.errors import Conflict
from portal.ledger import service as ledger
from portal.ledger.types import Broken
from portal.payments.queries import broken, broken_giving, broken_online, broken_rand, giving

_INVARIANTS: dict[str, Callable[[], Iterable[broken.Row]]] = {
    "payments: never worth less than what they pay": broken.over_allocated,
    "payments: an invoice needs its total less what confirmed money paid": broken.wrong_balances,
    "payments: shares stay with their customer and currency": broken.strange_owners,
    "payments: one document, at most one payment": broken.proofs_used_twice,
    "payments: every state was reached by allowed moves": broken.broken_paths,
    "payments: confirmed money stands in the ledger once": broken.wrong_journals,
    "payments: every receipt in the ledger has its payment": broken.receipts_without_payment,
    "payments: the ledger's receivables are what invoices need": broken.wrong_receivables,
    "payments: the ledger's credits are what payments leave": broken.wrong_credits,
    "payments: what pays and what goes back is at most the payment": broken_giving.given_twice,
    "payments: refunds to be paid stand in the ledger": broken_giving.wrong_refund_account,
    "payments: every write-off stands in the ledger as its state says": broken_giving.wrong_write_offs,
    "payments: every refund stands in the ledger as its state says": broken_giving.wrong_refunds,
    "abroad: foreign invoices are exports, worth their total at their rate": broken_rand.wrong_values,
    "abroad: every line of a foreign invoice is zero-rated": broken_rand.taxed_abroad,
    "abroad: receivables in rand are what invoices are worth": broken_rand.wrong_receivables,
    "abroad: credits in rand are what payments leave": broken_rand.wrong_credits,
    "abroad: foreign money at the bank has its value in rand": broken_rand.unvalued,
    "abroad: refunds to be paid stand in rand": broken_rand.wrong_refunds,
    "payments: what gateways keep stands in the ledger": broken_online.wrong_fees,
    "payments: what gateways settled is money": broken_online.settled_without_money,
    "payments: unconfirmed sums are those of verified payments": broken.wrong_unconfirmed,
}


def register() -> None:
    """Add them to what ``flask self-check`` asks, and keep customers with money under way in their currency."""
    accounts.before_moving(_nothing_stands)
    for name, question in _INVARIANTS.items():
        ledger.invariant(name, partial(_ask, name, question))


def _nothing_stands(customer: CustomerInfo) -> None:
    """A customer gets another currency once nothing is owed, nothing is left and nothing is under way in the old one."""
    money = customer.currency
    if (
        ledger.receivable_of(customer.id, money)
        or ledger.credit_of(customer.id, money)
        or ledger.unconfirmed_of(customer.id, money)
        or giving.under_way(customer.id)
    ):
        raise Conflict(
            f"{customer.name} owes, has credit or has a payment under way in {money}. Settle that first, "
            "then change its country or currency."
        )


def _ask(name: str, question: Callable[[], Iterable[broken.Row]]) -> Iterator[Broken]:
    return (Broken(name, *row) for row in question())
