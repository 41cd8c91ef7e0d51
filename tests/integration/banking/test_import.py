"""The same line is kept once, however often it comes; equal rows stay several; what is missing is named."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from portal.banking.errors import StatementRefused
from portal.core import clock
from portal.platform.db import db
from tests.integration.banking.bank import Bank, line
from tests.unit.banking.files import Told, story

MARCH = story()


def test_the_same_file_again_adds_nothing(bank: Bank) -> None:
    content = bank.statement(*MARCH)
    first, again = bank.upload(content), bank.upload(content)
    assert (first.added, first.already) == (12, 0)
    assert (again.added, again.already) == (0, 12)


def test_equal_rows_of_one_file_are_two_payments(bank: Bank) -> None:
    assert bank.upload(bank.statement(line(5_00, "SAME"), line(5_00, "SAME"))).added == 2
    assert bank.upload(bank.statement(line(5_00, "SAME"), line(5_00, "SAME"), line(5_00, "SAME"))).added == 1


def test_downloads_that_overlap_add_what_is_new(bank: Bank) -> None:
    bank.upload(bank.statement(*MARCH[:8]))
    made = bank.upload(bank.statement(*MARCH[4:]))
    assert made.added + made.already == 8
    assert len(bank.lines()) == 12


def test_a_gap_between_two_statements_is_named(bank: Bank) -> None:
    day = clock.today() - timedelta(days=9)
    assert bank.upload(bank.statement(line(5_00, "A", day=day))).gap == ""
    made = bank.upload(bank.statement(line(7_00, "B", day=day + timedelta(days=2))))
    assert "missing" in made.gap


def test_a_wrong_row_keeps_the_whole_file_out(bank: Bank) -> None:
    content = bank.statement(*MARCH).decode().replace("MAGTAPE", "X", 1).split("\r\n")
    del content[7]
    with pytest.raises(StatementRefused) as caught:
        bank.upload("\r\n".join(content).encode())
    assert caught.value.row == 8
    db.session.rollback()
    assert bank.lines() == []


def test_a_statement_of_another_account_is_refused(bank: Bank) -> None:
    content = bank.statement(*MARCH).replace(b"62841190736", b"62000000001")
    with pytest.raises(StatementRefused, match="62000000001"):
        bank.upload(content)
    db.session.rollback()


def test_a_day_that_has_not_come_is_refused(bank: Bank) -> None:
    with pytest.raises(StatementRefused, match="not come"):
        bank.upload(bank.statement(line(1_00, "X", day=clock.today() + timedelta(days=1))))
    db.session.rollback()


def test_what_the_bank_said_cannot_be_rewritten(bank: Bank) -> None:
    bank.upload(bank.statement(*MARCH))
    for deed in ("UPDATE statement_line SET amount_cents = 1", "DELETE FROM statement_line"):
        with pytest.raises(Exception, match="statement line"):
            db.session.execute(text(deed))
        db.session.rollback()


def test_the_command_imports_matches_and_books(bank: Bank, app: Any, tmp_path: Path) -> None:
    invoice = bank.company.invoice()
    file = tmp_path / "march.csv"
    file.write_bytes(bank.statement(line(100_00, "EFT", invoice.reference), line(-8_50, "#SERVICE FEES")))
    run = app.test_cli_runner()
    args = ["banking", "import", str(file), "--account", "62841190736", "--json"]
    first, again = (json.loads(run.invoke(args=args).output) for _ in range(2))
    assert (first["added"], first["already"], first["booked"]) == (2, 0, 1)
    assert (again["added"], again["already"], again["booked"]) == (0, 2, 0)
    db.session.rollback()
    assert not bank.company.balance(invoice)
    refused = run.invoke(args=["banking", "import", str(file), "--account", "11111111", "--json"])
    assert refused.exit_code == 1 and not json.loads(refused.output)["ok"]


def test_the_questions_of_an_import_do_not_grow_with_its_lines(bank: Bank, count_queries: Any) -> None:
    day = clock.today() - timedelta(days=30)
    with count_queries() as few:
        bank.upload(bank.statement(*(line(100 + at, f"A {at}", day=day) for at in range(10))))
    with count_queries() as many:
        bank.upload(bank.statement(*(line(100 + at, f"B {at}", day=day) for at in range(1000))))
    assert len(many) <= len(few) + 2


@pytest.mark.mariadb
def test_a_thousand_lines_take_the_database_little_time(mariadb_app: Any) -> None:
    from tests.integration.payments.company import found_company

    bank = Bank(found_company())
    content = bank.statement(*(line(100 + at, f"PAYER {at}", f"R{at}") for at in range(1000)))
    spent: list[float] = []
    began: list[float] = []
    engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *_: began.append(time.perf_counter()))
    event.listen(engine, "after_cursor_execute", lambda *_: spent.append(time.perf_counter() - began.pop()))
    assert bank.upload(content).added == 1000
    # the budget is 0.2 s on an idle machine and bin/bench measures it; here only that nothing goes row by row
    assert sum(spent) < 2
    assert len(spent) < 40
    assert Told
