"""What reporting keeps: which statements of account went out by mail."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment


class StatementMail(Base):
    """One statement that was sent; unique for its customer, currency and period. sent_by: empty for the month's own job."""

    __tablename__ = "statement_mail"
    __table_args__ = (UniqueConstraint("customer_id", "currency", "first_on", "last_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    currency: Mapped[str] = mapped_column(String(3))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    email: Mapped[str] = mapped_column(String(254))
    closing_cents: Mapped[int] = mapped_column(BigInteger)
    sent_by: Mapped[str] = mapped_column(String(160))
    sent_at: Mapped[datetime] = mapped_column(Moment)
