"""Statement files of every bank and format: recognised by what is in them, proved by their own balances.

Source: docs/rules/bank-statements.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal.banking.errors import StatementRefused
from portal.banking.statements import bytes_of, camt053, delimited, mapped, mt940, ofx, qif, spreadsheet
from portal.banking.types import Statement, same_account
from portal.banking.types.mappings import ColumnMapping

__all__ = ["read"]


def read(
    content: bytes, *, today: date, account: str | None = None, mappings: Sequence[ColumnMapping] = ()
) -> Statement:
    """Read a statement file, oldest line first.

    today: dates without a year are not later. account: refuse a file that states another one. mappings: columns that
    people named for files of this account; they go before what the portal knows by itself.
    Raises StatementRefused, with the first row that is wrong where one can be named.
    """
    bytes_of.refuse_what_is_none(content)
    found = mapped.read_by(content, mappings, today) or _read(content, today, account)
    if account and found.account and not same_account(found.account, account):
        raise StatementRefused(f"The file is of account {found.account}, not of {account}.", None)
    return found


def _read(content: bytes, today: date, account: str | None) -> Statement:
    if content.startswith(b"PK"):
        return spreadsheet.read(content, today)
    text = bytes_of.text_of(content)
    if ofx.is_ofx(text):
        return ofx.read(content, account)
    if camt053.is_xml(text):
        return camt053.read(content, account)
    if qif.is_qif(text):
        return qif.read(content, today)
    if mt940.is_mt940(text):
        return mt940.read(content, account)
    return delimited.read(content, today)
