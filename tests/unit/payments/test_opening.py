"""A file of opening balances is read row by row; what is wrong is said of its row."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from portal.core.errors import BadInput
from portal.core.money import Money
from portal.payments import opening
from portal.platform import export

DAY = date(2026, 2, 28)
HEAD = "record,customer,name,email,vat_number,address,terms_days,credit_limit,number,date,due,amount,words"


def read(*lines: str, delimiter: str = ",") -> opening.Opening:
    return opening.read("\n".join([HEAD, *lines]).replace(",", delimiter).encode(), DAY)


def words_of(*lines: str) -> list[tuple[int, str]]:
    return [(each.row, each.words) for each in read(*lines).errors]


def test_the_example_file_can_be_read_as_it_is_offered() -> None:
    data = b"".join(export.body(opening.HEADS, opening.EXAMPLE, export.Format.CSV))

    found = opening.read(data, DAY)

    assert found.errors == ()
    assert found.customers[0].address == ("1 Main Road", "Witbank", "1035")
    assert (found.invoices[0].number, found.owed, found.credit) == ("OLD-110", Money.zar(12_500_00), Money.zar(250_00))


def test_a_workbook_says_the_same_as_its_csv() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD.split(","))
    sheet.append(
        ["invoice", "MPD014", *[None] * 6, "OLD-1", datetime(2026, 2, 1), date(2026, 3, 3), 0.1 + 12500.4, None]
    )
    sheet.append([None] * 13)
    file = io.BytesIO()
    book.save(file)

    found = opening.read(file.getvalue(), DAY)

    assert found.invoices == read("invoice,MPD014,,,,,,,OLD-1,2026-02-01,2026-03-03,12500.50,").invoices
    assert found.errors == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("order,MPD014,,,,,,,,,,1,", "is no record"),
        ("customer,MPD014,,ap@x.example,,,,,,,,,", "needs a name"),
        ("customer,MPD014,Mine,nobody,,,,,,,,,", "needs an e-mail"),
        ("customer,MPD014,Mine,a@b.c,,,400,,,,,,", "0 to 365"),
        ("customer,14,Mine,a@b.c,,,,,,,,,", "like MPD014"),
        ("invoice,MPD014,,,,,,,INV-2026-000001,2026-02-01,2026-02-02,1,", "number of this portal"),
        ("invoice,MPD014,,,,,,,a/b,2026-02-01,2026-02-02,1,", "1 to 20 letters"),
        ("invoice,MPD014,,,,,,,OLD-1,2026-03-01,2026-03-02,1,", "after the day"),
        ("invoice,MPD014,,,,,,,OLD-1,2026-02-02,2026-02-01,1,", "before it was issued"),
        ("invoice,MPD014,,,,,,,OLD-1,01/02/2026,2026-02-01,1,", "like 2026-03-16"),
        ("invoice,MPD014,,,,,,,OLD-1,2026-02-01,2026-02-02,0,", "more than nothing"),
        ("credit,MPD014,,,,,,,,,,1e3,", "is not an amount"),
        ("credit,MPD014,,,,,,,,,,-5,", "more than nothing"),
    ],
)
def test_a_wrong_row_is_named_with_what_is_wrong(line: str, words: str) -> None:
    ((row, said),) = words_of("credit,MPD014,,,,,,,,,,1,", line)
    assert (row, words in said) == (3, True), said


def test_the_same_customer_or_number_twice_is_named_once() -> None:
    line = "invoice,MPD014,,,,,,,OLD-1,2026-02-01,2026-02-02,1,"
    assert words_of(line, line.replace("OLD", "old")) == [(3, "OLD-1 stands in row 2 already.")]


def test_semicolons_and_old_windows_letters_are_read() -> None:
    text = "record;customer;amount;words\ncredit;MPD014;250,00;Môre"
    found = opening.read(text.encode("cp1252"), DAY)
    assert (found.credits[0].amount, found.credits[0].words) == (Money.zar(250_00), "Môre")


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (60 * 1024 * 1024))
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"a,b\n1,2", b"record,customer,amount\n" + b"credit,MPD014,1\n" * 3_001, b"PK\x03\x04broken", b"\0\1\2", bomb()],
)
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        opening.read(data, DAY)


@given(st.lists(st.integers(1, 10**9), max_size=30))
def test_no_cent_is_lost_between_the_file_and_the_sum(cents: list[int]) -> None:
    found = read(*(f"credit,MPD014,,,,,,,,,,{Money.zar(each).plain}," for each in cents))
    assert found.credit == Money.zar(sum(cents))
    assert found.errors == ()
