"""What a customer owes, always summed from the entries, and how much of their money the bank has not shown yet."""

from __future__ import annotations

from datetime import date

from portal.core.money import Money
from portal.ledger import queries
from portal.ledger.types import AccountKind, StatementEntry


def receivable_of(customer_id: int, currency: str = "ZAR") -> Money:
    """What the customer's invoices still need, before any credit on account."""
    return Money(queries.balances_of(customer_id, currency).get(AccountKind.RECEIVABLE, 0), currency)


def credit_of(customer_id: int, currency: str = "ZAR") -> Money:
    """The customer's credit on account: confirmed money that pays no invoice yet."""
    return Money(-queries.balances_of(customer_id, currency).get(AccountKind.UNALLOCATED, 0), currency)


def balance_of(customer_id: int, currency: str = "ZAR") -> Money:
    """What the customer owes once their credit on account is counted; below zero when we owe them."""
    return Money(sum(queries.balances_of(customer_id, currency).values()), currency)


def statement_of(customer_id: int, since: date, until: date, currency: str = "ZAR") -> list[StatementEntry]:
    """Every movement of the customer's account from one day to another, both included, oldest first."""
    return queries.statement(customer_id, currency, since, until)


def unconfirmed_of(customer_id: int, currency: str = "ZAR") -> Money:
    """The sum of the customer's verified payments that neither a bank nor a gateway has confirmed."""
    return Money(queries.unconfirmed_cents(customer_id, currency), currency)


def change_unconfirmed(customer_id: int, delta: Money) -> None:
    """Raise or lower the customer's unconfirmed sum. The caller holds the customer's lock.

    The database refuses a sum below zero. Source: docs/rules/confirmation.md, C7.
    """
    if delta:
        queries.change_unconfirmed(customer_id, delta.currency, delta.cents)
