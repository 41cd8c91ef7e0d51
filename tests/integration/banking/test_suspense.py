"""Money that nobody knows is in the books at once, its age is watched, and it finds its owner or goes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from portal.banking import service as banking
from portal.banking.errors import LineTaken
from portal.banking.types import LineInfo, LineState
from portal.core import clock
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.errors import SamePerson
from portal.ledger.models import Account, Entry
from portal.ledger.types import AccountKind, JournalKind
from portal.payments import service as payments
from portal.payments.types import PaymentState
from portal.payments.types.giving import RefundState
from portal.platform.db import db
from tests.integration.banking.bank import Bank, journals, line
from tests.integration.banking.test_pages import text_of
from tests.integration.payments.company import new_key
from tests.integration.soundness import broken

SignIn = Callable[[str], Any]
L = LineState
TO = ("Jabu Mahlangu", "FNB", "250655", "62000111222")


def held(kind: AccountKind = AccountKind.SUSPENSE) -> int:
    """What an account holds, credits less debits, in cents."""
    db.session.rollback()
    asked = select(func.sum(Entry.credit_cents - Entry.debit_cents)).join(Account, Account.id == Entry.account_id)
    return int(db.session.scalar(asked.where(Account.kind == kind.value)) or 0)


@pytest.fixture
def unknown(bank: Bank) -> LineInfo:
    (found,) = bank.shows(line(77_00, "RTC CREDIT J MAHLANGU"))
    bank.company.do(lambda: banking.suspend(found.id, "Asked at the counter", by=bank.company.clerk_id))
    return banking.line(found.id)


def give(bank: Bank, line_id: int, key: str | None = None) -> Any:
    to = payments.beneficiary(*TO)
    by, used = bank.company.clerk_id, key or new_key()
    return bank.company.do(lambda: banking.give_back(line_id, to, "Not ours", key=used, by=by))


def test_what_nobody_knows_is_in_the_books_at_once(bank: Bank, unknown: LineInfo) -> None:
    assert unknown.state is L.SUSPENSE and unknown.reason == "Asked at the counter"
    assert held() == 77_00 and held(AccountKind.BANK) == -77_00
    found = banking.tally()
    assert (found.left, found.in_suspense, found.suspense, found.unexplained) == (0, 1, Money.zar(77_00), Money.zar(0))


def test_its_owner_gets_it_later_and_the_suspense_is_empty(bank: Bank, unknown: LineInfo) -> None:
    invoice = bank.company.invoice()
    bank.company.do(lambda: banking.accept(unknown.id, numbers=[invoice.number], by=bank.company.clerk_id))
    assert banking.line(unknown.id).state is L.ALLOCATED
    assert held() == 0 and held(AccountKind.BANK) == -77_00
    assert bank.company.balance(invoice) == Money.zar(23_00)
    assert broken() == []


def test_a_wrong_owner_is_undone_and_it_can_wait_again(bank: Bank, unknown: LineInfo) -> None:
    by = bank.company.clerk_id
    bank.company.do(lambda: banking.accept(unknown.id, customer="KDR001", by=by))
    bank.company.do(lambda: banking.undo(unknown.id, "Somebody else", by=by))
    assert held() == 0 and held(AccountKind.BANK) == 0
    bank.company.do(lambda: banking.suspend(unknown.id, "", by=by))
    assert held() == 77_00
    bank.company.do(lambda: banking.undo(unknown.id, "Known after all", by=by))
    assert banking.line(unknown.id).state is L.UNMATCHED and held() == 0


def test_only_money_that_came_in_and_waits_goes_there(bank: Bank, unknown: LineInfo) -> None:
    by = bank.company.clerk_id
    with pytest.raises(LineTaken):
        bank.company.do(lambda: banking.suspend(unknown.id, "", by=by))
    assert journals(JournalKind.SUSPENSE) == 1


def test_it_goes_back_through_a_refund_that_a_second_person_approves(bank: Bank, unknown: LineInfo) -> None:
    made = give(bank, unknown.id)
    assert made.state is RefundState.ASKED and made.amount == Money.zar(77_00)
    assert held() == 0
    with pytest.raises(SamePerson):
        bank.company.do(lambda: payments.decide_refund(made.id, True, "", key=new_key(), by=bank.company.clerk_id))
    db.session.rollback()
    manager = bank.company.clerk_id + 1
    done = bank.company.do(lambda: payments.decide_refund(made.id, True, "Fine", key=new_key(), by=manager))
    assert done.state is RefundState.APPROVED
    assert held(AccountKind.REFUNDS) == 77_00
    assert broken() == []


def test_the_same_key_gives_back_once(bank: Bank, unknown: LineInfo) -> None:
    key = new_key()
    assert give(bank, unknown.id, key).id == give(bank, unknown.id, key).id
    assert journals(JournalKind.RECEIPT) == 1
    with pytest.raises(LineTaken):
        give(bank, unknown.id)
    db.session.rollback()


def test_a_refund_that_is_declined_lets_the_line_wait_again(bank: Bank, unknown: LineInfo) -> None:
    made, by = give(bank, unknown.id), bank.company.clerk_id
    bank.company.do(lambda: payments.decide_refund(made.id, False, "Owner found", key=new_key(), by=by))
    bank.company.do(lambda: banking.undo(unknown.id, "Owner found", by=by))
    found = banking.line(unknown.id)
    assert found.state is L.UNMATCHED and found.payment_id is None
    assert payments.payment(made.payment_id).state is PaymentState.REVERSED


def test_a_closed_month_is_left_alone_and_today_takes_the_entries(bank: Bank) -> None:
    day = clock.today().replace(day=1) - timedelta(days=3)
    (found,) = bank.shows(line(77_00, "WHO", day=day))
    by = bank.company.clerk_id
    bank.company.do(lambda: banking.suspend(found.id, "", by=by))
    until = clock.today().replace(day=1) - timedelta(days=1)
    bank.company.do(lambda: ledger.close(until, key=new_key(), by=by))
    bank.company.do(lambda: banking.accept(found.id, customer="KDR001", by=by))
    payment_id = banking.line(found.id).payment_id
    assert payment_id is not None and payments.payment(payment_id).value_date == clock.today()
    assert held() == 0


def test_ages_are_counted_to_the_day(bank: Bank) -> None:
    days = (0, 7, 8, 30, 31, 60, 61, 90, 91, 400)
    told = [line(100 + age, f"WHO {age}", day=clock.today() - timedelta(days=age)) for age in reversed(days)]
    for each in bank.shows(*told):
        bank.company.do(lambda each=each: banking.suspend(each.id, "", by=bank.company.clerk_id))
    assert [each.count for each in banking.ages()] == [2, 2, 2, 2, 2]
    assert [each.amount.cents for each in banking.ages()] == [207, 238, 291, 351, 691]
    assert [each.description for each in banking.suspended("older").items] == ["WHO 400", "WHO 91"]
    assert len(banking.suspended().items) == 10


def test_the_self_check_finds_suspense_that_no_line_holds(bank: Bank, unknown: LineInfo) -> None:
    assert broken() == []
    db.session.execute(text("UPDATE statement_line SET state = 'unmatched'"))
    db.session.commit()
    found = broken()
    assert any("suspense is what lines in suspense come to" in each for each in found)
    assert any("stands in the ledger once" in each for each in found)
    db.session.execute(text("UPDATE statement_line SET state = 'suspense'"))
    db.session.commit()


# -- pages --------------------------------------------------------------------------------------------------------


def test_a_clerk_suspends_from_the_line_and_sees_it_by_its_age(bank: Bank, signed_in: SignIn) -> None:
    (found,) = bank.shows(line(77_00, "RTC CREDIT J MAHLANGU", day=clock.today() - timedelta(days=40)))
    clerk = signed_in("clerk@us.example")
    assert "Put it in suspense" in text_of(clerk.get(f"/staff/bank/lines/{found.id}"))
    assert clerk.post(f"/staff/bank/lines/{found.id}/suspend", data={"note": "Asked"}).status_code == 303
    shown = text_of(clerk.get("/staff/bank/suspense?age=two"))
    assert "J MAHLANGU" in shown and "1\xa0payment that nobody knows" in shown
    assert "J MAHLANGU" not in text_of(clerk.get("/staff/bank/suspense?age=week"))
    assert clerk.post(f"/staff/bank/lines/{found.id}/suspend", data={}).status_code == 409


def test_giving_back_asks_for_the_account_and_keeps_what_was_typed(
    bank: Bank, unknown: LineInfo, signed_in: SignIn
) -> None:
    clerk = signed_in("clerk@us.example")
    address = f"/staff/bank/lines/{unknown.id}/give-back"
    assert clerk.get(address).status_code == 200
    data = dict(zip(("holder", "bank", "branch", "account"), TO, strict=True)) | {
        "reason": "Not ours",
        "key": new_key(),
    }
    refused = clerk.post(address, data=data | {"branch": "12"})
    assert refused.status_code == 422 and "Jabu Mahlangu" in text_of(refused)
    assert held() == 77_00
    assert "/staff/refunds/" in clerk.post(address, data=data).headers["Location"]
    with pytest.raises(BadInput):
        give_nothing = payments.beneficiary(*TO)
        bank.company.do(lambda: banking.give_back(unknown.id, give_nothing, " ", key=new_key(), by=1))
    db.session.rollback()
