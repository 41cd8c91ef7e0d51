"""Lists of journals and entries walk an index in their own order, on MariaDB (reliability.md E23)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from portal.core import clock
from portal.ledger.queries import accounts, journals
from portal.ledger.types import AccountKind, JournalFilter, JournalKind
from portal.platform.db import db
from tests.integration.payments.company import found_company

pytestmark = pytest.mark.mariadb
DAY = clock.today()
SINCE = DAY - timedelta(days=900)

WANTED = {
    "all journals": JournalFilter(),
    "a kind": JournalFilter(kind=JournalKind.RECEIPT),
    "a customer": JournalFilter(customer_id=1),
    "a customer's kind": JournalFilter(kind=JournalKind.RECEIPT, customer_id=1),
    "some days": JournalFilter(since=SINCE, until=DAY),
    "a customer's days": JournalFilter(customer_id=1, since=SINCE, until=DAY),
    "a kind's days": JournalFilter(kind=JournalKind.RECEIPT, since=SINCE, until=DAY),
}
LISTS: dict[str, tuple[Callable[[str | None, int], Any], str]] = {
    **{
        name: (
            lambda after, most, w=wanted: journals.journals_page(w, after, most),
            journals.index_for(wanted) or "PRIMARY",
        )
        for name, wanted in WANTED.items()
    },
    "entries": (
        lambda after, most: accounts.entries_page(accounts.account(1), after, most),
        "ix_entry_account_id",
    ),
    "accounts": (lambda after, most: accounts.page(None, after, most), "PRIMARY"),
    "accounts of a kind": (lambda after, most: accounts.page(AccountKind.RECEIVABLE, after, most), "PRIMARY"),
}


@pytest.fixture
def full(mariadb_app: Any) -> None:
    """Six thousand journals with their entries, and two thousand accounts, copied by the database."""
    company = found_company()
    company.confirm(company.verified(company.invoice()))
    journal = "kind, source, words, value_date, posted_at, currency, amount_cents, line_count, customer_id"
    entry = "journal_id, line, account_id, debit_cents, credit_cents, digest"
    account = "code, kind, currency, customer_id"
    db.session.execute(
        text(
            f"INSERT INTO journal ({journal}) SELECT IF(s.seq % 3, 'receipt', 'invoice'), CONCAT('copy-', s.seq), 'Copy', "
            "CURDATE() - INTERVAL (s.seq % 700) DAY, t.posted_at, t.currency, t.amount_cents, t.line_count, "
            "1 + (s.seq % 2) FROM (SELECT * FROM journal ORDER BY id LIMIT 1) t, seq_1_to_6000 s"
        )
    )
    db.session.execute(
        text(
            f"INSERT INTO entry ({entry}) SELECT j.id, 1, 1, 10000, 0, REPEAT('0', 64) "
            "FROM journal j WHERE j.source LIKE 'copy-%'"
        )
    )
    db.session.execute(
        text(
            f"INSERT INTO account ({account}) SELECT CONCAT(IF(s.seq % 2, 'receivable', 'unallocated'), CHAR(58), 100 + s.seq, CHAR(58), 'USD'), "
            "IF(s.seq % 2, 'receivable', 'unallocated'), 'USD', 1 FROM seq_1_to_2000 s"
        )
    )
    db.session.commit()
    db.session.execute(text("ANALYZE TABLE journal, entry, account, seal"))


@pytest.mark.usefixtures("full")
def test_every_list_of_the_books_walks_its_index_and_sorts_nothing() -> None:
    """EXPLAIN of what is really sent, first page and a later one: no filesort, no temporary table, no full scan."""
    for name, (ask, index) in LISTS.items():
        first = ask(None, 2)
        assert len(first.items) == 2, name
        for after in (None, first.next):
            statement, parameters = _sent(lambda: ask(after, 25))  # noqa: B023 - asked at once
            assert "OFFSET" not in statement.upper(), name
            rows = db.session.connection().exec_driver_sql("EXPLAIN " + statement, parameters).mappings().all()
            plan = dict(rows[0])
            assert plan["type"] in {"range", "ref", "index", "const"}, (name, plan)
            assert "filesort" not in (plan["Extra"] or ""), (name, plan)
            assert "temporary" not in (plan["Extra"] or ""), (name, plan)
            assert plan["key"] == index, (name, plan)


def _sent(work: Callable[[], Any]) -> tuple[str, Any]:
    """The first limited question that is asked."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return next(each for each in sent if "LIMIT" in each[0])
