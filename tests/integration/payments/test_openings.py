"""What an earlier system left is looked at, then made in one go, once; the books add up to it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.ledger.types import AccountKind
from portal.payments import service as payments
from portal.payments.types.opening import OpeningState
from tests.integration.payments.company import Company, new_key

HEAD = "record,customer,name,email,vat_number,address,terms_days,credit_limit,number,date,due,amount,words"


def lines(*extra: str) -> bytes:
    day = clock.today()
    before, due = day - timedelta(days=30), day + timedelta(days=1)
    rows = [
        HEAD, "customer,MPD014,Mpumalanga Drilling,ap@mpd.example,,1 Main Road; Witbank,14,50 000.00,,,,,",
        "customer,KDR001,Somebody else,x@x.example,,,,,,,,,",
        f"invoice,MPD014,,,,,,,OLD-110,{before},{due},12 500.00,", f"invoice,KDR001,,,,,,,OLD-111,{before},{due},99.99,",
        "credit,MPD014,,,,,,,,,,250.00,Paid twice", *extra,
    ]  # fmt: skip
    return "\n".join(rows).encode()


def look(company: Company, data: bytes) -> int:
    return int(company.do(lambda: payments.look_at("balances.csv", data, clock.today(), by=3)))


def test_a_file_makes_customers_invoices_and_credits_once(company: Company) -> None:
    number = look(company, lines())
    info, found = payments.opening_of(number)
    assert (info.state, info.customers, info.invoices, info.credits) == (OpeningState.DRAFT, 1, 2, 1)
    assert [each.known for each in found.customers] == [False, True]
    assert ledger.trial_balance() == []

    for _ in range(2):
        made = company.do(lambda: payments.take_over(number, by=3))

    assert (made.state, made.owed, made.credit) == (OpeningState.MADE, Money.zar(12_599_99), Money.zar(250_00))
    customer = accounts.customer_by_code("MPD014")
    assert (customer.terms_days, customer.credit_limit) == (14, Money.zar(50_000_00))
    assert accounts.customer_by_code("KDR001").name.startswith("Karoo")
    assert ledger.balance_of(customer.id) == Money.zar(12_250_00)
    sums = {line.kind: line.balance.cents for line in ledger.trial_balance()}
    assert sums == {
        AccountKind.RECEIVABLE: 12_599_99, AccountKind.UNALLOCATED: -250_00, AccountKind.OPENING: -12_349_99,
    }  # fmt: skip
    assert look(company, lines()) == number
    assert len(ledger.journals_page().items) == 3


def test_what_was_taken_over_is_paid_like_anything_else(company: Company) -> None:
    company.do(lambda: payments.take_over(look(company, lines()), by=3))
    old = invoices.by_number("OLD-111")

    company.confirm(company.verified(old))
    assert company.balance(old) == Money.zar(0)
    credit = payments.payment(1)
    assert credit.credit == Money.zar(250_00)
    company.do(lambda: payments.use_credit(1, [invoices.by_number("OLD-110").id], key=new_key()))
    assert invoices.by_number("OLD-110").balance == Money.zar(12_250_00)


def test_a_file_with_a_wrong_row_makes_nothing(company: Company) -> None:
    number = look(company, lines("invoice,ZZZ999,,,,,,,OLD-112,2026-01-01,2026-01-02,5.00,"))
    assert [(each.row, "no customer ZZZ999" in each.words) for each in payments.opening_of(number)[1].errors] == [
        (7, True)
    ]

    with pytest.raises(BadInput):
        company.do(lambda: payments.take_over(number, by=3))
    assert ledger.trial_balance() == []


def test_a_number_that_is_taken_is_an_error_of_its_row(company: Company) -> None:
    company.do(lambda: payments.take_over(look(company, lines()), by=3))
    number = look(company, lines("credit,MPD014,,,,,,,,,,1.00,Another"))
    assert [each.row for each in payments.opening_of(number)[1].errors] == [4, 5]


def test_days_to_come_and_empty_files_are_refused(company: Company) -> None:
    with pytest.raises(BadInput):
        company.do(lambda: payments.look_at("x", lines(), clock.today() + timedelta(days=1), by=3))
    with pytest.raises(BadInput):
        company.do(lambda: payments.look_at("x", b"", clock.today(), by=3))


def test_managers_look_first_and_then_take_over(company: Company, signed_in: Callable[[str], Any]) -> None:
    manager = signed_in("manager@us.example")
    assert "Look at it" in manager.get("/staff/opening").get_data(as_text=True)
    day = clock.today().isoformat()

    def send(data: bytes) -> Any:
        return manager.post("/staff/opening", data={"day": day, "file": (io.BytesIO(data), "old <b>.csv")})

    bad = send(b"a,b")
    assert (bad.status_code, "names the columns" in bad.get_data(as_text=True)) == (422, True)
    wrong = send(lines("credit,MPD014,,,,,,,,,,x,"))
    shown = manager.get(wrong.headers["Location"]).get_data(as_text=True)
    assert "1\u00a0row to correct" in shown and "is not an amount" in shown and "Take everything over" not in shown
    assert manager.post(wrong.headers["Location"]).status_code == 303
    assert ledger.trial_balance() == []
    page = send(lines()).headers["Location"]
    assert "OLD-110" in manager.get(page).get_data(as_text=True)
    assert manager.post(page).status_code == 303
    assert "Taken over" in manager.get(page).get_data(as_text=True)
    assert "record,customer" in manager.get("/staff/opening/example.csv").get_data(as_text=True)
    assert manager.get("/staff/opening/99").status_code == 404
    assert signed_in("clerk@us.example").get("/staff/opening").status_code == 403


def test_what_an_earlier_system_issued_is_not_called_a_tax_invoice(company: Company) -> None:
    from pypdf import PdfReader

    from portal.core.errors import NotFound
    from portal.invoices.service import printing

    company.do(lambda: payments.take_over(look(company, lines()), by=3))
    ours = company.invoice()

    old = PdfReader(io.BytesIO(printing.pdf("OLD-110")))
    text = " ".join(old.pages[0].extract_text().split())
    assert text.startswith("Opening Balance") or "Opening Balance" in text
    assert "Tax Invoice" not in text
    assert "no tax invoice" in text
    assert not old.attachments
    with pytest.raises(NotFound):
        printing.xml("OLD-110")
    assert not printing.document("OLD-110").heading.startswith("Tax")
    assert "Tax Invoice" in PdfReader(io.BytesIO(printing.pdf(ours.number))).pages[0].extract_text()
