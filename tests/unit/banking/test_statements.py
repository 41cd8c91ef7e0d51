"""Statements of every kind are read to the cent, whatever a bank does to dates, signs, columns and letters."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest

from portal.banking import statements
from portal.banking.types import Statement
from tests.unit.banking import files
from tests.unit.banking.files import Told, balances, generic, story

TODAY = date(2026, 11, 27)
LINES = story()
AFRIKAANS = ("date=Datum", "text=Beskrywing", "ref=Verwysing", "out=Debiet", "in=Krediet", "balance=Saldo")
ENGLISH = ("date=Date", "text=Description", "ref=Reference", "amount=Amount", "balance=Balance")


def read(text: str | bytes, account: str | None = None, today: date = TODAY) -> Statement:
    return statements.read(text if isinstance(text, bytes) else text.encode(), today=today, account=account)


def told(found: Statement) -> list[Told]:
    return [
        Told(line.on, line.amount.cents, line.description, line.reference or "", line.fee.cents) for line in found.lines
    ]


def test_a_statement_says_its_bank_account_and_balances() -> None:
    found = read(files.fnb(LINES))
    assert (found.layout, found.account, found.currency) == ("fnb", files.ACCOUNT, "ZAR")
    assert found.opening is not None and found.opening.cents == 250_000_00
    assert [line.balance.cents for line in found.lines if line.balance] == balances(LINES)
    assert [line.row for line in found.lines] == list(range(4, 16))
    assert told(found) == LINES


@pytest.mark.parametrize(
    "text",
    [
        generic(LINES, ENGLISH),
        generic(LINES, ENGLISH, separator=";", mark=",", thousands="."),
        generic(LINES, ENGLISH, separator="\t", thousands="\u00a0"),
        generic(LINES, ENGLISH[::-1]),
        generic(LINES, ENGLISH, day="%d/%m/%Y"),
        generic(LINES, ENGLISH, day="%d %B %Y"),
        generic(LINES, ENGLISH, day="%d-%b-%y"),
        generic(LINES, ENGLISH, day="%Y%m%d"),
        generic(LINES, AFRIKAANS, separator=";", mark=",", thousands=" "),
        generic(LINES, (*ENGLISH[:3], "bare=Amount", "side=DR/CR", "balance=Balance")),
        generic(LINES, (*ENGLISH[:3], "k=Bedrag", "kbalance=Saldo")),
        generic(LINES, (*ENGLISH[:3], "minus=Amount", "balance=Balance")),
        generic(LINES, (*ENGLISH[:3], "brackets=Amount (ZAR)", "balance=Running Balance")),
        "sep=;\r\n" + generic(LINES, ENGLISH, separator=";"),
    ],
)  # fmt: skip
def test_whatever_the_separator_signs_columns_and_language_the_lines_are_the_same(text: str) -> None:
    assert told(read(text)) == LINES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "cp850"])
def test_letters_survive_every_encoding(encoding: str) -> None:
    assert told(read(files.fnb(LINES).encode(encoding))) == LINES


def test_nul_bytes_are_left_out() -> None:
    assert told(read(files.fnb(LINES).replace("MAGTAPE", "MAG\0TAPE").replace("\r\n", "\0\r\n"))) == LINES


def test_the_newest_line_may_come_first() -> None:
    head, *rows = generic(LINES, ENGLISH).splitlines()
    found = read("\r\n".join([head, *rows[::-1]]))
    assert told(found) == LINES
    assert found.lines[0].row == len(LINES) + 1


def test_days_may_be_turned_round_with_each_day_as_it_happened() -> None:
    head, *rows = generic(LINES, ENGLISH).splitlines()
    days = {row[:10]: [each for each in rows if each[:10] == row[:10]] for row in rows}
    turned = [row for day in reversed(days.values()) for row in day]
    assert told(read("\r\n".join([head, *turned]))) == LINES


def test_dates_without_a_year_get_it_from_the_period_that_is_stated() -> None:
    lines = story(first=date(2025, 12, 29))
    assert lines[-1].on.year == 2026
    period = (["Statement period", "2025/12/27 - 2026/01/10"],)
    assert told(read(generic(lines, ENGLISH, day="%d %b", titles=period))) == lines


def test_dates_without_a_year_are_the_latest_that_are_past() -> None:
    lines = story(first=date(2025, 12, 29))
    assert told(read(generic(lines, ENGLISH, day="%d %b"), today=date(2026, 2, 1))) == lines


def test_a_table_without_headings_is_told_by_what_stands_in_it() -> None:
    text = generic(LINES, ("date=Date", "text=Description", "amount=Amount", "balance=Balance"))
    found = read(text.split("\r\n", 1)[1])
    assert [(line.on, line.amount.cents, line.description) for line in found.lines] == [
        (line.on, line.amount, line.description) for line in LINES
    ]


@pytest.mark.parametrize("make", [files.mt940, files.camt053, files.qif])
def test_other_formats_say_the_same(make: object) -> None:
    assert callable(make)
    assert told(read(make(LINES))) == LINES


@pytest.mark.parametrize("version", ["01", "06", "13"])
def test_every_version_of_camt_is_read(version: str) -> None:
    assert told(read(files.camt053(LINES, version=version))) == LINES


def test_ofx_puts_a_cut_name_together_again() -> None:
    found = read(files.ofx(LINES).encode("cp1252"))
    assert [line.description for line in found.lines] == [line.description for line in LINES]
    assert found.closing is not None and found.closing.cents == balances(LINES)[-1]


def test_a_reversal_of_a_credit_in_mt940_is_money_that_leaves() -> None:
    text = files.mt940([Told(date(2026, 3, 2), -500_00, "REVERSAL", "R1")]).replace("0302D500", "0302RC500")
    assert read(text).lines[0].amount.cents == -500_00


def workbook(lines: Sequence[Told], **changes: object) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Account number", files.ACCOUNT])
    sheet.append(["Date", "Description", "Reference", "Amount", "Balance"])
    for line, balance in zip(lines, balances(lines), strict=True):
        sheet.append([line.on, line.description, line.reference, line.amount / 100, balance / 100])
    for place, value in changes.items():
        sheet[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_to_the_cent() -> None:
    found = read(workbook(LINES))
    assert told(found) == LINES
    assert found.layout == "xlsx" and found.account == files.ACCOUNT


def test_a_formula_is_text_in_a_description() -> None:
    assert read(workbook(LINES, B3="=A1")).lines[0].description == "=A1"


def test_fees_stand_beside_the_amount() -> None:
    lines = [
        Told(date(2026, 3, 2), 2_500_00, "Cash Deposit", "X", -35_00),
        Told(date(2026, 3, 3), 0, "Fee", "", -50_00),
    ]
    after = balances(lines)
    rows = [
        ["Balance brought forward:", "", "", "", "", "", "250000.00"],
        [],
        ["Account", "Date", "Description", "Reference", "Amount", "Fees", "Balance"],
    ]
    for line, balance in zip(lines, after, strict=True):
        amount = files.plain(line.amount) if line.amount else ""
        rows.append(
            [
                files.ACCOUNT,
                f"{line.on:%d/%m/%Y}",
                line.description,
                line.reference,
                amount,
                files.plain(line.fee),
                files.plain(balance),
            ]
        )
    total = ["Total:", "", "", "", "2500.00", "-85.00", files.plain(after[-1])]
    found = read(files.table([*rows, total]))
    assert told(found) == lines and found.layout == "capitec_business"
    with pytest.raises(statements.StatementRefused, match="cut off"):
        read(files.table(rows))
