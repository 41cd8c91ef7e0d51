"""Money from abroad in rand: what a payment was worth at the bank, and what each of its uses moves in rand.

Every value is a function of how things stand: of an invoice's balance, of what a payment leaves as credit. So all
steps together are the whole to the cent, and what two values differ by is exchange gained or lost.
Source: docs/rules/foreign-money.md F5 to F7; docs/rules/ledger.md L22, L23.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from portal.catalog import service as catalog
from portal.core import clock
from portal.core.exchange import HOME, in_rand, part_of
from portal.core.money import Money, total
from portal.invoices.types import InvoiceInfo
from portal.ledger import service as ledger
from portal.ledger.types import AccountKind, JournalKind, RandLine
from portal.payments.models import Payment, Refund
from portal.payments.queries import giving, rows
from portal.payments.types import PaymentState, ShareState, name_of
from portal.payments.types.giving import REFUND_BOOKED, refund_name


def is_foreign(payment: Payment | Refund) -> bool:
    """Whether its money has a value in rand besides its own."""
    return payment.currency != HOME


def demand_rate(currency: str, day: date) -> None:
    """Raise NoExchangeRate unless foreign money of a day can be valued; asked before anything is written."""
    if currency != HOME:
        catalog.rate_on(currency, day)


def value(payment: Payment, received: Money, day: date) -> None:
    """Keep with a payment what its money was worth on the day the bank had it. Raises NoExchangeRate."""
    if received.currency == HOME:
        return
    rate = catalog.rate_on(received.currency, day)
    payment.rate_micros, payment.rate_day = rate.micros, rate.day
    payment.rand_cents = in_rand(received, rate.micros).cents


def booked_credit(payment: Payment) -> Money:
    """What the ledger has as credit of a locked payment: below zero where what went back was taken from us.

    Nothing of rand, whose value nobody asks for.
    """
    if not is_foreign(payment):
        return Money.zero(payment.currency)
    money = payment.state == PaymentState.CONFIRMED
    shares = rows.shares_of([payment.id])[payment.id]
    used = total((each.amount for each in shares if each.state is ShareState.ACTIVE), payment.currency)
    back = total((each.amount for each in giving.refunds_of(payment.id, REFUND_BOOKED)), payment.currency)
    return Money((payment.received_cents or 0) if money else 0, payment.currency) - used - back


def receipt(
    payment: Payment, bank_account_id: int, given: Mapping[int, Money], held: Mapping[int, InvoiceInfo]
) -> None:
    """Beside the receipt: the bank's money at its day's rate, what invoices needed at theirs, and the credit left."""
    if not is_foreign(payment):
        return
    received = Money(payment.received_cents or 0, payment.currency)
    left = received - total(given.values(), payment.currency)
    lines = [
        RandLine(AccountKind.BANK_RAND, payment.rand_cents or 0, bank_account_id),
        *(owed(held[number], -amount) for number, amount in given.items()),
        credit(payment, Money.zero(payment.currency), left),
    ]
    _post(payment, JournalKind.RECEIPT, f"payment:{payment.id}", lines, payment.value_date)


def allocation(payment: Payment, part: str, invoice: InvoiceInfo, amount: Money, before: Money) -> None:
    """Beside an allocation: so much of the credit, which was ``before``, pays an invoice; below zero, it is credit again."""
    if is_foreign(payment):
        lines = [owed(invoice, -amount), credit(payment, before, before - amount)]
        _post(payment, JournalKind.ALLOCATION, f"payment:{payment.id}/{part}", lines)


def reversal(payment: Payment, given_back: Iterable[tuple[InvoiceInfo, Money]], before: Money, after: Money) -> None:
    """Beside the counter-entries of a payment. Each invoice as it was before it needed its amount again."""
    if is_foreign(payment):
        lines = [
            RandLine(AccountKind.BANK_RAND, -(payment.rand_cents or 0), payment.bank_account_id),
            *(owed(invoice, amount) for invoice, amount in given_back),
            credit(payment, before, after),
        ]
        _post(payment, JournalKind.REVERSAL, f"payment:{payment.id}", lines)


def refund(row: Refund, payment: Payment, before: Money) -> None:
    """Beside an approved refund: credit, which was ``before``, is owed to the customer's bank at the value it came at."""
    if is_foreign(row):
        taken = credit(payment, before, before - Money(row.amount_cents, row.currency))
        lines = [taken, RandLine(AccountKind.REFUNDS_RAND, -taken.cents)]
        _post(payment, JournalKind.REFUND, f"refund:{row.id}", lines)


def refund_paid(row: Refund, payment: Payment, bank_account_id: int, day: date) -> None:
    """Beside a refund that left our bank, at the value its money came at."""
    if is_foreign(row):
        cents = _waiting(row)
        lines = [RandLine(AccountKind.REFUNDS_RAND, cents), RandLine(AccountKind.BANK_RAND, -cents, bank_account_id)]
        _post(payment, JournalKind.REFUND_PAID, f"refund:{row.id}", lines, day)


def refund_back(row: Refund, payment: Payment, before: Money, day: date) -> None:
    """Beside the counter-entries of a refund that was declined or came back; credit was ``before``."""
    if not is_foreign(row):
        return
    words = f"{refund_name(row.id)} taken back"
    ledger.reverse_rand(JournalKind.REFUND_PAID, f"refund:{row.id}", day, words)
    lines = [
        RandLine(AccountKind.REFUNDS_RAND, _waiting(row)),
        credit(payment, before, before + Money(row.amount_cents, row.currency)),
    ]
    _post(payment, JournalKind.REVERSAL, f"refund:{row.id}", lines)


def written_off(
    kind: JournalKind, write_off_id: int, invoice: InvoiceInfo, amount: Money, day: date, *, cost: AccountKind
) -> None:
    """Beside a write-off or bad debt of an invoice as it was before: its rand are our cost, at the invoice's own rate."""
    if invoice.rand is not None:
        lost = owed(invoice, -amount)
        lines = [lost, RandLine(cost, -lost.cents)]
        source = f"write-off:{write_off_id}"
        ledger.post_rand(kind, source, invoice.customer_id, day, f"{invoice.number} is not paid", lines)


def write_off_undone(
    kind: JournalKind, write_off_id: int, invoice: InvoiceInfo, amount: Money, day: date, *, cost: AccountKind
) -> None:
    """Beside the counter-entry of a write-off; the invoice as it was before it needed the amount again."""
    if invoice.rand is not None:
        source = f"write-off:{write_off_id}"
        lines = [owed(invoice, amount), RandLine(cost, -ledger.rand_side(kind, source, cost))]
        words = f"{invoice.number} is to be paid again"
        ledger.post_rand(JournalKind.REVERSAL, source, invoice.customer_id, day, words, lines)


def in_rand_of(payment: Payment, amount: Money) -> Money:
    """What a part of a payment's money came at, in rand: limits of people are in rand."""
    if not is_foreign(payment):
        return amount
    return part_of(Money(payment.rand_cents or 0, HOME), amount, Money(payment.received_cents or 0, payment.currency))


def owed(invoice: InvoiceInfo, change: Money) -> RandLine:
    """What an invoice's receivable changes by in rand when its balance changes by so much."""
    worth = invoice.worth(invoice.balance + change) - invoice.worth(invoice.balance)
    return RandLine(AccountKind.RECEIVABLE_RAND, worth.cents, invoice.customer_id)


def credit(payment: Payment, before: Money, after: Money) -> RandLine:
    """What a payment's credit changes by in rand; credit is what we owe, so more of it is a credit."""
    whole, rand = Money(payment.received_cents or 0, payment.currency), Money(payment.rand_cents or 0, HOME)
    change = part_of(rand, after, whole) - part_of(rand, before, whole)
    return RandLine(AccountKind.UNALLOCATED_RAND, -change.cents, payment.customer_id)


def _waiting(row: Refund) -> int:
    """Cents of rand that stand under refunds to be paid for this one."""
    return -ledger.rand_side(JournalKind.REFUND, f"refund:{row.id}", AccountKind.REFUNDS_RAND)


def _post(payment: Payment, kind: JournalKind, source: str, lines: Iterable[RandLine], day: date | None = None) -> None:
    words = f"{kind.value.replace('-', ' ')} of {name_of(payment.id)}"
    ledger.post_rand(kind, source, payment.customer_id, day or clock.today(), words, lines)
