"""A month is signed off when every line has its answer; then it stays as it is until two people open it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from portal.banking import service as banking
from portal.banking.errors import MonthSigned, StatementRefused
from portal.banking.types import LineState
from portal.banking.types.months import SignedMonth
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.ledger.errors import SamePerson
from portal.platform import audit
from portal.platform.db import db
from tests.integration.banking.bank import Bank, line
from tests.integration.banking.test_pages import text_of
from tests.integration.payments.company import new_key
from tests.integration.soundness import broken

SignIn = Callable[[str], Any]
MARCH, DAY = date(2026, 3, 1), date(2026, 3, 10)
APRIL = datetime(2026, 4, 2, 9, tzinfo=clock.SAST)


@pytest.fixture(autouse=True)
def _in_april() -> Any:
    with clock.at(APRIL):
        yield


def sign(bank: Bank, note: str = "", *, seen: int = 0, key: str | None = None) -> SignedMonth:
    who, used = bank.company.clerk_id + 1, key or new_key()
    return bank.company.do(
        lambda: banking.sign_month(bank.company.bank_id, MARCH, note, seen=seen, key=used, by=who, name="Sipho Radebe")
    )


def reopen(bank: Bank, signed: SignedMonth, *, first: int, second: int) -> None:
    bank.company.do(lambda: banking.ask_month(signed.id, "A line is missing", key=new_key(), by=first))
    bank.company.do(lambda: banking.decide_month(signed.id, True, key=new_key(), by=second))


@pytest.fixture
def march(bank: Bank) -> Bank:
    """An invoice that paid itself, a fee, and money that nobody knows."""
    invoice = bank.company.invoice()
    told = [
        line(100_00, "EFT", invoice.reference, day=DAY), line(-8_50, "#SERVICE FEES", day=DAY),
        line(77_00, "WHO", day=DAY), line(-500_00, "RENT", day=DAY),
    ]  # fmt: skip
    bank.shows(*told)
    return bank


def test_the_figures_of_a_month(march: Bank) -> None:
    found = banking.month_figures(march.company.bank_id, MARCH)
    assert (found.lines, found.by_itself, found.aside, found.left) == (4, 1, 2, 1)
    assert (found.opening, found.money_in, found.money_out, found.fees) == (250_000_00, 177_00, -508_50, 0)
    assert found.closing == 250_000_00 + 177_00 - 508_50
    assert found.unexplained == 77_00
    assert banking.month_figures(march.company.bank_id, date(2026, 2, 1)).lines == 0


def test_a_month_with_a_line_that_waits_is_not_signed(march: Bank) -> None:
    with pytest.raises(BadInput, match="1 lines still wait"):
        sign(march, seen=77_00)


def test_what_nobody_knows_goes_into_suspense_and_the_month_is_signed(march: Bank) -> None:
    by = march.company.clerk_id
    assert march.company.do(lambda: banking.suspend_rest(march.company.bank_id, MARCH, by=by)) == 1
    signed = sign(march)
    assert signed.live and signed.figures.suspense == 1 and signed.figures.unexplained == 0
    assert [each.action for each in audit.of(f"bank_account:{march.company.bank_id}/2026-03")] == ["bank.month_signed"]
    assert broken() == []
    with pytest.raises(Conflict):
        sign(march)
    db.session.rollback()


def all_answered(bank: Bank) -> SignedMonth:
    by = bank.company.clerk_id
    bank.company.do(lambda: banking.suspend_rest(bank.company.bank_id, MARCH, by=by))
    return sign(bank)


def test_nothing_is_added_to_a_signed_month_and_nothing_undone(march: Bank) -> None:
    all_answered(march)
    with pytest.raises(StatementRefused) as caught:
        march.upload(march.statement(line(5_00, "LATER", day=DAY)))
    assert caught.value.row == 4
    db.session.rollback()
    looked = banking.look_at(
        march.statement(line(5_00, "LATER", day=DAY)), "later.csv", march.company.bank_id, by=march.company.clerk_id
    )
    assert looked.refused and looked.refused_row == 4
    booked = banking.lines("booked").items[0]
    with pytest.raises(MonthSigned):
        march.company.do(lambda: banking.undo(booked.id, "Wrong", by=march.company.clerk_id))
    db.session.rollback()
    assert march.upload(march.statement(line(5_00, "APRIL", day=date(2026, 4, 1)))).added == 1


def test_suspense_of_a_signed_month_finds_its_owner_with_the_day_of_today(march: Bank) -> None:
    all_answered(march)
    (waiting,) = banking.suspended().items
    march.company.do(lambda: banking.accept(waiting.id, customer="KDR001", by=march.company.clerk_id))
    found = banking.line(waiting.id)
    assert found.state is LineState.ALLOCATED and found.payment_id is not None
    assert march.company.payment(found.payment_id).value_date == APRIL.date()


def test_opening_a_month_again_takes_two_people(march: Bank) -> None:
    signed, first, second = all_answered(march), march.company.clerk_id + 1, march.company.clerk_id
    with pytest.raises(Conflict):
        march.company.do(lambda: banking.decide_month(signed.id, True, key=new_key(), by=second))
    with pytest.raises(BadInput):
        march.company.do(lambda: banking.ask_month(signed.id, " ", key=new_key(), by=first))
    march.company.do(lambda: banking.ask_month(signed.id, "A line is missing", key=new_key(), by=first))
    with pytest.raises(SamePerson):
        march.company.do(lambda: banking.decide_month(signed.id, True, key=new_key(), by=first))
    db.session.rollback()
    march.company.do(lambda: banking.decide_month(signed.id, True, key=new_key(), by=second))
    assert not banking.signed_month(signed.id).live
    assert march.upload(march.statement(line(5_00, "LATER", day=DAY))).added == 1
    deeds = [each.action for each in audit.of(f"bank_account:{march.company.bank_id}/2026-03")]
    assert deeds == ["bank.month_reopened", "bank.month_reopening_asked", "bank.month_signed"]


def test_a_month_that_was_opened_is_signed_again_and_both_stay(march: Bank) -> None:
    signed = all_answered(march)
    reopen(march, signed, first=march.company.clerk_id, second=march.company.clerk_id + 1)
    again = sign(march)
    kept = banking.signings(march.company.bank_id, MARCH)
    assert [(each.id, each.live) for each in kept] == [(again.id, True), (signed.id, False)]


def test_left_closed_a_month_can_be_asked_for_again(march: Bank) -> None:
    signed, first, second = all_answered(march), march.company.clerk_id, march.company.clerk_id + 1
    march.company.do(lambda: banking.ask_month(signed.id, "Perhaps", key=new_key(), by=first))
    march.company.do(lambda: banking.decide_month(signed.id, False, key=new_key(), by=first))
    assert banking.signed_month(signed.id).live and banking.signed_month(signed.id).asked_by is None
    reopen(march, signed, first=first, second=second)


def test_what_stays_unexplained_needs_words(bank: Bank) -> None:
    bank.shows(line(-8_50, "#SERVICE FEES", day=DAY))
    later = Bank(bank.company, opening=1)
    content = later.statement(line(-1_00, "#SERVICE FEES", day=DAY + timedelta(days=5)))
    bank.upload(content)
    from portal.platform import jobs

    jobs.run_pending(strict=True)
    missing = banking.month_figures(bank.company.bank_id, MARCH).unexplained
    assert missing == 8_50
    with pytest.raises(BadInput, match="unexplained"):
        sign(bank, seen=missing)
    with pytest.raises(Conflict):
        sign(bank, "Known", seen=missing + 1)
    db.session.rollback()
    assert sign(bank, "The bank corrected itself", seen=missing).figures.unexplained == missing


def test_a_month_that_is_not_over_or_has_no_line_is_not_signed(march: Bank) -> None:
    account, who = march.company.bank_id, march.company.clerk_id
    for month in (date(2026, 4, 1), date(2026, 2, 1)):
        with pytest.raises(BadInput):
            march.company.do(
                lambda month=month: banking.sign_month(account, month, "", seen=0, key=new_key(), by=who, name="X")
            )


def test_the_same_key_signs_once(march: Bank) -> None:
    by, key = march.company.clerk_id, new_key()
    march.company.do(lambda: banking.suspend_rest(march.company.bank_id, MARCH, by=by))
    assert sign(march, key=key).id == sign(march, key=key).id


def test_what_was_signed_cannot_be_rewritten(march: Bank) -> None:
    all_answered(march)
    for deed in ("UPDATE reconciled_month SET note = 'x'", "DELETE FROM reconciled_month"):
        with pytest.raises(Exception, match="signed"):
            db.session.execute(text(deed))
        db.session.rollback()


def test_the_report_says_what_was_signed_and_is_the_same_for_ever(march: Bank) -> None:
    signed = all_answered(march)
    made = banking.month_report(signed)
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages).replace("\xa0", " ")
    for each in (
        "Bank Reconciliation",
        "March 2026",
        "Sipho Radebe",
        "R 250 000.00",
        "Nothing is unexplained",
        "R 77.00",
    ):
        assert each in words, words
    assert banking.month_report(banking.signed_month(signed.id)) == made


# -- pages --------------------------------------------------------------------------------------------------------


def test_a_manager_signs_a_month_and_a_second_person_opens_it(march: Bank, signed_in: SignIn) -> None:
    account = march.company.bank_id
    clerk, manager = signed_in("clerk@us.example"), signed_in("manager@us.example")
    address = f"/staff/bank/months/{account}/2026-03"
    assert "March 2026" in text_of(clerk.get("/staff/bank/months"))
    assert "1\xa0line of March 2026 waits" in text_of(clerk.get(address))
    assert clerk.post(f"{address}/suspend").status_code == 303
    assert "March 2026 can be signed off" in text_of(manager.get(address))
    data = {"seen": "0", "note": "", "key": new_key()}
    assert clerk.post(address, data=data).status_code == 403
    assert manager.post(address, data={"key": new_key()}).status_code == 422
    assert manager.post(address, data=data).status_code == 303
    shown = text_of(clerk.get(address))
    assert "March 2026 is signed off" in shown
    signed_id = banking.signings(account, MARCH)[0].id
    pdf = clerk.get(f"/staff/bank/signed/{signed_id}.pdf")
    assert pdf.data.startswith(b"%PDF") and "attachment" in pdf.headers["Content-Disposition"]
    assert (
        manager.post(f"/staff/bank/signed/{signed_id}/reopen", data={"reason": "", "key": new_key()}).status_code == 422
    )
    asked = {"reason": "A line is missing", "key": new_key()}
    assert manager.post(f"/staff/bank/signed/{signed_id}/reopen", data=asked).status_code == 303
    same = manager.post(f"/staff/bank/signed/{signed_id}/decide", data={"answer": "open", "key": new_key()})
    assert same.status_code == 409
    assert "asks to open it again" in text_of(manager.get(address))


@pytest.mark.parametrize("month", ["2026-13", "nothing", "2030-01", "1066-01", "2026-03-01"])
def test_what_is_no_month_is_not_found(march: Bank, signed_in: SignIn, month: str) -> None:
    assert signed_in("clerk@us.example").get(f"/staff/bank/months/{march.company.bank_id}/{month}").status_code == 404
