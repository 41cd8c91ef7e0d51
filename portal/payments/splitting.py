"""How confirmed money is divided over the invoices it was meant for (docs/rules/confirmation.md, C5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.core.money import Money


@dataclass(frozen=True, slots=True)
class Wanted:
    """One invoice a payment was meant for: how much was planned for it, and what it still owes now."""

    invoice_id: int
    planned: Money
    owed: Money


def split(received: Money, wanted: Sequence[Wanted]) -> tuple[dict[int, Money], Money]:
    """Amounts by invoice id, none of them zero, and what is left over.

    First each invoice gets what was planned for it, in the given order, as far as the money goes and never more
    than it owes. What is then left fills up the same invoices in the same order. The rest is credit: money is
    never put against an invoice its sender did not name.
    """
    given: dict[int, Money] = {}
    rest = received
    for each in wanted:
        rest -= _give(given, each.invoice_id, min(each.planned, each.owed, rest))
    for each in wanted:
        already = given.get(each.invoice_id, Money.zero(received.currency))
        rest -= _give(given, each.invoice_id, min(each.owed - already, rest))
    return given, rest


def _give(given: dict[int, Money], invoice_id: int, amount: Money) -> Money:
    if amount:
        given[invoice_id] = given.get(invoice_id, Money.zero(amount.currency)) + amount
    return amount
