"""Products, prices and stock from a table (docs/rules/imports.md)."""

from __future__ import annotations

import csv
import io
import logging
import re
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import event

from portal.catalog import service as catalog
from portal.catalog.errors import NotATable
from portal.catalog.service import importing
from portal.catalog.types import COLUMNS, ImportInfo, ImportState, MovementFilter, Outcome, StockLevel
from portal.core.errors import BadInput, IllegalMove
from portal.core.money import Money
from portal.platform import jobs
from portal.platform.db import db, transaction
from tests.integration.catalog.test_catalog import draft_of, names
from tests.integration.orders.shop import Shop, more_staff


def table(*rows: dict[str, Any]) -> bytes:
    """CSV of these rows; the columns are those of the first."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def workbook(*lines: list[Any]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for line in lines:
        book.worksheets[0].append(line)
    book.save(out)
    return out.getvalue()


def read(data: bytes) -> ImportInfo:
    return transaction(lambda: catalog.read_table(data, "stock.csv", by="Zanele"))


def outcomes(data: bytes) -> list[tuple[str, str, tuple[str, ...]]]:
    rows, _ = catalog.preview(read(data).id, None, 0)
    return [
        (row.sku, row.outcome.value, row.reasons or tuple(f"{c.field}: {c.before} → {c.after}" for c in row.changes))
        for row in rows
    ]


def write(data: bytes) -> ImportInfo:
    made = read(data)
    transaction(lambda: catalog.start_import(made.id))
    jobs.run_pending(queues=("imports",), strict=True)
    return catalog.an_import(made.id)


NEW = {"code": "cf-12", "name": "Crimp fitting", "category": "Canteen", "unit": "pack", "price": "R 612,50"}


def test_each_row_says_what_it_would_do(shop: Shop) -> None:
    rows = outcomes(
        table(
            {"code": "SK-1", "price": "2.50", "name": "Seal", "on_hand": ""},
            {"code": "MM-10", "price": "189.99", "name": "", "on_hand": ""},
            {"code": "HH-12-R2AT", "price": "", "name": "", "on_hand": "7"},
            {"code": "NEW-1", "price": "1.00", "name": "New", "on_hand": ""},
            {"code": "SK-1", "price": "3.00", "name": "", "on_hand": ""},
            {"code": "", "price": "3.00", "name": "", "on_hand": ""},
        )
    )
    assert rows == [
        ("SK-1", "changed", ("price: 2.27 → 2.50",)),
        ("MM-10", "unchanged", ()),
        ("HH-12-R2AT", "changed", ("on_hand:  → 7",)),
        ("NEW-1", "wrong", ("category: a new product needs it", "unit: a new product needs it")),
        ("SK-1", "wrong", ("code: it stands in line 2 already",)),
        ("", "wrong", ("code: write it like HH-12-R2AT",)),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"price": "four"}, "price: “four” is not an amount"),
        ({"price": "-1"}, "price: a price is not below nothing"),
        ({"category": "Nowhere"}, "category: there is no category “Nowhere”"),
        ({"name": "=HYPERLINK(1)"}, "name: a formula is not read"),
        ({"name": "@SUM(A1)"}, "name: a formula is not read"),
        ({"barcode": "4006381333930"}, "barcode: The last figure"),
        ({"vat": "some"}, "vat: write standard, zero or exempt"),
        ({"on_sale": "perhaps"}, "on_sale: write yes or no"),
        ({"on_hand": "-3"}, "on_hand: write a whole number"),
        ({"pieces": "1.5"}, "pieces: write a whole number"),
    ],
)
def test_a_wrong_cell_is_named_with_its_reason(shop: Shop, changes: dict[str, str], reason: str) -> None:
    ((_, outcome, reasons),) = outcomes(table(NEW | changes))
    assert (outcome, reasons[0].startswith(reason)) == ("wrong", True), reasons


def test_what_is_written_is_what_was_shown(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "portal.catalog"):
        done = write(
            table(
                NEW | {"on_hand": "12", "reorder_level": "5", "barcode": "4006381333931", "un_number": "UN1263"},
                {"code": "SK-1", "price": "2.50", "on_hand": "7"},
                {"code": "MM-10", "name": "Maize meal"},
                {"code": "HH-12-R2AT", "price": "wrong"},
            )
        )

    assert (done.state, done.position) == (ImportState.DONE, 4)
    made, seal = catalog.product_by_sku("CF-12"), catalog.product_by_sku("SK-1")
    assert (made.price, made.category, made.hazardous, made.stock) == (
        Money.zar(612_50), "Canteen", True, StockLevel(12, 0, 5),
    )  # fmt: skip
    assert (seal.price, seal.version, seal.stock) == (Money.zar(2_50), shop.seal.version + 1, StockLevel(7, 0, 0))
    assert catalog.product_by_sku("HH-12-R2AT") == shop.hose
    assert names("crimp") == names("4006381333931") == ["Crimp fitting"]
    (line,) = [record.getMessage() for record in caplog.records if "Bulk save" in record.getMessage()]
    assert re.fullmatch(r"Bulk save completed in \d+\.\d{3}s: Updated 1 lines, Inserted 1 new lines", line)


def test_a_saved_file_that_comes_back_changes_nothing(shop: Shop, signed_in: Any) -> None:
    write(table(NEW | {"on_hand": "12", "price_usd": "33.50", "un_number": "1263", "pieces": "10"}))
    label = draft_of(shop.seal, description="=2+2 stands on the label")
    transaction(lambda: catalog.change("SK-1", label, version=shop.seal.version))
    clerk = signed_in(more_staff("clerk").email)
    for form in ("csv", "xlsx"):
        saved = clerk.get(f"/staff/catalog/products.{form}").data
        assert {outcome for _, outcome, _ in outcomes(saved)} == {"unchanged"}, form


def test_the_columns_of_the_export_are_those_of_the_import(shop: Shop, signed_in: Any) -> None:
    clerk = signed_in(more_staff("clerk").email)
    first = clerk.get("/staff/catalog/products.csv").get_data(as_text=True).splitlines()[0]
    assert first.split(",") == list(COLUMNS)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (81 * 1024 * 1024))
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"code,name\n", "no rows"),
        (b"name,price\nSeal,1\n", "no column “code”"),
        (b"code,code\nA,B\n", "name each column once: code"),
        ("code,name\nSK-1,Café\n".encode("latin-1"), "Line 2 is not written in UTF-8"),
        ("code\tname\nSK-1\tSeal\n".encode("utf-16"), "neither CSV nor XLSX"),
        (b'code,name\nSK-1,"Seal\n', "opened and not closed"),
        (b"%PDF-1.7\x00\x00", "neither CSV nor XLSX"),
        (b"PK\x03\x04 not a zip", "not a whole XLSX"),
        (zipped(readme_xml=b"x"), "a zip, but no XLSX"),
        (zipped(xl__workbook_xml=b"<x", xl__worksheets__sheet1_xml=b"<y"), "cannot be read"),
        (zipped(xl__workbook_xml=b"<x/>", xl__vbaProject_bin=b"x"), "carries a program"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(shop: Shop, data: bytes, words: str) -> None:
    with pytest.raises((NotATable, BadInput)) as refused:
        read(data)
    assert words in refused.value.words


def test_a_workbook_that_inflates_is_refused_before_it_is_opened(shop: Shop) -> None:
    data = bomb()
    assert len(data) < 200_000
    with pytest.raises(NotATable, match="becomes too large"):
        read(data)


def test_a_file_with_too_many_rows_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.catalog.reader import sheets

    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    with pytest.raises(NotATable, match="more than 2 rows"):
        read(table({"code": "A-1"}, {"code": "A-2"}, {"code": "A-3"}))


def test_a_workbook_is_read_like_a_csv_and_its_formulas_are_not(shop: Shop) -> None:
    rows = outcomes(
        workbook(["Code", "Price", "On hand"], ["SK-1", 2.5, 7], ["MM-10", "=1+1", None], ["HH-12-R2AT", 4350, "x"])
    )
    assert rows == [
        ("SK-1", "changed", ("price: 2.27 → 2.50", "on_hand:  → 7")),
        ("MM-10", "wrong", ("price: a formula is not read; write its value",)),
        ("HH-12-R2AT", "wrong", ("on_hand: write a whole number from 0 to 99999999",)),
    ]


def test_semicolons_and_a_byte_order_mark_are_read(shop: Shop) -> None:
    rows = outcomes("\ufeffcode;price\nSK-1;2,50\n".encode())
    assert rows == [("SK-1", "changed", ("price: 2.27 → 2.50",))]


def test_an_import_is_started_once(shop: Shop) -> None:
    made = read(table({"code": "SK-1", "price": "2.50"}))
    transaction(lambda: catalog.start_import(made.id))
    with pytest.raises(IllegalMove):
        transaction(lambda: catalog.start_import(made.id))


def many(count: int) -> bytes:
    return table(*({**NEW, "code": f"B-{at:05d}", "name": f"Bolt {at}", "on_hand": str(at)} for at in range(count)))


def test_a_thousand_rows_are_one_commit_and_few_statements(shop: Shop, count_queries: Any) -> None:
    made = read(many(2_500))
    transaction(lambda: catalog.start_import(made.id))
    commits: list[int] = []

    def committed(_connection: Any) -> None:
        commits.append(1)

    rows = importing.rows_at(made.id)
    for position in (0, 1_000, 2_000):
        event.listen(db.engine, "commit", committed)
        with count_queries() as seen:
            transaction(lambda at=position: importing.write_rows(made.id, at, rows))  # type: ignore[misc]
        event.remove(db.engine, "commit", committed)
        assert len(seen) <= 40, len(seen)
    assert len(commits) == 3
    assert catalog.an_import(made.id).state is ImportState.DONE
    assert catalog.product_by_sku("B-02499").stock == StockLevel(2_499, 0, 0)


def test_an_import_that_is_interrupted_goes_on_where_it_was_and_writes_nothing_twice(shop: Shop) -> None:
    made = read(many(1_500))
    transaction(lambda: catalog.start_import(made.id))
    rows = importing.rows_at(made.id)
    transaction(lambda: importing.write_rows(made.id, 0, rows))
    transaction(lambda: importing.write_rows(made.id, 0, rows))  # the worker was killed before it could say so
    assert catalog.an_import(made.id).position == 1_000

    jobs.run_pending(queues=("imports",), strict=True)

    assert catalog.an_import(made.id).state is ImportState.DONE
    moved = catalog.movements(MovementFilter(sku="B-00007")).items
    assert [move.quantity for move in moved] == [7]
    assert catalog.product_by_sku("B-01499").version == 1


def test_a_clerk_sends_a_file_sees_what_changes_and_writes_it(shop: Shop, signed_in: Any) -> None:
    clerk = signed_in(more_staff("clerk").email)
    clerk.get("/staff/catalog/import")
    file = {"file": (io.BytesIO(table({"code": "SK-1", "price": "2.50"}, {"code": "X"})), "stock.csv")}
    sent = clerk.post("/staff/catalog/import", data=file, content_type="multipart/form-data")
    address = sent.headers["Location"]

    page = clerk.get(address).get_data(as_text=True)
    assert all(words in page for words in ("1 changed", "1 wrong", "2.27", "2.50", "write it like HH-12-R2AT"))
    assert "SK-1" not in clerk.get(f"{address}?show=wrong").get_data(as_text=True)
    assert clerk.post(address).status_code == 303
    assert "of 2 rows are written" in clerk.get(address).get_data(as_text=True)
    jobs.run_pending(queues=("imports",), strict=True)
    assert "All 2 rows were gone through" in clerk.get(address).get_data(as_text=True)
    assert catalog.product_by_sku("SK-1").price == Money.zar(2_50)


def test_a_refused_file_says_why_beside_its_field(shop: Shop, signed_in: Any) -> None:
    clerk = signed_in(more_staff("clerk").email)
    clerk.get("/staff/catalog/import")
    file = {"file": (io.BytesIO(bomb()), "stock.xlsx")}
    answer = clerk.post("/staff/catalog/import", data=file, content_type="multipart/form-data")
    assert (answer.status_code, "becomes too large" in answer.get_data(as_text=True)) == (422, True)
    assert catalog.imports() == []


def test_the_preview_is_paged_by_place_in_the_file(shop: Shop) -> None:
    made = read(many(120))
    first, following = catalog.preview(made.id, Outcome.NEW, 0)
    second, _ = catalog.preview(made.id, Outcome.NEW, following or 0)
    assert [row.sku for row in (*first, *second)] == [f"B-{at:05d}" for at in range(100)]
