"""Two people at the same moment: one effect, on MariaDB. Each race has controls, the same with a protection off,
in which the double effect must show; otherwise the race would prove nothing (reliability.md 1, E1 to E5)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, select

from portal.accounts import queries as of_accounts
from portal.accounts.models import Customer
from portal.core import clock
from portal.core.errors import Conflict, IllegalMove
from portal.core.money import Money
from portal.invoices import queries as of_invoices
from portal.invoices.models import Invoice
from portal.ledger import service as ledger
from portal.ledger.service import posting
from portal.ledger.types import JournalKind
from portal.payments import service as payments
from portal.payments.models import Payment
from portal.payments.queries import rows
from portal.payments.types import Confirmation
from portal.platform import idempotency
from portal.platform.db import db, transaction
from tests.integration.payments.company import Company, found_company, new_key
from tests.integration.soundness import broken

pytestmark = pytest.mark.mariadb
R100 = Money.zar(100_00)
Off = Callable[[], None]


@pytest.fixture
def company(mariadb_app: Any) -> Company:
    return found_company()


def race(app: Any, works: list[Callable[[], Any]]) -> list[Any]:
    """Run all at once, each in a session that has loaded and holds every row it is going to lock.

    Answers or exceptions, in the order given.
    """
    ready = threading.Barrier(len(works))
    found: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            held = [list(db.session.scalars(select(model))) for model in (Customer, Invoice, Payment)]
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


def receipts() -> int:
    return len(ledger.journals_page(kind=JournalKind.RECEIPT).items)


# -- the protections, each as it can be switched off -------------------------------------------------------------------


@pytest.fixture
def no_refresh() -> Iterator[Off]:
    """Rows are locked, but what the session held before stays as it was: the trap of reliability.md E2."""

    def keep_old(state: Any) -> None:
        if state.is_select and getattr(state.statement, "_for_update_arg", None) is not None:
            state.update_execution_options(populate_existing=False)

    yield lambda: event.listen(db.session, "do_orm_execute", keep_old)
    event.remove(db.session, "do_orm_execute", keep_old)


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> Off:
    """Nothing is locked, and both have read before either writes."""

    def switch_off() -> None:
        both_have_read = threading.Barrier(2)

        def payment(payment_id: int) -> Payment:
            found = db.session.scalars(select(Payment).where(Payment.id == payment_id)).one()
            both_have_read.wait(20)
            return found

        def invoices(ids: Any) -> list[Invoice]:
            return list(db.session.scalars(select(Invoice).where(Invoice.id.in_(list(ids))).order_by(Invoice.id)))

        monkeypatch.setattr(of_accounts, "lock_customer", lambda _customer_id: None)
        monkeypatch.setattr(of_invoices, "lock", invoices)
        monkeypatch.setattr(rows, "lock_payment", payment)

    return switch_off


@pytest.fixture
def no_second_net(monkeypatch: pytest.MonkeyPatch) -> Off:
    """Neither the ledger's "once for each payment" nor the key's own row stand behind the locks."""

    def switch_off() -> None:
        numbers = itertools.count()
        monkeypatch.setattr(posting, "payment_source", lambda payment_id: f"payment:{payment_id}/{next(numbers)}")
        monkeypatch.setattr(idempotency, "remember", lambda *_: None)

    return switch_off


# -- two clerks confirm the same payment -------------------------------------------------------------------------------


def two_clerks(app: Any, company: Company) -> list[Any]:
    payment_id = company.claimed(company.invoice(R100))
    received = company.receipt(R100)
    db.session.remove()
    return race(app, [lambda: payments.confirmation(payment_id, received, key=new_key()) for _ in range(2)])


@pytest.mark.parametrize("_again", range(4))
def test_of_two_clerks_who_confirm_the_same_payment_one_is_refused(
    mariadb_app: Any, company: Company, _again: int
) -> None:
    answers = two_clerks(mariadb_app, company)

    assert sorted(type(each).__name__ for each in answers) == [Confirmation.__name__, IllegalMove.__name__]
    assert receipts() == 1
    assert broken() == []


@pytest.mark.parametrize("protection", ["no_refresh", "no_locks"])
def test_control_without_the_lock_both_clerks_make_money(
    mariadb_app: Any, company: Company, protection: str, no_second_net: Off, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(protection)()
    no_second_net()

    answers = two_clerks(mariadb_app, company)

    assert [type(each) for each in answers] == [Confirmation, Confirmation]
    assert receipts() == 2
    assert any("every receipt in the ledger has its payment" in line for line in broken())


def test_without_the_lock_the_ledger_still_takes_a_payment_once(
    mariadb_app: Any, company: Company, no_refresh: Off
) -> None:
    no_refresh()

    answers = two_clerks(mariadb_app, company)

    assert any(isinstance(each, Conflict) for each in answers)
    assert receipts() == 1
    assert broken() == []


# -- the same form twice -----------------------------------------------------------------------------------------------


def double_click(app: Any, company: Company) -> list[Any]:
    payment_id, key = company.claimed(company.invoice(R100)), new_key()
    received = company.receipt(R100)
    db.session.remove()
    return race(app, [lambda: payments.confirmation(payment_id, received, key=key) for _ in range(2)])


@pytest.mark.parametrize("_again", range(4))
def test_the_same_key_twice_at_one_moment_answers_alike_and_posts_once(
    mariadb_app: Any, company: Company, _again: int
) -> None:
    first, second = double_click(mariadb_app, company)

    assert isinstance(first, Confirmation) and first == second
    assert receipts() == 1
    assert broken() == []


def test_control_without_lock_and_key_row_a_double_click_makes_money_twice(
    mariadb_app: Any, company: Company, no_locks: Off, no_second_net: Off
) -> None:
    no_locks()
    no_second_net()

    answers = double_click(mariadb_app, company)

    assert [type(each) for each in answers] == [Confirmation, Confirmation]
    assert receipts() == 2
    assert broken() != []


# -- two payments for one invoice --------------------------------------------------------------------------------------


def two_payments(app: Any, company: Company) -> list[Any]:
    invoice = company.invoice(R100)
    ids = [company.claimed(invoice), company.claimed(invoice)]
    received = company.receipt(R100)
    db.session.remove()
    return race(app, [lambda n=n: payments.confirmation(n, received, key=new_key()) for n in ids])


@pytest.mark.parametrize("_again", range(4))
def test_of_two_payments_for_one_invoice_the_second_is_kept_as_credit(
    mariadb_app: Any, company: Company, _again: int
) -> None:
    answers = two_payments(mariadb_app, company)

    assert sorted(each.credit.cents for each in answers) == [0, 100_00]
    assert [len(each.settled_before) for each in answers if each.credit] == [1]
    assert ledger.balance_of(company.customer_id) == -R100
    assert broken() == []


@pytest.mark.parametrize("protection", ["no_refresh", "no_locks"])
def test_control_without_the_lock_both_payments_pay_the_same_invoice(
    mariadb_app: Any, company: Company, protection: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(protection)()

    answers = two_payments(mariadb_app, company)

    assert [each.credit.cents for each in answers] == [0, 0]
    assert any("an invoice needs its total less" in line for line in broken())


# -- lists that overlap ------------------------------------------------------------------------------------------------


def test_two_lists_that_overlap_are_both_done_and_each_payment_once(mariadb_app: Any, company: Company) -> None:
    ids = [company.claimed(company.invoice(Money.zar(cents))) for cents in (10_00, 20_00, 30_00, 40_00)]
    told = {number: company.receipt(payments.payment(number).amount) for number in ids}
    db.session.remove()

    answers = race(
        mariadb_app,
        [
            lambda: payments.confirm_many([(n, told[n]) for n in ids[:3]], key=new_key()),
            lambda: payments.confirm_many([(n, told[n]) for n in reversed(ids[1:])], key=new_key()),
        ],
    )

    done = sorted(each.payment_id for answer in answers for each in answer.done)
    refused = sorted(each.payment_id for answer in answers for each in answer.refused)
    assert (done, refused) == (ids, ids[1:3])
    assert receipts() == 4
    assert broken() == []


def test_two_first_postings_at_one_moment_make_each_account_once(mariadb_app: Any, company: Company) -> None:
    db.session.remove()

    answers = race(
        mariadb_app,
        [
            lambda customer=customer: ledger.post_invoice(
                f"INV-X{customer}", customer_id=customer, net=R100, vat=Money.zar(0), day=clock.today()
            )
            for customer in (company.customer_id, company.other_id)
        ],
    )

    assert all(isinstance(each, int) for each in answers), answers
