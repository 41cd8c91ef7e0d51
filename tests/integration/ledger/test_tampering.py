"""Somebody with the database in their hands changes a row: verifying names it, sealed or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from portal.ledger import digests, queries
from portal.ledger import service as ledger
from portal.ledger.models import TRIGGERS
from portal.ledger.service.posting import head_of
from portal.platform.db import create_triggers, db, transaction
from tests.integration.payments.company import Company


@pytest.fixture
def unguarded(booked: Company) -> Iterator[Company]:
    """The same books without their triggers, as a database administrator can have them."""
    guards = [each for each in TRIGGERS if each.table in {"journal", "entry", "seal"}]
    with db.engine.begin() as connection:
        for guard in guards:
            connection.execute(text(f"DROP TRIGGER {guard.name}"))
    yield booked
    db.session.rollback()
    with db.engine.begin() as connection:
        create_triggers(connection, guards)


def change(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


def named() -> list[str]:
    db.session.rollback()
    return [problem.row for problem in ledger.verify().problems]


def test_untouched_books_verify_and_say_how_much_they_hold(booked: Company) -> None:
    transaction(ledger.seal_waiting)

    found = ledger.verify()

    assert (found.journals, found.entries, found.sealed, found.problems) == (3, 6, 3, ())
    assert len(found.head) == 64


@pytest.mark.parametrize("sealed", [False, True], ids=["not sealed", "sealed"])
@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE entry SET credit_cents = credit_cents + 1 WHERE id = 4", "entry 4"),
        ("UPDATE entry SET account_id = 1 WHERE id = 2", "entry 2"),
        ("UPDATE entry SET line = 9 WHERE id = 2", "journal 1"),
        ("UPDATE entry SET digest = 'x' WHERE id = 3", "entry 3"),
        ("UPDATE journal SET words = 'Something else' WHERE id = 2", "journal 2"),
        ("UPDATE journal SET value_date = '2020-01-01' WHERE id = 3", "journal 3"),
        ("DELETE FROM entry WHERE id = 6", "journal 3"),
    ],
)
def test_the_first_changed_row_is_named(unguarded: Company, sealed: bool, statement: str, row: str) -> None:
    if sealed:
        transaction(ledger.seal_waiting)

    change(statement)

    assert named()[0] == row


def test_a_row_changed_together_with_its_digest_is_named_by_the_chain(unguarded: Company) -> None:
    transaction(ledger.seal_waiting)
    change("UPDATE entry SET debit_cents = debit_cents + 100 WHERE id = 3")
    change("UPDATE entry SET credit_cents = credit_cents + 100 WHERE id = 4")
    change("UPDATE journal SET amount_cents = amount_cents + 100 WHERE id = 2")
    journals, lines = next(queries.whole_journals(10))
    for entry_id, journal_id, line, code, debit, credit, _ in lines:
        if journal_id == 2:
            forged = digests.of_entry(head_of(journals[1]), line, code, debit, credit)
            change(f"UPDATE entry SET digest = '{forged}' WHERE id = {entry_id}")

    assert named() == ["seal 2"]


def test_a_link_that_is_missing_is_named(unguarded: Company) -> None:
    transaction(ledger.seal_waiting)

    change("DELETE FROM seal WHERE sequence = 2")

    assert named()[0] == "seal 2"


def test_the_command_names_the_row_and_exits_with_one(unguarded: Company, app: Any) -> None:
    change("UPDATE entry SET credit_cents = credit_cents + 1 WHERE id = 4")

    answer = app.test_cli_runner().invoke(args=["ledger", "verify"])

    assert answer.exit_code == 1
    assert "entry 4: line 2 of journal 2" in answer.output


def test_the_command_says_where_the_chain_ends(booked: Company, app: Any) -> None:
    transaction(ledger.seal_waiting)

    answer = app.test_cli_runner().invoke(args=["ledger", "verify", "--json"])

    assert answer.exit_code == 0
    assert '"ok": true, "journals": 3, "entries": 6, "sealed": 3' in answer.output


def test_an_unbalanced_journal_breaks_three_invariants(unguarded: Company) -> None:
    change("UPDATE entry SET credit_cents = credit_cents + 1 WHERE id = 4")
    db.session.rollback()

    held = {each.invariant: each for each in ledger.self_check() if each.invariant.startswith("ledger")}

    assert [row.row for row in held["ledger: each journal balances"].broken] == ["journal 2"]
    assert [row.row for row in held["ledger: all debits equal all credits"].broken] == ["ZAR"]
    assert [row.row for row in held["ledger: every entry is as it was written"].broken] == ["entry 4"]
    assert held["ledger: a journal has one currency"].ok
