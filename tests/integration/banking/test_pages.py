"""A clerk imports a statement, sees what is left, and decides it with one press."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from portal.banking import service as banking
from portal.banking.types import LineState
from portal.core.money import Money
from portal.platform import jobs
from portal.platform.db import db
from tests.integration.banking.bank import Bank, line
from tests.unit.banking.files import plain

SignIn = Callable[[str], Any]


@pytest.fixture
def clerk(bank: Bank, signed_in: SignIn) -> Any:
    return signed_in("clerk@us.example")


def send(browser: Any, bank: Bank, content: bytes, name: str = "march.csv") -> Any:
    data = {"account": str(bank.company.bank_id), "file": (io.BytesIO(content), name)}
    return browser.post("/staff/bank/statements", data=data, content_type="multipart/form-data")


def imported(browser: Any, bank: Bank, content: bytes, name: str = "march.csv") -> Any:
    """Look at a file, then press the button of its page."""
    page = browser.get(send(browser, bank, content, name).headers["Location"])
    return press_import(browser, page)


def press_import(browser: Any, page: Any) -> Any:
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', text_of(page))
    return browser.post(page.request.path, data={"seen": seen[1] if seen else ""})


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_an_imported_statement_books_what_is_certain_and_lists_the_rest(bank: Bank, clerk: Any) -> None:
    invoice = bank.company.invoice()
    content = bank.statement(line(100_00, "EFT", invoice.reference), line(77_00, "NOBODY KNOWS"))
    assert imported(clerk, bank, content).headers["Location"] == "/staff/bank/lines"
    jobs.run_pending(strict=True)
    shown = text_of(clerk.get("/staff/bank/lines"))
    assert "NOBODY KNOWS" in shown and "Did it by itself" in shown and ">1\xa0line<" in shown
    assert "EFT" in text_of(clerk.get("/staff/bank/lines?show=booked"))
    assert "march.csv" in text_of(clerk.get("/staff/bank/statements"))


def test_a_file_that_does_not_prove_itself_is_refused_with_its_row(bank: Bank, clerk: Any) -> None:
    content = bank.statement(line(1_00, "A"), line(2_00, "B"), line(3_00, "C")).replace(
        plain(2_00).encode(), b"9.00", 1
    )
    answer = send(clerk, bank, content)
    assert answer.status_code == 422
    assert "Row 5" in text_of(answer)
    assert bank.lines() == []


def test_no_file_is_said_at_the_field(bank: Bank, clerk: Any) -> None:
    answer = clerk.post("/staff/bank/statements", data={"account": str(bank.company.bank_id)})
    assert answer.status_code == 422
    assert "Choose the file" in text_of(answer)


def test_a_suggestion_is_accepted_with_one_press(bank: Bank, clerk: Any) -> None:
    invoice = bank.company.invoice()
    (found,) = bank.shows(line(100_00, "CASH DEPOSIT"))
    assert invoice.number in text_of(clerk.get("/staff/bank/lines"))
    address = f"/staff/bank/lines/{found.id}/accept"
    assert clerk.post(address, data={"invoice": invoice.number}).status_code == 303
    assert not bank.company.balance(invoice)
    assert clerk.post(address, data={"invoice": invoice.number}).status_code == 409


def test_a_line_is_split_over_invoices_of_a_customer(bank: Bank, clerk: Any) -> None:
    first, second = bank.company.invoice(), bank.company.invoice(Money.zar(50_00))
    (found,) = bank.shows(line(130_00, "WHO"))
    shown = text_of(clerk.get(f"/staff/bank/lines/{found.id}?customer=KDR001"))
    assert first.number in shown and second.number in shown
    data = {"invoice": [first.number, second.number], "customer": "KDR001"}
    assert clerk.post(f"/staff/bank/lines/{found.id}/accept", data=data).status_code == 303
    assert not bank.company.balance(first)
    assert bank.company.balance(second) == Money.zar(20_00)


@pytest.mark.parametrize("data", [{}, {"customer": "XXX999"}, {"invoice": "INV-2026-999999"}, {"payment": "12x"}])
def test_a_choice_that_does_not_fit_is_said_and_books_nothing(bank: Bank, clerk: Any, data: dict[str, str]) -> None:
    (found,) = bank.shows(line(130_00, "WHO"))
    assert clerk.post(f"/staff/bank/lines/{found.id}/accept", data=data).status_code == 422
    assert banking.line(found.id).state is LineState.UNMATCHED


def test_only_a_manager_undoes(bank: Bank, clerk: Any, signed_in: SignIn) -> None:
    invoice = bank.company.invoice()
    (found,) = bank.shows(line(100_00, "EFT", invoice.reference))
    address = f"/staff/bank/lines/{found.id}/undo"
    assert clerk.post(address, data={"reason": "Wrong"}).status_code == 403
    manager = signed_in("manager@us.example")
    assert manager.post(address, data={"reason": ""}).status_code == 422
    assert manager.post(address, data={"reason": "Wrong customer"}).status_code == 303
    db.session.expire_all()
    assert bank.company.balance(invoice) == Money.zar(100_00)


def test_a_line_is_set_aside_with_a_reason(bank: Bank, clerk: Any) -> None:
    (found,) = bank.shows(line(130_00, "WHO"))
    address = f"/staff/bank/lines/{found.id}/ignore"
    assert clerk.post(address, data={"reason": ""}).status_code == 422
    assert clerk.post(address, data={"reason": "Sold the bakkie"}).status_code == 303
    assert "Sold the bakkie" in text_of(clerk.get("/staff/bank/lines?show=aside"))
