"""Rows that break an invariant of payments by gateways. One question each; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Integer, String, and_, cast, column, func, literal, or_, select, table

from portal.core.money import Money
from portal.ledger.types import JournalKind
from portal.payments.models import GatewayEventRow, OnlinePayment, Payment
from portal.payments.queries.broken import Row
from portal.payments.types import PaymentState, name_of
from portal.payments.types.online import Told
from portal.platform.db import db

_LIMIT = 20
_JOURNAL = table("journal", column("kind", String), column("source", String), column("amount_cents", Integer))
_MONEY = (PaymentState.CONFIRMED.value, PaymentState.REVERSED.value)


def wrong_fees() -> Iterator[Row]:
    """4: what a gateway kept of a payment stands in the ledger once, with its amount."""
    source = literal("payment:", String) + cast(Payment.id, String(20))
    booked = and_(_JOURNAL.c.kind == JournalKind.FEE.value, _JOURNAL.c.source == source)
    cents = func.coalesce(_JOURNAL.c.amount_cents, 0)
    rows = db.session.execute(
        select(Payment.id, Payment.customer_id, OnlinePayment.fee_cents, cents)
        .join(OnlinePayment, OnlinePayment.payment_id == Payment.id)
        .outerjoin(_JOURNAL, booked)
        .where(OnlinePayment.fee_cents != cents)
        .limit(_LIMIT)
    )
    for payment_id, customer_id, kept, stands in rows:
        words = f"its gateway kept {Money(kept)}, {Money(int(stands))} is booked"
        yield Row(name_of(payment_id), words, customer_id)


def settled_without_money() -> Iterator[Row]:
    """4: what a gateway settled is money or was taken back, and nothing else has a gateway's number."""
    settled = (
        select(GatewayEventRow.gateway_id)
        .where(GatewayEventRow.online_payment_id == OnlinePayment.id, GatewayEventRow.told == Told.SETTLED)
        .exists()
    )
    numbered = OnlinePayment.gateway_id.is_not(None)
    rows = db.session.execute(
        select(Payment.id, Payment.customer_id, Payment.state)
        .join(OnlinePayment, OnlinePayment.payment_id == Payment.id)
        .where(or_(and_(numbered, Payment.state.not_in(_MONEY)), numbered != settled))
        .limit(_LIMIT)
    )
    for payment_id, customer_id, state in rows:
        yield Row(name_of(payment_id), f"it is {state}, and its gateway says otherwise", customer_id)
