"""Lists of deliveries, quotes, approvals and the dispatcher walk an index in its own order, on MariaDB."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, text

from portal.core import clock
from portal.orders import service as orders
from portal.orders.queries import buying, deliveries, quotes
from portal.orders.types.buying import ApprovalState
from portal.orders.types.deliveries import DeliveryFilter, DispatchFilter
from portal.orders.types.quotes import QuoteFilter
from portal.platform.db import db, transaction
from tests.integration.orders.shop import Shop, new_key, open_shop
from tests.integration.orders.test_approving import colleague, limit

pytestmark = pytest.mark.mariadb
List = Callable[[str | None, int], Any]
DAY = clock.today()

LISTS: dict[str, tuple[List, str | None]] = {
    **{
        f"deliveries {customer} {wanted}": (
            lambda after, most, c=customer, w=wanted: deliveries.page(c, w, "", after, most),
            deliveries.index_for(customer, wanted) or "PRIMARY",
        )
        for customer in (1, None)
        for wanted in (DeliveryFilter.ALL, DeliveryFilter.SENT)
    },
    **{
        f"quotes {customer} {wanted}": (
            lambda after, most, c=customer, w=wanted: quotes.page(c, w, "", DAY, after, most),
            quotes.index_for(customer, wanted) or "PRIMARY",
        )
        for customer in (1, None)
        for wanted in (QuoteFilter.ALL, QuoteFilter.DRAFT)
    },
    **{
        f"approvals {state}": (
            lambda after, most, s=state: buying.approvals_page(1, s, after, most),
            buying.index_for(state),
        )
        for state in (None, ApprovalState.WAITING)
    },
    "dispatch": (
        lambda after, most: deliveries.dispatch_page(DispatchFilter.RELEASED, "", DAY, after, most),
        "ix_customer_order_state",
    ),
}


@pytest.fixture
def full(mariadb_app: Any) -> None:
    """Two thousand rows more of each, copied by the database, so that its plans mean something."""
    shop = open_shop()
    fill(shop)
    copies = {
        "customer_order": {"number": "CONCAT('X', s.seq)", "invoice_id": "NULL"},
        "delivery": {"number": "CONCAT('X', s.seq)", "state": "IF(s.seq % 3 = 0, 'sent', 'received')"},
        "quote": {"number": "CONCAT('X', s.seq)", "state": "IF(s.seq % 3 = 0, 'draft', 'declined')"},
        "approval": {"order_id": "100000 + s.seq", "state": "IF(s.seq % 3 = 0, 'waiting', 'approved')"},
    }
    db.session.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
    for table, values in copies.items():
        columns = [column.key for column in db.metadata.tables[table].columns if column.key != "id"]
        picked = ", ".join(values.get(column, f"t.`{column}`") for column in columns)
        listed = ", ".join(f"`{column}`" for column in columns)
        first = f"(SELECT * FROM `{table}` ORDER BY id LIMIT 1)"
        db.session.execute(text(f"INSERT INTO `{table}` ({listed}) SELECT {picked} FROM {first} t, seq_1_to_2000 s"))
    db.session.execute(text("SET FOREIGN_KEY_CHECKS = 1"))
    db.session.commit()
    db.session.execute(text("ANALYZE TABLE customer_order, delivery, quote, approval"))


def fill(shop: Shop) -> None:
    """Some of each: the first order is released and left in two notes, others wait for an approver."""
    placed = shop.order((shop.hose, 5))
    transaction(lambda: orders.release_by_hand(placed.number, "Known", by=shop.manager))
    (line,) = orders.open_lines(placed)
    for seen in range(3):
        send = partial(orders.deliver, placed.number, {line.line_id: 1}, new_key(), seen=seen, by=shop.manager)
        transaction(send)
    db.session.execute(text("UPDATE customer_order SET state = 'released'"))
    db.session.commit()
    for _ in range(3):
        transaction(lambda: orders.ask_for_quote(shop.buyer, "Ten hoses", new_key(), with_cart=False))
    limit(shop, shop.buyer, 1_00, colleague(shop, "Naledi"))
    for _ in range(3):
        shop.order((shop.seal, 1))


@pytest.mark.usefixtures("full")
def test_every_list_walks_its_index_and_sorts_nothing() -> None:
    """EXPLAIN of what is really sent, first page and a later one: no filesort, no temporary table, no full scan."""
    for name, (ask, index) in LISTS.items():
        first = ask(None, 2)
        assert len(first.items) == 2, name
        for after in (None, first.next):
            sent: list[Any] = []

            def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any, into: Any = sent) -> None:
                into.append((statement, parameters))

            event.listen(db.engine, "before_cursor_execute", note)
            try:
                ask(after, 25)
            finally:
                event.remove(db.engine, "before_cursor_execute", note)
            statement, parameters = sent[-1]
            assert "OFFSET" not in statement.upper(), name
            rows = db.session.connection().exec_driver_sql("EXPLAIN " + statement, parameters).mappings().all()
            plan = dict(rows[0])
            assert plan["type"] in {"range", "ref", "index"}, (name, plan)
            assert "filesort" not in (plan["Extra"] or ""), (name, plan)
            assert "temporary" not in (plan["Extra"] or ""), (name, plan)
            assert plan["key"] == index, (name, plan)
