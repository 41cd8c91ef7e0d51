"""Statements as they were sent and imported, their lines with what became of each, rules, and months signed off."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import JSON, BigInteger, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment, Trigger


class ShareJson(TypedDict):
    """A share as it is kept: cents by invoice number."""

    invoice: str
    amount: int


class CandidateJson(TypedDict):
    """What a person may choose: an invoice's number or a payment's id, and why."""

    invoice: str | None
    payment: str | None
    why: str


class BankStatement(Base):
    """One file that was imported. gap: what is missing between it and its neighbours, in words."""

    __tablename__ = "bank_statement"
    __table_args__ = (Index("ix_bank_statement_account", "bank_account_id", "last_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    file_name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64))
    layout: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    opening_cents: Mapped[int | None] = mapped_column(BigInteger)
    closing_cents: Mapped[int | None] = mapped_column(BigInteger)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    added: Mapped[int]
    already: Mapped[int]
    gap: Mapped[str] = mapped_column(String(300))
    imported_at: Mapped[datetime] = mapped_column(Moment)
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class StatementLine(Base):
    """One line of a statement. content_key: digest of what it says and which of its equals it is, unique an account."""

    __tablename__ = "statement_line"
    __table_args__ = (
        UniqueConstraint("bank_account_id", "content_key"),
        Index("ix_statement_line_state", "state", "id"),
        Index("ix_statement_line_day", "bank_account_id", "day"),
        Index("ix_statement_line_statement", "statement_id", "id"),
        Index("ix_statement_line_suspense", "suspense_journal_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"))
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    content_key: Mapped[str] = mapped_column(String(64))
    row: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    fee_cents: Mapped[int] = mapped_column(BigInteger)
    balance_cents: Mapped[int | None] = mapped_column(BigInteger)
    description: Mapped[str] = mapped_column(String(255))
    reference: Mapped[str] = mapped_column(String(140))
    state: Mapped[str] = mapped_column(String(12))
    rule: Mapped[str] = mapped_column(String(4))
    reasons: Mapped[list[str]] = mapped_column(JSON)
    candidates: Mapped[list[CandidateJson]] = mapped_column(JSON)
    shares: Mapped[list[ShareJson]] = mapped_column(JSON)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), unique=True)
    linked: Mapped[bool]
    journal_id: Mapped[int | None] = mapped_column(ForeignKey("journal.id"))
    takes_back_id: Mapped[int | None] = mapped_column(ForeignKey("statement_line.id"))
    suspense_journal_id: Mapped[int | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(500))
    attempt: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)


class StatementUpload(Base):
    """A statement file as it was sent, kept by its hash; what was found in it when it was looked at last.

    preview_key: where the lines it shows are kept; seen: digest of those that importing would add.
    """

    __tablename__ = "statement_upload"
    __table_args__ = (
        UniqueConstraint("bank_account_id", "sha256"),
        Index("ix_statement_upload_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    file_name: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64))
    document_key: Mapped[str] = mapped_column(String(120))
    preview_key: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(8))
    layout: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    refusal: Mapped[str] = mapped_column(String(500))
    refused_row: Mapped[int | None]
    alone: Mapped[int]
    waits: Mapped[int]
    aside: Mapped[int]
    already: Mapped[int]
    first_on: Mapped[date | None] = mapped_column(Date)
    last_on: Mapped[date | None] = mapped_column(Date)
    opening_cents: Mapped[int | None] = mapped_column(BigInteger)
    closing_cents: Mapped[int | None] = mapped_column(BigInteger)
    moved_cents: Mapped[int] = mapped_column(BigInteger)
    proved: Mapped[bool]
    matched: Mapped[bool]
    gap: Mapped[str] = mapped_column(String(300))
    seen: Mapped[str] = mapped_column(String(64))
    looked_at: Mapped[datetime] = mapped_column(Moment)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("bank_statement.id"), unique=True)
    mapping_id: Mapped[int | None] = mapped_column(ForeignKey("column_mapping.id"))
    version: Mapped[int] = mapped_column(default=1)


class MappedColumns(Base):
    """Which column of a file holds what, said by a person for files of one account with the same headings."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("bank_account_id", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    name: Mapped[str] = mapped_column(String(80))
    signature: Mapped[str] = mapped_column(String(64))
    headings: Mapped[list[str]] = mapped_column(JSON)
    roles: Mapped[dict[str, int]] = mapped_column(JSON)
    turned: Mapped[bool]
    active: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    version: Mapped[int] = mapped_column(default=1)


class AsideRow(Base):
    """A rule that sets lines aside, as staff wrote it. code: of the built-in rule it stands in for, or its own.

    phrases: what the line says, as portal.banking.match.rules reads it.
    """

    __tablename__ = "aside_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    phrases: Mapped[list[str]] = mapped_column(JSON)
    place: Mapped[int]
    active: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    version: Mapped[int] = mapped_column(default=1)


class Reconciliation(Base):
    """One row for an account: whoever adds lines to it, undoes one or signs a month holds it while doing so."""

    __tablename__ = "reconciliation"

    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=1)


class ReconciledMonth(Base):
    """A month of one account that was signed off: the figures as they stood, and who. Reopened by two people.

    live: 1 while it is signed off, NULL once it was reopened, so that a month is signed off once at a time.
    """

    __tablename__ = "reconciled_month"
    __table_args__ = (
        UniqueConstraint("bank_account_id", "month", "live"),
        CheckConstraint("live IS NULL OR live = 1", name="live"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    month: Mapped[date] = mapped_column(Date)
    live: Mapped[int | None]
    figures: Mapped[dict[str, int | None]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(500))
    signed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    signed_name: Mapped[str] = mapped_column(String(120))
    signed_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    asked_reason: Mapped[str] = mapped_column(String(500))
    reopened_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reopened_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


#: What the bank said is never rewritten, and never forgotten.
TRIGGERS: tuple[Trigger, ...] = (
    Trigger(
        "statement_line",
        when="UPDATE",
        columns=("bank_account_id", "content_key", "day", "amount_cents", "fee_cents", "description", "reference"),
        words="a statement line stays as the bank wrote it",
    ),
    Trigger("statement_line", when="DELETE", words="a statement line is never deleted"),
    Trigger("bank_statement", when="DELETE", words="a statement is never deleted"),
    Trigger(
        "statement_upload",
        when="UPDATE",
        columns=("bank_account_id", "sha256", "document_key"),
        words="a file is kept as it was sent",
    ),
    Trigger("statement_upload", when="DELETE", words="a file is kept as it was sent"),
    Trigger(
        "reconciled_month",
        when="UPDATE",
        columns=("bank_account_id", "month", "figures", "note", "signed_by", "signed_name", "signed_at"),
        words="what was signed stays as it was signed",
    ),
    Trigger("reconciled_month", when="DELETE", words="what was signed stays as it was signed"),
)
