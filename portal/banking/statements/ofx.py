"""OFX 1 (SGML) and OFX 2 (XML), read alike: tags that open, values up to the next tag."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import date

from portal.banking.errors import StatementRefused
from portal.banking.statements.bytes_of import refuse_declarations, text_of
from portal.banking.statements.one_account import chosen
from portal.banking.statements.written import Dates, Unreadable, amount, day, decimal_mark
from portal.banking.types import ReadLine, Statement
from portal.core.money import Money
from portal.core.text import squeeze

_TAG = re.compile(r"<(/?)([A-Za-z0-9.]+)\s*>([^<]*)")
#: NAME holds this many letters; a longer text goes on in MEMO without a space.
_NAME_LENGTH = 32
_STATEMENTS = ("STMTRS", "CCSTMTRS")
Fields = dict[str, str]


def is_ofx(text: str) -> bool:
    """Whether a text begins as OFX does."""
    head = text[:2000].upper()
    return "OFXHEADER" in head or "<OFX>" in head


def read(content: bytes, account: str | None) -> Statement:
    """Read the statement of an account. Raises StatementRefused with the number of the transaction that is wrong."""
    refuse_declarations(content)
    text = text_of(content)
    if not re.search(r"</OFX\s*>", text, re.IGNORECASE):
        raise StatementRefused("The file has no end: it was cut off. Download it again.")
    found = [_statement(part) for part in _parts(text)]
    if not found:
        raise StatementRefused("The file holds no bank statement.")
    return chosen(found, account)


def _parts(text: str) -> list[str]:
    """What stands in each statement of the file, found in one pass."""
    parts: list[str] = []
    for tag in _STATEMENTS:
        for opened in re.split(rf"<{tag}>", text, flags=re.IGNORECASE)[1:]:
            inside, *closed = re.split(rf"</{tag}>", opened, maxsplit=1, flags=re.IGNORECASE)
            if closed:
                parts.append(inside)
    return parts


def _statement(text: str) -> Statement:
    head, _, rest = text.partition("<BANKTRANLIST>")
    listed, closed, after = rest.partition("</BANKTRANLIST>")
    if rest and not closed:
        raise StatementRefused("The list of transactions has no end: the file was cut off.")
    facts = _fields(head + after)
    currency = facts.get("CURDEF", "ZAR").upper()[:3]
    rows = [_fields(each) for each in re.findall(r"<STMTTRN>(.*?)(?=<STMTTRN>|</BANKTRANLIST>|$)", listed, re.DOTALL)]
    lines = _lines(rows, currency)
    closing = None
    if found := re.search(r"<LEDGERBAL>(.*?)(?=</LEDGERBAL>|<AVAILBAL>|$)", after, re.DOTALL):
        closing = Money(_cents(_fields(found[1]).get("BALAMT", ""), "the balance", None), currency)
    moved = sum(line.amount.cents for line in lines)
    opening = None if closing is None else closing - Money(moved, currency)
    return Statement("ofx", facts.get("ACCTID"), currency, opening, closing, lines, proved=False)


def _fields(text: str) -> Fields:
    """The first value of each tag. White space at the ends is kept: a cut NAME may end with a space."""
    fields: Fields = {}
    for close, tag, value in _TAG.findall(text):
        if not close and value.strip():
            fields.setdefault(tag.upper(), html.unescape(value.split("\n")[0].rstrip("\r")))
    return fields


def _lines(rows: Sequence[Fields], currency: str) -> tuple[ReadLine, ...]:
    figures = [row.get("TRNAMT", "") for row in rows]
    mark = decimal_mark(figures)
    cents = [_cents(text, "the amount", at, mark) for at, text in enumerate(figures, start=1)]
    if all(each >= 0 for each in cents):  # some programs leave the sign to the type
        out = ("DEBIT", "PAYMENT", "FEE", "SRVCHG", "ATM", "POS", "CHECK", "DIRECTDEBIT")
        cents = [
            -each if row.get("TRNTYPE", "").strip() in out else each for each, row in zip(cents, rows, strict=True)
        ]
    zero = Money.zero(currency)
    lines = [
        ReadLine(at, _day(row, at), Money(each, currency), zero, _words(row), None, None)
        for at, (row, each) in enumerate(zip(rows, cents, strict=True), start=1)
    ]
    back = bool(lines) and lines[0].on > lines[-1].on
    return tuple(lines[::-1] if back else lines)


def _day(row: Fields, at: int) -> date:
    try:
        return day(row.get("DTPOSTED", "").strip()[:8], Dates())
    except Unreadable as error:
        raise StatementRefused(f"Transaction {at}: {error}.", at) from None


def _cents(text: str, what: str, at: int | None, mark: str = "") -> int:
    try:
        return amount(text, mark or decimal_mark([text])).cents
    except Unreadable as error:
        place = f"Transaction {at}, {what}" if at else f"In {what}"
        raise StatementRefused(f"{place}: {error}.", at) from None


def _words(row: Fields) -> str:
    name, memo = row.get("NAME", row.get("PAYEE", "")), row.get("MEMO", "")
    if not memo.strip() or squeeze(memo) == squeeze(name):
        return squeeze(name)
    if squeeze(name) and squeeze(memo).startswith(squeeze(name)):
        return squeeze(memo)
    return squeeze(name + memo if len(name) >= _NAME_LENGTH else f"{name} {memo}")
