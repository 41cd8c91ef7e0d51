"""The books as pages read them: accounts, their entries, the trial balance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portal.core.errors import BadInput, NotFound
from portal.core.money import Money, total
from portal.ledger.queries import accounts
from portal.ledger.types import AccountEntry, AccountInfo, AccountKey, AccountKind, TrialLine
from portal.platform.paging import Page

PAGE_SIZE = 50
_ORDER = {kind: place for place, kind in enumerate(AccountKind)}


def account(account_id: int) -> AccountInfo:
    """One account with its balance. Raises NotFound."""
    return accounts.account(account_id)


def account_by_code(code: str) -> AccountInfo:
    """An account by its code, like ``receivable:14:ZAR``. Raises NotFound."""
    found = accounts.account_id(code.strip().lower()[:-3] + code.strip().upper()[-3:])
    if found is None:
        raise NotFound(f"no account {code}")
    return accounts.account(found)


def account_ids(keys: Sequence[AccountKey]) -> dict[str, int]:
    """Ids of those of these accounts that were ever posted to, by code; for links."""
    return accounts.ids_of(keys)


def accounts_page(kind: AccountKind | None, *, after: str | None = None, limit: int = PAGE_SIZE) -> Page[AccountInfo]:
    """Accounts of a kind with their balances, in the order they were made."""
    return accounts.page(kind, after, limit)


def accounts_of(customer_id: int) -> list[AccountInfo]:
    """A customer's own accounts with their balances: receivable and unallocated receipts of each currency."""
    return accounts.of_customer(customer_id)


def entries_page(of: AccountInfo, *, after: str | None = None, limit: int = PAGE_SIZE) -> Page[AccountEntry]:
    """An account's entries, newest first, each with the balance after it. of: the account as it stands."""
    return accounts.entries_page(of, after, limit)


def trial_balance(day: date | None = None) -> list[TrialLine]:
    """Every kind of account, by currency, at the end of a day (None: as it stands); all of one currency sum to zero.

    Source: docs/rules/ledger.md, L15.
    """
    return sorted(accounts.trial(day), key=lambda line: (line.currency, _ORDER[line.kind], line.of or 0))


def sums_of(lines: Sequence[TrialLine]) -> dict[str, tuple[Money, Money]]:
    """Debits and credits of a trial balance, by currency."""
    found: dict[str, tuple[Money, Money]] = {}
    for currency in dict.fromkeys(line.currency for line in lines):
        mine = [line for line in lines if line.currency == currency]
        found[currency] = (
            total((line.debit for line in mine if line.debit), currency),
            total((line.credit for line in mine if line.credit), currency),
        )
    return found


def day_of(text: str) -> date | None:
    """A day as an address has it, None for none. Raises BadInput."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("Write the day like 2026-03-16.") from None
