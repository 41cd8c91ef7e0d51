"""Lists as files: what a spreadsheet gets, and what it must never take for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.core.money import Money
from portal.platform import export
from portal.platform.export import Cell, Format
from portal.platform.paging import Page

HEADS = ("Invoice", "Owed", "Due", "Note")
ROW: tuple[Cell, ...] = ("INV-2026-000417", Money.zar(-1_250_050), date(2026, 3, 16), "Môre")


def as_csv(*rows: tuple[Cell, ...]) -> list[list[str]]:
    text = b"".join(export.body(HEADS, rows, Format.CSV)).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def as_xlsx(*rows: tuple[Cell, ...]) -> list[tuple[object, ...]]:
    file = io.BytesIO(b"".join(export.body(HEADS, rows, Format.XLSX)))
    return list(load_workbook(file).worksheets[0].iter_rows(values_only=True))


def test_a_csv_holds_heads_and_rows_as_programs_read_them() -> None:
    assert as_csv(ROW) == [list(HEADS), ["INV-2026-000417", "-12500.50", "2026-03-16", "Môre"]]


def test_a_workbook_holds_numbers_as_numbers_and_days_as_days() -> None:
    heads, row = as_xlsx(ROW)
    assert heads == HEADS
    assert (row[0], Decimal(str(row[1])), row[2], row[3]) == (
        "INV-2026-000417", Decimal("-12500.5"), datetime(2026, 3, 16), "Môre",
    )  # fmt: skip


def test_a_moment_is_written_in_south_african_time() -> None:
    moment = datetime(2026, 3, 16, 22, 30, tzinfo=UTC)
    assert as_csv(("a", 3, moment, None))[1] == ["a", "3", "2026-03-17 00:30:00", ""]
    assert as_xlsx(("a", 3, moment, None))[1] == ("a", 3, datetime(2026, 3, 17, 0, 30), None)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+27821234567",
        "-5",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n@x",
        '"=1',
        " =1",
        "'=1",
        "＝1",
        '"\n=cmd|x',
        "\ttext",
    ],
)
def test_what_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert as_csv((text, None, None, None))[1][0].startswith("'")
    first = as_xlsx((text, None, None, None))[1][0]
    assert isinstance(first, str)
    assert first.startswith("'")


@pytest.mark.parametrize("text", ["INV-110", "a=b", "R 12.50", "Café & Sons", "", "O'Brien", "5-5"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert as_csv((text, None, None, None))[1][0] == text


@given(st.text())
def test_no_text_begins_a_formula_in_either_format(text: str) -> None:
    for found in (as_csv((text, 1, None, "x"))[1][0], as_xlsx((text, 1, None, "x"))[1][0] or ""):
        assert not str(found).lstrip(' \t\r\n"').startswith(("=", "+", "-", "@"))


def test_a_long_list_is_sent_in_parts_while_its_rows_are_asked() -> None:
    asked = 0

    def rows() -> Iterator[tuple[Cell, ...]]:
        nonlocal asked
        for number in range(20_000):
            asked += 1
            yield (f"INV-{number:06d}", Money.zar(number), None, "x" * 20)

    parts = export.body(HEADS, rows(), Format.CSV)
    next(parts)
    assert asked < 5_000
    assert sum(part.count(b"\r\n") for part in parts) + asked > 15_000


def test_a_sheet_that_is_full_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "ROWS_ON_A_SHEET", 2)
    file = io.BytesIO(b"".join(export.body(HEADS, [ROW] * 5, Format.XLSX)))
    assert [sheet.max_row for sheet in load_workbook(file).worksheets] == [3, 3, 2]


def test_every_page_of_a_list_is_asked_once() -> None:
    pages = {None: Page((1, 2), next="a"), "a": Page((3,), next="b"), "b": Page((4,))}
    assert list(export.every(lambda after: pages[after])) == [1, 2, 3, 4]


def test_a_download_is_an_attachment_with_its_name() -> None:
    with Flask("x").test_request_context():
        answer = export.download("invoices 2026", HEADS, [ROW], "csv")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="invoices 2026.csv"'
        assert answer.get_data(as_text=True).startswith("Invoice,Owed,Due,Note\r\n")


def test_rows_that_cannot_be_read_are_an_error_and_not_half_a_file() -> None:
    def rows() -> Iterator[tuple[Cell, ...]]:
        raise RuntimeError("no database")
        yield ROW

    with Flask("x").test_request_context(), pytest.raises(RuntimeError):
        export.download("x", HEADS, rows(), Format.XLSX)
