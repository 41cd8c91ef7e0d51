"""Invoices of which only a little is left."""

from __future__ import annotations

from portal.core.money import Money
from portal.invoices import queries
from portal.invoices.types import InvoiceInfo


def part_paid_below(amount: Money, limit: int) -> list[InvoiceInfo]:
    """Part-paid invoices that need at most this amount, by id."""
    return queries.part_paid_below(amount.cents, amount.currency, limit)
