"""Our own accounts at our banks."""

from __future__ import annotations

import re

from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.ledger import queries
from portal.ledger.models import BankAccount
from portal.ledger.types import BankAccountInfo
from portal.platform.db import db

_SEPARATORS = re.compile(r"[\s-]")


def our_accounts() -> tuple[BankAccountInfo, ...]:
    """All our bank accounts; the primary one, which invoices and pay pages print, comes first."""
    return tuple(_info(row) for row in queries.bank_accounts())


def accounts_in(currency: str) -> tuple[BankAccountInfo, ...]:
    """Those of them that are kept in a currency, in the same order."""
    return tuple(each for each in our_accounts() if each.currency == currency)


def our_account(account_id: int) -> BankAccountInfo:
    """One of them. Raises NotFound."""
    for account in our_accounts():
        if account.id == account_id:
            return account
    raise NotFound(f"no bank account {account_id}")


def add_bank_account(
    bank: str,
    branch: str,
    number: str,
    holder: str,
    *,
    name: str = "",
    primary: bool = False,
    currency: str = "ZAR",
    bic: str = "",
) -> int:
    """Add one of our accounts; the first is the primary one whatever is asked. Gives its id.

    branch: six digits; number: 7 to 16 digits; spaces and dashes in them are dropped. bic: the bank's SWIFT code.
    Raises BadInput when they are anything else.
    """
    branch, number = _SEPARATORS.sub("", branch), _SEPARATORS.sub("", number)
    if not re.fullmatch(r"[0-9]{6}", branch):
        raise BadInput("A branch code has six digits, like 250655.", field="branch")
    if not re.fullmatch(r"[0-9]{7,16}", number):
        raise BadInput("An account number has 7 to 16 digits, like 62 8411 90736.", field="number")
    bic = _SEPARATORS.sub("", bic).upper()
    if bic and not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", bic):
        raise BadInput("A SWIFT code has 8 or 11 signs, like FIRNZAJJ.", field="bic")
    first = not queries.bank_accounts()
    if primary and not first:
        queries.clear_primary()
    row = BankAccount(
        name=name or f"{bank} ···{number[-4:]}",
        bank=bank,
        branch=branch,
        number=number,
        holder=holder,
        currency=currency,
        bic=bic,
        is_primary=primary or first,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def _info(row: BankAccount) -> BankAccountInfo:
    return BankAccountInfo(
        row.id, row.bank, row.branch, row.number, row.holder, row.is_primary, row.name, row.currency, row.bic
    )  # fmt: skip
