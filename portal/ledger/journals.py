"""How each event is booked: plain functions from facts to a balanced draft (docs/rules/ledger.md)."""

from __future__ import annotations

from datetime import date

from portal.core.money import Money, total
from portal.ledger.errors import Unbalanced
from portal.ledger.types import AccountKey, AccountKind, Draft, JournalInfo, JournalKind, Line

WORDS_LENGTH = 255
SOURCE_LENGTH = 60


def receivable(customer_id: int, currency: str) -> AccountKey:
    """What a customer owes on invoices."""
    return AccountKey(AccountKind.RECEIVABLE, currency, customer_id)


def unallocated(customer_id: int, currency: str) -> AccountKey:
    """Money received from a customer that pays no invoice yet: their credit on account."""
    return AccountKey(AccountKind.UNALLOCATED, currency, customer_id)


def invoice(number: str, customer_id: int, net: Money, vat: Money, day: date) -> Draft:
    """L3: an issued invoice. The customer owes net and VAT; sales earn the net, SARS is owed the VAT."""
    sides = [Line(receivable(customer_id, net.currency), debit=net + vat)]
    if net:
        sides.append(Line(AccountKey(AccountKind.SALES, net.currency), credit=net))
    if vat:
        sides.append(Line(AccountKey(AccountKind.VAT_OUTPUT, net.currency), credit=vat))
    return Draft(
        JournalKind.INVOICE, day, f"invoice:{number}", f"Invoice {number}", tuple(sides), customer_id=customer_id
    )


def receipt(
    source: str, customer_id: int, bank_account_id: int, amount: Money, allocated: Money, day: date, words: str
) -> Draft:
    """L4: money seen at the bank. What pays invoices lowers what the customer owes; the rest is their credit."""
    sides = [Line(AccountKey(AccountKind.BANK, amount.currency, bank_account_id), debit=amount)]
    if allocated:
        sides.append(Line(receivable(customer_id, amount.currency), credit=allocated))
    if rest := amount - allocated:
        sides.append(Line(unallocated(customer_id, amount.currency), credit=rest))
    return Draft(JournalKind.RECEIPT, day, source, words, tuple(sides), customer_id=customer_id)


def allocation(source: str, customer_id: int, amount: Money, day: date, words: str) -> Draft:
    """L5: credit on account pays an invoice."""
    sides = (
        Line(unallocated(customer_id, amount.currency), debit=amount),
        Line(receivable(customer_id, amount.currency), credit=amount),
    )
    return Draft(JournalKind.ALLOCATION, day, source, words, sides, customer_id=customer_id)


def reversal(journal: JournalInfo, day: date, words: str) -> Draft:
    """L6: a counter-entry. Every line of the journal once more, on its other side."""
    sides = tuple(Line(entry.account, debit=entry.credit, credit=entry.debit) for entry in journal.entries)
    return Draft(
        JournalKind.REVERSAL,
        day,
        f"journal:{journal.id}",
        words,
        sides,
        customer_id=journal.customer_id,
        reverses=journal.id,
    )


def check(draft: Draft) -> Money:
    """The sum of the debits, after checking that the draft may be written.

    Raises Unbalanced when a line has both sides or none, an amount is not above zero, currencies mix, or
    debits and credits differ; also for names that would not fit their columns.
    Source: docs/rules/ledger.md L1 and L2.
    """
    if len(draft.lines) < 2:
        raise Unbalanced("a journal has at least two lines")
    currency = draft.lines[0].account.currency
    for line in draft.lines:
        _check_line(line, currency)
    debits = total((line.debit for line in draft.lines if line.debit is not None), currency)
    credits_ = total((line.credit for line in draft.lines if line.credit is not None), currency)
    if debits != credits_:
        raise Unbalanced(f"{draft.source}: debits {debits} and credits {credits_} differ")
    if not draft.source or len(draft.source) > SOURCE_LENGTH:
        raise Unbalanced(f"a source has 1 to {SOURCE_LENGTH} characters")
    return debits


def _check_line(line: Line, currency: str) -> None:
    amount = line.credit if line.debit is None else line.debit
    if amount is None or (line.debit is not None and line.credit is not None):
        raise Unbalanced(f"{line.account.code}: a line is either a debit or a credit")
    if amount.cents <= 0:
        raise Unbalanced(f"{line.account.code}: {amount} is not above zero")
    if amount.currency != currency or line.account.currency != currency:
        raise Unbalanced(f"{line.account.code}: a journal has one currency, {currency}")
