"""What staff and customers get to see of payments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ScalarSelect

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.money import Money
from portal.payments.queries import lists
from portal.payments.types import PaymentInfo, Waiting, WaitingSum
from portal.platform.paging import Page

PAGE_SIZE = 50


def waiting(
    after: str | None = None, *, which: Waiting = Waiting.ALL, search: str = "", limit: int = PAGE_SIZE
) -> Page[PaymentInfo]:
    """Verified payments that the bank has not shown yet, oldest first; or those that were given up, newest first.

    search: the beginning of a customer's name or code, of a reference or of an invoice number, or an amount.
    """
    return lists.waiting(which, " ".join(search.split()), clock.today(), after, limit)


def waiting_sum() -> WaitingSum:
    """How many wait and what they come to, all and late ones."""
    return lists.waiting_sum(clock.today())


def waiting_count() -> ScalarSelect[int]:
    """The number beside "Bank" in the staff rail, as a subquery."""
    return lists.waiting_count()


def payment(payment_id: int) -> PaymentInfo:
    """One payment. Raises NotFound."""
    found = lists.by_id(payment_id)
    if found is None:
        raise NotFound(f"no payment {payment_id}")
    return found


def payments_of(customer_id: int | None, after: str | None = None, limit: int = PAGE_SIZE) -> Page[PaymentInfo]:
    """One page of a customer's payments, or of everybody's (None), the newest first."""
    return lists.of_customer(customer_id, after, limit)


def payment_of(payment_id: int, customer_id: int | None) -> PaymentInfo:
    """One payment. customer_id: whose it must be; None for any. Raises NotFound, also for another customer's."""
    found = payment(payment_id)
    if customer_id is not None and (found.customer_id != customer_id or not found.worth_showing):
        raise NotFound(f"no payment {payment_id}")
    return found


def announced(currency: str = "ZAR") -> list[PaymentInfo]:
    """Claimed and verified payments of all customers, oldest first: what a bank statement may show."""
    return lists.announced(currency)


def confirmed_at(bank_account_id: int, first: date, last: date) -> list[PaymentInfo]:
    """Payments confirmed on one of our accounts with a value date in these days."""
    return lists.confirmed_at(bank_account_id, first, last)


def of_invoice(invoice_id: int) -> list[PaymentInfo]:
    """Payments that pay an invoice, paid it until they were reversed, or were meant for it; newest first."""
    return lists.of_invoice(invoice_id)


def promised_by_invoice(customer_id: int) -> dict[int, Money]:
    """What verified, not yet confirmed payments will pay, by invoice id: a new proof is judged on the rest."""
    return lists.promised_by_invoice(customer_id)


def by_proof(proof_id: int) -> PaymentInfo | None:
    """The payment a document stands behind, None while there is none."""
    return lists.by_proof(proof_id)


def by_proofs(proof_ids: Iterable[int]) -> dict[int, PaymentInfo]:
    """The payments that some documents stand behind, by proof id, in two questions."""
    found = lists.by_proofs(list(proof_ids))
    return {each.proof_id: each for each in found if each.proof_id is not None}
