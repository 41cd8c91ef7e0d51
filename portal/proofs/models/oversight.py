"""Tables of what watches over automatic accepts: what they were made with, samples, recalls, and remembered payers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment

_ID = BigInteger().with_variant(Integer, "sqlite")


class AutomaticAccept(Base):
    """A proof that the rules verified without a person. recall_id: what sent it back later, if anything did."""

    __tablename__ = "automatic_accept"

    proof_id: Mapped[int] = mapped_column(ForeignKey("proof.id"), primary_key=True, autoincrement=False)
    accepted_at: Mapped[datetime] = mapped_column(Moment)
    recall_id: Mapped[int | None] = mapped_column(ForeignKey("recall.id"), index=True)


class AcceptTrait(Base):
    """One thing an automatic accept was made with: its rules, its layout, each engine, each version of the reader."""

    __tablename__ = "accept_trait"
    __table_args__ = (Index("ix_accept_trait_proof_id", "proof_id"),)

    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(String(80), primary_key=True)
    proof_id: Mapped[int] = mapped_column(
        ForeignKey("automatic_accept.proof_id"), primary_key=True, autoincrement=False
    )


class Recall(Base):
    """Automatic accepts of one trait, sent back to people. after_id: how far it has come; finished_at: when it ended."""

    __tablename__ = "recall"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    after_id: Mapped[int] = mapped_column(_ID, default=0)
    sent_back: Mapped[int] = mapped_column(default=0)
    #: whose money the bank has shown already: listed, not sent back
    confirmed: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class AuditSample(Base):
    """An automatic accept that a person looks at unseen. draw and share: ten-thousandths; chosen because draw < share.

    opinion: what the person said before seeing the verdict; outcome: ``right`` or ``wrong`` once that is settled.
    """

    __tablename__ = "audit_sample"
    __table_args__ = (Index("ix_audit_sample_outcome", "outcome", "proof_id"),)

    proof_id: Mapped[int] = mapped_column(ForeignKey("proof.id"), primary_key=True, autoincrement=False)
    chosen_at: Mapped[datetime] = mapped_column(Moment)
    draw: Mapped[int]
    share: Mapped[int]
    opinion: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    outcome: Mapped[str | None] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(120), default="")
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class PayerMemory(Base):
    """A payer as documents print it, and the customer it has paid for. It raises a candidate and decides nothing."""

    __tablename__ = "payer_memory"
    __table_args__ = (
        UniqueConstraint("name_key", "account_key", "layout", "customer_id"),
        Index("ix_payer_memory_account_key", "account_key"),
        Index("ix_payer_memory_customer_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    name_key: Mapped[str] = mapped_column(String(80))
    account: Mapped[str] = mapped_column(String(60))
    #: the last digits that are printed, at most four; empty when fewer show
    account_key: Mapped[str] = mapped_column(String(4))
    layout: Mapped[str] = mapped_column(String(80))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class PayerMark(Base):
    """One decision of a person that spoke for a memory (sign 1) or against it (sign -1). Undone, it counts no more."""

    __tablename__ = "payer_mark"
    __table_args__ = (UniqueConstraint("memory_id", "proof_id"), Index("ix_payer_mark_proof_id", "proof_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    memory_id: Mapped[int] = mapped_column(ForeignKey("payer_memory.id"))
    proof_id: Mapped[int] = mapped_column(ForeignKey("proof.id"))
    sign: Mapped[int] = mapped_column(SmallInteger)
    by_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
