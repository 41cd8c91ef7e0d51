"""Which of a customer's open invoices a payment is for. A closed world: nothing else can be meant.

Source: design.md 6 (Match); docs/rules/matching.md.
"""

from __future__ import annotations

from portal.core.money import Money
from portal.proofs.match.naming import what_is_named
from portal.proofs.match.splitting import by_amount, by_customer, by_invoices, nothing
from portal.proofs.types import Case, Match, Reading

__all__ = ["match"]


def match(reading: Reading, case: Case) -> Match:
    """The invoices that the payer named, and how the amount read pays them.

    Without a name it suggests what the amount fits. Short and over payments are told in whole cents and never
    rounded away; ``doubt`` says why a person must look at the naming.
    Source: docs/rules/matching.md, M1 to M6.
    """
    naming = what_is_named(reading, case)
    amount = reading.amount
    if naming.invoices:
        return by_invoices(naming, amount)
    if amount is None:
        return nothing(naming, Money.zero())
    if naming.customer:
        return by_customer(naming, amount, case.open_invoices)
    return by_amount(naming, amount, case.open_invoices)
