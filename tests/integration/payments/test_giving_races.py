"""Two people at the same credit or the same debt: one effect, on MariaDB; with the protection off, two."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, select

from portal.accounts import queries as of_accounts
from portal.accounts.models import Customer
from portal.core.errors import Conflict, IllegalMove
from portal.core.money import Money
from portal.invoices import queries as of_invoices
from portal.invoices.models import Invoice
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.errors import NoCredit
from portal.payments.models import Payment, Refund, WriteOff
from portal.payments.queries import giving, rows
from portal.payments.types import Confirmation
from portal.payments.types.giving import RefundInfo, WriteOffInfo
from portal.platform import idempotency
from portal.platform.db import db, transaction
from tests.integration.payments.company import Company, found_company, new_key
from tests.integration.soundness import broken

pytestmark = pytest.mark.mariadb
R100 = Money.zar(100_00)
Off = Callable[[], None]
TO = payments.beneficiary("Karoo", "FNB", "250655", "62841190736")


@pytest.fixture
def company(mariadb_app: Any) -> Company:
    return found_company()


def race(app: Any, works: list[Callable[[], Any]]) -> list[Any]:
    """Run all at once, each in a session that holds every row it is going to lock."""
    ready, found = threading.Barrier(len(works)), list[Any]([None] * len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            held = [list(db.session.scalars(select(each))) for each in (Customer, Invoice, Payment, Refund, WriteOff)]
            ready.wait(20)
            try:
                found[place] = transaction(work)
            except Exception as error:  # noqa: BLE001 - whatever a thread met is looked at by the test
                found[place] = error
            assert held
            db.session.remove()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    db.session.expire_all()
    return found


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Off]:
    """Nothing is locked, and nobody acts before both have read."""

    def keep_old(state: Any) -> None:
        if state.is_select and getattr(state.statement, "_for_update_arg", None) is not None:
            state.update_execution_options(populate_existing=False)

    def switch_off() -> None:
        both = threading.Barrier(2)

        def payment(payment_id: int) -> Payment:
            return db.session.scalars(select(Payment).where(Payment.id == payment_id)).one()

        def invoices(ids: Any) -> list[Invoice]:
            return list(db.session.scalars(select(Invoice).where(Invoice.id.in_(list(ids))).order_by(Invoice.id)))

        def held(payment_id: int) -> int:
            found = read(payment_id)
            both.wait(20)
            return found

        read = giving.held_by_refunds
        event.listen(db.session, "do_orm_execute", keep_old)
        monkeypatch.setattr(of_accounts, "lock_customer", lambda _customer_id: None)
        monkeypatch.setattr(of_invoices, "lock", invoices)
        monkeypatch.setattr(rows, "lock_payment", payment)
        monkeypatch.setattr(giving, "held_by_refunds", held)
        monkeypatch.setattr(idempotency, "remember", lambda *_: None)

    yield switch_off
    if event.contains(db.session, "do_orm_execute", keep_old):
        event.remove(db.session, "do_orm_execute", keep_old)


def credit_of_100(company: Company) -> int:
    received = company.receipt(R100)
    made = company.do(lambda: payments.record_receipt(company.customer_id, received, [], key=new_key(), by=2))
    return int(made.payment_id)


def refund_and_use(app: Any, company: Company) -> list[Any]:
    """The same credit is paid back by one person and used for an invoice by another."""
    payment_id, invoice_id = credit_of_100(company), company.invoice(R100).id
    db.session.remove()
    return race(
        app,
        [
            lambda: payments.ask_refund(payment_id, R100, TO, "Paid twice", key=new_key(), by=2),
            lambda: payments.use_credit(payment_id, [invoice_id], key=new_key(), by=3),
        ],
    )


@pytest.mark.parametrize("_again", range(3))
def test_credit_is_given_back_or_used_and_never_both(mariadb_app: Any, company: Company, _again: int) -> None:
    answers = refund_and_use(mariadb_app, company)

    assert [isinstance(each, NoCredit) for each in answers].count(True) == 1, answers
    assert [isinstance(each, RefundInfo | Confirmation) for each in answers].count(True) == 1
    assert broken() == []


def test_control_without_locks_the_same_credit_goes_twice(mariadb_app: Any, company: Company, no_locks: Off) -> None:
    no_locks()

    answers = refund_and_use(mariadb_app, company)

    assert [type(each) for each in answers] == [RefundInfo, Confirmation], answers
    assert any("what pays and what goes back is at most the payment" in line for line in broken())


@pytest.mark.parametrize("_again", range(3))
def test_a_refund_asked_for_twice_at_one_moment_is_one(mariadb_app: Any, company: Company, _again: int) -> None:
    payment_id, key = credit_of_100(company), new_key()
    db.session.remove()

    first, second = race(
        mariadb_app, [lambda: payments.ask_refund(payment_id, R100, TO, "Twice", key=key, by=2) for _ in range(2)]
    )

    assert isinstance(first, RefundInfo) and first.id == second.id
    assert broken() == []


@pytest.mark.parametrize("_again", range(3))
def test_of_two_people_who_decide_the_same_bad_debt_one_is_refused(
    mariadb_app: Any, company: Company, _again: int
) -> None:
    invoice_id = company.invoice(R100).id
    asked = company.do(lambda: payments.ask_bad_debt(invoice_id, "Gone", key=new_key(), by=2))
    db.session.remove()

    answers = race(
        mariadb_app, [lambda: payments.decide_bad_debt(asked.id, True, "", key=new_key(), by=3) for _ in range(2)]
    )

    assert sorted(type(each).__name__ for each in answers) == [IllegalMove.__name__, WriteOffInfo.__name__]
    assert ledger.receivable_of(company.customer_id) == Money.zar(0)
    assert broken() == []


@pytest.mark.parametrize("_again", range(3))
def test_a_rest_is_paid_or_written_off_and_never_both(mariadb_app: Any, company: Company, _again: int) -> None:
    invoice = company.invoice(Money.zar(3_00))
    payment_id, received = company.verified(invoice), company.receipt(Money.zar(3_00))
    db.session.remove()

    paid, off = race(
        mariadb_app,
        [
            lambda: payments.confirmation(payment_id, received, key=new_key(), by=2),
            lambda: payments.write_off_cents(invoice.id, "", key=new_key(), by=2),
        ],
    )

    assert isinstance(paid, Confirmation)
    assert isinstance(off, Conflict) or paid.credit == Money.zar(3_00)
    assert company.balance(invoice) == Money.zar(0)
    assert broken() == []
