"""The portal runs as a database user that can write into the books and cannot change them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import create_app
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.platform import config
from portal.platform.db import db, declared_triggers
from tests.application import COMPANY, TestApplication
from tests.integration.payments.company import Company, found_company, new_key
from tests.integration.soundness import broken

pytestmark = pytest.mark.mariadb
GRANTS = Path(__file__).resolve().parents[3] / "deploy" / "database" / "grants.sql"
DENIED = "denied"


def run_grants(server: Any, database: str, user: str) -> None:
    """As the command line client does: DELIMITER is its own word."""
    script = re.sub(r"^--.*$", "", GRANTS.read_text(), flags=re.M)
    before, procedure, after = re.split(r"^DELIMITER .*$", script, flags=re.M)
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"USE `{database}`")
        cursor.execute("SET @portal_user = %s", (user,))
        for part in (*before.split(";"), procedure.replace("//", ""), *after.split(";")):
            if part.strip():
                cursor.execute(part)


@pytest.fixture(scope="module")
def limited(mariadb_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The application as it runs in production: the schema was made by another user."""
    folder = tmp_path_factory.mktemp("limited")
    owner = TestApplication(folder, mariadb_server.database("portal_limited"))
    owner.close()
    with mariadb_server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE USER portal_app@'%' IDENTIFIED BY 'secret'")
    for _ in range(2):  # after every migration
        run_grants(mariadb_server, "portal_limited", "'portal_app'@'%'")
    settings = config.load(
        {
            "FLASK_ENV": "testing", "SECRET_KEY": "for tests only, never anywhere else", "DATA_DIR": str(folder / "app"),
            "LOG_LEVEL": "WARNING", **COMPANY,
            "DATABASE_URL": f"mysql://portal_app:secret@127.0.0.1:{mariadb_server.port}/portal_limited",
        }
    )  # fmt: skip
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def company(limited: Any) -> Company:
    """Everything that happens to money, done with the rights of the grants file."""
    company = found_company()
    invoice = company.invoice(Money.zar(100_00))
    payment_id = company.verified(invoice)
    company.confirm(payment_id, Money.zar(120_00))
    to = payments.beneficiary("Karoo", "FNB", "250655", "62841190736")
    company.do(lambda: payments.ask_refund(payment_id, Money.zar(20_00), to, "Too much", key=new_key(), by=2))
    company.do(lambda: payments.send_refunds([1], company.bank_id, key=new_key(), by=2))
    company.do(lambda: ledger.seal_waiting())
    return company


def test_the_portal_works_with_these_rights_and_its_checks_hold(company: Company) -> None:
    assert broken() == []
    assert ledger.verify().problems == ()
    db.session.rollback()


@pytest.mark.parametrize("table", ["journal", "entry", "seal", "audit_event", "closing", "payment_move", "refund_file"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_is_written_once_can_be_neither_changed_nor_removed(company: Company, table: str, statement: str) -> None:
    sql = statement.format(table).replace(
        "SET id = id", "SET sequence = sequence" if table == "seal" else "SET id = id"
    )
    with pytest.raises((OperationalError, ProgrammingError), match=DENIED):
        db.session.execute(text(sql))
    db.session.rollback()


@pytest.mark.parametrize(
    "statement",
    ["DROP TRIGGER tr_entry_update", "DROP TABLE entry", "ALTER TABLE entry ADD COLUMN x INT", "TRUNCATE TABLE entry",
     "CREATE TABLE mine (id INT)", "DELETE FROM payment", "DELETE FROM invoice", "GRANT SELECT ON entry TO other"],
)  # fmt: skip
def test_nothing_of_the_schema_can_be_changed(company: Company, statement: str) -> None:
    with pytest.raises((OperationalError, ProgrammingError), match=DENIED):
        db.session.execute(text(statement))
    db.session.rollback()


def test_each_table_is_granted_something_and_the_triggers_are_there(company: Company, mariadb_server: Any) -> None:
    granted = {
        found[1]
        for (line,) in db.session.execute(text("SHOW GRANTS FOR CURRENT_USER"))
        if (found := re.search(r"ON `portal_limited`\.`(\w+)`", line))
    }
    db.session.rollback()
    assert set(db.metadata.tables) <= granted
    with mariadb_server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = 'portal_limited'")
        assert {name for (name,) in cursor.fetchall()} == declared_triggers()
