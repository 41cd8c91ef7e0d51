"""Payments for programs: what was claimed, and what the bank has shown of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from flask import Blueprint
from msgspec import Meta

from portal.accounts import service as accounts
from portal.payments import service
from portal.payments.types import PaymentInfo, PaymentState, ShareState
from portal.platform.http import access, current_program
from portal.platform.rest import Amount, Instant, Listed, PageAsked, Shape, amount, amount_or_none, listed, operation

blueprint = Blueprint("payments_api", __name__)


class Share(Shape, frozen=True, kw_only=True):
    """How much of a payment is for which invoice."""

    invoice: Annotated[str, Meta(examples=["INV-2026-000417"])]
    amount: Amount
    state: ShareState


class Payment(Shape, frozen=True, kw_only=True):
    """A payment. `verified` says that its proof fits; only `confirmed` is money."""

    id: Annotated[int, Meta(examples=[12])]
    name: Annotated[str, Meta(description="How people call it.", examples=["PAY-000012"])]
    customer: Annotated[str, Meta(examples=["MPD014"])]
    state: PaymentState
    method: Annotated[str, Meta(description="`eft`, or the gateway that carries it.", examples=["eft"])]
    claimed: Annotated[Amount | None, Meta(description="What its document says.")]
    received: Annotated[Amount | None, Meta(description="What the bank or the gateway says.")]
    credit: Annotated[Amount, Meta(description="What of it pays no invoice yet.")]
    paid_on: Annotated[date | None, Meta(description="By its document.")]
    expected_on: Annotated[date | None, Meta(description="When the bank should show it.")]
    value_date: Annotated[date | None, Meta(description="When the bank had it.")]
    confirmed_at: Instant | None
    reversed_at: Instant | None
    shares: list[Share]


@blueprint.get("/api/v1/payments")
@access.program("payments:read")
@operation("List payments", tag="Payments", answer=Listed[Payment], query=PageAsked, words="The newest first.")
def payments(query: PageAsked) -> Listed[Payment]:
    """A page of payments."""
    whose = accounts.whose(current_program(), query.customer)
    return listed(service.payments_of(whose, query.after or None, query.limit), _payment)


@blueprint.get("/api/v1/payments/<int:payment_id>")
@access.program("payments:read")
@operation("Get a payment", tag="Payments", answer=Payment, path={"payment_id": ("The payment’s id.", 12)})
def payment(payment_id: int) -> Payment:
    """One payment."""
    return _payment(service.payment_of(payment_id, current_program().customer_id))


def _payment(info: PaymentInfo) -> Payment:
    shares = [
        Share(invoice=each.invoice_number, amount=amount(each.amount), state=each.state) for each in info.shares
    ]  # fmt: skip
    return Payment(
        id=info.id, name=info.name, customer=info.customer_code, state=info.state, method=info.method,
        claimed=amount_or_none(info.claimed), received=amount_or_none(info.received), credit=amount(info.credit),
        paid_on=info.paid_on, expected_on=info.expected_on, value_date=info.value_date,
        confirmed_at=info.confirmed_at, reversed_at=info.reversed_at, shares=shares,
    )  # fmt: skip
