"""Price lists and exchange rates from a table: shown, written once, a thousand rows one commit (imports.md I6 to I8)."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from portal.accounts import service as accounts
from portal.catalog import service as catalog
from portal.catalog.service import importing
from portal.catalog.types import ImportInfo, ImportKind, ImportState
from portal.core import clock
from portal.core.errors import BadInput
from portal.core.money import Money
from portal.platform import jobs
from portal.platform.db import db, transaction
from tests.integration.catalog.test_importing import table, workbook
from tests.integration.orders.shop import Shop, more_staff

PRICES, RATES = ImportKind.PRICES, ImportKind.RATES
MINES = {"list": "Mines 2026", "currency": "ZAR", "first_day": "2026-01-01", "customers": "MPD014"}


def read(data: bytes, kind: ImportKind) -> ImportInfo:
    return transaction(lambda: catalog.read_table(data, "table.csv", by="Zanele", kind=kind))


def outcomes(data: bytes, kind: ImportKind) -> list[tuple[str, str, tuple[str, ...]]]:
    rows, _ = catalog.preview(read(data, kind).id, None, 0)
    return [
        (row.sku, row.outcome.value, row.reasons or tuple(f"{c.field}: {c.before} → {c.after}" for c in row.changes))
        for row in rows
    ]


def write(data: bytes, kind: ImportKind) -> ImportInfo:
    made = read(data, kind)
    transaction(lambda: catalog.start_import(made.id))
    jobs.run_pending(queues=("imports",), strict=True)
    return catalog.an_import(made.id)


def price(shop: Shop, sku: str, quantity: int = 1, currency: str = "ZAR", day: date | None = None) -> Money:
    product = catalog.product_by_sku(sku)
    found = catalog.prices_of([product], shop.customer_id, {product.id: quantity}, currency=currency, day=day)
    return found[product.id].unit


# -- price lists -----------------------------------------------------------------------------------------------------


def test_a_table_makes_lists_for_customers_days_quantities_and_currencies(shop: Shop) -> None:
    done = write(
        table(
            {**MINES, "last_day": "2026-12-31", "code": "hh-12-r2at", "from_quantity": "", "price": "R 4 000.00"},
            {"list": "mines  2026", "code": "HH-12-R2AT", "from_quantity": "10", "price": "3900"},
            {"list": "Dollars", "currency": "usd", "first_day": "2026-01-01", "customers": "everybody", "code": "SK-1",
             "price": "0.11"},
            {"list": "Next year", "currency": "ZAR", "first_day": "2027-01-01", "customers": "everybody", "code": "SK-1",
             "price": "1.00"},
        ),
        PRICES,
    )  # fmt: skip
    assert (done.state, done.counts) == (ImportState.DONE, done.counts)
    day = date(2026, 6, 1)
    assert price(shop, "HH-12-R2AT", 1, day=day) == Money.zar(4_000_00)
    assert price(shop, "HH-12-R2AT", 10, day=day) == Money.zar(3_900_00)
    assert price(shop, "HH-12-R2AT", 10, day=date(2027, 1, 1)) == Money.zar(4_350_00), "the list has ended"
    transaction(lambda: catalog.set_rate("USD", clock.today(), "20", by="Zanele"))
    assert price(shop, "SK-1", currency="USD") == Money(11, "USD")
    assert price(shop, "SK-1", day=day) == Money.zar(2_27), "next year's list does not count yet"
    assert [info.name for info, _ in catalog.price_lists()] == ["Dollars", "Mines 2026", "Next year"]


def test_what_a_table_says_wrongly_of_a_list_is_said_at_each_of_its_rows(shop: Shop) -> None:
    write(table({**MINES, "code": "SK-1", "from_quantity": "5", "price": "2.00"}), PRICES)
    rows = (
        {"list": "Mines 2026", "currency": "USD", "first_day": "", "customers": "", "code": "SK-1", "price": "1.90"},
        {"list": "Later", "code": "MM-10", "price": "150"},
        MINES | {"list": "Ours", "customers": "NOB999", "code": "MM-10", "price": "150"},
        MINES | {"list": "Sums", "code": "MM-10", "price": "=1+1"},
        MINES | {"list": "Days", "code": "MM-10", "price": "9"},
        {"list": "Days", "first_day": "2026-02-01", "code": "SK-1", "price": "9"},
    )
    assert outcomes(table(*rows), PRICES) == [
        ("SK-1", "wrong", ("currency: Mines 2026 is in ZAR; make a new list for USD",)),
        ("MM-10", "wrong", ("currency: a new list needs one of ZAR, USD",)),
        ("MM-10", "wrong", ("customers: there is no customer NOB999",)),
        ("MM-10", "wrong", ("price: a formula is not read; write its value",)),
        ("MM-10", "new", (
            "list:  → Days", "currency:  → ZAR", "first_day:  → 2026-01-01", "last_day:  → open",
            "customers:  → MPD014", "Days, from 1:  → 9.00",
        )),
        ("SK-1", "wrong", ("first_day: line 6 says another of this list",)),
    ]  # fmt: skip


def test_changes_of_a_list_and_its_prices_are_shown_and_written(shop: Shop) -> None:
    write(table({**MINES, "code": "SK-1", "from_quantity": "5", "price": "2.00"}), PRICES)
    data = table(
        {"list": "Mines 2026", "code": "SK-1", "from_quantity": "5", "price": "", "last_day": "2026-12-31",
         "customers": "everybody"},
        {"list": "Mines 2026", "code": "NONE", "from_quantity": "0", "price": "x"},
        {"list": "Mines 2026", "code": "MM-10", "price": "150", "from_quantity": ""},
        {"list": "Mines 2026", "code": "MM-10", "price": "151", "from_quantity": "1"},
    )  # fmt: skip
    assert outcomes(data, PRICES) == [
        ("SK-1", "changed", (
            "last_day: open → 2026-12-31", "customers: MPD014 → everybody", "Mines 2026, from 5: 2.00 → ",
        )),
        ("NONE", "wrong", (
            "code: no product has it", "from_quantity: write a whole number from 1 to 99999",
            "price: “x” is not an amount. Write it like 12 500.00.",
        )),
        ("MM-10", "new", ("Mines 2026, from 1:  → 150.00",)),
        ("MM-10", "wrong", ("code: the same price stands in line 4 already",)),
    ]  # fmt: skip
    write(data, PRICES)
    (info, customers), *_ = catalog.price_lists()
    assert (info.valid_to, info.everybody, customers) == (date(2026, 12, 31), True, 0)
    assert [(row.sku, row.price) for row in catalog.listed_prices(info.id).items] == [("MM-10", Money.zar(150_00))]


def test_a_saved_list_that_comes_back_changes_nothing(shop: Shop, signed_in: Any) -> None:
    write(table({**MINES, "code": "SK-1", "from_quantity": "5", "price": "2.00"}), PRICES)
    manager = signed_in(more_staff("manager").email)
    (info, _), *_ = catalog.price_lists()
    for form in ("csv", "xlsx"):
        saved = manager.get(f"/staff/catalog/prices/{info.id}.{form}").data
        assert [each[1] for each in outcomes(saved, PRICES)] == ["unchanged"], form


def many(count: int) -> bytes:
    rows = [
        {"code": f"B-{at:05d}", "name": f"Bolt {at}", "category": "Canteen", "unit": "each", "price": "9"}
        for at in range(count)
    ]
    made = transaction(lambda: catalog.read_table(table(*rows), "goods.csv", by="Zanele"))
    transaction(lambda: catalog.start_import(made.id))
    jobs.run_pending(queues=("imports",), strict=True)
    return table(
        *({**MINES, "code": f"B-{at % count:05d}", "from_quantity": str(1 + at // count), "price": "8.50"} for at in range(2 * count))
    )  # fmt: skip


def test_a_thousand_prices_are_one_commit_and_few_statements(shop: Shop, count_queries: Any) -> None:
    made = read(many(1_000), PRICES)
    transaction(lambda: catalog.start_import(made.id))
    commits: list[int] = []
    rows = importing.rows_at(made.id)

    def committed(_connection: Any) -> None:
        commits.append(1)

    for position in (0, 1_000):
        event.listen(db.engine, "commit", committed)
        with count_queries() as seen:
            transaction(lambda at=position: importing.write_rows(made.id, at, rows))  # type: ignore[misc]
        event.remove(db.engine, "commit", committed)
        assert len(seen) <= 40, len(seen)
    assert len(commits) == 2
    assert catalog.an_import(made.id).state is ImportState.DONE
    assert price(shop, "B-00999", 2) == Money.zar(8_50)
    assert {each.outcome.value for each in catalog.preview(read(rows_again(rows), PRICES).id, None, 0)[0]} == {
        "unchanged"
    }


def rows_again(rows: list[dict[str, str]]) -> bytes:
    return table(*({name: cell for name, cell in row.items() if name != "#"} for row in rows))


# -- exchange rates --------------------------------------------------------------------------------------------------


def test_rates_are_shown_written_and_a_second_time_change_nothing(shop: Shop) -> None:
    today = clock.today()
    transaction(lambda: catalog.set_rate("USD", today, "18.2145", by="Zanele"))
    data = table(
        {"day": today.isoformat(), "rate": "18.30"},
        {"day": (today - timedelta(days=1)).isoformat(), "rate": "18,2"},
        {"day": today.isoformat(), "rate": "18.31"},
        {"day": (today + timedelta(days=1)).isoformat(), "rate": "18.31"},
        {"day": "yesterday", "rate": "1e9"},
    )
    assert outcomes(data, RATES) == [
        (today.isoformat(), "changed", ("rand for one USD: 18.2145 → 18.30",)),
        ((today - timedelta(days=1)).isoformat(), "new", ("rand for one USD:  → 18.20",)),
        (today.isoformat(), "wrong", ("day: it stands in line 2 already",)),
        ((today + timedelta(days=1)).isoformat(), "wrong", ("day: a rate is written on its day or later, not before",)),
        ("yesterday", "wrong", (
            "day: write the day like 2026-03-16",
            "rate: Write the rand for one unit, at most six places, like 18.2145.",
        )),
    ]  # fmt: skip
    write(data, RATES)
    assert [(rate.words, by) for rate, by in catalog.rates()] == [("18.30", "Zanele"), ("18.20", "Zanele")]
    assert [each[1] for each in outcomes(data, RATES)] == ["unchanged", "unchanged", "wrong", "wrong", "wrong"]


def test_rates_are_read_from_a_workbook(shop: Shop) -> None:
    day = clock.today()
    assert outcomes(workbook(["Day", "Rate"], [day, 18.2145]), RATES) == [
        (day.isoformat(), "new", ("rand for one USD:  → 18.2145",))
    ]


def test_ten_years_of_rates_are_written_a_thousand_in_one_commit(shop: Shop, count_queries: Any) -> None:
    days = [clock.today() - timedelta(days=at) for at in range(1_500)]
    made = read(table(*({"day": day.isoformat(), "rate": f"18.{at:04d}"} for at, day in enumerate(days))), RATES)
    transaction(lambda: catalog.start_import(made.id))
    rows = importing.rows_at(made.id)
    for position in (0, 1_000):
        with count_queries() as seen:
            transaction(lambda at=position: importing.write_rows(made.id, at, rows))  # type: ignore[misc]
        assert len(seen) <= 12, len(seen)
    assert catalog.rate_on("USD", days[-1]).words == "18.1499"


@pytest.mark.parametrize(("kind", "data", "words"), [
    (PRICES, b"code,price\nSK-1,1\n", "no column “list”"),
    (RATES, b"day\n2026-01-01\n", "no column “rate”"),
])  # fmt: skip
def test_a_table_without_its_columns_says_which(shop: Shop, kind: ImportKind, data: bytes, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(data, kind)
    assert words in refused.value.words


def test_a_manager_sends_a_table_of_prices_and_a_clerk_does_not_see_it(shop: Shop, signed_in: Any) -> None:
    manager, clerk = signed_in(more_staff("manager").email), signed_in(more_staff("clerk").email)
    page = manager.get("/staff/catalog/prices/import").get_data(as_text=True)
    assert "Import price lists" in page
    data = table({**MINES, "code": "SK-1", "price": "2.00"}, {"list": "Mines 2026", "code": "X", "price": "1"})
    sent = manager.post(
        "/staff/catalog/prices/import",
        data={"file": (io.BytesIO(data), "mines.csv")},
        content_type="multipart/form-data",
    )
    address = sent.headers["Location"]
    shown = manager.get(address).get_data(as_text=True)
    assert all(words in shown for words in ("1 new", "1 wrong", "no product has it"))
    assert clerk.get(address).status_code == 404
    assert clerk.post(address).status_code == 404
    assert clerk.get("/staff/catalog/prices/import").status_code == 403
    assert manager.post(address).status_code == 303
    jobs.run_pending(queues=("imports",), strict=True)
    assert "All 2 rows were gone through" in manager.get(address).get_data(as_text=True)
    assert price(shop, "SK-1") == Money.zar(2_00)


def test_a_stale_rate_is_said_on_the_page_of_rates(shop: Shop, signed_in: Any) -> None:
    manager = signed_in(more_staff("manager").email)
    assert "No rate counts today" in manager.get("/staff/catalog/rates").get_data(as_text=True)
    transaction(lambda: catalog.set_rate("USD", clock.today() - timedelta(days=31), "18", by="Zanele"))
    assert "No rate counts today" not in manager.get("/staff/catalog/rates").get_data(as_text=True)
    assert accounts.customer(shop.customer_id).currency == "ZAR"
