"""One line, two at the same moment: one payment, on MariaDB; and the control, in which it is booked twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.banking import queries
from portal.banking import service as banking
from portal.banking.models import StatementLine
from portal.banking.service import booking
from portal.platform.db import db, transaction
from portal.platform.idempotency import SentTwice
from tests.integration.banking.bank import Bank, line
from tests.integration.payments.company import found_company, new_key

pytestmark = pytest.mark.mariadb


@pytest.fixture
def bank(mariadb_app: Any) -> Bank:
    return Bank(found_company())


def race(app: Any, works: list[Callable[[], Any]]) -> list[Any]:
    """All at once, each in a session that has loaded and holds the lines."""
    ready = threading.Barrier(len(works))
    found: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            held = list(db.session.scalars(select(StatementLine)))
            ready.wait(20)
            try:
                found[place] = transaction(work)
            except Exception as error:  # noqa: BLE001 - whatever a thread met is looked at by the test
                found[place] = error
            del held
            db.session.remove()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    db.session.expire_all()
    return found


def certain(bank: Bank) -> int:
    """A line that is about to be booked as a part of an invoice, so that it could be booked again."""
    invoice = bank.company.invoice()
    made = bank.upload(bank.statement(line(40_00, "EFT", invoice.reference)))
    answers = banking.answers_for(made.statement_id)
    (line_id,) = bank.company.do(lambda: banking.keep(made.statement_id, answers))
    return int(line_id)


def receipts() -> int:
    from portal.ledger import service as ledger
    from portal.ledger.types import JournalKind

    return len(ledger.journals_page(kind=JournalKind.RECEIPT).items)


def test_two_workers_book_a_line_once(bank: Bank, mariadb_app: Any) -> None:
    line_id = certain(bank)
    found = race(mariadb_app, [lambda: banking.book(line_id)] * 2)
    assert sorted(found) == [False, True]
    assert receipts() == 1


def test_without_the_lock_and_the_key_it_is_booked_twice(
    bank: Bank, mariadb_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line_id = certain(bank)
    both_have_read = threading.Barrier(2)

    def read(wanted: int) -> StatementLine:
        found = db.session.scalars(select(StatementLine).where(StatementLine.id == wanted)).one()
        both_have_read.wait(20)
        return found

    monkeypatch.setattr(queries, "lock_line", read)
    monkeypatch.setattr(booking, "_key", lambda *_: new_key())
    race(mariadb_app, [lambda: banking.book(line_id)] * 2)
    assert receipts() == 2


def test_the_key_alone_keeps_it_to_one(bank: Bank, mariadb_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    line_id = certain(bank)
    both_have_read = threading.Barrier(2)

    def read(wanted: int) -> StatementLine:
        found = db.session.scalars(select(StatementLine).where(StatementLine.id == wanted)).one()
        both_have_read.wait(20)
        return found

    monkeypatch.setattr(queries, "lock_line", read)
    race(mariadb_app, [lambda: banking.book(line_id)] * 2)
    assert receipts() == 1
    assert SentTwice


def test_the_same_file_sent_twice_at_once_is_kept_once(bank: Bank, mariadb_app: Any) -> None:
    content = bank.statement(line(40_00, "EFT"), line(50_00, "EFT"))
    account = bank.company.bank_id
    race(mariadb_app, [lambda: banking.import_statement(content, "a.csv", account)] * 2)
    assert len(list(db.session.scalars(select(StatementLine)))) == 2
