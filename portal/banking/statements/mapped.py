"""Tables that no layout fits, read by the columns that a person named for them (docs/rules/bank-statements.md, S12)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from portal.banking.errors import StatementRefused
from portal.banking.statements import bytes_of, camt053, delimited, mt940, ofx, qif, spreadsheet
from portal.banking.statements.table import Row, Table, all_rows
from portal.banking.statements.written import Dates, is_day, plain_words
from portal.banking.types import Statement
from portal.banking.types.mappings import ColumnMapping

LAYOUT = "mapped"
#: headings stand among the first rows, or nowhere
HEAD = 60


def rows_of(content: bytes) -> list[Row]:
    """Every row of a file that is a table. Raises StatementRefused for what is none."""
    bytes_of.refuse_what_is_none(content)
    if content.startswith(b"PK"):
        return spreadsheet.rows_of(content)
    text = bytes_of.text_of(content)
    if ofx.is_ofx(text) or camt053.is_xml(text) or qif.is_qif(text) or mt940.is_mt940(text):
        raise StatementRefused("The file is no table: its format says itself what stands where.")
    return all_rows(text)


def signature_of(cells: Sequence[str]) -> str:
    """What tells a heading row from others: its words in their order. 64 hexadecimal digits."""
    words = "\x1f".join(plain_words(cell) for cell in cells).rstrip("\x1f")
    return hashlib.sha256(words.encode()).hexdigest()


def bare_signature(rows: Sequence[Row]) -> str:
    """The same for a file without headings: how many columns it has."""
    return f"columns:{max((len(row.cells) for row in rows[:HEAD]), default=0)}"


def fitting(rows: Sequence[Row], known: Sequence[ColumnMapping]) -> tuple[ColumnMapping, int] | None:
    """The mapping whose headings stand in the file and in which row from 0; -1 where it has none."""
    by_signature = {each.signature: each for each in known if each.active}
    for at, row in enumerate(rows[:HEAD]):
        if sum(bool(cell.strip()) for cell in row.cells) > 1 and (found := by_signature.get(signature_of(row.cells))):
            return found, at
    bare = by_signature.get(bare_signature(rows))
    return (bare, -1) if bare else None


def heading_of(rows: Sequence[Row]) -> int:
    """In which row from 0 the headings probably stand: the one above the first that has a day; -1 for none."""
    for at, row in enumerate(rows[:HEAD]):
        if any(is_day(cell.strip(), Dates()) for cell in row.cells if cell.strip()):
            above = rows[at - 1].cells if at else ()
            return at - 1 if sum(bool(cell.strip()) for cell in above) > 1 else -1
    return -1


def read_by(content: bytes, known: Sequence[ColumnMapping], today: date) -> Statement | None:
    """Read a file by the mapping that fits it; None when none does. Raises StatementRefused as every reader."""
    if not known:
        return None
    try:
        rows = rows_of(content)
    except StatementRefused:
        return None
    found = fitting(rows, known)
    if found is None:
        return None
    mapping, at = found
    read = read_rows(rows, at, mapping.roles, today, turned=mapping.turned)
    return replace(read, mapping_id=mapping.id)


def read_rows(rows: Sequence[Row], at: int, roles: Mapping[str, int], today: date, *, turned: bool) -> Statement:
    """Read rows whose headings stand at a place (-1: nowhere) by these columns, and prove them by their balances."""
    body, headings = rows[at + 1 :], rows[at].cells if at >= 0 else ()
    if turned and "amount" in roles:
        body = [_turned(row, roles["amount"]) for row in body]
    table = Table(tuple(rows[: max(at, 0)]), headings, dict(roles), tuple(body))
    return delimited.from_table(table, today, LAYOUT)


def _turned(row: Row, at: int) -> Row:
    """The amount with its other sign."""
    if at >= len(row.cells) or not (cell := row.cells[at].strip()):
        return row
    cells = list(row.cells)
    cells[at] = cell[1:] if cell[0] in "-−" else f"-{cell.lstrip('+')}"
    return Row(row.number, tuple(cells))
