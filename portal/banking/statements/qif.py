"""QIF: a letter and its value on each line, ``^`` after each transaction. It states no balances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal.banking.errors import StatementRefused
from portal.banking.statements.bytes_of import text_of
from portal.banking.statements.written import Dates, Unreadable, amount, day, decimal_mark, month_first
from portal.banking.types import ReadLine, Statement
from portal.core.money import Money
from portal.core.text import squeeze

_TYPES = ("bank", "cash", "ccard", "oth a", "oth l")


def is_qif(text: str) -> bool:
    """Whether a text begins as QIF does."""
    return text.lstrip()[:9].lower().startswith(("!type:", "!account", "!option"))


def read(content: bytes, today: date) -> Statement:
    """Read the transactions. Raises StatementRefused with the number of the one that is wrong."""
    account, entries = _entries(text_of(content))
    if not entries:
        raise StatementRefused("The file holds no transactions.")
    texts = [_date_text(entry) for entry in entries]
    how = Dates(month_first(texts), today=today)
    mark = decimal_mark(entry.get("T", entry.get("U", "")) for entry in entries)
    lines = [_line(entry, at, how, mark) for at, entry in enumerate(entries, start=1)]
    back = lines[0].on > lines[-1].on
    return Statement("qif", account, "ZAR", None, None, tuple(lines[::-1] if back else lines), proved=False)


def _entries(text: str) -> tuple[str | None, list[dict[str, str]]]:
    account: str | None = None
    entries: list[dict[str, str]] = []
    entry: dict[str, str] = {}
    in_account, known = False, False
    for line in text.splitlines():
        if line.startswith("!"):
            kind = line[1:].strip().lower()
            in_account = kind == "account"
            known = kind.removeprefix("type:") in _TYPES
            entry = {}
        elif line.startswith("^"):
            if in_account:
                account = entry.get("N") or account
            elif known and entry:
                entries.append(entry)
            entry = {}
        elif line.strip():
            entry.setdefault(line[0].upper(), line[1:])
    if entry:
        raise StatementRefused("The last transaction is incomplete: the file was cut off.", len(entries) + 1)
    return account, entries


def _date_text(entry: dict[str, str]) -> str:
    """``3/10'26`` and ``3/10' 6`` are the year after an apostrophe."""
    plain = entry.get("D", "").replace("' ", "'0").replace("'", "/")
    return plain.replace(" ", "") if "/" in plain else plain


def _line(entry: dict[str, str], at: int, how: Dates, mark: str) -> ReadLine:
    try:
        on = day(_date_text(entry), how)
        cents = amount(entry.get("T", entry.get("U", "")), mark).cents
    except Unreadable as error:
        raise StatementRefused(f"Transaction {at}: {error}.", at) from None
    money = Money.zar(cents)
    words = _words([entry.get("P", ""), entry.get("A", "")])
    memo = squeeze(entry.get("M", ""))
    return ReadLine(at, on, money, Money.zar(0), words or memo, memo, None)


def _words(parts: Sequence[str]) -> str:
    return next((squeeze(part) for part in parts if part.strip()), "")
