"""Each invariant of payments names the row that breaks it, when somebody goes round the services."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from portal.core.money import Money
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.platform.db import db
from tests.integration.payments.company import Company, found_company, new_key
from tests.integration.soundness import broken

R100 = Money.zar(100_00)

#: (what is done to the tables, which trigger is in the way, the invariant that must name a row)
DAMAGE = [
    ("UPDATE allocation SET amount_cents = amount_cents + 2001 WHERE state = 'active'", None, "never worth less"),
    ("UPDATE allocation SET state = 'active' WHERE payment_id = 2", None, "never worth less"),
    ("UPDATE invoice SET balance_cents = 1, state = 'part-paid', is_open = 1 WHERE id = 1", None, "needs its total less"),
    ("UPDATE allocation SET invoice_id = 3 WHERE payment_id = 2", None, "stay with their customer"),
    ("UPDATE payment SET state = 'rejected' WHERE id = 2", None, "reached by allowed moves"),
    ("UPDATE payment_move SET from_state = 'reversed' WHERE to_state = 'confirmed'", "tr_payment_move_update", "reached by allowed moves"),
    ("UPDATE payment SET received_cents = 9999 WHERE id = 1", None, "stands in the ledger once"),
    ("UPDATE payment SET journal_id = NULL WHERE id = 1", None, "every receipt in the ledger has its payment"),
    ("UPDATE unconfirmed SET cents = cents - 1", None, "unconfirmed sums"),
    ("UPDATE entry SET account_id = (SELECT id FROM account WHERE kind = 'sales') WHERE credit_cents > 0 AND account_id = (SELECT id FROM account WHERE code = 'receivable:1:ZAR')", "tr_entry_update", "receivables are what invoices need"),
    ("UPDATE payment SET received_cents = 9999 WHERE id = 1", None, "credits are what payments leave"),
]  # fmt: skip


@pytest.fixture
def damaged(app: Any) -> Company:
    """One confirmed payment with credit left, one verified, one invoice of another customer."""
    company = found_company()
    first, second = company.invoice(R100), company.invoice(R100)
    company.invoice(R100, customer_id=company.other_id)
    company.confirm(company.verified(first), Money.zar(120_00))
    company.verified(second)
    assert broken() == []
    return company


@pytest.mark.parametrize(("statement", "trigger", "invariant"), DAMAGE)
def test_the_self_check_names_what_was_broken(
    damaged: Company, statement: str, trigger: str | None, invariant: str
) -> None:
    if trigger:
        db.session.execute(text(f"DROP TRIGGER {trigger}"))
        db.session.commit()
    try:
        db.session.execute(text(statement))
        db.session.commit()

        assert any(invariant in line for line in broken()), broken()
    finally:
        restore(trigger)


def restore(trigger: str | None) -> None:
    """DDL is not emptied with the rows: the next test needs its trigger."""
    from portal.ledger.models import TRIGGERS as OF_LEDGER
    from portal.payments.models import TRIGGERS as OF_PAYMENTS
    from portal.platform.db import create_triggers

    db.session.rollback()
    with db.engine.begin() as connection:
        create_triggers(connection, [each for each in (*OF_LEDGER, *OF_PAYMENTS) if each.name == trigger])


def test_a_document_behind_two_payments_is_refused_by_the_database_itself(damaged: Company) -> None:
    from sqlalchemy.exc import IntegrityError

    db.session.execute(text("UPDATE payment SET proof_id = 7 WHERE id = 1"))

    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE payment SET proof_id = 7 WHERE id = 2"))
    db.session.rollback()


def test_the_command_exits_with_one_and_names_the_row(damaged: Company, app: Any) -> None:
    db.session.execute(text("UPDATE unconfirmed SET cents = cents - 1"))
    db.session.commit()

    answer = app.test_cli_runner().invoke(args=["self-check", "--json"])

    assert answer.exit_code == 1
    assert f'"row": "customer {damaged.customer_id}"' in answer.output


def test_the_command_exits_with_nothing_when_all_holds(damaged: Company, app: Any) -> None:
    company = damaged
    company.do(lambda: payments.expire(2, "never came"))
    company.do(lambda: payments.reverse(1, "taken back", key=new_key()))

    answer = app.test_cli_runner().invoke(args=["self-check"])

    assert answer.exit_code == 0, answer.output
    assert ledger.unconfirmed_of(company.customer_id) == Money.zar(0)
