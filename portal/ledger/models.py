"""Accounts, journals and entries; our bank accounts; seals; unconfirmed sums; what checks found; closed periods."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment, Trigger


class BankAccount(Base):
    """One of our own accounts at a bank."""

    __tablename__ = "bank_account"
    __table_args__ = (UniqueConstraint("branch", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    bank: Mapped[str] = mapped_column(String(80))
    branch: Mapped[str] = mapped_column(String(12))
    number: Mapped[str] = mapped_column(String(20))
    holder: Mapped[str] = mapped_column(String(120))
    currency: Mapped[str] = mapped_column(String(3))
    #: the bank's SWIFT code, for those who pay from abroad
    bic: Mapped[str] = mapped_column(String(11), default="", server_default="")
    is_primary: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class Account(Base):
    """One account of the books; made when first posted to, never changed."""

    __tablename__ = "account"
    __table_args__ = (
        Index("ix_account_customer_kind", "customer_id", "kind", "currency"),
        Index("ix_account_kind", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    bank_account_id: Mapped[int | None] = mapped_column(ForeignKey("bank_account.id"))


class Journal(Base):
    """One balanced posting. The unique kind and source make posting an event twice impossible."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("kind", "source"),
        Index("ix_journal_kind_id", "kind", "id"),
        Index("ix_journal_source", "source"),
        Index("ix_journal_customer", "customer_id", "value_date", "id"),
        Index("ix_journal_value_date", "value_date", "id"),
        Index("ix_journal_amount", "amount_cents", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(60))
    words: Mapped[str] = mapped_column(String(255))
    value_date: Mapped[date] = mapped_column(Date)
    posted_at: Mapped[datetime] = mapped_column(Moment)
    currency: Mapped[str] = mapped_column(String(3))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    line_count: Mapped[int]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("journal.id"), unique=True)


class Entry(Base):
    """One debit or credit, with the digest taken as it was written. The covering index is what balances are summed from."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("journal_id", "line"),
        Index("ix_entry_account_sums", "account_id", "debit_cents", "credit_cents"),
        Index("ix_entry_account_id", "account_id", "id"),
        CheckConstraint(
            "(debit_cents > 0 AND credit_cents = 0) OR (credit_cents > 0 AND debit_cents = 0)", name="one_side"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    journal_id: Mapped[int] = mapped_column(ForeignKey("journal.id"))
    line: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    debit_cents: Mapped[int] = mapped_column(BigInteger)
    credit_cents: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))


class Seal(Base):
    """One link of the chain. The unique sequence refuses a second chain beside the first."""

    __tablename__ = "seal"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    journal_id: Mapped[int] = mapped_column(ForeignKey("journal.id"), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(Moment)


class Unconfirmed(Base):
    """How much of a customer's money is verified by a document and not yet seen at the bank."""

    __tablename__ = "unconfirmed"
    __table_args__ = (CheckConstraint("cents >= 0", name="not_negative"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    cents: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(default=1)


class Finding(Base):
    """A row that broke an invariant: whose it is, since when, and how it ended. What it names is parked meanwhile."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_sound", "sound_at", "id"),
        Index("ix_finding_customer", "customer_id", "sound_at"),
        Index("ix_finding_invoice", "invoice_id", "sound_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invariant: Mapped[str] = mapped_column(String(120))
    row: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(500))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    invoice_id: Mapped[int | None]
    found_at: Mapped[datetime] = mapped_column(Moment)
    sound_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by_id: Mapped[int | None]
    lift_reason: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)


class CheckRun(Base):
    """When each kind of check ran last, and how many rows it found."""

    __tablename__ = "check_run"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    asked: Mapped[int]
    problems: Mapped[int]


class Books(Base):
    """One row: up to which day the books are closed, and who asked to open them again. Every posting reads it."""

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    closed_until: Mapped[date | None] = mapped_column(Date)
    asked_until: Mapped[date | None] = mapped_column(Date)
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    asked_reason: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)


class Closing(Base):
    """One closing or reopening of the books, with those who did it."""

    __tablename__ = "closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    deed: Mapped[str] = mapped_column(String(12))
    closed_until: Mapped[date | None] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(Moment)
    by_user_id: Mapped[int | None]
    asked_by_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(500))


#: The books are append only; the database itself says no (design.md 5).
TRIGGERS: tuple[Trigger, ...] = (
    *(
        Trigger(table, when=when, columns=None, words=f"{table} is append only")
        for table in ("journal", "entry", "seal", "closing")
        for when in ("UPDATE", "DELETE")
    ),
    Trigger(
        "account",
        when="UPDATE",
        columns=("code", "kind", "currency", "customer_id", "bank_account_id"),
        words="an account keeps its name",
    ),
    Trigger("account", when="DELETE", columns=None, words="an account is never deleted"),
    Trigger("finding", when="DELETE", columns=None, words="what was found broken is kept"),
)
