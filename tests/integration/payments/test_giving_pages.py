"""Refunds, write-offs and moves as staff do them: two people where two are needed, and words for what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.core import clock
from portal.core.money import Money
from portal.payments import service as payments
from portal.payments.types.giving import RefundState, WriteOffState
from tests.integration.payments.company import Company, new_key

SignIn = Callable[[str], Any]
R100 = Money.zar(100_00)


@pytest.fixture
def clerk(signed_in: SignIn) -> Any:
    return signed_in("clerk@us.example")


@pytest.fixture
def manager(signed_in: SignIn) -> Any:
    return signed_in("manager@us.example")


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def credit(company: Company, amount: Money) -> int:
    received = company.receipt(amount)
    made = company.do(lambda: payments.record_receipt(company.customer_id, received, [], key=new_key(), by=2))
    return int(made.payment_id)


def refund_form(amount: str, **changes: str) -> dict[str, str]:
    return {
        "amount": amount, "holder": "Karoo", "bank": "FNB", "branch": "250655", "account": "62 8411 90736",
        "reason": "Paid twice", "key": new_key(), **changes,
    }  # fmt: skip


def test_a_refund_goes_through_two_people_a_file_and_the_bank(company: Company, clerk: Any, manager: Any) -> None:
    payment_id = credit(company, Money.zar(5_000_00))
    path = f"/staff/bank/payments/{payment_id}"
    assert f"{path}/refund" in text_of(clerk.get(path))
    assert "5000.00" in text_of(clerk.get(f"{path}/refund"))

    asked = clerk.post(f"{path}/refund", data=refund_form("2 000.00"))
    assert asked.status_code == 303
    page = asked.headers["Location"]
    assert "A manager who did not ask for it" in text_of(clerk.get(page))
    assert clerk.post(f"{page}/decide", data={"answer": "approve", "key": new_key()}).status_code == 403
    assert "Approve" in text_of(manager.get(page))
    assert manager.post(f"{page}/decide", data={"answer": "approve", "key": new_key()}).status_code == 303
    assert "Put REF-000001 into the file" in text_of(clerk.get("/staff/refunds"))
    sent = clerk.post("/staff/refunds/file", data={"refund": "1", "account": str(company.bank_id), "key": new_key()})
    assert sent.status_code == 303
    file = text_of(clerk.get("/staff/refunds/files/1.csv"))
    assert "Karoo,FNB,250655,62841190736,2000.00,360DEGREE KDR001,REF-000001" in file
    wrong = clerk.post(f"{page}/paid", data={"paid_on": "2999-01-01", "key": new_key()})
    assert (wrong.status_code, "has not come yet" in text_of(wrong)) == (422, True)
    paid = clerk.post(f"{page}/paid", data={"paid_on": clock.today().isoformat(), "key": new_key()})
    assert paid.status_code == 303
    assert payments.refund(1).state is RefundState.PAID
    assert "Paid back" in text_of(clerk.get(page))
    assert "REF-000001,paid" in text_of(clerk.get("/staff/refunds?save=csv"))


def test_a_refund_form_that_is_wrong_keeps_what_was_typed(company: Company, clerk: Any) -> None:
    payment_id = credit(company, R100)
    clerk.get(f"/staff/bank/payments/{payment_id}/refund")
    for changes, words in (
        ({"amount": "100.01"}, "leaves R"), ({"branch": "12"}, "six digits"), ({"account": "x"}, "7 to 16 digits"),
        ({"reason": " "}, "Say why"), ({"amount": "0"}, "more than nothing"),
    ):  # fmt: skip
        answer = clerk.post(f"/staff/bank/payments/{payment_id}/refund", data=refund_form("50.00") | changes)
        shown = text_of(answer)
        assert answer.status_code == 422, changes
        assert words in shown and 'value="FNB"' in shown, changes
    assert payments.refunds_page().items == ()


def test_nobody_approves_what_they_asked_for_themselves(company: Company, manager: Any) -> None:
    payment_id = credit(company, Money.zar(5_000_00))
    manager.get(f"/staff/bank/payments/{payment_id}/refund")
    page = manager.post(f"/staff/bank/payments/{payment_id}/refund", data=refund_form("2 000.00")).headers["Location"]

    assert "another person approves" in text_of(manager.get(page))
    assert manager.post(f"{page}/decide", data={"answer": "approve", "key": new_key()}).status_code == 409
    assert manager.post(f"{page}/decide", data={"answer": "decline", "key": new_key()}).status_code == 422
    declined = manager.post(f"{page}/decide", data={"answer": "decline", "reason": "No", "key": new_key()})
    assert declined.status_code == 303
    assert payments.refund(1).state is RefundState.DECLINED


def test_a_bad_debt_is_asked_for_on_the_invoice_and_decided_by_a_manager(
    company: Company, clerk: Any, manager: Any
) -> None:
    invoice = company.invoice(R100)
    form = f"/staff/invoices/{invoice.number}/write-off"
    assert form in text_of(clerk.get(f"/staff/invoices/{invoice.number}"))
    assert "a second person has to agree" in text_of(clerk.get(form))

    page = clerk.post(form, data={"reason": "In liquidation", "key": new_key()}).headers["Location"]
    assert clerk.post(form, data={"reason": "Again", "key": new_key()}).status_code == 409
    assert "Agree and write it off" in text_of(manager.get(page))
    assert manager.post(f"{page}/decide", data={"answer": "agree", "key": new_key()}).status_code == 303
    assert payments.write_off(1).state is WriteOffState.BOOKED
    assert company.balance(invoice) == Money.zar(0)
    assert manager.post(f"{page}/undo", data={"reason": "", "key": new_key()}).status_code == 422
    assert manager.post(f"{page}/undo", data={"reason": "They pay", "key": new_key()}).status_code == 303
    assert company.balance(invoice) == R100
    assert "OFF-000001,bad-debt,undone" in text_of(clerk.get("/staff/write-offs?save=csv"))


def test_small_rests_are_ticked_and_gone(company: Company, clerk: Any) -> None:
    invoice = company.invoice(R100)
    company.confirm(company.verified(invoice), Money.zar(98_00))

    assert f"Write off the rest of {invoice.number}" in text_of(clerk.get("/staff/write-offs"))
    done = clerk.post("/staff/write-offs/small", data={"invoice": str(invoice.id), "key": new_key()})

    assert done.status_code == 303
    assert "1 invoice settled; R\u00a02.00 is written off." in text_of(clerk.get("/staff/write-offs"))


def test_money_is_moved_from_the_payment_page(company: Company, clerk: Any) -> None:
    first, second = company.invoice(R100), company.invoice(R100)
    payment_id = company.verified(first)
    company.confirm(payment_id)
    path = f"/staff/bank/payments/{payment_id}/move/{first.number}"
    assert path in text_of(clerk.get(f"/staff/bank/payments/{payment_id}"))
    assert second.number in text_of(clerk.get(path))

    wrong = clerk.post(path, data={"amount": "100.01", "reason": "Typo", "key": new_key()})
    assert (wrong.status_code, "move that much or less" in text_of(wrong)) == (422, True)
    data = {"amount": "100.00", "to": second.number, "reason": "Typo", "key": new_key()}
    assert clerk.post(path, data=data).status_code == 303

    assert (company.balance(first), company.balance(second)) == (R100, Money.zar(0))
    assert clerk.get(f"/staff/bank/payments/{payment_id}/move/INV-1999-000001").status_code == 404


def test_managers_set_the_limits(company: Company, clerk: Any, manager: Any) -> None:
    assert clerk.get("/staff/money-limits").status_code == 403
    assert 'value="5.00"' in text_of(manager.get("/staff/money-limits"))
    data = {"cents": "7.50", "refund_alone": "0", "cents_version": "0", "refund_version": "0"}
    assert manager.post("/staff/money-limits", data=data).status_code == 303
    assert (payments.limits().cents, payments.limits().refund_alone) == (Money.zar(7_50), Money.zar(0))
    late = manager.post("/staff/money-limits", data={**data, "cents": "8.00"})
    assert late.status_code == 409
    large = manager.post("/staff/money-limits", data={**data, "cents": "200", "cents_version": "1"})
    assert (large.status_code, "larger sums are bad debts" in text_of(large)) == (422, True)
