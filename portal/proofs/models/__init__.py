"""Tables of proofs: the document, each reading of it, each verdict, each person's decision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment, Trigger
from portal.proofs.models.desk import Desk
from portal.proofs.models.incoming import IncomingMail
from portal.proofs.models.oversight import AcceptTrait, AuditSample, AutomaticAccept, PayerMark, PayerMemory, Recall

__all__ = [
    "TRIGGERS",
    "AcceptTrait",
    "AuditSample",
    "AutomaticAccept",
    "Decision",
    "Desk",
    "IncomingMail",
    "PayerMark",
    "PayerMemory",
    "Proof",
    "ProofFact",
    "ReadingRow",
    "Recall",
    "VerdictRow",
]

_ID = BigInteger().with_variant(Integer, "sqlite")


class Proof(Base):
    """One uploaded document. Read facts stand here too, so that the same payment is found again."""

    __tablename__ = "proof"
    __table_args__ = (
        Index("ix_proof_queue", "state", "id"),
        Index("ix_proof_answered", "read_at", "state"),
        Index("ix_proof_customer", "customer_id", "id"),
        Index("ix_proof_facts", "amount_cents", "paid_on"),
        Index("ix_proof_trace", "trace_id"),
    )

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    via: Mapped[str] = mapped_column(String(8))
    #: SHA-256 of form key and file: the same form sent twice is one proof
    upload_key: Mapped[str] = mapped_column(String(64), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    storage_key: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(Integer)
    media_type: Mapped[str] = mapped_column(String(60))
    file_name: Mapped[str] = mapped_column(String(255))
    claimed_invoices: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    duplicate_of: Mapped[str | None] = mapped_column(String(24))
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="ZAR")
    paid_on: Mapped[date | None] = mapped_column(Date)
    bank: Mapped[str | None] = mapped_column(String(60))
    trace_id: Mapped[str | None] = mapped_column(String(80))
    payer_account: Mapped[str | None] = mapped_column(String(60))
    reference: Mapped[str | None] = mapped_column(String(120))
    picture_hash: Mapped[str | None] = mapped_column(String(16), index=True)


class ProofFact(Base):
    """What may be used once only: a file, or a payment's facts. The first verified proof owns it."""

    __tablename__ = "proof_fact"

    fact: Mapped[str] = mapped_column(String(64), primary_key=True)
    proof_id: Mapped[int] = mapped_column(ForeignKey("proof.id"), index=True)


class ReadingRow(Base):
    """One reading of a document, whole, with the versions that made it."""

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("proof_id", "run"),)

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    proof_id: Mapped[int] = mapped_column(ForeignKey("proof.id"))
    run: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)


class VerdictRow(Base):
    """What the rules said of a reading, with the exact inputs judged, so that it can be explained and replayed."""

    __tablename__ = "verdict"

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    proof_id: Mapped[int] = mapped_column(ForeignKey("proof.id"), index=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"))
    verdict: Mapped[str] = mapped_column(String(12))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    case: Mapped[dict[str, Any]] = mapped_column(JSON)
    rules: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Moment)


class Decision(Base):
    """What a person did: accepted, rejected, asked, answered, corrected, handed over, took back (docs/rules/review.md)."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    proof_id: Mapped[int] = mapped_column(ForeignKey("proof.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(1000))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: from opening the proof to deciding it; None where nobody measured
    seconds: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


_KEPT = "is kept as it was written"
TRIGGERS = tuple(
    Trigger(table, when, f"a {table} {_KEPT}")
    for table in ("reading", "verdict", "decision")
    for when in ("UPDATE", "DELETE")
)
