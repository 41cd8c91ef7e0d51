"""Journals as lists and single ones."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from portal.core.money import Money
from portal.ledger.models import Account, Entry, Journal, Seal
from portal.ledger.types import AccountKey, EntryInfo, JournalFilter, JournalInfo, JournalKind
from portal.platform import paging
from portal.platform.db import db
from portal.platform.paging import AnyRow, AnySelect, Page, Sort

_FACTS = (
    Journal.kind, Journal.value_date, Journal.posted_at, Journal.source, Journal.words,
    Journal.amount_cents, Journal.currency, Journal.customer_id, Journal.reverses_id, Seal.sequence,
)  # fmt: skip
_HEADS = (Journal.id, *_FACTS)

_BY_ID = Sort(Journal.id, Journal.id, descending=True)
_BY_DAY = Sort(Journal.value_date, Journal.id, descending=True)
_BY_ENTRY = Sort(Entry.id, Entry.id, descending=True)


def journals_page(wanted: JournalFilter, after: str | None, limit: int) -> Page[JournalInfo]:
    """Newest first, after a mark: by value date where days or a customer are asked for, else as they were posted.

    Those of an account always stand as they were posted: the account's entries do, and they are what is walked.
    """
    if wanted.account_id is not None:
        return paging.fetch(_filtered(_of_account(wanted.account_id), wanted), _BY_ENTRY, after, limit).map(
            lambda row: _info(row, row.journal_id)
        )
    asked = _filtered(select(*_HEADS).outerjoin(Seal, Seal.journal_id == Journal.id), wanted)
    if (index := index_for(wanted)) is not None:
        asked = asked.with_hint(Journal, f"FORCE INDEX ({index})", "mysql")
    return paging.fetch(asked, _BY_DAY if by_day(wanted) else _BY_ID, after, limit).map(lambda row: _info(row, row.id))


def _of_account(account_id: int) -> AnySelect:
    """The journals with a line of this account, each once however many lines of it they have."""
    earlier = aliased(Entry)
    first = ~exists().where(
        earlier.journal_id == Entry.journal_id, earlier.account_id == account_id, earlier.line < Entry.line
    )
    return (
        select(Entry.id, Entry.journal_id, *_FACTS)
        .join(Journal, Journal.id == Entry.journal_id)
        .outerjoin(Seal, Seal.journal_id == Journal.id)
        .where(Entry.account_id == account_id, first)
        .with_hint(Entry, "FORCE INDEX (ix_entry_account_id)", "mysql")
    )


def _filtered(asked: AnySelect, wanted: JournalFilter) -> AnySelect:
    if wanted.kind is not None:
        asked = asked.where(Journal.kind == wanted.kind)
    if wanted.source:
        asked = asked.where(Journal.source.startswith(wanted.source, autoescape=True))
    if wanted.customer_id is not None:
        asked = asked.where(Journal.customer_id == wanted.customer_id)
    if wanted.since is not None:
        asked = asked.where(Journal.value_date >= wanted.since)
    if wanted.until is not None:
        asked = asked.where(Journal.value_date <= wanted.until)
    if wanted.amount is not None:
        asked = asked.where(Journal.amount_cents == wanted.amount.cents, Journal.currency == wanted.amount.currency)
    return asked


def by_day(wanted: JournalFilter) -> bool:
    """Whether the list stands by value date."""
    return wanted.customer_id is not None or wanted.since is not None or wanted.until is not None


def index_for(wanted: JournalFilter) -> str | None:
    """The index in which the list stands in its own order; MariaDB does not find it alone (reliability.md E23)."""
    if wanted.source or (wanted.amount is not None and by_day(wanted)):
        return None  # few rows, found by their own index and sorted
    if wanted.amount is not None:
        return "ix_journal_amount"
    if wanted.customer_id is not None:
        return "ix_journal_customer"
    if by_day(wanted):
        return "ix_journal_value_date"
    return "ix_journal_kind_id" if wanted.kind is not None else None


def journal(journal_id: int) -> JournalInfo | None:
    """One journal with its entries, its seal and what reversed it."""
    asked = select(*_HEADS).outerjoin(Seal, Seal.journal_id == Journal.id).where(Journal.id == journal_id)
    row = db.session.execute(asked).one_or_none()
    if row is None:
        return None
    reversed_by = db.session.execute(select(Journal.id).where(Journal.reverses_id == journal_id)).scalar()
    return replace(_info(row, row.id), reversed_by=reversed_by, entries=_entries(journal_id, row.currency))


def _entries(journal_id: int, currency: str) -> tuple[EntryInfo, ...]:
    rows = db.session.execute(
        select(Entry.line, Account.code, Entry.debit_cents, Entry.credit_cents, Entry.digest)
        .join(Account, Account.id == Entry.account_id)
        .where(Entry.journal_id == journal_id)
        .order_by(Entry.line)
    )
    return tuple(
        EntryInfo(
            line,
            AccountKey.of_code(code),
            Money(debit, currency) if debit else None,
            Money(credit, currency) if credit else None,
            digest,
        )
        for line, code, debit, credit, digest in rows
    )


def _info(row: AnyRow, journal_id: int) -> JournalInfo:
    return JournalInfo(
        id=journal_id,
        kind=JournalKind(row.kind),
        value_date=row.value_date,
        posted_at=row.posted_at,
        source=row.source,
        words=row.words,
        amount=Money(row.amount_cents, row.currency),
        customer_id=row.customer_id,
        reverses=row.reverses_id,
        sealed_as=row.sequence,
    )
