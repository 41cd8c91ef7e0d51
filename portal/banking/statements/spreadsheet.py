"""Excel workbooks (.xlsx), opened with limits on what they may unpack to."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol, cast

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from portal.banking.errors import StatementRefused
from portal.banking.statements import delimited
from portal.banking.statements.bytes_of import refuse_declarations
from portal.banking.statements.table import Row, Table, find_table
from portal.banking.types import Statement

_LARGEST_UNPACKED = 40 * 1024 * 1024
_MOST_PARTS = 500
_MOST_ROWS = 100_000
_MOST_COLUMNS = 60
#: spreadsheets keep numbers in binary; what differs by less than this is the same cent
_NOISE = Decimal("0.000001")


class _Sheet(Protocol):
    """A sheet that is read row by row; the dimensions it claims are not believed."""

    def reset_dimensions(self) -> None: ...
    def iter_rows(self, *, max_col: int, values_only: bool) -> Iterator[tuple[object, ...]]: ...


def read(content: bytes, today: date) -> Statement:
    """Read the first sheet that holds a table. Raises StatementRefused."""
    _refuse_bombs(content)
    table = _table(content)
    return replace(delimited.from_table(table, today, "xlsx"), layout="xlsx")


def _refuse_bombs(content: bytes) -> None:
    """A workbook is a zip: what it would unpack to is checked before anything is unpacked, and its XML for entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if not any(part.filename == "[Content_Types].xml" for part in parts):
                raise StatementRefused("The file is a zip archive, not a statement. Unpack it first.")
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
                raise StatementRefused("The workbook would unpack to more than 40 MB. It was not opened.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as stream:
                        refuse_declarations(stream.read(4096))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise StatementRefused("The workbook is damaged or cut off. Download it again.") from None


def rows_of(content: bytes) -> list[Row]:
    """Every row of the first sheet that has columns. Raises StatementRefused."""
    _refuse_bombs(content)
    for rows in _sheets(content):
        if sum(sum(bool(cell) for cell in row.cells) > 1 for row in rows) > 1:
            return rows
    raise StatementRefused("No sheet of the workbook holds a table.")


def _table(content: bytes) -> Table:
    for rows in _sheets(content):
        if table := find_table(rows):
            return table
    raise StatementRefused("No sheet of the workbook holds a table of dates and amounts.")


def _sheets(content: bytes) -> Iterator[list[Row]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            for sheet in book.worksheets:
                yield list(_rows(cast(_Sheet, sheet)))
            book.close()
    except StatementRefused:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError,
            SyntaxError, OSError, EOFError):  # fmt: skip
        raise StatementRefused("The workbook is damaged. Open it, save it as .xlsx and upload that.") from None


def _rows(sheet: _Sheet) -> Iterator[Row]:
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True), start=1):
        if number > _MOST_ROWS:
            raise StatementRefused(f"The sheet has more than {_MOST_ROWS} rows. Download a shorter period.")
        yield Row(number, tuple(_text(cell) for cell in cells))


def _text(cell: object) -> str:
    """A cell as a bank would have written it: ISO dates, amounts with two places."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, str):
        return cell
    try:
        number = Decimal(repr(cell))
        cents = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    except ArithmeticError:
        return str(cell)
    return str(cents if abs(number - cents) < _NOISE else number)
