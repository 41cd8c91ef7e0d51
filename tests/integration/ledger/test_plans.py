"""Every list of the books walks an index in its own order, on MariaDB: EXPLAIN of what is really sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from portal.core import clock
from portal.core.money import Money
from portal.ledger import service as ledger
from portal.ledger.queries import accounts, findings, journals
from portal.ledger.types import AccountKind, JournalFilter, JournalKind
from portal.platform.db import db
from tests.integration.payments.company import found_company

pytestmark = pytest.mark.mariadb
List = Callable[[str | None, int], Any]
MANY = 3_000


@pytest.fixture
def full(mariadb_app: Any) -> None:
    """Three thousand journals, each with a line of its customer and one of sales; accounts and findings in numbers."""
    company = found_company()
    first = company.invoice(Money.zar(100_00))
    company.invoice(Money.zar(50_00), customer_id=company.other_id)
    company.confirm(company.verified(first))
    for statement in (
        (
            "INSERT INTO journal (kind, source, words, value_date, posted_at, currency, amount_cents, line_count, customer_id)"
            " SELECT IF(s.seq % 3 = 0, 'receipt', 'invoice'), CONCAT('copy:', s.seq), j.words,"
            " DATE_SUB(j.value_date, INTERVAL s.seq % 300 DAY), j.posted_at, j.currency, 1000 + s.seq % 500, 2,"
            " IF(s.seq % 2 = 0, 1, 2) FROM (SELECT * FROM journal ORDER BY id LIMIT 1) j, seq_1_to_{many} s"
        ),
        (
            "INSERT INTO entry (journal_id, line, account_id, debit_cents, credit_cents, digest)"
            " SELECT j.id, 1, (SELECT MIN(id) FROM account), j.amount_cents, 0, 'x' FROM journal j WHERE j.source LIKE 'copy:%'"
        ),
        (
            "INSERT INTO entry (journal_id, line, account_id, debit_cents, credit_cents, digest)"
            " SELECT j.id, 2, (SELECT id FROM account WHERE code = 'sales:ZAR'), 0, j.amount_cents, 'x' FROM journal j"
            " WHERE j.source LIKE 'copy:%'"
        ),
        (
            "INSERT INTO account (code, kind, currency) SELECT CONCAT(k.kind, ':', 1000 + s.seq, CHAR(58 USING utf8mb4), 'ZAR'), k.kind, 'ZAR'"
            " FROM (SELECT 'receivable' kind UNION SELECT 'unallocated') k, seq_1_to_{many} s"
        ),
        (
            "INSERT INTO finding (invariant, `row`, words, found_at, sound_at, lift_reason, version)"
            " SELECT 'rule', CONCAT('row ', s.seq), 'broken', NOW(), IF(s.seq % 50 = 0, NULL, NOW()), '', 1"
            " FROM seq_1_to_{many} s"
        ),
    ):
        db.session.execute(text(statement.format(many=MANY)))
    db.session.commit()
    db.session.execute(text("ANALYZE TABLE journal, entry, account, finding"))


def lists() -> dict[str, tuple[List, str]]:
    """Each list with the index it has to walk."""
    sales = ledger.account_by_code("sales:ZAR")
    day = clock.today() - timedelta(days=100)
    kinds = {"kind": JournalKind.RECEIPT}
    asked = {
        "all": (JournalFilter(), "PRIMARY"),
        "kind": (JournalFilter(**kinds), "ix_journal_kind_id"),  # type: ignore[arg-type]
        "customer": (JournalFilter(customer_id=1), "ix_journal_customer"),
        "customer and days": (JournalFilter(customer_id=1, since=day), "ix_journal_customer"),
        "days": (JournalFilter(since=day, until=clock.today()), "ix_journal_value_date"),
        "amount": (JournalFilter(amount=Money.zar(10_07)), "ix_journal_amount"),
        "account": (JournalFilter(account_id=sales.id), "ix_entry_account_id"),
        "account, kind and days": (JournalFilter(account_id=sales.id, since=day, **kinds), "ix_entry_account_id"),  # type: ignore[arg-type]
    }  # fmt: skip
    found: dict[str, tuple[List, str]] = {
        f"journals by {name}": (lambda after, most, w=wanted: journals.journals_page(w, after, most), index)
        for name, (wanted, index) in asked.items()
    }
    found["entries"] = (lambda after, most: accounts.entries_page(sales, after, most), "ix_entry_account_id")
    found["accounts of a kind"] = (
        lambda after, most: accounts.page(AccountKind.UNALLOCATED, after, most),
        "ix_account_kind",
    )
    found["accounts"] = (lambda after, most: accounts.page(None, after, most), "PRIMARY")
    found["findings, open"] = (lambda after, most: findings.page(True, after, most), "ix_finding_sound")
    found["findings"] = (lambda after, most: findings.page(False, after, most), "PRIMARY")
    return found


def plan_of(work: Callable[[], object], begins: str) -> dict[str, Any]:
    """How the database reads the first table of the last statement that has a LIMIT."""
    sent: list[Any] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "LIMIT" in statement:
            sent.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    statement, parameters = sent[0]
    assert "OFFSET" not in statement.upper(), begins
    rows = db.session.connection().exec_driver_sql("EXPLAIN " + statement, parameters).mappings().all()
    return dict(rows[0])


@pytest.mark.usefixtures("full")
def test_every_list_of_the_books_walks_its_index_and_sorts_nothing() -> None:
    for name, (ask, index) in lists().items():
        first = ask(None, 2)
        assert len(first.items) == 2, name
        for after in (None, first.next):
            plan = plan_of(lambda a=after, work=ask: work(a, 25), name)
            assert plan["type"] in {"range", "ref", "index"}, (name, plan)
            assert "filesort" not in (plan["Extra"] or ""), (name, plan)
            assert "temporary" not in (plan["Extra"] or ""), (name, plan)
            assert plan["key"] == index, (name, plan)


@pytest.mark.usefixtures("full")
def test_journals_of_an_account_are_the_same_in_pages_and_in_one() -> None:
    sales = ledger.account_by_code("sales:ZAR").id
    whole = [each.id for each in journals.journals_page(JournalFilter(account_id=sales), None, 2 * MANY).items]
    seen, after = list[int](), None
    while True:
        page = journals.journals_page(JournalFilter(account_id=sales), after, 700)
        seen += [each.id for each in page.items]
        if (after := page.next) is None:
            break
    assert seen == whole == sorted(set(whole), reverse=True)
    assert len(whole) == MANY + 2
