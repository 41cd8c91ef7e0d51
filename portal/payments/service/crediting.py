"""Credit on account that now pays an invoice."""

from __future__ import annotations

from collections.abc import Sequence

from portal.core import clock
from portal.core.money import Money, total
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.payments import splitting
from portal.payments.errors import NoCredit, WrongShares
from portal.payments.models import Payment
from portal.payments.queries import giving, rows
from portal.payments.service import answers, telling, valuing
from portal.payments.service.moving import Held, hold, refresh_under_way, settle
from portal.payments.types import Confirmation, PaymentState, Share, ShareState, name_of
from portal.platform import audit

CREDIT = "payments.credit"


def use_credit(payment_id: int, invoice_ids: Sequence[int], *, key: str, by: int | None = None) -> Confirmation:
    """What is left of a confirmed payment pays these invoices of its customer, in their order, as far as it goes.

    A person chooses the invoices; money never wanders by itself. Posts one journal for each invoice. Flushes.
    The same key gives the first answer again. Gives what was paid and what is still left as credit.
    Raises NoCredit when nothing is left, WrongShares when no invoice of the customer's among them needs money.
    Source: docs/rules/confirmation.md, C5 and C10; docs/rules/ledger.md, L5.
    """
    wanted = list(dict.fromkeys(invoice_ids))
    held = hold(payment_id, also=wanted)
    if (earlier := answers.earlier(key, CREDIT)) is not None:
        return earlier
    standing = [share for share in rows.shares_of([payment_id])[payment_id] if share.state is ShareState.ACTIVE]
    given, left = splitting.split(left_of(held.payment, standing), wanted_of(held, wanted))
    if not given:
        raise WrongShares("None of these invoices needs money.")
    post_shares(held, given, valuing.booked_credit(held.payment))
    merged = {share.invoice_id: (share.invoice_number, share.amount) for share in standing}
    for number, amount in given.items():
        before = merged.get(number, ("", Money.zero(held.currency)))[1]
        merged[number] = (held.invoices[number].number, before + amount)
    rows.set_shares(held.payment, merged, ShareState.ACTIVE)
    paid = tuple(settle(number, amount) for number, amount in given.items())
    refresh_under_way(held.invoices)
    released = orders.release_if_due(held.payment.customer_id, list(given), "confirmed", payment_id=payment_id)
    made = Confirmation(payment_id, total(given.values(), held.currency), left, paid, released=tuple(released))
    after = {each.number: each.paid.cents for each in paid} | {"by": by}
    audit.record("payment.credit-used", name_of(payment_id), after=after)
    telling.credit_used(held.payment, made)
    return answers.remember(key, CREDIT, made)


def left_of(payment: Payment, standing: Sequence[Share]) -> Money:
    """What a locked payment leaves as credit, refunds under way taken off. Raises NoCredit when that is nothing."""
    used = total((share.amount for share in standing), payment.currency)
    held = Money(giving.held_by_refunds(payment.id), payment.currency)
    left = Money(payment.received_cents or 0, payment.currency) - used - held
    if payment.state != PaymentState.CONFIRMED or left.cents <= 0:
        raise NoCredit(f"Nothing of {name_of(payment.id)} is left as credit.")
    return left


def wanted_of(held: Held, invoice_ids: Sequence[int]) -> list[splitting.Wanted]:
    """What these locked invoices need. Raises WrongShares for another customer's or in another currency."""
    owing = [held.invoices[number] for number in invoice_ids]
    if any(each.customer_id != held.payment.customer_id or each.currency != held.currency for each in owing):
        raise WrongShares("One of the invoices is not this customer’s.")
    return [splitting.Wanted(each.id, each.balance, each.balance) for each in owing if each.balance]


def post_shares(held: Held, given: dict[int, Money], credit: Money) -> None:
    """Book credit of a payment for invoices; the version, raised by the lock, tells this use from earlier ones.

    credit: what the payment has as credit before.
    """
    for invoice_id, amount in given.items():
        number = held.invoices[invoice_id].number
        part = f"{number}/{held.payment.version}"
        ledger.post_allocation(
            held.payment.id,
            part,
            held.payment.customer_id,
            amount,
            clock.today(),
            f"Credit of {name_of(held.payment.id)} for {number}",
        )
        valuing.allocation(held.payment, part, held.invoices[invoice_id], amount, credit)
        credit -= amount
