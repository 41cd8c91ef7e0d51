"""Payments, their moves and shares; write-offs, refunds; what gateways carry and tell; what an earlier system left."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects.mysql import MEDIUMBLOB
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment, Trigger


class Payment(Base):
    """Money claimed, verified or confirmed. Never deleted, only reversed.

    The customer's code and name are as they were when the payment began, so that lists need no other table.
    rail: how the money travels; chased_at: when the customer was asked where it is.
    proof_id: the document behind it; its table belongs to a feature above this one, so no foreign key.
    """

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_state_id", "state", "id"),
        Index("ix_payment_state_expected", "state", "expected_on", "id"),
        Index("ix_payment_state_value", "state", "value_date", "received_cents"),
        Index("ix_payment_customer_id", "customer_id", "id"),
        CheckConstraint("claimed_cents > 0 OR received_cents > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer_code: Mapped[str] = mapped_column(String(20))
    customer_name: Mapped[str] = mapped_column(String(200))
    method: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    claimed_cents: Mapped[int | None] = mapped_column(BigInteger)
    received_cents: Mapped[int | None] = mapped_column(BigInteger)
    paid_on: Mapped[date | None] = mapped_column(Date)
    expected_on: Mapped[date | None] = mapped_column(Date)
    rail: Mapped[str] = mapped_column(String(10), default="eft", server_default="eft")
    chased_at: Mapped[datetime | None] = mapped_column(Moment)
    value_date: Mapped[date | None] = mapped_column(Date)
    bank_account_id: Mapped[int | None] = mapped_column(ForeignKey("bank_account.id"))
    bank_text: Mapped[str] = mapped_column(String(255))
    #: of foreign money at the bank: the rate in millionths of a rand, the rate's day, and what the money is worth
    rate_micros: Mapped[int | None] = mapped_column(BigInteger)
    rate_day: Mapped[date | None] = mapped_column(Date)
    rand_cents: Mapped[int | None] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(255))
    reason: Mapped[str] = mapped_column(String(500))
    proof_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    journal_id: Mapped[int | None] = mapped_column(ForeignKey("journal.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    verified_at: Mapped[datetime | None] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    reversed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class Allocation(Base):
    """How much of a payment is for one invoice: planned by the payer, active once the money is confirmed."""

    __tablename__ = "allocation"
    __table_args__ = (
        UniqueConstraint("payment_id", "invoice_id"),
        Index("ix_allocation_invoice", "invoice_id", "state", "amount_cents"),
        CheckConstraint("amount_cents > 0", name="above_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    invoice_number: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8))


class PaymentMove(Base):
    """One step of a payment through its states: the path is kept and checked."""

    __tablename__ = "payment_move"
    __table_args__ = (Index("ix_payment_move_payment", "payment_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    from_state: Mapped[str] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(Moment)
    by_user_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(500))


class WriteOff(Base):
    """What an invoice is not going to get: a few cents by rule, or a debt that two people gave up.

    vat_cents: the part of the amount that is VAT to be claimed back on a bad debt.
    """

    __tablename__ = "write_off"
    __table_args__ = (
        Index("ix_write_off_state", "state", "id"),
        Index("ix_write_off_invoice", "invoice_id", "state"),
        CheckConstraint("amount_cents > 0 AND vat_cents >= 0 AND vat_cents < amount_cents", name="amounts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    invoice_number: Mapped[str] = mapped_column(String(20))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer_code: Mapped[str] = mapped_column(String(20))
    customer_name: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    vat_cents: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500))
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decision: Mapped[str] = mapped_column(String(500))
    journal_id: Mapped[int | None] = mapped_column(ForeignKey("journal.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)


class RefundFile(Base):
    """A file of refunds as the bank was given it."""

    __tablename__ = "refund_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int | None]
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    count: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    sum_cents: Mapped[int] = mapped_column(BigInteger)


class Refund(Base):
    """Credit on account that goes back to the customer. The credit is kept for it from the first moment.

    via: the gateway that pays it back the way it came, with its number there; nothing for a bank account.
    """

    __tablename__ = "refund"
    __table_args__ = (
        Index("ix_refund_state", "state", "id"),
        Index("ix_refund_payment", "payment_id", "state", "amount_cents"),
        Index("ix_refund_file", "file_id", "id"),
        CheckConstraint("amount_cents > 0", name="above_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer_code: Mapped[str] = mapped_column(String(20))
    customer_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    holder: Mapped[str] = mapped_column(String(120))
    bank: Mapped[str] = mapped_column(String(80))
    branch: Mapped[str] = mapped_column(String(12))
    account: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decision: Mapped[str] = mapped_column(String(500))
    via: Mapped[str] = mapped_column(String(12), default="", server_default="")
    gateway_number: Mapped[str | None] = mapped_column(String(40))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("refund_file.id"))
    paid_on: Mapped[date | None] = mapped_column(Date)
    journal_id: Mapped[int | None] = mapped_column(ForeignKey("journal.id"), unique=True)
    paid_journal_id: Mapped[int | None] = mapped_column(ForeignKey("journal.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)


class OnlinePayment(Base):
    """A payment that a gateway carries. token: our name for it there; gateway_id: the gateway's, once money settled.

    page: the gateway's number of the page it made for this payment, where it makes one.
    """

    __tablename__ = "online_payment"
    __table_args__ = (
        UniqueConstraint("gateway", "gateway_id"),
        Index("uq_online_payment_gateway_page", "gateway", "page", unique=True),
        CheckConstraint("amount_cents > 0", name="above_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), unique=True)
    gateway: Mapped[str] = mapped_column(String(12))
    token: Mapped[str] = mapped_column(String(40), unique=True)
    gateway_id: Mapped[str | None] = mapped_column(String(40))
    page: Mapped[str | None] = mapped_column(String(120))
    invoice_number: Mapped[str] = mapped_column(String(20))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    fee_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class GatewayNotice(Base):
    """What was posted to a gateway's address, as it came; then what was found out about it.

    signature: the headers that sign it, each in a line; nothing where the body carries its signature.
    digest: over gateway, sender, signature and body, so that the same notice is kept once, and a stranger's copy of it does not
    stand in the way of the true one.
    """

    __tablename__ = "gateway_notice"
    __table_args__ = (Index("ix_gateway_notice_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gateway: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(45))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    received_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(12))
    failed_check: Mapped[str] = mapped_column(String(16), default="")
    words: Mapped[str] = mapped_column(String(300), default="")
    online_payment_id: Mapped[int | None] = mapped_column(ForeignKey("online_payment.id"))
    judged_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class GatewayEventRow(Base):
    """One thing a gateway told, once: its key is the same however often it is told. Never changed."""

    __tablename__ = "gateway_event"
    __table_args__ = (
        UniqueConstraint("gateway", "event_key"),
        Index("ix_gateway_event_gateway_id", "gateway", "gateway_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    online_payment_id: Mapped[int] = mapped_column(ForeignKey("online_payment.id"))
    gateway: Mapped[str] = mapped_column(String(12))
    event_key: Mapped[str] = mapped_column(String(60))
    told: Mapped[str] = mapped_column(String(12))
    gateway_id: Mapped[str] = mapped_column(String(40))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    fee_cents: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Moment)


class OpeningImport(Base):
    """One file of opening balances: looked at as a draft, then taken over once; its SHA-256 keeps it from coming twice."""

    __tablename__ = "opening_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    file_name: Mapped[str] = mapped_column(String(200))
    body: Mapped[bytes] = mapped_column(LargeBinary().with_variant(MEDIUMBLOB(), "mysql"))
    day: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int | None]
    customers: Mapped[int]
    invoices: Mapped[int]
    credits: Mapped[int]
    owed_cents: Mapped[int] = mapped_column(BigInteger)
    credit_cents: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(default=1)


TRIGGERS: tuple[Trigger, ...] = (
    Trigger(
        "payment", when="UPDATE", columns=("customer_id", "currency", "created_at"), words="a payment keeps its owner"
    ),
    Trigger("payment", when="DELETE", words="a payment is reversed, never deleted"),
    Trigger("allocation", when="DELETE", words="an allocation is made void, never deleted"),
    Trigger("payment_move", when="UPDATE", words="a move of a payment is kept as it was made"),
    Trigger("payment_move", when="DELETE", words="a move of a payment is kept as it was made"),
    Trigger("write_off", when="DELETE", words="a write-off is undone by a counter-entry, never deleted"),
    Trigger("refund", when="DELETE", words="a refund is undone by a counter-entry, never deleted"),
    Trigger("refund_file", when="UPDATE", words="a file for the bank is kept as it was made"),
    Trigger("refund_file", when="DELETE", words="a file for the bank is kept as it was made"),
    Trigger(
        "online_payment",
        when="UPDATE",
        columns=("payment_id", "gateway", "token", "invoice_number", "amount_cents", "currency", "created_at"),
        words="what a gateway was asked to take stays as it was",
    ),
    Trigger("online_payment", when="DELETE", words="a payment is reversed, never deleted"),
    Trigger(
        "gateway_notice",
        when="UPDATE",
        columns=("gateway", "digest", "address", "body", "signature", "received_at"),
        words="a notice is kept as it came",
    ),
    Trigger("gateway_notice", when="DELETE", words="a notice is kept as it came"),
    Trigger("gateway_event", when="UPDATE", words="what a gateway told is kept"),
    Trigger("gateway_event", when="DELETE", words="what a gateway told is kept"),
    Trigger(
        "opening_import", when="UPDATE", words="opening balances are kept as they were", except_when=("state", "draft")
    ),
    Trigger("opening_import", when="DELETE", words="opening balances are kept as they were"),
)
