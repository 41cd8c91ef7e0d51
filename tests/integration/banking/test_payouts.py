"""What PayFast paid out arrives in one line of the bank and leaves what PayFast holds for us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal.banking import service as banking
from portal.banking.errors import LineTaken
from portal.banking.service import payouts
from portal.banking.types import LineState
from portal.core import clock
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.types import JournalKind
from portal.payments.queries import online as queries
from portal.payments.service import online
from portal.payments.types.online import GatewayEvent, Told
from tests.integration.banking.bank import Bank, journals, line
from tests.integration.payments.company import R100, new_key

HELD = Money.zar(97_00)


@pytest.fixture
def settled(bank: Bank) -> Bank:
    """PayFast holds R 97.00 for us."""
    company = bank.company
    begun = company.do(lambda: online.begin("payfast", company.invoice().number, None, key="the-key-of-the-form"))
    event = GatewayEvent(Told.SETTLED, begun.token, "1089250", R100, Money.zar(3_00))
    company.do(lambda: online.follow(queries.by_token(begun.token), event))
    assert online.clearing_of("payfast") == HELD
    return bank


def test_a_line_that_names_payfast_is_booked_as_its_payout_and_undone(
    settled: Bank, signed_in: Callable[[str], Any]
) -> None:
    (found,) = settled.shows(line(97_00, "MAGTAPE CREDIT PAY FAST 8812", "SETTLEMENT"))
    assert found.left
    clerk = signed_in("clerk@us.example")
    page = clerk.get(f"/staff/bank/lines/{found.id}").get_data(as_text=True)
    assert "Book as a payout of PayFast" in page
    assert clerk.post(f"/staff/bank/lines/{found.id}/payout", data={"gateway": "payfast"}).status_code == 303
    assert (banking.line(found.id).state, journals(JournalKind.PAYOUT)) == (LineState.ALLOCATED, 1)
    assert not online.clearing_of("payfast")
    assert "Payout of PayFast" in clerk.get(f"/staff/bank/lines/{found.id}").get_data(as_text=True)

    settled.company.do(lambda: banking.undo(found.id, "It was another one", by=settled.company.clerk_id))
    assert online.clearing_of("payfast") == HELD
    assert banking.line(found.id).left
    settled.company.do(lambda: payouts.book_payout(found.id, "payfast", by=settled.company.clerk_id))
    assert not online.clearing_of("payfast")


def test_a_payout_is_booked_once(settled: Bank) -> None:
    (found,) = settled.shows(line(97_00, "PAYFAST"))
    book = lambda: payouts.book_payout(found.id, "payfast", by=settled.company.clerk_id)  # noqa: E731
    settled.company.do(book)
    with pytest.raises(LineTaken):
        settled.company.do(book)
    assert journals(JournalKind.PAYOUT) == 1


@pytest.mark.parametrize(("cents", "text"), [(97_00, "MAGTAPE CREDIT KAROO"), (-97_00, "PAYFAST CHARGEBACK")])
def test_other_lines_are_not_offered_as_a_payout(settled: Bank, cents: int, text: str) -> None:
    (found,) = settled.shows(line(cents, text))
    assert payouts.payouts_of(banking.line(found.id)) == {}


def test_a_payout_of_a_closed_month_is_booked_today(settled: Bank) -> None:
    day = clock.today().replace(day=1) - timedelta(days=3)
    (found,) = settled.shows(line(97_00, "PAYFAST", day=day))
    by = settled.company.clerk_id
    settled.company.do(lambda: ledger.close(day + timedelta(days=2), key=new_key(), by=by))
    settled.company.do(lambda: payouts.book_payout(found.id, "payfast", by=by))
    assert not online.clearing_of("payfast")
    (newest,) = ledger.journals_page(limit=1).items
    assert (newest.kind, newest.value_date) == (JournalKind.PAYOUT, clock.today())


def test_dollars_are_no_payout(settled: Bank) -> None:
    (found,) = settled.shows(line(97_00, "PAYFAST"))
    dollars = replace(banking.line(found.id), amount=Money(97_00, "USD"))
    assert payouts.payouts_of(dollars) == {}
    with pytest.raises(BadInput, match="ZAR only"):
        settled.company.do(
            lambda: online.record_payout("payfast", dollars.amount, settled.company.bank_id, clock.today(), source="x")
        )


def test_a_gateway_nobody_knows_pays_out_nothing(settled: Bank, signed_in: Callable[[str], Any]) -> None:
    (found,) = settled.shows(line(97_00, "PAYFAST"))
    clerk = signed_in("clerk@us.example")
    assert clerk.post(f"/staff/bank/lines/{found.id}/payout", data={"gateway": "nobody"}).status_code == 422
    assert banking.line(found.id).left


def test_what_a_gateway_kept_of_its_payout_is_our_cost_in_the_same_journal(
    settled: Bank, signed_in: Callable[[str], Any]
) -> None:
    (found,) = settled.shows(line(94_50, "PAYFAST"))
    clerk, address = signed_in("clerk@us.example"), f"/staff/bank/lines/{found.id}"
    assert "By our books it holds" in clerk.get(address).get_data(as_text=True)
    for wrong in ("two rand", "-2.50"):
        assert clerk.post(f"{address}/payout", data={"gateway": "payfast", "fee": wrong}).status_code == 422
    assert online.clearing_of("payfast") == HELD
    assert clerk.post(f"{address}/payout", data={"gateway": "payfast", "fee": "2.50"}).status_code == 303
    assert not online.clearing_of("payfast")
    settled.company.do(lambda: banking.undo(found.id, "It was another one", by=settled.company.clerk_id))
    assert online.clearing_of("payfast") == HELD
