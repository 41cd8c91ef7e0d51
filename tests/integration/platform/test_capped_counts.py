"""Counts go so far and no farther; long lists of the platform walk an index on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, CustomerSort
from portal.content import service as content
from portal.ledger import service as ledger
from portal.ledger.types import JournalKind
from portal.orders import service as orders
from portal.orders.types import Filter
from portal.platform import audit, paging
from portal.platform.db import db, transaction
from portal.platform.filters import capped as shown
from portal.platform.models import AuditEvent


def test_a_count_stops_one_above_the_cap(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    transaction(lambda: [audit.record("x", f"thing:{number}") for number in range(7)])

    assert db.session.scalar(select(paging.capped(select(AuditEvent.id)))) == 7
    monkeypatch.setattr(paging, "COUNTED", 4)
    assert db.session.scalar(select(paging.capped(select(AuditEvent.id)))) == 5


@pytest.mark.parametrize(("count", "words"), [(0, "0"), (999, "999"), (1000, "1000"), (1001, "1,000+"), (10**6, "1,000+")])  # fmt: skip
def test_what_was_not_counted_to_its_end_says_so(count: int, words: str) -> None:
    assert shown(count) == words


LISTS: dict[str, Callable[[str | None], Any]] = {
    "customers by name": lambda after: accounts.customers_page("", after, 2),
    "customers by code": lambda after: accounts.customers_page("", after, 2, sort=CustomerSort.CODE),
    "customers by age": lambda after: accounts.customers_page("", after, 2, sort=CustomerSort.NEWEST),
    "messages": lambda after: content.messages_page(after, 2),
    "audit log": lambda after: audit.page("", "", None, after, 2),
    "audit log of a deed": lambda after: audit.page("customer.created", "", None, after, 2),
    "audit log of a thing": lambda after: audit.page("", "customer:ABC001", None, after, 2),
    "journals": lambda after: ledger.journals_page(after=after, limit=2),
    "journals of a kind": lambda after: ledger.journals_page(kind=JournalKind.INVOICE, after=after, limit=2),
    "orders": lambda after: orders.list_page(None, Filter.ALL, "", after, limit=2),
}


@pytest.mark.parametrize("name", LISTS)
def test_no_page_of_a_list_sorts_what_an_index_has_in_order(app: Any, name: str) -> None:
    for place in range(40):
        draft = CustomerDraft(f"Company {place:02}", f"a{place}@x.example")
        transaction(lambda place=place, draft=draft: accounts.create_customer(f"ABC{place:03}", draft))
        transaction(lambda place=place: content.leave_message(f"N{place}", "n@x.example", "", "Hello"))
    seen: list[tuple[str, Any]] = []

    def executed(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "LIMIT" in statement:
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", executed)
    try:
        page = LISTS[name](None)
        if page.next:
            LISTS[name](page.next)
    finally:
        event.remove(db.engine, "before_cursor_execute", executed)
    assert seen
    mysql = db.engine.dialect.name == "mysql"
    for statement, parameters in seen:
        explain = f"EXPLAIN {'' if mysql else 'QUERY PLAN '}{statement}"
        plan = str([dict(row) for row in db.session.connection().exec_driver_sql(explain, parameters).mappings()])
        assert "filesort" not in plan, plan
        assert "temporary" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan
