"""What the title rows above a table say: account, period, currency, balances, how many rows there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from portal.banking.statements.table import Row
from portal.banking.statements.written import Dates, Unreadable, amount, day, decimal_mark, plain_words

_ACCOUNT = re.compile(r"\b(?:account|acc|rekening|rek|konto|iban)\b", re.IGNORECASE)
_NUMBER = re.compile(r"[*Xx]{2,}[ -]?[0-9]{3,}|(?<![0-9/])[0-9][0-9 -]{3,}[0-9](?![0-9/])")
_OPENING = re.compile(
    r"\b(?:brought forward|brought fwd|open(?:ing)? balance|balance b f(?:wd)?|begin ?saldo|opening ?saldo"
    r"|saldo oorgebring|oorgebring|balans oorgebring|openingsbalans|beginbalans|previous balance|vorige saldo)\b"
)
_CLOSING = re.compile(
    r"\b(?:carried forward|carried fwd|clos(?:e|ing) balance|balance c f(?:wd)?|eind ?saldo|sluiting ?saldo"
    r"|sluitingsaldo|saldo oorgedra|oorgedra|sluitingsbalans|eindbalans)\b"
)
_COUNT = re.compile(r"\b(?:number of transactions|aantal transaksies|transaction count)\b")
_CURRENCY = re.compile(r"\b(?:currency|geldeenheid)\b")
#: a title says what it has to say in fewer letters than this
_LONGEST = 200
_CURRENCIES = frozenset({"ZAR", "USD", "EUR", "GBP", "BWP", "NAD", "SZL", "LSL"})
_DAYS = re.compile(
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}|[0-9]{1,2} ?[A-Za-z]{3,9} ?[0-9]{4}|\b20[0-9]{6}\b"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found above the table; None and 0 where nothing is said. Balances in cents, each with its row."""

    account: str | None = None
    account_row: int | None = None
    currency: str = "ZAR"
    opening: int | None = None
    closing: int | None = None
    count: int = 0
    count_row: int | None = None
    first: date | None = None
    last: date | None = None


def facts_of(titles: Sequence[Row]) -> Facts:
    """Read the title rows."""
    account, account_row = _account(titles)
    count, count_row = _count(titles)
    days = sorted(_days(titles))
    return Facts(
        account=account,
        account_row=account_row,
        currency=_currency(titles),
        opening=_balance(titles, opening=True),
        closing=_balance(titles, opening=False),
        count=count,
        count_row=count_row,
        first=days[0] if days else None,
        last=days[-1] if days else None,
    )


def marks_opening(text: str) -> bool:
    """Whether the words say that what follows is the balance before the first line."""
    return _OPENING.search(plain_words(text)) is not None


def marks_closing(text: str) -> bool:
    """Whether the words say that what follows is the balance after the last line."""
    return _CLOSING.search(plain_words(text)) is not None


def account_in(text: str) -> str | None:
    """The account number in a cell, without the quotes and equals sign that keep its zeros in a spreadsheet."""
    found = _NUMBER.search(text[:_LONGEST])
    return re.sub(r"[ -]", "", found[0]) if found else None


def _account(titles: Sequence[Row]) -> tuple[str | None, int | None]:
    for row in titles:
        for at, cell in enumerate(row.cells):
            label = _ACCOUNT.search(cell)
            if label is None:
                continue
            for text in (cell[label.end() :], *row.cells[at + 1 :]):
                if found := account_in(text):
                    return found, row.number
    return None, None


def _labelled(titles: Sequence[Row], label: re.Pattern[str]) -> Iterator[tuple[Row, list[str]]]:
    for row in titles:
        for at, cell in enumerate(row.cells):
            if label.search(plain_words(cell)):
                yield row, [cell.split(":", 1)[-1] if ":" in cell else "", *row.cells[at + 1 :]]


def _balance(titles: Sequence[Row], *, opening: bool) -> int | None:
    for _, cells in _labelled(titles, _OPENING if opening else _CLOSING):
        for cell in reversed(cells):
            try:
                return amount(cell, decimal_mark([cell])).cents
            except Unreadable:
                continue
    return None


def _count(titles: Sequence[Row]) -> tuple[int, int | None]:
    for row, cells in _labelled(titles, _COUNT):
        for cell in cells:
            if cell.strip().isascii() and cell.strip().isdigit():
                return int(cell), row.number
    return 0, None


def _currency(titles: Sequence[Row]) -> str:
    for _, cells in _labelled(titles, _CURRENCY):
        for cell in cells:
            if cell.strip().upper() in _CURRENCIES:
                return cell.strip().upper()
    return "ZAR"


def _days(titles: Sequence[Row]) -> Iterator[date]:
    for row in titles:
        for cell in row.cells:
            for found in _DAYS.findall(cell[:_LONGEST]):
                try:
                    yield day(found, Dates())
                except Unreadable:
                    continue
