"""What the books are asked, and the few rows that are written to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import cast

from sqlalchemy import CursorResult, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from portal.core.money import Money
from portal.ledger.models import Account, BankAccount, Entry, Journal, Seal, Unconfirmed
from portal.ledger.types import OF_BANKS, OF_CUSTOMERS, AccountKey, AccountKind, JournalKind, StatementEntry
from portal.platform.db import db

#: Journals are sealed about in the order of their ids; a slow transaction may commit this many ids late.
_LATE_IDS = 10_000
_OWED_TO_AND_BY = (AccountKind.RECEIVABLE, AccountKind.UNALLOCATED)


def see_one_moment() -> None:
    """Begin the transaction so that all its questions see the database at one moment; an open one stays as it is.

    SQLite's transactions always do; on MariaDB ours are READ COMMITTED, which shows each question its own moment.
    """
    if db.engine.dialect.name == "mysql" and not db.session().in_transaction():
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def account_ids(keys: Sequence[AccountKey]) -> dict[str, int]:
    """Ids by account code; accounts nobody posted to before are made."""
    codes = {key.code: key for key in keys}
    rows = db.session.execute(select(Account.code, Account.id).where(Account.code.in_(codes)))
    found: dict[str, int] = {row.code: row.id for row in rows}
    return found | {code: _made(key) for code, key in codes.items() if code not in found}


def _made(key: AccountKey) -> int:
    """The id of an account that was just made, by us or by a transaction that was faster."""
    row = Account(
        code=key.code,
        kind=key.kind,
        currency=key.currency,
        customer_id=key.of if key.kind in OF_CUSTOMERS else None,
        bank_account_id=key.of if key.kind in OF_BANKS else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return db.session.execute(select(Account.id).where(Account.code == key.code)).scalar_one()
    return row.id


def posted(kind: JournalKind, source: str) -> int | None:
    """The journal an event has, if it was posted."""
    return db.session.execute(select(Journal.id).where(Journal.kind == kind, Journal.source == source)).scalar()


def standing_journals(kind: JournalKind, source: str) -> list[int]:
    """Journals of a kind whose source begins like this and that nothing reversed, oldest first."""
    counter = aliased(Journal)
    rows = db.session.scalars(
        select(Journal.id)
        .outerjoin(counter, counter.reverses_id == Journal.id)
        .where(Journal.kind == kind, Journal.source.startswith(source, autoescape=True), counter.id.is_(None))
        .order_by(Journal.id)
    )
    return list(rows)


def write_journals(rows: Sequence[dict[str, object]]) -> None:
    """Journals with their ids, in one statement."""
    db.session.execute(insert(Journal), rows)


def write_entries(rows: Sequence[dict[str, object]]) -> None:
    """All lines of one journal in one statement."""
    db.session.execute(insert(Entry), rows)


def balances_of(customer_id: int, currency: str) -> dict[str, int]:
    """Debits less credits in cents, by account kind, of a customer's accounts."""
    rows = db.session.execute(
        select(Account.kind, func.sum(Entry.debit_cents - Entry.credit_cents))
        .join(Entry, Entry.account_id == Account.id)
        .where(Account.customer_id == customer_id, Account.kind.in_(_OWED_TO_AND_BY), Account.currency == currency)
        .group_by(Account.kind)
    )
    return {kind: int(cents) for kind, cents in rows}


def statement(customer_id: int, currency: str, since: date, until: date) -> list[StatementEntry]:
    """Movements of a customer's account from one day to another, both included, oldest first."""
    sums = (func.sum(Entry.debit_cents), func.sum(Entry.credit_cents))
    rows = db.session.execute(
        select(Journal.id, Journal.value_date, Journal.kind, Journal.source, Journal.words, *sums)
        .join(Entry, Entry.journal_id == Journal.id)
        .join(Account, Account.id == Entry.account_id)
        .where(Journal.customer_id == customer_id, Journal.value_date.between(since, until))
        .where(Account.customer_id == customer_id, Account.currency == currency, Account.kind.in_(_OWED_TO_AND_BY))
        .group_by(Journal.id, Journal.value_date, Journal.kind, Journal.source, Journal.words)
        .order_by(Journal.value_date, Journal.id)
    )
    return [
        StatementEntry(
            number, day, JournalKind(kind), source, words, Money(int(debit), currency), Money(int(credit), currency)
        )
        for number, day, kind, source, words, debit, credit in rows
    ]


def unconfirmed_cents(customer_id: int, currency: str) -> int:
    """The customer's unconfirmed sum; zero when there never was one."""
    found = db.session.execute(
        select(Unconfirmed.cents).where(Unconfirmed.customer_id == customer_id, Unconfirmed.currency == currency)
    ).scalar()
    return found or 0


def change_unconfirmed(customer_id: int, currency: str, cents: int) -> None:
    """Add to the customer's unconfirmed sum in the database itself, so that no addition is lost."""
    changed = db.session.execute(
        update(Unconfirmed)
        .where(Unconfirmed.customer_id == customer_id, Unconfirmed.currency == currency)
        .values(cents=Unconfirmed.cents + cents, version=Unconfirmed.version + 1)
        .execution_options(synchronize_session=False)
    )
    if cast(CursorResult[tuple[()]], changed).rowcount == 0:
        db.session.add(Unconfirmed(customer_id=customer_id, currency=currency, cents=cents))
        db.session.flush()


def bank_accounts() -> list[BankAccount]:
    """Ours, the primary one first."""
    return list(
        db.session.execute(select(BankAccount).order_by(BankAccount.is_primary.desc(), BankAccount.id)).scalars()
    )


def clear_primary() -> None:
    """No account is the primary one any more."""
    db.session.execute(
        update(BankAccount)
        .where(BankAccount.is_primary.is_(True))
        .values(is_primary=False, version=BankAccount.version + 1)
    )


def last_seal() -> Seal | None:
    """The end of the chain."""
    return db.session.execute(select(Seal).order_by(Seal.sequence.desc()).limit(1)).scalar()


def unsealed(limit: int) -> list[int]:
    """Ids of journals without a seal, lowest first."""
    newest = db.session.execute(select(func.max(Seal.journal_id))).scalar() or 0
    rows = db.session.execute(
        select(Journal.id)
        .outerjoin(Seal, Seal.journal_id == Journal.id)
        .where(and_(Journal.id > newest - _LATE_IDS, Seal.sequence.is_(None)))
        .order_by(Journal.id)
        .limit(limit)
    )
    return list(rows.scalars())


def entry_digests(journal_ids: Sequence[int]) -> dict[int, list[str]]:
    """The stored digests of some journals' entries, by journal, in the order of their lines."""
    found: dict[int, list[str]] = {number: [] for number in journal_ids}
    rows = db.session.execute(
        select(Entry.journal_id, Entry.digest)
        .where(Entry.journal_id.in_(journal_ids))
        .order_by(Entry.journal_id, Entry.line)
    )
    for number, digest in rows:
        found[number].append(digest)
    return found


def add_seals(rows: Sequence[dict[str, object]]) -> None:
    """New links at the end of the chain."""
    db.session.execute(insert(Seal), rows)


EntryRow = tuple[int, int, int, str, int, int, str]  # id, journal id, line, account code, debit, credit, digest


def whole_journals(batch: int, after: int = 0) -> Iterator[tuple[list[Journal], list[EntryRow]]]:
    """Every journal after an id with its entries, some at a time, in the order of ids; keeps none in memory."""
    while True:
        journals = list(
            db.session.execute(
                select(Journal)
                .where(Journal.id > after)
                .order_by(Journal.id)
                .limit(batch)
                .execution_options(populate_existing=True)
            ).scalars()
        )
        if not journals:
            return
        ids = [row.id for row in journals]
        rows = db.session.execute(
            select(
                Entry.id, Entry.journal_id, Entry.line, Account.code,
                Entry.debit_cents, Entry.credit_cents, Entry.digest,
            )
            .outerjoin(Account, Account.id == Entry.account_id)
            .where(Entry.journal_id > after, Entry.journal_id <= ids[-1])
            .order_by(Entry.journal_id, Entry.line)
        )  # fmt: skip
        yield journals, [(a, b, c, d, e, f, g) for a, b, c, d, e, f, g in rows]
        after = ids[-1]
        for row in journals:
            db.session.expunge(row)


def seals(batch: int) -> Iterator[list[tuple[int, int, str]]]:
    """(sequence, journal id, digest) of the chain from its beginning, some at a time."""
    after = 0
    while True:
        rows = db.session.execute(
            select(Seal.sequence, Seal.journal_id, Seal.digest)
            .where(Seal.sequence > after)
            .order_by(Seal.sequence)
            .limit(batch)
        )
        found = [(sequence, journal_id, digest) for sequence, journal_id, digest in rows]
        if not found:
            return
        yield found
        after = found[-1][0]


def highest_journal() -> int:
    """The newest journal's id; zero on empty books."""
    return db.session.execute(select(func.max(Journal.id))).scalar() or 0


def unbalanced_journals(limit: int) -> list[tuple[int, str, int | None, int, int, int]]:
    """(id, source, customer id, amount, debits, credits) of journals whose entries do not balance or miss their amount."""
    debits = func.coalesce(func.sum(Entry.debit_cents), 0)
    credits_ = func.coalesce(func.sum(Entry.credit_cents), 0)
    rows = db.session.execute(
        select(Journal.id, Journal.source, Journal.customer_id, Journal.amount_cents, debits, credits_)
        .outerjoin(Entry, Entry.journal_id == Journal.id)
        .group_by(Journal.id, Journal.source, Journal.customer_id, Journal.amount_cents)
        .having((debits != credits_) | (debits != Journal.amount_cents))
        .order_by(Journal.id)
        .limit(limit)
    )
    return [(a, b, c, d, int(e), int(f)) for a, b, c, d, e, f in rows]


def trial_balance() -> list[tuple[str, int]]:
    """(currency, debits less credits of all entries)."""
    rows = db.session.execute(
        select(Account.currency, func.sum(Entry.debit_cents - Entry.credit_cents))
        .join(Entry, Entry.account_id == Account.id)
        .group_by(Account.currency)
    )
    return [(currency, int(cents)) for currency, cents in rows]


def mixed_currencies(limit: int) -> list[tuple[int, str]]:
    """(entry id, account code) of entries on an account of another currency than their journal."""
    rows = db.session.execute(
        select(Entry.id, Account.code)
        .join(Account, Account.id == Entry.account_id)
        .join(Journal, Journal.id == Entry.journal_id)
        .where(Account.currency != Journal.currency)
        .limit(limit)
    )
    return [(number, code) for number, code in rows]
