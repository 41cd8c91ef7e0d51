"""Turning payments into money: only here, and only with what a bank or a gateway said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import IllegalMove
from portal.core.exchange import HOME
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.payments import splitting
from portal.payments.errors import WrongShares
from portal.payments.models import Payment
from portal.payments.queries import rows
from portal.payments.service import answers, awaiting, telling, valuing
from portal.payments.service.claiming import blank
from portal.payments.service.moving import Held, begin, hold, refresh_under_way, settle, step
from portal.payments.types import (
    BankReceipt,
    Confirmation,
    Confirmations,
    GatewayReceipt,
    PaymentState,
    Receipt,
    Refusal,
    ShareState,
    check_move,
    name_of,
)
from portal.platform import idempotency, metrics

CONFIRM, RECEIPT = "payments.confirm", "payments.receipt"


def confirm(payment_id: int, received: BankReceipt, *, key: str, by: int | None = None) -> Money:
    """Turn a payment into money and say what its invoices still owe.

    Locks customer, invoices and payment in that order, so two clerks confirming the same payment are served one
    after the other. Posts one journal. Flushes; the caller's request or job commits.

    received: amount in whole cents, value date and the bank's text, as the statement or the gateway gave them and
        never from a proof's reading.
    key: the same key answers as the first time and posts nothing.
    Returns what its invoices still owe, in whole cents; zero when settled.
    Raises IllegalMove when the payment was reversed, or confirmed under another key; PeriodClosed for a value date
    in a closed month.

    Source: docs/rules/confirmation.md, C1 (only the bank or a gateway confirms), C4 (order of locks), C5, C6.
    """
    return confirmation(payment_id, received, key=key, by=by).owed


def confirmation(payment_id: int, received: Receipt, *, key: str, by: int | None = None) -> Confirmation:
    """The same as confirm, with all that came of it: what each invoice got, credit left, orders released."""
    held = hold(payment_id)
    # asked under the lock, so that the same key sent twice at one moment finds the first one's answer
    if (earlier := answers.earlier(key, CONFIRM)) is not None:
        return earlier
    # before anything is written: a list of payments goes on after one that was decided meanwhile
    check_move(name_of(payment_id), PaymentState(held.payment.state), PaymentState.CONFIRMED)
    _check_received(received, held.currency)
    held.payment.received_cents = received.amount.cents
    held.payment.confirmed_at = clock.now()
    step(held.payment, PaymentState.CONFIRMED, by=by)
    return answers.remember(key, CONFIRM, _book(held, received, automatic=by is None))


def confirm_many(receipts: Sequence[tuple[int, BankReceipt]], *, key: str, by: int | None = None) -> Confirmations:
    """Confirm several payments in one transaction; those somebody else decided meanwhile are named, not fatal.

    Taken in the order of customers and ids, so that two lists that overlap never wait for each other in a ring.
    Each payment has a key of its own under the form's. Raises NotFound and WrongShares for all,
    BadInput without a key.
    """
    idempotency.checked(key)
    owners = {payment_id: rows.customer_of(payment_id) for payment_id, _ in receipts}
    for owner in sorted(set(owners.values())):  # all customers first: confirming may issue invoices, which come last
        accounts.lock_customer(owner)
    done: list[Confirmation] = []
    refused: list[Refusal] = []
    for payment_id, received in sorted(receipts, key=lambda each: (owners[each[0]], each[0])):
        try:
            done.append(confirmation(payment_id, received, key=f"{key}:{payment_id}", by=by))
        except IllegalMove as error:
            refused.append(Refusal(payment_id, PaymentState(error.state)))
    return Confirmations(tuple(done), tuple(refused))


def record_receipt(
    customer_id: int, received: BankReceipt, invoice_ids: Iterable[int], *, key: str, by: int | None = None
) -> Confirmation:
    """Money at the bank that no proof announced: a payment that is confirmed from the beginning.

    invoice_ids: which invoices it pays, in this order, each as far as the money goes; none of them puts all of it
    on the customer's account. Raises WrongShares for another customer's invoice.
    Source: docs/rules/confirmation.md, C1, C5.
    """
    accounts.lock_customer(customer_id)
    if (earlier := answers.earlier(key, RECEIPT)) is not None:
        return earlier
    wanted = list(dict.fromkeys(invoice_ids))
    owing = {each.id: each for each in invoices.lock(sorted(wanted))}
    if any(number not in owing or owing[number].customer_id != customer_id for number in wanted):
        raise WrongShares("One of the invoices is not this customer’s.")
    _check_received(received, received.amount.currency)
    for invoice in owing.values():
        if invoice.currency != received.amount.currency:
            raise WrongShares(f"{invoice.number} is in {invoice.currency}; currencies do not mix.")
    payment = blank(customer_id, PaymentState.CONFIRMED, received.amount.currency)
    payment.received_cents, payment.confirmed_at = received.amount.cents, clock.now()
    begin(payment, by=by)
    planned = {number: owing[number].balance for number in wanted}
    return answers.remember(key, RECEIPT, _book(Held(payment, owing, planned), received, automatic=by is None))


def _check_received(received: Receipt, currency: str) -> None:
    if received.amount.cents <= 0:
        raise WrongShares("The amount must be more than nothing. Write it like 12 500.00.")
    if received.amount.currency != currency:
        raise WrongShares(f"The payment is in {currency}; currencies do not mix.")
    if received.value_date > clock.today():
        raise WrongShares("The bank cannot show money that comes tomorrow; the date is in the future.")
    if isinstance(received, BankReceipt):
        ours = ledger.our_account(received.bank_account_id)
        if ours.currency != currency:
            raise WrongShares(f"{ours.masked} is kept in {ours.currency}; money in {currency} does not come in there.")
    elif currency != HOME:
        raise WrongShares(f"Gateways settle in {HOME}; money in {currency} does not come that way.")
    ledger.demand_open(received.value_date)
    valuing.demand_rate(currency, received.value_date)


def _book(held: Held, received: Receipt, *, automatic: bool) -> Confirmation:
    """Divide the money, post it, settle invoices, let orders go and tell people. Everything is locked.

    automatic: nobody decided it; money then pays nothing that is parked and stays credit (docs/rules/ledger.md, L12).
    """
    payment = held.payment
    if automatic and ledger.is_parked(payment.customer_id, held.planned):
        held = replace(held, planned={})
    given, credit = _divide(held, received.amount)
    valuing.value(payment, received.amount, received.value_date)
    _post(payment, received, received.amount - credit, _journal_words(payment, given, held.invoices))
    if isinstance(received, BankReceipt):
        valuing.receipt(payment, received.bank_account_id, given, held.invoices)
    rows.set_shares(
        payment, {number: (held.invoices[number].number, amount) for number, amount in given.items()}, ShareState.ACTIVE
    )
    paid = tuple(settle(number, amount) for number, amount in given.items())
    refresh_under_way(held.invoices)
    made = Confirmation(
        payment_id=payment.id,
        received=received.amount,
        credit=credit,
        paid=paid,
        settled_before=tuple(held.invoices[number].number for number in held.planned if number not in given),
    )
    released = orders.release_if_due(payment.customer_id, list(given), "confirmed", payment_id=payment.id)
    if payment.expected_on is not None and payment.expected_on < clock.today():
        released += awaiting.look_again(payment.customer_id)
    made = replace(made, released=tuple(released))
    telling.confirmed(payment, made)
    metrics.when_committed(partial(metrics.payments_confirmed_cents.inc, received.amount.cents))
    return made


def _post(payment: Payment, received: Receipt, allocated: Money, words: str) -> None:
    """What the bank or the gateway said stands on the payment and in the ledger."""
    payment.value_date, payment.bank_text = received.value_date, received.text[:255]
    facts = (received.amount, allocated, received.value_date, words)
    if isinstance(received, GatewayReceipt):
        payment.journal_id = ledger.post_gateway_receipt(payment.id, payment.customer_id, received.clearing, *facts)
    else:
        payment.bank_account_id = received.bank_account_id
        payment.journal_id = ledger.post_receipt(payment.id, payment.customer_id, received.bank_account_id, *facts)


def _divide(held: Held, amount: Money) -> tuple[dict[int, Money], Money]:
    wanted = [
        splitting.Wanted(number, planned, held.invoices[number].balance)
        for number, planned in held.planned.items()
        if held.invoices[number].balance
    ]
    return splitting.split(amount, wanted)


def _journal_words(payment: Payment, given: dict[int, Money], held: dict[int, InvoiceInfo]) -> str:
    paying = ", ".join(held[number].number for number in given) or "credit on account"
    return f"{name_of(payment.id)} from {payment.customer_code} for {paying}"
