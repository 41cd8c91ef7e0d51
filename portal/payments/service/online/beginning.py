"""A buyer chooses a gateway: a payment begins as pending, and the signed form that takes the buyer there."""

from __future__ import annotations

import secrets

from portal.accounts import service as accounts
from portal.core.errors import Conflict, NotFound
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.types import InvoiceInfo
from portal.payments import gateways
from portal.payments.gateways import Gateway
from portal.payments.models import OnlinePayment, Payment
from portal.payments.queries import online, rows
from portal.payments.service.claiming import blank
from portal.payments.service.moving import begin as begin_payment
from portal.payments.service.moving import hold
from portal.payments.types import PaymentState, ShareState, name_of
from portal.payments.types.online import LABELS, Asked, Handover, OnlineInfo, Opened
from portal.platform import config, idempotency
from portal.platform.db import db, end_transaction

BEGIN = "payments.begin-online"


def choices(invoice: InvoiceInfo) -> list[Gateway]:
    """The gateways that can take what an invoice needs; they take rand only."""
    if not invoice.balance or invoice.balance.currency != "ZAR":
        return []
    return list(gateways.active().values())


def begin(code: str, number: str, customer_id: int | None, *, key: str) -> OnlineInfo:
    """Begin a payment of all that an invoice still needs through a gateway. Nothing is money yet.

    customer_id: whose invoice it must be; None for whoever holds the invoice's signed link. The same key gives the
    first answer. Flushes. Raises NotFound for a gateway that is off or another customer's invoice, Conflict when
    nothing is left to pay.
    Source: docs/rules/gateways.md, G1 and G5.
    """
    gateways.named(code)
    found = invoices.by_number(number, customer_id)
    accounts.lock_customer(found.customer_id)
    scope = f"{BEGIN}:{found.customer_id}"
    if (earlier := idempotency.answer_to(key, scope)) is not None:
        return of_token(str(earlier["token"]))
    (invoice,) = invoices.lock([found.id])
    if not choices(invoice):
        raise Conflict(f"{number} has nothing left to pay this way.")
    made = _new(code, invoice.customer_id, invoice.id, number, invoice.balance)
    idempotency.remember(key, scope, {"token": made.token})
    return of_token(made.token)


def _new(code: str, customer_id: int, invoice_id: int, number: str, amount: Money) -> OnlinePayment:
    payment = blank(customer_id, PaymentState.PENDING, amount.currency, method=code)
    payment.claimed_cents, payment.words = amount.cents, f"{LABELS[code]} for {number}"
    begin_payment(payment, by=None)
    rows.set_shares(payment, {invoice_id: (number, amount)}, ShareState.PLANNED)
    return carried(payment, code, number, amount)


def carried(payment: Payment, code: str, number: str, amount: Money) -> OnlinePayment:
    """Note that a gateway carries a payment, under a token nobody can guess."""
    row = OnlinePayment(
        payment_id=payment.id, gateway=code, token=secrets.token_hex(16), invoice_number=number,
        amount_cents=amount.cents, currency=amount.currency, fee_cents=0, created_at=payment.created_at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    payment.reference = f"{LABELS[code]} {name_of(payment.id)}"
    return row


def of_token(token: str) -> OnlineInfo:
    """The payment behind a token, as it stands. Raises NotFound, also while its gateway is off."""
    found = online.by_token(token)
    if found is None:
        raise NotFound("no such online payment")
    gateways.named(found.gateway)
    return found


def handover(payment: OnlineInfo, *, back: str, cancel: str, email: str = "") -> Handover:
    """The form that takes the buyer to the gateway; without fields where open_page asks it for a page.

    back, cancel: paths of ours the gateway sends the buyer to. Raises Conflict once the payment is decided.
    """
    return gateways.named(payment.gateway).handover(_asked(payment, email, back, cancel))


def open_page(payment: OnlineInfo, *, back: str, cancel: str) -> Opened:
    """Ask the gateway for its page of this payment. Changes nothing, and ends the transaction: the gateway may be slow.

    Raises Unavailable while it does not answer, Conflict once the payment is decided, NotFound for one with a form.
    Source: docs/rules/gateways.md, G5.
    """
    gateway, asked = gateways.hosted(payment.gateway), _asked(payment, "", back, cancel)
    end_transaction()
    return gateway.open(asked)


def keep_page(payment: OnlineInfo, opened: Opened) -> None:
    """Keep the number of the page, by which the gateway's notices may name the payment. Flushes."""
    hold(payment.payment_id)
    online.lock_online(payment.id).page = opened.number
    db.session.flush()


def _asked(payment: OnlineInfo, email: str, back: str, cancel: str) -> Asked:
    if payment.state is not PaymentState.PENDING:
        raise Conflict("This payment was begun too long ago or is decided already. Begin again from the invoice.")
    base = config.current().base_url
    return Asked(
        payment.token, payment.amount, payment.invoice_number, email, f"{base}{back}", f"{base}{cancel}",
        f"{base}/webhooks/{payment.gateway}",
    )  # fmt: skip
