"""Reads a file of opening balances, CSV or XLSX, row by row; what cannot be read is an error of its row.

Plain functions from bytes to values; whether customers and numbers exist is asked by the service.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import TypeVar

from openpyxl import load_workbook

from portal.core.errors import BadInput
from portal.core.money import Money
from portal.payments.types.opening import (
    Opening,
    OpeningCredit,
    OpeningCustomer,
    OpeningInvoice,
    Record,
    RowError,
)

HEADS = (
    "record", "customer", "name", "email", "vat_number", "address", "terms_days", "credit_limit", "number", "date",
    "due", "amount", "words",
)  # fmt: skip
EXAMPLE: tuple[tuple[str, ...], ...] = (
    ("customer", "MPD014", "Mpumalanga Drilling (Pty) Ltd", "ap@mpd.example", "4123456789", "1 Main Road; Witbank; 1035",
     "30", "50 000.00", "", "", "", "", ""),
    ("invoice", "MPD014", "", "", "", "", "", "", "OLD-110", "2026-02-01", "2026-03-03", "12 500.00", ""),
    ("credit", "MPD014", "", "", "", "", "", "", "", "", "", "250.00", "Paid twice in January"),
)  # fmt: skip
MOST_ROWS = 3_000
_MOST_UNPACKED = 50 * 1024 * 1024
_LARGEST, _NOISE = Decimal(10**12), Decimal("0.000001")
_CODE = re.compile(r"[A-Z]{2,5}[0-9]{3,4}")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
#: numbers of our own series are given out here and nowhere else
_OURS = re.compile(r"INV-[0-9]{4}-[0-9]{6}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
Cells = Mapping[str, str]
T = TypeVar("T")


def read(data: bytes, day: date) -> Opening:
    """Everything in the file that can be read, and an error for each row that cannot.

    day: on which the balances are taken over; no invoice is later. Raises BadInput for what is no such file.
    """
    customers: list[OpeningCustomer] = []
    invoices: list[OpeningInvoice] = []
    credits_: list[OpeningCredit] = []
    errors: list[RowError] = []
    for number, cells in _rows(data):
        try:
            match _record(cells):
                case Record.CUSTOMER:
                    customers.append(_customer(number, cells))
                case Record.INVOICE:
                    invoices.append(_invoice(number, cells, day))
                case Record.CREDIT:
                    credits_.append(_credit(number, cells))
        except BadInput as error:
            errors.append(RowError(number, error.words))
    errors += _twice(customers, lambda each: each.code) + _twice(invoices, lambda each: each.number.upper())
    return Opening(tuple(customers), tuple(invoices), tuple(credits_), tuple(sorted(errors, key=lambda each: each.row)))


def _twice(found: list[T], name: Callable[[T], str]) -> list[RowError]:
    seen: dict[str, int] = {}
    errors = []
    for each in found:
        row: int = each.row  # type: ignore[attr-defined]
        if (first := seen.setdefault(name(each), row)) != row:
            errors.append(RowError(row, f"{name(each)} stands in row {first} already."))
    return errors


def _rows(data: bytes) -> Iterator[tuple[int, Cells]]:
    """(row number, cells by head) of all rows that are not empty."""
    lines = _workbook(data) if data.startswith(b"PK\x03\x04") else _text(data)
    heads = [cell.strip().lower() for cell in next(lines, [])]
    if missing := {"record", "customer", "amount"} - set(heads):
        raise BadInput(f"The first row names the columns; {', '.join(sorted(missing))} is not there.", field="file")
    for number, line in enumerate(lines, start=2):
        if number > MOST_ROWS + 1:
            raise BadInput(f"A file has at most {MOST_ROWS} rows; share it into several.", field="file")
        cells = {head: cell.strip() for head, cell in zip(heads, line, strict=False) if head}
        if any(cells.values()):
            yield number, dict.fromkeys(HEADS, "") | cells


def _text(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise BadInput("This is no CSV and no XLSX file.", field="file")
    first = text.split("\n", 1)[0]
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")


def _workbook(data: bytes) -> Iterator[list[str]]:
    """The first sheet. A file that unpacks to much more than it could need is refused before it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise BadInput("This workbook is too large.", field="file")
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        lines = [[_cell(value) for value in row] for row in sheet.iter_rows(max_row=MOST_ROWS + 2, values_only=True)]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise BadInput("This workbook cannot be read. Save it again as XLSX, or as CSV.", field="file") from error
    return iter(lines)


def _cell(value: object) -> str:
    """As a person would have typed it: days as 2026-03-16, numbers with at most two places where they mean two.

    A workbook keeps 0.30 as a number a little beside it; what is off by less than a millionth is what was meant.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, int | str):
        return str(value)
    if isinstance(value, Real):
        exact = Decimal(str(value))
        meant = exact.quantize(Decimal("0.01")) if exact.is_finite() and abs(exact) < _LARGEST else exact
        return f"{meant if abs(meant - exact) < _NOISE else exact}"
    return str(value)


def _record(cells: Cells) -> Record:
    wanted = cells["record"].lower()
    if wanted not in set(Record):
        raise BadInput(f"“{cells['record'][:20]}” is no record: write customer, invoice or credit.")
    return Record(wanted)


def _customer(row: int, cells: Cells) -> OpeningCustomer:
    if not cells["name"]:
        raise BadInput("A customer needs a name.")
    if not _EMAIL.fullmatch(cells["email"]):
        raise BadInput("A customer needs an e-mail address, like ap@company.co.za.")
    terms = cells["terms_days"] or "30"
    if not terms.isascii() or not terms.isdigit() or int(terms[:4]) > 365:
        raise BadInput("Payment terms are whole days from 0 to 365, like 30.")
    address = tuple(line.strip() for line in re.split(r"[;\n]", cells["address"]) if line.strip())
    limit = Money.parse(cells["credit_limit"]) if cells["credit_limit"] else Money.zar(0)
    if limit.cents < 0:
        raise BadInput("A credit limit is not below nothing.")
    return OpeningCustomer(
        row, _code(cells), cells["name"][:200], cells["email"], cells["vat_number"], address, int(terms), limit
    )


def _code(cells: Cells) -> str:
    code = cells["customer"].upper()
    if not _CODE.fullmatch(code):
        raise BadInput("Write the customer’s code as letters and figures, like MPD014.")
    return code


def _invoice(row: int, cells: Cells, day: date) -> OpeningInvoice:
    number = cells["number"]
    if not _NUMBER.fullmatch(number):
        raise BadInput("An invoice number has 1 to 20 letters, figures, dots and dashes, like OLD-110.")
    if _OURS.fullmatch(number.upper()):
        raise BadInput(f"{number} looks like a number of this portal; write the earlier system’s own, like OLD-110.")
    issued, due = _day(cells["date"], "date"), _day(cells["due"], "due")
    if issued > day:
        raise BadInput(f"{number} is dated after the day of the balances, {day.isoformat()}.")
    if due < issued:
        raise BadInput(f"{number} is due before it was issued.")
    return OpeningInvoice(row, _code(cells), number, issued, due, _amount(cells))


def _credit(row: int, cells: Cells) -> OpeningCredit:
    return OpeningCredit(row, _code(cells), _amount(cells), cells["words"][:200])


def _amount(cells: Cells) -> Money:
    amount = Money.parse(cells["amount"])
    if amount.cents <= 0:
        raise BadInput("The amount must be more than nothing. Write it like 12 500.00.")
    return amount


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"Write the {name} like 2026-03-16.") from None
