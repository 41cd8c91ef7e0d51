"""The answer a command that moves money gave, kept with its key, so that the same key gives it again."""

from __future__ import annotations

from typing import TypedDict, cast

from portal.core.money import Money
from portal.payments.types import Confirmation, Paid
from portal.platform import idempotency


class _PaidJson(TypedDict):
    invoice_id: int
    number: str
    paid: int
    owed: int


class _Json(TypedDict):
    payment_id: int
    currency: str
    received: int
    credit: int
    paid: list[_PaidJson]
    settled_before: list[str]
    released: list[str]


def earlier(key: str, scope: str) -> Confirmation | None:
    """What the command with this key answered, None when it was not carried out. Amounts are kept in cents."""
    kept = idempotency.answer_to(key, scope)
    if kept is None:
        return None
    answer = cast(_Json, kept)
    currency = answer["currency"]
    return Confirmation(
        payment_id=answer["payment_id"],
        received=Money(answer["received"], currency),
        credit=Money(answer["credit"], currency),
        paid=tuple(
            Paid(each["invoice_id"], each["number"], Money(each["paid"], currency), Money(each["owed"], currency))
            for each in answer["paid"]
        ),
        settled_before=tuple(answer["settled_before"]),
        released=tuple(answer["released"]),
    )


def remember(key: str, scope: str, made: Confirmation) -> Confirmation:
    """Keep the answer in the transaction of the deed and give it."""
    answer: _Json = {
        "payment_id": made.payment_id,
        "currency": made.received.currency,
        "received": made.received.cents,
        "credit": made.credit.cents,
        "paid": [
            {"invoice_id": each.invoice_id, "number": each.number, "paid": each.paid.cents, "owed": each.owed.cents}
            for each in made.paid
        ],
        "settled_before": list(made.settled_before),
        "released": list(made.released),
    }
    idempotency.remember(key, scope, dict(answer))
    return made
