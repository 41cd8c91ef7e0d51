"""Six things a gateway tells of one payment, in all 720 orders: the same end. Source: docs/rules/gateways.md, G6."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.ledger.types import JournalKind
from portal.payments.queries import online as queries
from portal.payments.service import online
from portal.payments.types import PaymentState
from portal.payments.types.online import BACK, OnlineInfo, Told, aim
from portal.platform.db import db, transaction
from portal.platform.models import Mail
from tests.integration.payments.company import R100, Company, found_company
from tests.integration.payments.payfast import PayFastHere, event, money_rows
from tests.integration.soundness import broken

SIX = ("pending", "complete", "complete again", "failed late", "refund", "dispute")
TOLD = {
    "pending": Told.PENDING, "complete": Told.SETTLED, "complete again": Told.SETTLED, "failed late": Told.FAILED,
    "refund": Told.REFUNDED, "dispute": Told.DISPUTED,
}  # fmt: skip


@pytest.fixture
def sqlite(applications: Any) -> Iterator[Any]:
    """Orders are no matter of the database; races are in test_gateway_races.py."""
    yield from applications("sqlite").fresh()


def follow(begun: OnlineInfo, told: Told) -> str:
    found = queries.by_gateway_id(begun.gateway, "1089250") or queries.by_token(begun.token)
    assert found is not None
    told_as = event(begun, told)
    part = f"{told}-7" if begun.gateway != "payfast" and told in BACK else ""
    return online.follow(found, replace(told_as, part=part))


def mails(name: str) -> int:
    return int(db.session.scalar(select(func.count(Mail.id)).where(Mail.event == name)) or 0)


def end_of(company: Company, begun: OnlineInfo, order: tuple[str, ...]) -> tuple[Any, ...]:
    """How everything stands after one order of what is told; nothing of it is kept."""
    for name in order:
        follow(begun, TOLD[name])
    journals = tuple(sorted(each.kind.value for each in ledger.journals_page(customer_id=company.customer_id).items))
    return (
        company.payment(begun.payment_id).state, invoices.by_number(begun.invoice_number).balance,
        ledger.balance_of(company.customer_id), online.clearing_of(begun.gateway), journals,
        mails("payment_confirmed"), mails("payment_reversed"),
    )  # fmt: skip


@pytest.mark.parametrize("code", ["payfast", "stripe"])
@pytest.mark.parametrize("first", SIX)
def test_all_720_orders_of_six_things_told_end_alike(sqlite: Any, first: str, code: str) -> None:
    """A sixth of them here, by what is told first; all of them are compared with the same end."""
    company = found_company()
    invoice = company.invoice()
    begun = transaction(lambda: online.begin(code, invoice.number, None, key="the-key-of-the-form"))
    db.session.expire_all()
    wanted = (PaymentState.REVERSED, R100, R100, Money.zar(-3_00), ("invoice", "receipt", "reversal"), 1, 1)
    orders = [order for order in permutations(SIX) if order[0] == first]
    assert len(orders) == 120
    for order in orders:
        assert end_of(company, begun, order) == wanted, order
        if order == orders[-1]:
            assert broken() == []
        db.session.rollback()


WITHOUT_BACK = ("pending", "complete", "complete again", "failed late")


def test_without_a_way_back_every_order_ends_in_money(sqlite: Any) -> None:
    company = found_company()
    invoice = company.invoice()
    begun = transaction(lambda: online.begin("payfast", invoice.number, None, key="the-key-of-the-form"))
    ends = set()
    for order in permutations(WITHOUT_BACK):
        ends.add(end_of(company, begun, order))
        db.session.rollback()
    assert ends == {
        (PaymentState.CONFIRMED, Money.zar(0), Money.zar(0), Money.zar(97_00), ("invoice", "receipt"), 1, 0)
    }


def test_any_sequence_of_up_to_three_ends_where_the_model_says(sqlite: Any) -> None:
    company = found_company()
    invoice = company.invoice()
    begun = transaction(lambda: online.begin("payfast", invoice.number, None, key="the-key-of-the-form"))
    for told in [each for size in (1, 2, 3) for each in product(Told, repeat=size)]:
        for each in told:
            follow(begun, each)
        assert company.payment(begun.payment_id).state is aim(set(told)), told
        db.session.rollback()


def test_failed_for_one_try_and_settled_for_the_next_is_money(company: Company, payfast: PayFastHere) -> None:
    begun = payfast.begin(company.invoice())
    for told, number in ((Told.FAILED, "1"), (Told.SETTLED, "2"), (Told.FAILED, "3")):
        company.do(lambda told=told, number=number: online.follow(begun, event(begun, told, number)))
    assert payfast.state(begun) is PaymentState.CONFIRMED


@pytest.mark.parametrize("before", ["rejected", "expired"])
def test_money_wins_over_a_payment_that_was_given_up(company: Company, payfast: PayFastHere, before: str) -> None:
    begun = payfast.begin(company.invoice())
    if before == "rejected":
        company.do(lambda: follow(begun, Told.FAILED))
    else:
        company.do(lambda: online.end(begun.payment_id))
    assert payfast.state(begun) == before
    company.do(lambda: follow(begun, Told.SETTLED))
    assert payfast.state(begun) is PaymentState.CONFIRMED


def test_what_went_back_in_part_is_left_to_a_person(company: Company, payfast: PayFastHere) -> None:
    begun = payfast.begin(company.invoice())
    company.do(lambda: follow(begun, Told.SETTLED))
    part = event(begun, Told.REFUNDED)
    half = type(part)(part.told, part.reference, part.gateway_id, Money.zar(50_00), part.fee)
    words = company.do(lambda: online.follow(begun, half))
    assert "by hand" in words
    assert payfast.state(begun) is PaymentState.CONFIRMED


def test_a_payment_that_a_clerk_confirmed_at_the_bank_leaves_the_gateways_money_as_credit(
    company: Company, payfast: PayFastHere
) -> None:
    invoice = company.invoice()
    begun = payfast.begin(invoice)
    company.confirm(begun.payment_id)
    company.do(lambda: follow(begun, Told.SETTLED))
    assert ledger.credit_of(company.customer_id) == R100
    before = money_rows()
    company.do(lambda: follow(begun, Told.SETTLED))
    assert money_rows() == before


def test_the_counter_entry_of_a_dispute_takes_the_money_off_the_gateway(company: Company, payfast: PayFastHere) -> None:
    invoice = company.invoice()
    begun = payfast.begin(invoice)
    for told in (Told.SETTLED, Told.DISPUTED):
        company.do(lambda told=told: follow(begun, told))
    assert company.balance(invoice) == R100
    assert online.clearing_of("payfast") == Money.zar(-3_00)
    kinds = [each.kind for each in ledger.journals_page(customer_id=company.customer_id).items]
    assert kinds.count(JournalKind.REVERSAL) == 1
    assert "disputes" in company.payment(begun.payment_id).reason


def test_what_goes_back_of_the_second_payment_leaves_the_first_alone(company: Company, payfast: PayFastHere) -> None:
    """Also for who looked the payment up before the second one settled."""
    begun = payfast.begin(company.invoice())
    for number in ("1", "2"):
        company.do(lambda number=number: online.follow(begun, event(begun, Told.SETTLED, number)))
    company.do(lambda: online.follow(begun, event(begun, Told.REFUNDED, "2")))
    second = queries.by_gateway_id("payfast", "2")
    assert second is not None
    assert (payfast.state(begun), payfast.state(second)) == (PaymentState.CONFIRMED, PaymentState.REVERSED)
