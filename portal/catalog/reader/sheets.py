"""Reads a table that staff upload, CSV or XLSX, as rows of text; refuses what was made to hurt (docs/rules/imports.md)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portal.catalog.errors import NotATable
from portal.catalog.types import MOST_ROWS

LARGEST_FILE = 10 * 1024 * 1024
#: A workbook is a zip: what it becomes when it is opened, all files together.
LARGEST_INSIDE = 80 * 1024 * 1024
_MOST_FILES = 2_000
_MOST_COLUMNS = 60
_LONGEST_CELL = 8_000
#: What a formula is read as: the row is then wrong, and says so.
FORMULA = "\u241bformula"

Row = dict[str, str]


def rows_of(data: bytes) -> list[Row]:
    """The rows below the first, each by the names in the first; names in small letters with underscores.

    Cells are text without blanks at the ends; a formula is FORMULA. Rows in which nothing stands are left out; each
    row has its number in the file as ``#``. Raises NotATable with words that say what to do.
    """
    if len(data) > LARGEST_FILE:
        raise NotATable("The file is too large. Send one of at most 10 MB.", field="file")
    if not data.strip():
        raise NotATable("The file is empty.", field="file")
    lines = _workbook(data) if data.startswith(b"PK") else _csv(data)
    return list(_named(lines))


def _named(lines: Iterable[list[str]]) -> Iterator[Row]:
    numbered = enumerate(lines, 1)
    heads = [_name(cell) for cell in next(numbered, (0, []))[1]]
    while heads and not heads[-1]:
        heads.pop()
    twice = {head for head in heads if head and heads.count(head) > 1}
    if not heads or twice or len(heads) > _MOST_COLUMNS:
        words = f"The first line has to name each column once{': ' + ', '.join(sorted(twice)) if twice else ''}."
        raise NotATable(f"{words} Save the export of this page to see the names.", field="file")
    count = 0
    for number, cells in numbered:
        if not any(cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise NotATable(f"The file has more than {MOST_ROWS} rows. Send it in parts.", field="file")
        row = {head: cell for head, cell in zip(heads, cells, strict=False) if head}
        yield {"#": str(number), **row}


def _name(cell: str) -> str:
    return "_".join(cell.casefold().replace("-", " ").replace("_", " ").split())


def _csv(data: bytes) -> Iterator[list[str]]:
    if b"\0" in data[:4096]:
        raise NotATable(
            "This is neither CSV nor XLSX. Save the table as one of the two and send it again.", field="file"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        words = f"Line {line} is not written in UTF-8. In your spreadsheet save it as “CSV UTF-8”, or as XLSX."
        raise NotATable(words, field="file") from None
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            yield [_text(cell) for cell in cells]
    except csv.Error:
        raise NotATable(
            "A quote of this CSV is opened and not closed. Save it again from a spreadsheet.", field="file"
        ) from None


def _workbook(data: bytes) -> Iterator[list[str]]:
    _check_zip(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        for line in sheet.iter_rows(max_col=_MOST_COLUMNS + 1):
            yield [_cell(cell) for cell in line]
    except (InvalidFileException, KeyError, ValueError, IndexError, SyntaxError, OSError, zipfile.BadZipFile, EOFError):
        raise NotATable("This workbook cannot be read. Save it again as XLSX or CSV.", field="file") from None


def _check_zip(data: bytes) -> None:
    """Before anything is opened: how much it becomes, and that it carries no program."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise NotATable("This is not a whole XLSX file. Save it again and send it.", field="file") from None
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        raise NotATable("This is a zip, but no XLSX. Save the table as XLSX or CSV.", field="file")
    if any("vbaproject" in name.casefold() for name in names):
        raise NotATable("This workbook carries a program (macros). Save it as XLSX without it.", field="file")
    if len(members) > _MOST_FILES or sum(member.file_size for member in members) > LARGEST_INSIDE:
        raise NotATable("This workbook becomes too large when it is opened. Send it in parts.", field="file")


def _cell(cell: Any) -> str:
    if cell.data_type == "f":
        return FORMULA
    value = cell.value
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    if isinstance(value, datetime | date):
        return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, int):
        return str(value)
    return _text(str(value) if isinstance(value, str) else _plain(Decimal(repr(value))))


def _plain(number: Decimal) -> str:
    """A number of a spreadsheet without the dust of its last places: 12.5, not 12.499999999999998."""
    rounded = round(number, 6).normalize()
    return f"{rounded:f}"


def _text(cell: str) -> str:
    """Blanks at the ends go, and the apostrophe that our own files put before what could be taken for a formula."""
    text = cell.strip()[:_LONGEST_CELL]
    if text.startswith("'") and text[1:2] in {"=", "+", "-", "@"}:
        return text[1:]
    return FORMULA if text[:1] in {"=", "@"} or (text[:1] in {"+", "-"} and not _number(text[1:])) else text


def _number(text: str) -> bool:
    return bool(text) and text.replace(" ", "").replace(".", "").replace(",", "").isdigit()
