"""What a check finds broken is kept, shown, and left alone by everything automatic until it is sound or lifted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from portal.accounts import service as accounts
from portal.core.errors import BadInput, IllegalMove
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.payments import service as payments
from portal.platform import audit, jobs, metrics
from portal.platform.db import db, transaction
from tests.integration.payments.company import Company, found_company, new_key

R100 = Money.zar(100_00)
CHECK = "ledger.self_check"


@pytest.fixture
def company(app: Any) -> Iterator[Company]:
    """Broken on purpose in most tests, so nothing is asked of the books afterwards."""
    yield found_company()


def run_check() -> None:
    transaction(lambda: jobs.enqueue(CHECK, {}))
    jobs.run_pending(queues=("default",), strict=True)
    db.session.rollback()


def damage(invoice_id: int, cents: int) -> None:
    db.session.execute(
        text("UPDATE invoice SET balance_cents = :cents, state = 'part-paid' WHERE id = :id"),
        {"cents": cents, "id": invoice_id},
    )
    db.session.commit()


def mend(invoice_id: int) -> None:
    db.session.execute(
        text("UPDATE invoice SET balance_cents = total_cents, state = 'issued' WHERE id = :id"), {"id": invoice_id}
    )
    db.session.commit()


def findings(only_open: bool = True) -> tuple[Any, ...]:
    return ledger.findings_page(only_open=only_open).items


def test_a_broken_invoice_is_found_once_and_sound_again_when_it_is_mended(company: Company) -> None:
    invoice = company.invoice()
    damage(invoice.id, 1)

    run_check()
    run_check()

    mine = [each for each in findings() if each.row == invoice.number]
    assert len(mine) == 1
    assert (mine[0].customer_id, mine[0].invoice_id, mine[0].parks) == (company.customer_id, invoice.id, True)
    assert ledger.is_parked(company.customer_id, [invoice.id])
    assert ledger.last_checks()[0].problems == len(findings())

    mend(invoice.id)
    run_check()

    assert findings() == ()
    assert all(each.sound_at for each in findings(only_open=False))
    assert not ledger.is_parked(company.customer_id)
    assert [event.action for event in audit.of(invoice.number)] == ["check.broken", "invoice.issued"]


def test_the_gauge_counts_what_is_broken(company: Company) -> None:
    damage(company.invoice().id, 1)

    run_check()

    assert metrics.money_problems.labels("invariants")._value.get() >= 1


def test_money_that_nobody_allocated_pays_nothing_that_is_parked(company: Company) -> None:
    broken_one, sound_one = company.invoice(), company.invoice()
    damage(broken_one.id, 60_00)
    mine = company.verified(broken_one, amount=Money.zar(60_00))
    run_check()

    made = company.do(lambda: payments.confirmation(mine, company.receipt(Money.zar(60_00)), key=new_key(), by=None))

    assert (made.paid, made.credit) == ((), Money.zar(60_00))
    by_hand = company.verified(sound_one)
    assert company.confirm(by_hand).paid[0].owed == Money.zar(0)


def test_goods_of_a_parked_invoice_stay(company: Company) -> None:
    invoice = company.invoice()
    damage(invoice.id, 60_00)
    run_check()

    assert orders.release_if_due(company.customer_id, [invoice.id], "confirmed") == []


def test_an_order_on_account_of_a_parked_customer_waits(company: Company) -> None:
    from portal.orders.types import Standing, hold_reason

    standing = {
        "policy": accounts.customer(company.customer_id).release_policy.__class__.ACCOUNT,
        "open_balance": Money.zar(0), "overdue": False, "credit_limit": R100, "unconfirmed": Money.zar(0),
        "provisional_limit": Money.zar(0),
    }  # fmt: skip
    assert hold_reason(Standing(**standing), R100) is None
    assert hold_reason(Standing(**standing, parked=True), R100) == "Your account is being checked by our team."


def test_a_manager_lifts_with_a_reason_and_it_stays_lifted_while_it_is_broken(company: Company) -> None:
    invoice, key = company.invoice(), new_key()
    damage(invoice.id, 1)
    run_check()
    found = next(each for each in findings() if each.row == invoice.number)

    with pytest.raises(BadInput):
        company.do(lambda: ledger.lift(found.id, "  ", key=new_key(), by=company.clerk_id))
    for each in findings():
        company.do(lambda each=each: ledger.lift(each.id, "Seen with the bank", key=f"{key}{each.id}", by=1))
    assert company.do(lambda: ledger.lift(found.id, "again", key=f"{key}{found.id}", by=1)).lift_reason == (
        "Seen with the bank"
    )
    with pytest.raises(IllegalMove):
        company.do(lambda: ledger.lift(found.id, "again", key=new_key(), by=1))
    run_check()

    assert not ledger.is_parked(company.customer_id)
    assert [each.open for each in findings() if each.id == found.id] == [True]


# -- pages -------------------------------------------------------------------------------------------------------------


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_pages_say_that_something_is_parked_and_a_manager_lifts_it(
    company: Company, signed_in: Callable[[str], Any]
) -> None:
    invoice = company.invoice()
    payment_id = company.verified(company.invoice())
    damage(invoice.id, 1)
    run_check()
    manager, clerk = signed_in("manager@us.example"), signed_in("clerk@us.example")

    assert "The books do not add up" in text_of(manager.get("/staff/operations"))
    for path in (f"/staff/invoices/{invoice.number}", "/staff/customers/KDR001", f"/staff/bank/payments/{payment_id}"):
        assert "Parked: the books of this do not add up" in text_of(manager.get(path)), path
    shown = text_of(clerk.get("/staff/ledger/checks"))
    assert invoice.number in shown and "Lift…" not in shown
    found = findings()[0]
    assert (
        clerk.post(f"/staff/ledger/checks/{found.id}/lift", data={"reason": "x", "key": new_key()}).status_code == 403
    )

    manager.get("/staff/ledger/checks")
    bad = manager.post(f"/staff/ledger/checks/{found.id}/lift", data={"reason": " ", "key": new_key()})
    assert (bad.status_code, "Say why" in text_of(bad)) == (422, True)
    good = manager.post(f"/staff/ledger/checks/{found.id}/lift", data={"reason": "Looked at it", "key": new_key()})
    assert good.status_code == 303
    again = manager.post(f"/staff/ledger/checks/{found.id}/lift", data={"reason": "Looked at it", "key": new_key()})
    assert again.status_code == 409


def test_a_sound_portal_says_so(company: Company, signed_in: Callable[[str], Any]) -> None:
    company.invoice()
    run_check()

    client = signed_in("clerk@us.example")

    assert "The books add up" in text_of(client.get("/staff/ledger/checks"))
    assert "do not add up" not in text_of(client.get("/staff/operations"))


def test_a_proof_of_a_parked_customer_goes_to_a_person(company: Company) -> None:
    from portal.proofs.service.switching import cautious
    from portal.proofs.types import Verdict, VerdictCode

    found = Verdict(VerdictCode.VERIFIED, (), Money.zar(0), (), (), None)
    assert cautious(found, held=ledger.is_parked(company.customer_id)).verdict is VerdictCode.VERIFIED
    damage(company.invoice().id, 1)
    run_check()
    assert cautious(found, held=ledger.is_parked(company.customer_id)).verdict is VerdictCode.REVIEW
