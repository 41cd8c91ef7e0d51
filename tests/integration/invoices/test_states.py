"""Every state of an invoice against every deed: the allowed cells pass, all others are refused and change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.core import clock
from portal.core.errors import Conflict, IllegalMove
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.invoices.errors import MoreThanOwed
from portal.invoices.service import crediting, disputing, promising
from portal.invoices.types import InvoiceInfo, State
from portal.invoices.types.credit import CreditDraft
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform.db import db, transaction
from tests.integration.orders.shop import Shop, new_key

R100 = Money.zar(100_00)
#: which deeds an invoice takes in which state
ALLOWED = {
    State.ISSUED: {"settle", "credit", "dispute", "promise"},
    State.PART_PAID: {"settle", "credit", "dispute", "promise"},
    State.PAID: {"credit"},
    State.CREDITED: set(),
}
DEEDS = ("settle", "unsettle", "credit", "dispute", "promise")
REFUSALS = (Conflict, IllegalMove, MoreThanOwed)


def bring(shop: Shop, state: State) -> InvoiceInfo:
    info = invoices.by_number(shop.order((shop.hose, 1)).invoice_number)
    paid = {State.PART_PAID: R100, State.PAID: info.total}.get(state)
    if paid:
        received = BankReceipt(paid, clock.today(), ledger.our_accounts()[0].id, "EFT")
        transaction(lambda: payments.record_receipt(shop.customer_id, received, [info.id], key=new_key()))
    if state is State.CREDITED:
        transaction(lambda: crediting.credit(CreditDraft(info.number, "Came back"), key=new_key()))
    return invoices.by_number(info.number)


def deed(shop: Shop, info: InvoiceInfo, name: str) -> Callable[[], Any]:
    def settle() -> Any:
        invoices.settle(info.id, R100)
        invoices.unsettle(info.id, R100)  # the books know nothing of it

    return {
        "settle": settle,
        "unsettle": lambda: invoices.unsettle(info.id, info.total + R100),
        "credit": lambda: crediting.credit(CreditDraft(info.number, "Came back"), key=new_key()),
        "dispute": lambda: disputing.dispute(info.number, "Wrong", by=shop.buyer),
        "promise": lambda: promising.promise(info.number, clock.today(), "", by="Thandi"),
    }[name]


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize("state", list(ALLOWED), ids=str)
def test_each_deed_in_each_state_is_allowed_or_refused_by_the_table(shop: Shop, state: State, name: str) -> None:
    before = bring(shop, state)
    assert before.state is state
    said = disputing.said_of(before.id)

    if name in ALLOWED[state]:
        transaction(deed(shop, before, name))
        return
    with pytest.raises(REFUSALS):
        transaction(deed(shop, before, name))

    db.session.expire_all()
    assert invoices.by_number(before.number) == before
    assert disputing.said_of(before.id) == said


@pytest.mark.parametrize(("path", "role"), [("credit", "manager"), ("dispute", "buyer"), ("promise", "buyer")])
def test_pages_answer_409_for_what_a_credited_invoice_does_not_take(
    shop: Shop, signed_in: Any, path: str, role: str
) -> None:
    info = bring(shop, State.CREDITED)
    browser = signed_in((shop.manager if role == "manager" else shop.buyer).email)
    browser.get("/account")
    base = f"/staff/invoices/{info.number}" if role == "manager" else f"/invoices/{info.number}"
    day = clock.today().isoformat()
    form = {"quantity-1": "", "reason": "x", "words": "x", "promised_on": day, "key": new_key()}
    assert browser.post(f"{base}/{path}", data=form).status_code == 409
