from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from portal.core import clock
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.invoices import queries
from portal.invoices import service as invoices
from portal.invoices.types import DraftLine, Filter, InvoiceDraft, InvoiceInfo, Listing, SortBy
from portal.platform.db import db, transaction
from tests.integration.orders.shop import Shop, open_shop, second_customer


@pytest.fixture
def shop(app: Any) -> Shop:
    """Without the closing self-check: here invoices are settled without the payment that would explain it."""
    return open_shop()


def issue(shop: Shop, days_ago: int, cents: int = 100_00, po: str = "", customer_id: int | None = None) -> InvoiceInfo:
    line = DraftLine("Hose", "HH", Decimal(1), "each", Money.zar(cents), VatCode.ZERO)
    draft = InvoiceDraft(customer_id or shop.customer_id, (line,), po_number=po)
    with clock.at(clock.now() - timedelta(days=days_ago)):
        return transaction(lambda: invoices.issue(draft))


def numbers(*args: Any, **values: Any) -> list[str]:
    return [info.number for info in invoices.list_page(*args, **values).items]


def test_filters_show_what_they_say(shop: Shop) -> None:
    late, soon, paid, fresh = (issue(shop, days) for days in (40, 25, 20, 1))
    transaction(lambda: invoices.settle(paid.id, paid.balance))

    def found(wanted: Filter) -> set[str]:
        return set(numbers(shop.customer_id, wanted))

    assert found(Filter.OPEN) == {late.number, soon.number, fresh.number}
    assert found(Filter.OVERDUE) == {late.number}
    assert found(Filter.PAID) == {paid.number}
    assert found(Filter.ALL) == {late.number, soon.number, paid.number, fresh.number}


def test_the_sum_on_top_is_that_of_the_open_invoices(shop: Shop) -> None:
    issue(shop, 40, 100_00)
    soon = issue(shop, 25, 20_00)
    issue(shop, 1, 3_00)
    transaction(lambda: invoices.settle(soon.id, Money.zar(5_00)))
    transaction(lambda: invoices.set_under_way(soon.id, True))

    owing = invoices.owing(shop.customer_id)

    assert (owing.total, owing.overdue, owing.due_soon, owing.under_way) == tuple(
        Money.zar(cents) for cents in (118_00, 100_00, 15_00, 15_00)
    )
    assert (owing.open_count, owing.overdue_count) == (3, 1)


def test_a_customer_who_owes_nothing_owes_nothing(shop: Shop) -> None:
    assert invoices.owing(shop.customer_id).total == Money.zar(0)


@pytest.mark.parametrize("sort", SortBy)
@pytest.mark.parametrize("whose", ["one", "all"])
def test_pages_follow_each_other_without_a_gap_there_and_back(shop: Shop, sort: SortBy, whose: str) -> None:
    other = second_customer()
    for days in (1, 1, 1, 5, 5, 9, 9):
        issue(shop, days)
    issue(shop, 5, customer_id=other.customer_id)
    customer = shop.customer_id if whose == "one" else None

    def page(after: str | None) -> Any:
        return invoices.list_page(customer, Filter.OPEN, after=after, sort=sort, limit=3)

    whole = numbers(customer, Filter.OPEN, sort=sort, limit=100)
    seen, shown, after = [], [], None
    while True:
        shown.append(page(after))
        seen += [info.number for info in shown[-1].items]
        if (after := shown[-1].next) is None:
            break
    assert seen == whole
    assert len(set(seen)) == len(seen)
    back = page(shown[-1].previous)
    assert [info.number for info in back.items] == [info.number for info in shown[-2].items]


@pytest.mark.parametrize(
    "search", ["418", "INV-{year}-000418", "inv{year}000418", "PO 88", "R 184 230.55", "184230.55"]
)
def test_a_customer_finds_an_invoice_by_any_of_its_names(shop: Shop, search: str) -> None:
    db.session.execute(
        text("INSERT INTO number_series (series, year, last, version) VALUES ('INV', :y, 417, 1)"),
        {"y": clock.today().year},
    )
    db.session.commit()
    wanted = issue(shop, 0, 184_230_55, po="PO 88123")
    issue(shop, 0, 77_00, po="other")

    found = numbers(shop.customer_id, Filter.ALL, search.format(year=clock.today().year))

    assert found == [wanted.number]


@pytest.mark.parametrize("shown", [lambda r: r, lambda r: f"{r[:4]} {r[4:]}", str.lower])
def test_a_reference_finds_its_invoice_however_it_is_written(shop: Shop, shown: Any) -> None:
    wanted = issue(shop, 0)
    issue(shop, 0)
    assert numbers(None, Filter.ALL, shown(wanted.reference)) == [wanted.number]


def test_a_search_finds_nothing_of_another_customer(shop: Shop) -> None:
    other = second_customer()
    theirs = issue(shop, 0, po="PO 88123", customer_id=other.customer_id)
    assert numbers(shop.customer_id, Filter.ALL, "PO 88123") == []
    assert numbers(shop.customer_id, Filter.ALL, theirs.reference) == []
    assert numbers(None, Filter.ALL, "PO 88123") == [theirs.number]


def test_staff_find_by_the_beginning_of_a_name_or_by_code(shop: Shop) -> None:
    mine = issue(shop, 0)
    issue(shop, 0, customer_id=second_customer().customer_id)
    assert numbers(None, Filter.ALL, "marikana pl") == [mine.number]
    assert numbers(None, Filter.ALL, "mpd014") == [mine.number]


@pytest.mark.parametrize("search", ["' OR 1=1 --", "%", "_", "1) UNION SELECT 1", "\x00zz", "💥"])
def test_a_search_of_signs_finds_nothing_and_breaks_nothing(shop: Shop, search: str) -> None:
    issue(shop, 0)
    assert numbers(shop.customer_id, Filter.ALL, search) == []


def test_open_invoices_come_oldest_due_first(shop: Shop) -> None:
    fresh, old = issue(shop, 1), issue(shop, 30)
    assert [info.number for info in invoices.open_of(shop.customer_id)] == [old.number, fresh.number]


LISTINGS = [
    Listing(customer, clock.today(), wanted, sort=sort)
    for customer in (1, None)
    for wanted, sort in (
        (Filter.OPEN, SortBy.DUE), (Filter.OVERDUE, SortBy.DUE), (Filter.OPEN, SortBy.ISSUED_DOWN),
        (Filter.PAID, SortBy.ISSUED_DOWN), (Filter.ALL, SortBy.ISSUED_DOWN),
    )
] + [Listing(None, clock.today(), wanted, sort=SortBy.RECIPIENT) for wanted in (Filter.OPEN, Filter.ALL)]  # fmt: skip


@pytest.mark.mariadb
@pytest.mark.parametrize("asked", LISTINGS, ids=lambda asked: f"{asked.customer_id}-{asked.filter}-{asked.sort}")
def test_every_list_walks_its_index_and_sorts_nothing(mariadb_app: Any, count_queries_on: Any, asked: Listing) -> None:
    """EXPLAIN of what is really sent, first page and a later one: no filesort, no temporary table, a range or ref."""
    shop = open_shop()
    for days in (40, 35, 1, 1, 0):
        issue(shop, days)
    _many_rows()
    first = queries.page(Listing(**{**_values(asked), "limit": 2}))
    assert len(first.items) == 2
    for after in (None, first.next):
        with count_queries_on() as seen:
            queries.page(Listing(**{**_values(asked), "limit": 25, "after": after}))
        (statement, parameters) = seen[-1]
        assert "COUNT(" not in statement.upper()
        assert "OFFSET" not in statement.upper()
        plan = db.session.connection().exec_driver_sql("EXPLAIN " + statement, parameters).mappings().one()
        assert plan["type"] in {"range", "ref", "index"}, dict(plan)
        assert plan["type"] != "index" or asked.customer_id is None
        assert "filesort" not in (plan["Extra"] or ""), dict(plan)
        assert "temporary" not in (plan["Extra"] or ""), dict(plan)
        assert plan["key"] == queries.index_for(asked)


def _values(asked: Listing) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in Listing.__slots__}


def _many_rows() -> None:
    """Two thousand more invoices, copied by the database, so that its plans mean something; a third are paid."""
    columns = [
        column.key
        for column in db.metadata.tables["invoice"].columns
        if column.key not in {"id", "number", "reference"}
    ]
    listed = ", ".join(columns)
    values = ", ".join(
        {"state": "IF(s.seq % 3 = 0, 'paid', 'issued')", "is_open": "s.seq % 3 <> 0",
         "balance_cents": "IF(s.seq % 3 = 0, 0, i.total_cents)"}.get(column, f"i.{column}")
        for column in columns
    )  # fmt: skip
    db.session.execute(
        text(
            f"INSERT INTO invoice (number, reference, {listed}) "
            f"SELECT CONCAT('X', s.seq, '-', i.id), CONCAT(LPAD(s.seq, 5, '0'), i.id), {values} "
            "FROM invoice i CROSS JOIN seq_1_to_400 s"
        )
    )
    db.session.commit()
    db.session.execute(text("ANALYZE TABLE invoice"))
    db.session.commit()
