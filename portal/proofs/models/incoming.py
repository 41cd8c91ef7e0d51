"""Mails that came to the mailbox of proofs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment


class IncomingMail(Base):
    """One mail, kept whole under its content. state: see types/incoming.py; waiting means that a person is needed."""

    __tablename__ = "incoming_mail"
    __table_args__ = (Index("ix_incoming_mail_waiting", "waiting", "id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)
    #: of the whole mail: the same mail is taken in once
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    storage_key: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(Integer)
    sender: Mapped[str] = mapped_column(String(254))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(255))
    received_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10))
    waiting: Mapped[bool] = mapped_column()
    words: Mapped[str] = mapped_column(String(500), default="")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    #: public ids of the proofs that came of it
    proofs: Mapped[list[str]] = mapped_column(JSON, default=list)
    handled_by: Mapped[str] = mapped_column(String(120), default="")
    version: Mapped[int] = mapped_column(Integer, default=1)
