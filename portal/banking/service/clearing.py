"""Whom to ask about money that the bank should have shown: only where we looked at the bank ourselves."""

from __future__ import annotations

from portal.banking import queries
from portal.core import clock
from portal.payments import service as payments


def to_chase() -> list[int]:
    """Payments whose customers are asked today where the money is. Reads only.

    Where statements are imported, nobody is asked about a day that no statement has reached yet: the money may be
    there. Source: docs/rules/confirmation.md, C15.
    """
    reached = queries.statements_reach()
    return payments.to_chase(reached or clock.today())
