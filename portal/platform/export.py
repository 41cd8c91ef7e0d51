"""Lists as files for spreadsheets and programs: CSV and XLSX, streamed, and safe to open (docs/rules/export.md).

``download`` answers a request. Rows come from an iterator that is asked while the file is sent, so that a million of
them need no memory; ``every`` turns a list's own page query into such an iterator, so that a file holds exactly
what the list shows.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from flask import Flask, Response, current_app
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portal.core import clock
from portal.core.money import Money
from portal.platform.db import reading
from portal.platform.paging import Page

T = TypeVar("T")
#: What a cell holds. Numbers that are names (accounts, codes, references) are given as text and stay text.
Cell: TypeAlias = str | int | Money | date | datetime | None
Row: TypeAlias = Sequence[Cell]

#: Rows that are asked for at once.
BATCH = 500
#: A sheet of XLSX has no more; a further sheet follows.
ROWS_ON_A_SHEET = 1_000_000
_CHUNK = 64 * 1024
_LONGEST_CELL = 32_767
#: E1: a spreadsheet takes what begins like this for a formula, also behind quotes, blanks and line breaks.
_FORMULA = re.compile(r"[\s\"'‘’“”\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_HEAD = Font(bold=True)


class Format(StrEnum):
    """What a list can be saved as; the value is the ending of its file and address."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(name: str, heads: Sequence[str], rows: Iterable[Row], form: Format | str) -> Response:
    """The answer to a request for a list as a file; its rows are asked for while it is sent.

    name: of the file, without its ending. form: a Format, or its value from the address. The first rows are asked
    before the answer begins, so that what cannot be read is an error page and never half a file. The later ones are
    asked when the request is over: what a row needs of it (who asks, its arguments) is read before.
    """
    kind = Format(form)
    parts = body(heads, rows, kind)
    first = next(parts, b"")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    answer = Response(_sent(app, first, parts), content_type=MEDIA_TYPES[kind])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return answer


def body(heads: Sequence[str], rows: Iterable[Row], form: Format) -> Iterator[bytes]:
    """The file itself, a part at a time: for a request, a command or a stored document."""
    return _csv(heads, rows) if form is Format.CSV else _xlsx(heads, rows)


def every(page_after: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """All items of a list that is paged by key, from its first page on. page_after: the list's query by mark."""
    after: str | None = None
    while True:
        page = page_after(after)
        yield from page.items
        if page.next is None:
            return
        after = page.next


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before what could be one.

    Signs that neither format can hold are left out. Source: docs/rules/export.md, E1.
    """
    kept = _UNWRITABLE.sub("", text)[: _LONGEST_CELL - 1]
    return f"'{kept}" if _FORMULA.match(kept) else kept


def _sent(app: Flask, first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """Each part is made in a context of its own, with a transaction that only reads: none is open while it is sent."""
    yield first
    while True:
        with app.app_context(), reading():
            part = next(rest, None)
        if part is None:
            return
        yield part


def _csv(heads: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8: comma, CRLF, quotes where needed."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([safe(head) for head in heads])
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
        if buffer.tell() >= _CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _text(cell: Cell) -> str | int:
    """E2: money as ``-12500.00``, days as ``2026-03-16``, moments in South-African time, nothing as nothing."""
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return cell.plain
    if isinstance(cell, datetime):
        return f"{_local(cell):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return cell.isoformat()
    return safe(cell) if isinstance(cell, str) else int(cell)


def _xlsx(heads: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """The same as a workbook; it is packed on disk first, because its table of contents comes last."""
    book = Workbook(write_only=True)
    try:
        _fill(book, heads, rows)
    except BaseException:
        _discard(book)
        raise
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while part := file.read(_CHUNK):
            yield part


def _fill(book: Workbook, heads: Sequence[str], rows: Iterable[Row]) -> None:
    sheet, room = _sheet(book, heads), ROWS_ON_A_SHEET
    for row in rows:
        if not room:
            sheet, room = _sheet(book, heads), ROWS_ON_A_SHEET
        sheet.append([_written(sheet, cell) for cell in row])
        room -= 1


def _discard(book: Any) -> None:
    """Sheets that are not going to be saved leave no file behind."""
    for sheet in book.worksheets:
        sheet.close()
        sheet._writer.cleanup()


#: The stubs of openpyxl do not know the sheets and cells that are only written, so these are Any.
def _sheet(book: Any, heads: Sequence[str]) -> Any:
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for number, head in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(14, len(head) + 2)
    cells = [_written(sheet, head) for head in heads]
    for cell in cells:
        cell.font = _HEAD
    sheet.append(cells)
    return sheet


def _written(sheet: Any, cell: Cell) -> Any:
    """E2: numbers stay numbers and days stay days; text is marked as text, whatever it looks like."""
    made: Any
    if isinstance(cell, Money):
        made = WriteOnlyCell(sheet)
        made.value, made.number_format = cell.decimal, "#,##0.00"
    elif isinstance(cell, datetime):
        made = WriteOnlyCell(sheet)
        made.value, made.number_format = _local(cell), "yyyy-mm-dd hh:mm"
    elif isinstance(cell, date):
        made = WriteOnlyCell(sheet)
        made.value, made.number_format = cell, "yyyy-mm-dd"
    elif isinstance(cell, str):
        made = WriteOnlyCell(sheet, safe(cell))
        made.data_type = "s"
    else:
        made = WriteOnlyCell(sheet, cell)
    return made


def _local(moment: datetime) -> datetime:
    return moment.astimezone(clock.SAST).replace(tzinfo=None, microsecond=0) if moment.tzinfo else moment
