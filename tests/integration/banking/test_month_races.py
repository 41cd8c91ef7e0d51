"""A month that is signed while a line comes in, a file imported twice at once: one effect, on MariaDB; and the control."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.banking import service as banking
from portal.banking.errors import StatementRefused
from portal.banking.models import BankStatement, ReconciledMonth, StatementLine
from portal.banking.queries import months as rows
from portal.core import clock
from portal.platform import jobs
from portal.platform.db import db, transaction
from tests.integration.banking.bank import Bank, line
from tests.integration.banking.test_races import race
from tests.integration.payments.company import found_company, new_key

pytestmark = pytest.mark.mariadb
MARCH, DAY = date(2026, 3, 1), date(2026, 3, 10)


@pytest.fixture
def bank(mariadb_app: Any) -> Bank:
    made = Bank(found_company())
    made.upload(made.statement(line(-5_00, "RENT", day=DAY)))
    jobs.run_pending(strict=True)
    db.session.rollback()
    return made


def sign(bank: Bank) -> Any:
    who, account = bank.company.clerk_id, bank.company.bank_id
    return banking.sign_month(account, MARCH, "", seen=0, key=new_key(), by=who, name="Sipho")


def late_line(bank: Bank) -> Any:
    content = bank.statement(line(-5_00, "RENT", day=DAY), line(-7_00, "FUEL", day=DAY + timedelta(days=1)))
    return banking.import_statement(content, "late.csv", bank.company.bank_id)


def signed_and_there() -> tuple[int, int]:
    """How many lines the signature counts, and how many the month has."""
    db.session.rollback()
    row = db.session.scalars(select(ReconciledMonth)).one_or_none()
    lines = db.session.scalar(select(func.count(StatementLine.id))) or 0
    return int(row.figures["lines"] or 0) if row else -1, int(lines)


def test_a_line_that_comes_while_a_month_is_signed_is_counted_or_refused(bank: Bank, mariadb_app: Any) -> None:
    found = race(mariadb_app, [lambda: sign(bank), lambda: late_line(bank)])
    counted, there = signed_and_there()
    refused = isinstance(found[1], StatementRefused)
    assert (counted, there) in {(1, 1), (2, 2), (-1, 2)}, found
    assert refused is (there == 1)


def test_without_the_accounts_lock_the_signature_misses_a_line(
    bank: Bank, mariadb_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = threading.Barrier(2)
    asked = rows.figures

    def together(account_id: int, month: date) -> Any:
        found = asked(account_id, month)
        both.wait(20)  # the other has looked for signed months by now, and adds its line
        return found

    known = rows.live_months

    def looked(account_id: int, first: date, last: date) -> Any:
        found = known(account_id, first, last)
        both.wait(20)
        return found

    monkeypatch.setattr(rows, "hold", lambda _account_id: None)
    monkeypatch.setattr(rows, "figures", together)
    monkeypatch.setattr(rows, "live_months", looked)
    race(mariadb_app, [lambda: sign(bank), lambda: late_line(bank)])
    assert signed_and_there() == (1, 2)


def test_two_who_sign_at_once_sign_one_month(bank: Bank, mariadb_app: Any) -> None:
    race(mariadb_app, [lambda: sign(bank)] * 2)
    db.session.rollback()
    assert len(list(db.session.scalars(select(ReconciledMonth)))) == 1


def test_two_who_press_import_at_once_import_once(bank: Bank, mariadb_app: Any) -> None:
    content = bank.statement(line(40_00, "EFT"), line(50_00, "EFT"))
    made = banking.look_at(content, "a.csv", bank.company.bank_id, by=bank.company.clerk_id)
    db.session.rollback()
    press = lambda: banking.import_upload(made.id, seen=made.seen, by=bank.company.clerk_id)  # noqa: E731
    found = race(mariadb_app, [press] * 2)
    assert {each.statement_id for each in found} == {found[0].statement_id}
    assert db.session.scalar(select(func.count(BankStatement.id))) == 2


def test_suspense_and_a_month_work_on_this_database(bank: Bank) -> None:
    with clock.at(datetime(2026, 4, 2, 9, tzinfo=clock.SAST)):
        bank.upload(bank.statement(line(77_00, "WHO", day=DAY)))
        jobs.run_pending(strict=True)
        account, by = bank.company.bank_id, bank.company.clerk_id
        assert transaction(lambda: banking.suspend_rest(account, MARCH, by=by)) == 1
        assert [each.count for each in banking.ages()] == [0, 1, 0, 0, 0]
        assert banking.months()[0].suspense == 1
        found = banking.month_figures(account, MARCH)
        assert (found.left, found.suspense, found.suspended) == (0, 1, 77_00)
        db.session.rollback()
