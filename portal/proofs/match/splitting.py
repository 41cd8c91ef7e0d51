"""How an amount pays what was named. Whole cents, no tolerance.

Source: docs/rules/matching.md, M3 to M6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from portal.core.money import Money, total
from portal.core.text import counted, listed
from portal.proofs.match.naming import Naming
from portal.proofs.match.sums import is_usual, only_set
from portal.proofs.types import Match, OpenInvoice, Share


def by_invoices(naming: Naming, amount: Money | None) -> Match:
    """The named invoices in the order named; what is missing or left is told.

    A name that lost two characters is dropped when the money does not fit to the cent.
    """
    invoices = naming.invoices
    numbers = tuple(invoice.number for invoice in invoices)
    if amount is None:
        return replace(nothing(naming, Money.zero(invoices[0].balance.currency)), how=naming.found_how, named=numbers)
    if any(invoice.balance.currency != amount.currency for invoice in invoices):
        words = f"{listed(numbers)} is not owed in {amount.currency}"
        return Match((), amount, naming.found_how, words, Money.zero(amount.currency), numbers, words)
    owed = total((invoice.balance for invoice in invoices), amount.currency)
    doubt = naming.doubt
    if owed != amount and naming.only_with_balance:
        doubt = doubt or f"{naming.words}, and the amount does not fit"
    return Match(
        shares=_in_turn(invoices, amount),
        left_over=max(amount - owed, Money.zero(amount.currency)),
        how=naming.found_how,
        words=naming.words,
        short_by=max(owed - amount, Money.zero(amount.currency)),
        named=numbers,
        doubt=doubt,
    )


def by_customer(naming: Naming, amount: Money, open_invoices: Sequence[OpenInvoice]) -> Match:
    """Only the customer is named: one invoice, or the oldest in a row, that the amount pays exactly and alone.

    When another set fits, or none, the oldest are suggested first and a person decides.
    """
    owed = _oldest_first(open_invoices, amount.currency)
    chosen = only_set([invoice.balance.cents for invoice in owed], amount.cents)
    if chosen is not None:
        paid = [owed[place] for place in chosen]
        words = f"{naming.words}; the amount is exactly {_owed_by(paid)}"
        doubt = naming.doubt if is_usual(chosen) else (naming.doubt or f"{words}, which are not the oldest")
        zero = Money.zero(amount.currency)
        return Match(_in_turn(paid, amount), zero, "customer", words, zero, (), doubt)
    doubt = naming.doubt or f"{naming.words}; the amount is not exactly one open invoice or the oldest in a row"
    balance = total((invoice.balance for invoice in owed), amount.currency)
    left_over = max(amount - balance, Money.zero(amount.currency))
    return Match(_in_turn(owed, amount), left_over, "customer", doubt, Money.zero(amount.currency), (), doubt)


def by_amount(naming: Naming, amount: Money, open_invoices: Sequence[OpenInvoice]) -> Match:
    """Nothing is named: what the amount fits exactly is a suggestion and never more."""
    owed = _oldest_first(open_invoices, amount.currency)
    chosen = only_set([invoice.balance.cents for invoice in owed], amount.cents)
    if chosen is None:
        return nothing(naming, amount)
    paid = [owed[place] for place in chosen]
    words = f"{naming.words}; the amount is exactly {_owed_by(paid)}"
    zero = Money.zero(amount.currency)
    return Match(_in_turn(paid, amount), zero, "amount", words, zero, (), naming.doubt or words)


def nothing(naming: Naming, amount: Money) -> Match:
    """No invoice; the whole amount is left over."""
    return Match((), amount, "none", naming.words, Money.zero(amount.currency), (), naming.doubt)


def _oldest_first(invoices: Sequence[OpenInvoice], currency: str) -> list[OpenInvoice]:
    same = [invoice for invoice in invoices if invoice.balance.currency == currency and invoice.balance.cents > 0]
    return sorted(same, key=lambda invoice: (invoice.issued_on, invoice.number))


def _in_turn(invoices: Sequence[OpenInvoice], amount: Money) -> tuple[Share, ...]:
    """Each invoice is paid as far as the money goes; none gets more than it owes."""
    shares: list[Share] = []
    left = amount
    for invoice in invoices:
        part = min(left, invoice.balance)
        if part.cents > 0:
            shares.append(Share(invoice.number, part))
            left -= part
    return tuple(shares)


def _owed_by(invoices: Sequence[OpenInvoice]) -> str:
    numbers = [invoice.number for invoice in invoices]
    if len(numbers) == 1:
        return f"what {numbers[0]} owes"
    return f"the sum of {listed(numbers) if len(numbers) <= 4 else counted(len(numbers), 'invoice')}"
