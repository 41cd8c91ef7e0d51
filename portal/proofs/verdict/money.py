"""Amount and reference: does the money read pay exactly what the payer named?

Source: docs/rules/verdict.md, V1 and V2.
"""

from __future__ import annotations

from portal.core.money import Money, total
from portal.core.text import listed
from portal.proofs.types import Case, Check, Match, Outcome, Reading
from portal.proofs.verdict.evidence import check

#: how a match names what it pays; anything else is a suggestion
_NAMED = ("exact", "repaired", "customer")


def check_amount(reading: Reading, case: Case, matched: Match) -> Check:
    """V1: exactly what the named invoices owe together, to the cent. Short and over fail with the difference."""
    field, amount = reading.fields.get("amount"), reading.amount
    if field is None or amount is None:
        return check("amount", "V1", Outcome.UNKNOWN, "No amount could be read.", field=field)
    expected = _owed(case, matched, amount.currency)
    outcome, words = _amount_outcome(matched, amount)
    return check(
        "amount",
        "V1",
        outcome,
        words,
        field=field,
        expected=str(expected) if expected is not None else None,
        found=str(amount),
    )


def _amount_outcome(matched: Match, amount: Money) -> tuple[Outcome, str]:
    paid = [share.invoice for share in matched.shares]
    if matched.short_by:
        return Outcome.FAIL, f"{amount} is {matched.short_by} short of {listed(matched.named)}."
    if matched.left_over and matched.shares and matched.how in _NAMED:
        return Outcome.FAIL, f"{amount} is {matched.left_over} more than {listed(paid)} still owes."
    if matched.how == "amount":
        return Outcome.UNKNOWN, f"{amount} is exactly what {listed(paid)} owes, but nothing names it."
    if matched.how not in _NAMED:
        return Outcome.UNKNOWN, "No open invoice is named that the amount could be compared with."
    if not matched.shares:
        return Outcome.FAIL, f"{matched.words}."
    if matched.how == "customer" and matched.doubt:
        return Outcome.UNKNOWN, f"{amount} is not exactly one open invoice of the customer, or its oldest in a row."
    return Outcome.PASS, f"{amount} is exactly what {listed(paid)} still owes."


def _owed(case: Case, matched: Match, currency: str) -> Money | None:
    named = set(matched.named) or {share.invoice for share in matched.shares}
    balances = [
        invoice.balance
        for invoice in case.open_invoices
        if invoice.number in named and invoice.balance.currency == currency
    ]
    return total(balances, currency) if balances else None


def check_reference(reading: Reading, case: Case, matched: Match) -> Check:
    """V2: what the payer typed for us names open invoices of this customer, or the customer, without doubt.

    A reference that names nothing of this customer fails: it may be another customer's.
    """
    field = reading.fields.get("reference")
    expected = _expected_reference(case, matched)
    if field is None:
        return check("reference", "V2", Outcome.UNKNOWN, f"{_sentence(matched.words)}.", expected=expected)
    if matched.how in ("amount", "none") and not matched.named:
        return check("reference", "V2", Outcome.FAIL, f"{_sentence(matched.words)}.", field=field, expected=expected)
    if matched.doubt:
        return check("reference", "V2", Outcome.UNKNOWN, f"{_sentence(matched.doubt)}.", field=field, expected=expected)
    return check("reference", "V2", Outcome.PASS, f"{_sentence(matched.words)}.", field=field, expected=expected)


def _expected_reference(case: Case, matched: Match) -> str | None:
    wanted = set(matched.named) or {share.invoice for share in matched.shares}
    numbers = [invoice.number for invoice in case.open_invoices if invoice.number in wanted]
    return listed(numbers) if numbers else None


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
