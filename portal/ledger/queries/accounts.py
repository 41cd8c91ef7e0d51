"""Accounts with their balances and entries, and all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import case, func, select

from portal.core.errors import NotFound
from portal.core.money import Money
from portal.ledger.models import Account, Entry, Journal
from portal.ledger.types import (
    OF_CUSTOMERS,
    AccountEntry,
    AccountInfo,
    AccountKey,
    AccountKind,
    JournalKind,
    TrialLine,
)
from portal.platform import paging
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page, Sort

_NET = Entry.debit_cents - Entry.credit_cents


def account(account_id: int) -> AccountInfo:
    """One account with its balance. Raises NotFound."""
    row = db.session.execute(select(Account.id, Account.code).where(Account.id == account_id)).one_or_none()
    if row is None:
        raise NotFound(f"no account {account_id}")
    return _info(row, balances([row.id]))


def account_id(code: str) -> int | None:
    """The account with this code, None while nothing was posted to it."""
    return db.session.scalar(select(Account.id).where(Account.code == code))


def ids_of(keys: Sequence[AccountKey]) -> dict[str, int]:
    """The accounts there are among these, by code."""
    rows = db.session.execute(select(Account.code, Account.id).where(Account.code.in_([key.code for key in keys])))
    return {row.code: row.id for row in rows}


def page(kind: AccountKind | None, after: str | None, limit: int) -> Page[AccountInfo]:
    """Accounts in the order they were made, with their balances: two questions."""
    asked = select(Account.id, Account.code)
    if kind is not None:
        asked = asked.where(Account.kind == kind).with_hint(Account, "FORCE INDEX (ix_account_kind)", "mysql")
    found = paging.fetch(asked, Sort(Account.id, Account.id), after, limit)
    sums = balances([row.id for row in found.items])
    return found.map(lambda row: _info(row, sums))


def of_customer(customer_id: int) -> list[AccountInfo]:
    """All accounts of a customer, with their balances: two questions."""
    rows = db.session.execute(
        select(Account.id, Account.code).where(Account.customer_id == customer_id).order_by(Account.kind, Account.code)
    ).all()
    sums = balances([row.id for row in rows])
    return [_info(row, sums) for row in rows]


def balances(account_ids: Sequence[int]) -> dict[int, int]:
    """Debits less credits in cents, by account."""
    rows = db.session.execute(
        select(Entry.account_id, func.sum(_NET)).where(Entry.account_id.in_(account_ids)).group_by(Entry.account_id)
    )
    return {number: int(cents) for number, cents in rows}


def _info(row: AnyRow, sums: dict[int, int]) -> AccountInfo:
    key = AccountKey.of_code(row.code)
    return AccountInfo(row.id, key, Money(sums.get(row.id, 0), key.currency))


def entries_page(account: AccountInfo, after: str | None, limit: int) -> Page[AccountEntry]:
    """An account's entries, the newest first, each with the account's balance after it."""
    asked = (
        select(
            Entry.id, Entry.journal_id, Entry.debit_cents, Entry.credit_cents,
            Journal.value_date, Journal.kind, Journal.source, Journal.words,
        )
        .join(Journal, Journal.id == Entry.journal_id)
        .where(Entry.account_id == account.id)
        .with_hint(Entry, "FORCE INDEX (ix_entry_account_id)", "mysql")
    )  # fmt: skip
    found = paging.fetch(asked, Sort(Entry.id, Entry.id, descending=True), after, limit)
    if not found.items:
        return Page(())
    newer = _newer(account.id, found.items[0].id) if found.previous else 0
    left = account.balance.cents - newer
    rows: list[AccountEntry] = []
    for row in found.items:
        rows.append(_entry(row, Money(left, account.key.currency)))
        left -= row.debit_cents - row.credit_cents
    return Page(tuple(rows), found.next, found.previous)


def _newer(account_id: int, entry_id: int) -> int:
    """The sum of what was posted to an account after one of its entries."""
    asked = select(func.coalesce(func.sum(_NET), 0)).where(Entry.account_id == account_id, Entry.id > entry_id)
    return int(db.session.scalar(asked) or 0)


def _entry(row: AnyRow, balance: Money) -> AccountEntry:
    currency = balance.currency
    return AccountEntry(
        id=row.id,
        journal_id=row.journal_id,
        value_date=row.value_date,
        kind=JournalKind(row.kind),
        source=row.source,
        words=row.words,
        debit=Money(row.debit_cents, currency) if row.debit_cents else None,
        credit=Money(row.credit_cents, currency) if row.credit_cents else None,
        balance=balance,
    )


def trial(day: date | None) -> list[TrialLine]:
    """All accounts by kind and currency, banks one by one; at the end of a day, or as they stand.

    A day's balance is today's less what has a later value date: month ends are near, and the rest need not be read.
    """
    single = case((Account.kind.in_(OF_CUSTOMERS), None), else_=Account.id)
    asked = (
        select(
            Account.kind, Account.currency, Account.bank_account_id, func.max(single).label("account_id"),
            func.count(Account.id.distinct()).label("accounts"), func.sum(_NET).label("cents"),
        )
        .join(Entry, Entry.account_id == Account.id)
        .group_by(Account.kind, Account.currency, Account.bank_account_id)
    )  # fmt: skip
    lines = {(row.kind, row.currency, row.bank_account_id): row for row in db.session.execute(asked)}
    later: dict[tuple[str, str, int | None], int] = {}
    if day is not None:
        after = asked.join(Journal, Journal.id == Entry.journal_id).where(Journal.value_date > day)
        later = {(row.kind, row.currency, row.bank_account_id): int(row.cents) for row in db.session.execute(after)}
    return [
        TrialLine(
            AccountKind(kind), currency, of, row.account_id, row.accounts,
            Money(int(row.cents) - later.get((kind, currency, of), 0), currency),
        )
        for (kind, currency, of), row in lines.items()
    ]  # fmt: skip
