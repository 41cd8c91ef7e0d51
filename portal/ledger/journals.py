"""How each event is booked: plain functions from facts to a balanced draft (docs/rules/ledger.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from portal.core.exchange import HOME
from portal.core.money import Money, total
from portal.ledger.errors import Unbalanced
from portal.ledger.types import AccountKey, AccountKind, Draft, JournalInfo, JournalKind, Line, RandLine

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


def gateway_receipt(
    source: str, customer_id: int, gateway: int, amount: Money, allocated: Money, day: date, words: str
) -> Draft:
    """L25: money that a gateway holds for us. As L4, but it is in the gateway's clearing account until it pays out."""
    sides = [Line(AccountKey(AccountKind.CLEARING, amount.currency, gateway), debit=amount)]
    if allocated:
        sides.append(Line(receivable(customer_id, amount.currency), credit=allocated))
    if rest := amount - allocated:
        sides.append(Line(unallocated(customer_id, amount.currency), credit=rest))
    return Draft(JournalKind.RECEIPT, day, source, words, tuple(sides), customer_id=customer_id)


def gateway_fee(source: str, gateway: int, amount: Money, day: date, words: str) -> Draft:
    """L25: what a gateway keeps of a payment is our cost."""
    sides = (
        Line(AccountKey(AccountKind.FEES, amount.currency), debit=amount),
        Line(AccountKey(AccountKind.CLEARING, amount.currency, gateway), credit=amount),
    )
    return Draft(JournalKind.FEE, day, source, words, sides)


def payout(source: str, gateway: int, bank_account_id: int, amount: Money, day: date, words: str, fee: Money) -> Draft:
    """L26: the bank shows what a gateway paid out to us; what it kept of that for itself is our cost."""
    sides = [Line(AccountKey(AccountKind.BANK, amount.currency, bank_account_id), debit=amount)]
    if fee:
        sides.append(Line(AccountKey(AccountKind.FEES, amount.currency), debit=fee))
    sides.append(Line(AccountKey(AccountKind.CLEARING, amount.currency, gateway), credit=amount + fee))
    return Draft(JournalKind.PAYOUT, day, source, words, tuple(sides))


def allocation(source: str, customer_id: int, amount: Money, day: date, words: str) -> Draft:
    """L5: credit on account pays an invoice."""
    sides = (
        Line(unallocated(customer_id, amount.currency), debit=amount),
        Line(receivable(customer_id, amount.currency), credit=amount),
    )
    return Draft(JournalKind.ALLOCATION, day, source, words, sides, customer_id=customer_id)


def deallocation(source: str, customer_id: int, amount: Money, day: date, words: str) -> Draft:
    """L5: what paid an invoice pays it no more and is credit again."""
    sides = (
        Line(receivable(customer_id, amount.currency), debit=amount),
        Line(unallocated(customer_id, amount.currency), credit=amount),
    )
    return Draft(JournalKind.ALLOCATION, day, source, words, sides, customer_id=customer_id)


def write_off(source: str, customer_id: int, amount: Money, day: date, words: str) -> Draft:
    """L16: a few cents that nobody will pay are our cost."""
    sides = (
        Line(AccountKey(AccountKind.WRITE_OFF, amount.currency), debit=amount),
        Line(receivable(customer_id, amount.currency), credit=amount),
    )
    return Draft(JournalKind.WRITE_OFF, day, source, words, sides, customer_id=customer_id)


def bad_debt(source: str, customer_id: int, amount: Money, vat: Money, day: date, words: str) -> Draft:
    """L17: a lost debt. Its net is our cost; the VAT in it, which SARS had from us, is claimed back."""
    sides = [Line(AccountKey(AccountKind.BAD_DEBT, amount.currency), debit=amount - vat)]
    if vat:
        sides.append(Line(AccountKey(AccountKind.VAT_INPUT, amount.currency), debit=vat))
    sides.append(Line(receivable(customer_id, amount.currency), credit=amount))
    return Draft(JournalKind.BAD_DEBT, day, source, words, tuple(sides), customer_id=customer_id)


def refund(source: str, customer_id: int, amount: Money, day: date, words: str) -> Draft:
    """L18: credit that two people, or one within the limit, decided to give back is no longer the customer's credit."""
    sides = (
        Line(unallocated(customer_id, amount.currency), debit=amount),
        Line(AccountKey(AccountKind.REFUNDS, amount.currency), credit=amount),
    )
    return Draft(JournalKind.REFUND, day, source, words, sides, customer_id=customer_id)


def refund_paid(source: str, customer_id: int, bank_account_id: int, amount: Money, day: date, words: str) -> Draft:
    """L18: the bank shows that the money left."""
    sides = (
        Line(AccountKey(AccountKind.REFUNDS, amount.currency), debit=amount),
        Line(AccountKey(AccountKind.BANK, amount.currency, bank_account_id), credit=amount),
    )
    return Draft(JournalKind.REFUND_PAID, day, source, words, sides, customer_id=customer_id)


def refund_by_gateway(source: str, customer_id: int, gateway: int, amount: Money, day: date, words: str) -> Draft:
    """L18: a gateway paid it back out of what it holds for us."""
    sides = (
        Line(AccountKey(AccountKind.REFUNDS, amount.currency), debit=amount),
        Line(AccountKey(AccountKind.CLEARING, amount.currency, gateway), credit=amount),
    )
    return Draft(JournalKind.REFUND_PAID, day, source, words, sides, customer_id=customer_id)


def opening_invoice(number: str, customer_id: int, amount: Money, day: date) -> Draft:
    """L19: what an invoice of an earlier system still needed on the day we took over."""
    sides = (
        Line(receivable(customer_id, amount.currency), debit=amount),
        Line(AccountKey(AccountKind.OPENING, amount.currency), credit=amount),
    )
    words = f"Opening balance of {number}"
    return Draft(JournalKind.OPENING, day, f"invoice:{number}", words, sides, customer_id=customer_id)


def opening_credit(source: str, customer_id: int, amount: Money, day: date, words: str) -> Draft:
    """L19: a customer's credit in an earlier system; it is a receipt, from the opening account instead of a bank."""
    sides = (
        Line(AccountKey(AccountKind.OPENING, amount.currency), debit=amount),
        Line(unallocated(customer_id, amount.currency), credit=amount),
    )
    return Draft(JournalKind.RECEIPT, day, source, words, sides, customer_id=customer_id)


def rand_value(
    kind: JournalKind, source: str, customer_id: int | None, day: date, words: str, lines: Iterable[RandLine]
) -> Draft | None:
    """L22: the rand of a journal in foreign money; what its sides differ by is exchange gained or lost.

    kind, source: of the journal that it values. None where there is nothing to value.
    """
    sums: dict[AccountKey, int] = {}
    for line in lines:
        key = AccountKey(line.kind, HOME, line.of)
        sums[key] = sums.get(key, 0) + line.cents
    exchange = AccountKey(AccountKind.EXCHANGE, HOME)
    sums[exchange] = sums.get(exchange, 0) - sum(sums.values())
    sides = tuple(
        Line(key, debit=Money(cents, HOME)) if cents > 0 else Line(key, credit=Money(-cents, HOME))
        for key, cents in sums.items()
        if cents
    )
    if not sides:
        return None
    return Draft(JournalKind.RAND, day, f"{kind}/{source}", f"In rand: {words}", sides, customer_id=customer_id)


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
