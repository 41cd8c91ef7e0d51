"""Two at the same moment, on MariaDB: SQLite cannot show these (reliability.md E1 to E4)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts import queries as of_accounts
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices import queries
from portal.invoices import service as invoices
from portal.invoices.errors import MoreThanOwed
from portal.invoices.models import Invoice
from portal.invoices.queries import credit_notes
from portal.invoices.service import crediting
from portal.invoices.types import DraftLine, InvoiceDraft
from portal.invoices.types.credit import CreditDraft
from portal.platform.db import db, transaction
from tests.integration.orders.shop import Shop, new_key, open_shop, second_customer
from tests.integration.soundness import broken

pytestmark = pytest.mark.mariadb


@pytest.fixture
def shop(mariadb_app: Any) -> Iterator[Shop]:
    yield open_shop()


def draft(customer_id: int) -> InvoiceDraft:
    line = DraftLine("Hose", "HH", Decimal(1), "each", Money.zar(100_00), VatCode.ZERO)
    return InvoiceDraft(customer_id, (line,))


def at_once(app: Any, jobs: list[Callable[[], Any]]) -> list[Any]:
    """Run every job in a thread of its own, all starting together; answers or the errors they raised."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait()
            try:
                return job()
            except Exception as error:  # noqa: BLE001 - the error is the answer
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_ten_threads_issue_fifty_invoices_without_a_gap(shop: Shop, mariadb_app: Any) -> None:
    other = second_customer()
    customers = [shop.customer_id, other.customer_id]

    def five(which: int) -> Callable[[], list[str]]:
        drafts = [draft(customers[(which + turn) % 2]) for turn in range(5)]
        return lambda: [transaction(partial(invoices.issue, each), attempts=10).number for each in drafts]

    answers = at_once(mariadb_app, [five(which) for which in range(10)])

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    numbers = sorted(number for answer in answers for number in answer)
    assert [int(number[-6:]) for number in numbers] == list(range(1, 51))
    assert broken() == []


def test_fifty_threads_at_once_issue_an_invoice_each_without_a_gap(shop: Shop, mariadb_app: Any) -> None:
    """More than there are connections: some wait for one, none is lost and no number is left out."""
    wanted = draft(shop.customer_id)
    turn = threading.Semaphore(20)  # what a web server would let in at a time

    def one() -> str:
        with turn:
            return transaction(partial(invoices.issue, wanted), attempts=20).number

    answers = at_once(mariadb_app, [one] * 50)

    assert [each for each in answers if isinstance(each, Exception)] == []
    assert sorted(int(number[-6:]) for number in answers) == list(range(1, 51))
    assert broken() == []


# -- two credit notes for one invoice ----------------------------------------------------------------------------------


def two_managers(shop: Shop, app: Any) -> list[Any]:
    """Both saw the whole invoice, and both take three of its four rolls back."""
    four = DraftLine("Hose", "HH", Decimal(4), "roll", Money.zar(100_00), VatCode.STANDARD)
    number = transaction(lambda: invoices.issue(InvoiceDraft(shop.customer_id, (four,)))).number
    ready = threading.Barrier(2)

    def job() -> Any:
        held = db.session.scalars(select(Invoice)).all()
        ready.wait()
        wanted = CreditDraft(number, "Three rolls came back", {1: Decimal(3)})
        made = transaction(lambda: crediting.credit(wanted, key=new_key()), attempts=1)
        assert held
        return made

    return at_once(app, [job] * 2)


def test_of_two_credit_notes_at_once_the_second_sees_what_the_first_left(shop: Shop, mariadb_app: Any) -> None:
    for _ in range(4):
        answers = two_managers(shop, mariadb_app)
        assert sum(isinstance(answer, BadInput) for answer in answers) == 1, answers
        assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    assert broken() == []


def test_control_without_the_locks_two_credit_notes_take_more_than_the_invoice(
    shop: Shop, mariadb_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_read = threading.Barrier(2)
    before = credit_notes.taken_back

    def unlocked(ids: Any) -> list[Invoice]:
        return list(db.session.scalars(select(Invoice).where(Invoice.id.in_(list(ids)))))

    def read_together(invoice_id: int) -> Any:
        found = before(invoice_id)
        both_have_read.wait(20)
        return found

    monkeypatch.setattr(of_accounts, "lock_customer", lambda _customer_id: None)
    monkeypatch.setattr(queries, "lock", unlocked)
    monkeypatch.setattr(credit_notes, "taken_back", read_together)

    answers = two_managers(shop, mariadb_app)

    assert [type(each).__name__ for each in answers] == ["CreditNoteInfo"] * 2
    assert any(line.startswith("invoices: credit notes add up") for line in broken())


def settle_with_the_row_already_loaded(invoice_id: int, ready: threading.Barrier) -> Callable[[], Any]:
    """As a permission check would: the row is loaded, and held, before the lock is taken."""

    def job() -> Any:
        held = db.session.get_one(Invoice, invoice_id)
        assert held.balance_cents == 100_00
        ready.wait()
        done = transaction(lambda: invoices.settle(invoice_id, Money.zar(100_00)), attempts=1)
        assert held is not None
        return done

    return job


def race(shop: Shop, app: Any) -> list[Any]:
    issued = transaction(lambda: invoices.issue(draft(shop.customer_id)))
    ready = threading.Barrier(2)
    return at_once(app, [settle_with_the_row_already_loaded(issued.id, ready) for _ in range(2)])


def test_of_two_receipts_at_once_one_settles_and_one_is_refused(shop: Shop, mariadb_app: Any) -> None:
    for _ in range(5):
        answers = race(shop, mariadb_app)
        assert sum(isinstance(answer, MoreThanOwed) for answer in answers) == 1
        assert sum(not isinstance(answer, Exception) for answer in answers) == 1


def test_without_reading_afresh_both_would_settle(
    shop: Shop, mariadb_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same race with the lock as it is often written accepts the same money twice."""

    def lock_without_refresh(ids: Any) -> list[Invoice]:
        return list(db.session.scalars(select(Invoice).where(Invoice.id.in_(sorted(ids))).with_for_update()))

    monkeypatch.setattr(queries, "lock", lock_without_refresh)

    accepted = [answer for answer in race(shop, mariadb_app) if not isinstance(answer, Exception)]

    assert len(accepted) == 2
