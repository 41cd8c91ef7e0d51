"""What we offered: quotes and their lines. Once sent, an offer stays as it was made."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.orders.models.lines import PricedLine
from portal.orders.types.quotes import LONGEST_REPLY
from portal.platform.db import Base, Moment, Trigger


class Quote(Base):
    """One quote, from the customer's request to what became of it. Amounts are cents."""

    __tablename__ = "quote"
    __table_args__ = (
        Index("ix_quote_customer", "customer_id", "id"),
        Index("ix_quote_customer_state", "customer_id", "state", "id"),
        Index("ix_quote_state", "state", "id"),
        Index("ix_quote_state_valid", "state", "valid_until"),
        Index("ix_quote_customer_name", "customer_name"),
        CheckConstraint("net_cents + vat_cents = total_cents", name="sum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer_code: Mapped[str] = mapped_column(String(20))
    customer_name: Mapped[str] = mapped_column(String(200))
    address: Mapped[list[str]] = mapped_column(JSON)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_by: Mapped[str] = mapped_column(String(160))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    #: who of ours began it; empty when the customer asked
    started_by: Mapped[str] = mapped_column(String(160), default="", server_default="")
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3), default="ZAR")
    net_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    vat_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    total_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    valid_until: Mapped[date | None] = mapped_column(Date)
    reply: Mapped[str] = mapped_column(String(LONGEST_REPLY), default="")
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_by: Mapped[str] = mapped_column(String(160), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(String(160), default="")
    decline_reason: Mapped[str] = mapped_column(String(300), default="")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("customer_order.id"), unique=True)
    order_number: Mapped[str] = mapped_column(String(20), default="")
    version: Mapped[int] = mapped_column(default=1)


class QuoteLine(PricedLine, Base):
    """One line of a quote at the offered price.

    before_cents: the price of one before a discount; None for lines from before it was kept. discount: hundredths of
    a percent.
    """

    __tablename__ = "quote_line"
    __table_args__ = (UniqueConstraint("quote_id", "position"), CheckConstraint("quantity > 0", name="quantity"))

    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"))
    before_cents: Mapped[int | None] = mapped_column(BigInteger)
    discount: Mapped[int] = mapped_column(default=0, server_default="0")


#: Until it is sent, a quote is a draft that our people write; afterwards only what becomes of it changes.
TRIGGERS: tuple[Trigger, ...] = (
    Trigger(
        "quote",
        when="UPDATE",
        columns=("number", "customer_id", "net_cents", "vat_cents", "total_cents", "valid_until", "reply", "sent_at"),
        words="a quote that was sent does not change",
        except_when=("state", "draft"),
    ),
    Trigger("quote", when="DELETE", words="a quote is never deleted"),
    Trigger("quote_line", when="UPDATE", words="a line of a quote does not change"),
)
