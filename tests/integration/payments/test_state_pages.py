"""Every state against every button: the allowed cells pass, all others answer 409 and not one row changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from portal.core import clock
from portal.core.money import Money
from portal.payments import service as payments
from portal.payments.types import PaymentState
from portal.payments.types.giving import RefundState, WriteOffState
from portal.platform.db import db
from tests.integration.payments.company import Company, new_key

R100 = Money.zar(100_00)
S, R, W = PaymentState, RefundState, WriteOffState
CLERK, MANAGER = 2, 3
TABLES = (
    "payment", "payment_move", "allocation", "invoice", "journal", "entry", "unconfirmed", "refund", "refund_file",
    "write_off", "outbox", "notice", "audit_event", "idempotency_key",
)  # fmt: skip


def rows() -> dict[str, list[Any]]:
    db.session.rollback()
    found = {name: sorted(map(str, db.session.execute(text(f"SELECT * FROM {name}")))) for name in TABLES}
    db.session.rollback()
    return found


@pytest.fixture
def manager(company: Company, signed_in: Callable[[str], Any]) -> Any:
    client = signed_in("manager@us.example")
    client.get("/staff/refunds")
    client.get("/account")
    return client


def press(manager: Any, path: str, allowed: bool, **data: str) -> None:
    before = rows()
    answer = manager.post(path, data={"key": new_key(), "reason": "Because", **data})
    if allowed:
        assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    else:
        assert answer.status_code == 409, answer.status_code
        assert rows() == before


# -- payments ----------------------------------------------------------------------------------------------------------

PAYMENT_WAYS: dict[PaymentState, tuple[str, ...]] = {
    S.CLAIMED: (), S.VERIFIED: ("verify",), S.CONFIRMED: ("confirm",), S.REJECTED: ("reject",), S.EXPIRED: ("expire",),
    S.REVERSED: ("confirm", "reverse"),
}  # fmt: skip
#: in which states each button works
PAYMENT_BUTTONS = {
    "confirm": {S.CLAIMED, S.VERIFIED, S.REJECTED, S.EXPIRED},
    "expire": {S.CLAIMED, S.VERIFIED},
    "reverse": {S.CONFIRMED},
    "use": {S.CONFIRMED},
    "refund": {S.CONFIRMED},
    "move": {S.CONFIRMED},
}


@pytest.mark.parametrize("button", list(PAYMENT_BUTTONS))
@pytest.mark.parametrize("state", list(PAYMENT_WAYS), ids=str)
def test_payments(company: Company, manager: Any, state: PaymentState, button: str) -> None:
    invoice, other = company.invoice(R100), company.invoice(R100)
    number = company.claimed(invoice)
    ways: dict[str, Callable[[], Any]] = {
        "verify": lambda: payments.verify(number, [(invoice.id, R100)]),
        "confirm": lambda: payments.confirm(number, company.receipt(Money.zar(150_00)), key=new_key()),
        "reject": lambda: payments.reject(number, "no"),
        "expire": lambda: payments.expire(number, "no"),
        "reverse": lambda: payments.reverse(number, "no", key=new_key()),
    }
    for way in PAYMENT_WAYS[state]:
        company.do(ways[way])
    data = {
        "confirm": {"amount": "100.00", "value_date": clock.today().isoformat(), "account": str(company.bank_id)},
        "use": {"invoice": other.number},
        "refund": {"amount": "10.00", "holder": "K", "bank": "FNB", "branch": "250655", "account": "62841190736"},
        "move": {"amount": "10.00"},
    }.get(button, {})
    path = f"/staff/bank/payments/{number}/{button}" + (f"/{invoice.number}" if button == "move" else "")

    press(manager, path, state in PAYMENT_BUTTONS[button], **data)


# -- refunds -----------------------------------------------------------------------------------------------------------

REFUND_WAYS: dict[RefundState, tuple[str, ...]] = {
    R.ASKED: (), R.APPROVED: ("approve",), R.SENT: ("approve", "send"), R.PAID: ("approve", "send", "pay"),
    R.DECLINED: ("decline",), R.RETURNED: ("approve", "send", "return"),
}  # fmt: skip
REFUND_BUTTONS: dict[str, tuple[str, dict[str, str], set[RefundState]]] = {
    "approve": ("/staff/refunds/1/decide", {"answer": "approve"}, {R.ASKED}),
    "decline": ("/staff/refunds/1/decide", {"answer": "decline"}, {R.ASKED, R.APPROVED}),
    "send": ("/staff/refunds/file", {"refund": "1", "account": "1"}, {R.APPROVED}),
    "pay": ("/staff/refunds/1/paid", {}, {R.SENT}),
    "return": ("/staff/refunds/1/returned", {}, {R.SENT, R.PAID}),
}


@pytest.mark.parametrize("button", list(REFUND_BUTTONS))
@pytest.mark.parametrize("state", list(REFUND_WAYS), ids=str)
def test_refunds(company: Company, manager: Any, state: RefundState, button: str) -> None:
    received, to = company.receipt(Money.zar(5_000_00)), payments.beneficiary("K", "FNB", "250655", "62841190736")
    made = company.do(lambda: payments.record_receipt(company.customer_id, received, [], key=new_key(), by=CLERK))
    amount = Money.zar(2_000_00)
    company.do(lambda: payments.ask_refund(made.payment_id, amount, to, "Twice", key=new_key(), by=CLERK))
    ways: dict[str, Callable[[], Any]] = {
        "approve": lambda: payments.decide_refund(1, True, "", key=new_key(), by=MANAGER),
        "decline": lambda: payments.decide_refund(1, False, "no", key=new_key(), by=MANAGER),
        "send": lambda: payments.send_refunds([1], company.bank_id, key=new_key(), by=CLERK),
        "pay": lambda: payments.pay_refund(1, clock.today(), key=new_key(), by=CLERK),
        "return": lambda: payments.return_refund(1, "no", key=new_key(), by=MANAGER),
    }
    for way in REFUND_WAYS[state]:
        company.do(ways[way])
    assert payments.refund(1).state is state
    path, data, allowed = REFUND_BUTTONS[button]

    press(manager, path, state in allowed, paid_on=clock.today().isoformat(), **data)


# -- write-offs --------------------------------------------------------------------------------------------------------

WRITE_OFF_WAYS: dict[WriteOffState, tuple[str, ...]] = {
    W.ASKED: (), W.BOOKED: ("agree",), W.DECLINED: ("decline",), W.UNDONE: ("agree", "undo"),
}  # fmt: skip
WRITE_OFF_BUTTONS: dict[str, tuple[str, dict[str, str], set[WriteOffState]]] = {
    "agree": ("/staff/write-offs/1/decide", {"answer": "agree"}, {W.ASKED}),
    "decline": ("/staff/write-offs/1/decide", {"answer": "decline"}, {W.ASKED}),
    "undo": ("/staff/write-offs/1/undo", {}, {W.BOOKED}),
}


@pytest.mark.parametrize("button", list(WRITE_OFF_BUTTONS))
@pytest.mark.parametrize("state", list(WRITE_OFF_WAYS), ids=str)
def test_write_offs(company: Company, manager: Any, state: WriteOffState, button: str) -> None:
    invoice = company.invoice(R100)
    company.do(lambda: payments.ask_bad_debt(invoice.id, "Gone", key=new_key(), by=CLERK))
    ways: dict[str, Callable[[], Any]] = {
        "agree": lambda: payments.decide_bad_debt(1, True, "", key=new_key(), by=MANAGER),
        "decline": lambda: payments.decide_bad_debt(1, False, "no", key=new_key(), by=MANAGER),
        "undo": lambda: payments.undo_write_off(1, "no", key=new_key(), by=MANAGER),
    }
    for way in WRITE_OFF_WAYS[state]:
        company.do(ways[way])
    assert payments.write_off(1).state is state
    path, data, allowed = WRITE_OFF_BUTTONS[button]

    press(manager, path, state in allowed, **data)
