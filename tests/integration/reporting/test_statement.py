from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest

from portal.core import clock
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform.db import transaction
from portal.reporting import statements
from tests.integration.orders.conftest import shop, signed_in
from tests.integration.orders.shop import Shop, new_key, second_customer

__all__ = ["shop", "signed_in"]


def receive(shop: Shop, cents: int, *numbers: str) -> None:
    received = BankReceipt(Money.zar(cents), clock.today(), ledger.our_accounts()[0].id, "CREDIT")
    ids = [invoices.by_number(number).id for number in numbers]
    transaction(lambda: payments.record_receipt(shop.customer_id, received, ids, key=new_key()))


def test_open_items_add_up_to_what_the_books_say(shop: Shop) -> None:
    with clock.at(clock.now() - timedelta(days=65)):
        old = shop.order((shop.hose, 1))
    shop.order((shop.seal, 3))
    receive(shop, 1_000_00, old.invoice_number)

    made = statements.statement_of(shop.customer_id)

    assert [item.invoice.number[-6:] for item in made.items] == ["000001", "000002"]
    assert made.items[0].invoice.paid == Money.zar(1_000_00)
    assert made.owed == made.open_sum == ledger.balance_of(shop.customer_id)
    assert made.items[-1].so_far == made.open_sum
    assert made.ages[2] == made.items[0].invoice.balance
    assert made.ages[0] == made.items[1].invoice.balance
    assert made.movements[-1].balance == made.owed
    assert made.opening == Money.zar(0)


def test_what_was_paid_beyond_invoices_is_credit(shop: Shop) -> None:
    placed = shop.order((shop.seal, 1))
    receive(shop, placed.total.cents + 50_00, placed.invoice_number)

    made = statements.statement_of(shop.customer_id)

    assert (made.items, made.credit, made.owed) == ((), Money.zar(50_00), Money.zar(-50_00))


def test_older_movements_are_brought_forward(shop: Shop) -> None:
    with clock.at(clock.now() - timedelta(days=120)):
        old = shop.order((shop.hose, 1))

    made = statements.statement_of(shop.customer_id)

    assert (made.movements, made.opening, made.owed) == ((), old.total, old.total)


@pytest.mark.parametrize("nasty", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_a_spreadsheet_runs_nothing_that_was_typed(shop: Shop, signed_in: Any, nasty: str) -> None:
    shop.fill((shop.seal, 1))
    transaction(lambda: orders.place_order(shop.buyer, nasty, new_key()))

    answer = signed_in(shop.buyer.email).get("/statement.csv")

    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert rows[1][1] == f"'{nasty}"
    assert rows[1][-1] == "2.61"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=statement-MPD014-")


def test_the_page_asks_the_database_eight_questions_at_most(shop: Shop, signed_in: Any, count_queries: Any) -> None:
    shop.order((shop.hose, 1))
    shop.order((shop.seal, 1))
    buyer = signed_in(shop.buyer.email)
    with count_queries() as seen:
        page = buyer.get("/statement").get_data(as_text=True)
    assert len(seen) <= 8, "\n".join(seen)
    assert "R\u00a05\u00a0005.11" in page


def test_nobody_sees_another_companys_statement(shop: Shop, signed_in: Any) -> None:
    placed = shop.order()
    page = signed_in(second_customer().email).get("/statement").get_data(as_text=True)
    assert placed.invoice_number not in page
    assert "Nothing to pay" in page


# -- by period and form ------------------------------------------------------------------------------------------------


def test_a_period_of_the_past_shows_what_moved_in_it(shop: Shop, signed_in: Any) -> None:
    with clock.at(clock.now() - timedelta(days=65)):
        old = shop.order((shop.hose, 1))
    shop.order((shop.seal, 3))
    since, until = clock.today() - timedelta(days=70), clock.today() - timedelta(days=30)

    asked = f"form=balance-forward&since={since}&until={until}"
    page = signed_in(shop.buyer.email).get(f"/statement?{asked}").get_data(as_text=True)

    assert f"Invoice {old.invoice_number}" in page
    assert page.count("Invoice INV-") == 1
    made = statements.statement_of(
        shop.customer_id, statements.Asked(statements.Form.BALANCE_FORWARD, since, until)
    )  # fmt: skip
    assert made.closing == old.total


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("since=2026-03-40", "Write the day like 2026-03-16."),
        ("since=2026-05-01&until=2026-04-01", "The period ends before it begins."),
        ("since=2001-01-01", "A statement covers three years at most."),
        ("until=2199-01-01", "The period cannot end after today."),
    ],
)
def test_days_that_make_no_period_are_named_and_kept(shop: Shop, signed_in: Any, asked: str, words: str) -> None:
    page = signed_in(shop.buyer.email).get(f"/statement?form=balance-forward&{asked}").get_data(as_text=True)
    assert words in page
    assert asked.rpartition("=")[2] in page


@pytest.mark.parametrize("form", ["open-item", "balance-forward"])
def test_the_statement_is_printed_with_its_sum(shop: Shop, signed_in: Any, form: str) -> None:
    placed = shop.order((shop.hose, 1))

    answer = signed_in(shop.buyer.email).get(f"/statement.pdf?form={form}")

    document = pypdfium2.PdfDocument(answer.data)
    words = " ".join(page.get_textpage().get_text_range() for page in document).replace("\u00a0", " ")
    document.close()
    assert answer.mimetype == "application/pdf"
    for wanted in ("Statement of Account", "MPD014", placed.invoice_number, "R 5 002.50", "Over 120 days"):
        assert wanted in " ".join(words.split()), wanted


def test_a_movement_that_moved_nothing_is_left_out(shop: Shop) -> None:
    placed = shop.order((shop.hose, 1))
    receive(shop, 9_000_00)
    payment_id = 1
    invoice = invoices.by_number(placed.invoice_number)
    transaction(lambda: payments.use_credit(payment_id, [invoice.id], key=new_key()))

    made = statements.statement_of(shop.customer_id)

    assert [each.change for each in made.movements] == [placed.total, Money.zar(-9_000_00)]
    assert made.closing == made.owed == placed.total - Money.zar(9_000_00)
