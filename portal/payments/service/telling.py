"""Who hears of money that came or went: the customer's buyers, by mail and in the portal."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts import service as accounts
from portal.core.money import Money
from portal.payments.models import Payment
from portal.payments.types import Confirmation, Share
from portal.payments.types.giving import RefundInfo
from portal.payments.types.online import LABELS
from portal.platform import outbox


def confirmed(payment: Payment, made: Confirmation) -> None:
    """The bank or a gateway has the money: which invoices it paid, what they still need, what stays on account."""
    via = LABELS.get(payment.method, "") if payment.bank_account_id is None else ""
    data: dict[str, object] = {
        "amount": made.received,
        "via": via,
        "value_date": payment.value_date,
        "lines": [{"number": each.number, "paid": each.paid, "owed": each.owed} for each in made.paid],
        "credit": made.credit,
        "settled_before": list(made.settled_before),
        "released": list(made.released),
    }
    numbers = [each.number for each in made.paid]
    came = f"{via} confirmed {made.received}" if via else f"{made.received} reached our bank"
    notice = came + (f" for {', '.join(numbers)}." if numbers else " for your account.")
    _tell("payment_confirmed", payment, data, notice, numbers)


def awaited(payment: Payment) -> None:
    """The bank should have shown the money by now: a kind question, and what the customer can do."""
    amount = Money(payment.claimed_cents or 0, payment.currency)
    data: dict[str, object] = {
        "amount": amount,
        "paid_on": payment.paid_on,
        "expected_on": payment.expected_on,
        "reference": payment.reference,
    }
    notice = f"Your payment of {amount} has not reached our bank yet. Look whether it left yours."
    _tell("payment_awaited", payment, data, notice, [])


def credit_used(payment: Payment, made: Confirmation) -> None:
    """Credit on account paid invoices."""
    data: dict[str, object] = {
        "amount": made.received,
        "lines": [{"number": each.number, "paid": each.paid, "owed": each.owed} for each in made.paid],
        "credit": made.credit,
        "released": list(made.released),
    }
    numbers = [each.number for each in made.paid]
    notice = f"{made.received} of your credit paid {', '.join(numbers)}."
    _tell("payment_credit_used", payment, data, notice, numbers)


def reversed_(payment: Payment, given_back: Iterable[Share], reason: str) -> None:
    """Money was taken back: which invoices are open again, and why."""
    shares = list(given_back)
    amount = Money(payment.received_cents or 0, payment.currency)
    data: dict[str, object] = {
        "amount": amount,
        "value_date": payment.value_date,
        "reason": reason,
        "lines": [{"number": share.invoice_number, "paid": share.amount} for share in shares],
    }
    numbers = [share.invoice_number for share in shares]
    notice = f"A payment of {amount} was taken back." + (f" {', '.join(numbers)} is open again." if numbers else "")
    _tell("payment_reversed", payment, data, notice, numbers)


def share_moved(payment: Payment, number: str, amount: Money, made: Confirmation, reason: str) -> None:
    """Money was taken off one invoice: where it went, and why."""
    data: dict[str, object] = {
        "amount": amount,
        "number": number,
        "reason": reason,
        "lines": [{"number": each.number, "paid": each.paid, "owed": each.owed} for each in made.paid],
        "credit": made.credit,
    }
    to = ", ".join(each.number for each in made.paid) or "your account"
    _tell("payment_moved", payment, data, f"{amount} of a payment moved from {number} to {to}.", [number])


def refund_paid(payment: Payment, refund: RefundInfo) -> None:
    """Credit was paid back: how much, when and to which account."""
    data: dict[str, object] = {"amount": refund.amount, "paid_on": refund.paid_on, "to": refund.where}
    _tell("refund_paid", payment, data, f"{refund.amount} of your credit was paid back to {refund.where}.", [])


def _tell(event: str, payment: Payment, data: dict[str, object], notice: str, numbers: list[str]) -> None:
    """Each of the customer's buyers; the company's own address where it has none."""
    url = f"/invoices/{numbers[0]}" if numbers else "/invoices"
    data = data | {"customer": payment.customer_name}
    buyers = accounts.users_of(payment.customer_id, "buyer")
    for buyer in buyers:
        outbox.tell(event, to_user=buyer.id, data=data, notice=notice, url=url, customer_id=payment.customer_id)
    if not buyers:
        email = accounts.customer(payment.customer_id).email
        outbox.tell(event, to_email=email, data=data, customer_id=payment.customer_id)
