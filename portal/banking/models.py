"""Statements as they were imported, and their lines with what became of each."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, String, UniqueConstraint
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
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(500))
    attempt: Mapped[int]
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
)
