"""Invoices and their lines, which never change once issued, and the rows their numbers are taken from."""

from __future__ import annotations

from datetime import date, datetime
from typing import NotRequired, TypedDict

from sqlalchemy import JSON, BigInteger, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.invoices.types import LONGEST_DESCRIPTION, LONGEST_PO_NUMBER, LONGEST_REASON
from portal.platform.db import Base, Moment, Trigger


class PartyJson(TypedDict):
    """A party as it is kept with the invoice."""

    name: str
    address: list[str]
    vat_number: str
    registration: str
    email: str
    phone: str
    code: str
    #: ISO 3166-1; documents from before customers abroad have none
    country: NotRequired[str]


class DraftLineJson(TypedDict):
    """A line of a draft. quantity: decimal text; discount: hundredths of a percent."""

    sku: str
    description: str
    quantity: str
    unit: str
    price_cents: int
    discount: int
    vat_code: str


class DraftJson(TypedDict):
    """A draft as it is kept. supplied_on: an ISO day or nothing."""

    lines: list[DraftLineJson]
    po_number: str
    discount: int
    carriage_cents: int
    supplied_on: str
    delivery: list[str]


class NumberSeries(Base):
    """The last number given out of one series in one year; the locked row is what keeps numbers without gaps."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("series", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    last: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)


class Invoice(Base):
    """One tax invoice. Amounts are cents. Only balance, state, flags and version ever change."""

    __tablename__ = "invoice"
    __table_args__ = (
        Index("ix_invoice_customer_due", "customer_id", "is_open", "due_on", "id"),
        Index("ix_invoice_customer_open_issued", "customer_id", "is_open", "issued_on", "id"),
        Index("ix_invoice_customer_issued", "customer_id", "issued_on", "id"),
        Index("ix_invoice_due", "is_open", "due_on", "id"),
        Index("ix_invoice_open_issued", "is_open", "issued_on", "id"),
        Index("ix_invoice_issued", "issued_on", "id"),
        Index("ix_invoice_po_number", "po_number", "customer_id"),
        Index("ix_invoice_total", "total_cents", "customer_id"),
        Index("ix_invoice_recipient_name", "recipient_name", "id"),
        Index("ix_invoice_open_recipient", "is_open", "recipient_name", "id"),
        Index("ix_invoice_customer_code", "customer_code"),
        Index("ix_invoice_order_number", "order_number"),
        CheckConstraint("balance_cents >= 0 AND balance_cents <= total_cents", name="balance"),
        CheckConstraint("net_cents + vat_cents = total_cents", name="sum"),
        CheckConstraint("credited_cents >= 0 AND credited_cents + balance_cents <= total_cents", name="credited"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer_code: Mapped[str] = mapped_column(String(20))
    recipient_name: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3))
    net_cents: Mapped[int] = mapped_column(BigInteger)
    vat_cents: Mapped[int] = mapped_column(BigInteger)
    total_cents: Mapped[int] = mapped_column(BigInteger)
    order_number: Mapped[str] = mapped_column(String(20))
    po_number: Mapped[str] = mapped_column(String(LONGEST_PO_NUMBER))
    supplier: Mapped[PartyJson] = mapped_column(JSON)
    recipient: Mapped[PartyJson] = mapped_column(JSON)
    delivery: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12))
    is_open: Mapped[bool]
    balance_cents: Mapped[int] = mapped_column(BigInteger)
    credited_cents: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    supplied_on: Mapped[date | None] = mapped_column(Date)
    #: the country its goods were exported to; empty for supplies at home
    export_to: Mapped[str] = mapped_column(String(2), default="", server_default="")
    #: of a foreign total: the rate in millionths of a rand, the rate's day, and what the total is worth
    rate_micros: Mapped[int | None] = mapped_column(BigInteger)
    rate_day: Mapped[date | None] = mapped_column(Date)
    rand_cents: Mapped[int | None] = mapped_column(BigInteger)
    proof_under_way: Mapped[bool] = mapped_column(default=False)
    disputed: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class InvoiceLine(Base):
    """One line of an invoice. quantity_milli: thousandths of the unit.

    In hundredths of a percent: vat_rate, discount (of this line) and whole_discount (its part in the document's).
    """

    __tablename__ = "invoice_line"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("net_cents + vat_cents = gross_cents", name="sum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(String(40))
    description: Mapped[str] = mapped_column(String(LONGEST_DESCRIPTION))
    quantity_milli: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(String(30))
    unit_price_cents: Mapped[int] = mapped_column(BigInteger)
    discount: Mapped[int] = mapped_column(default=0, server_default="0")
    whole_discount: Mapped[int] = mapped_column(default=0, server_default="0")
    vat_code: Mapped[str] = mapped_column(String(12))
    vat_rate: Mapped[int]
    net_cents: Mapped[int] = mapped_column(BigInteger)
    vat_cents: Mapped[int] = mapped_column(BigInteger)
    gross_cents: Mapped[int] = mapped_column(BigInteger)


class CreditNote(Base):
    """What lowers an issued invoice, in whole or in part. Amounts are cents above zero. Nothing of it ever changes."""

    __tablename__ = "credit_note"
    __table_args__ = (
        Index("ix_credit_note_invoice", "invoice_id", "id"),
        Index("ix_credit_note_customer", "customer_id", "id"),
        Index("ix_credit_note_issued", "issued_on", "id"),
        CheckConstraint("net_cents + vat_cents = total_cents", name="sum"),
        CheckConstraint("total_cents > 0", name="above_zero"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer_code: Mapped[str] = mapped_column(String(20))
    recipient_name: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    currency: Mapped[str] = mapped_column(String(3))
    net_cents: Mapped[int] = mapped_column(BigInteger)
    vat_cents: Mapped[int] = mapped_column(BigInteger)
    total_cents: Mapped[int] = mapped_column(BigInteger)
    #: how much of it had been paid already and became the customer's credit on account
    freed_cents: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    supplier: Mapped[PartyJson] = mapped_column(JSON)
    recipient: Mapped[PartyJson] = mapped_column(JSON)
    #: of a foreign total: what it is worth at the invoice's rate
    rand_cents: Mapped[int | None] = mapped_column(BigInteger)


class CreditNoteLine(Base):
    """One line of an invoice taken back, in whole or in part, at the invoice's own price, discount and rate."""

    __tablename__ = "credit_note_line"
    __table_args__ = (
        UniqueConstraint("credit_note_id", "position"),
        Index("ix_credit_note_line_invoice_line", "invoice_line_id"),
        CheckConstraint("net_cents + vat_cents = gross_cents", name="sum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    credit_note_id: Mapped[int] = mapped_column(ForeignKey("credit_note.id"))
    invoice_line_id: Mapped[int] = mapped_column(ForeignKey("invoice_line.id"))
    position: Mapped[int]
    quantity_milli: Mapped[int] = mapped_column(BigInteger)
    net_cents: Mapped[int] = mapped_column(BigInteger)
    vat_cents: Mapped[int] = mapped_column(BigInteger)
    gross_cents: Mapped[int] = mapped_column(BigInteger)


class DraftRow(Base):
    """An invoice that staff are writing. body: what was typed; total_cents: what it came to when it was saved."""

    __tablename__ = "invoice_draft"
    __table_args__ = (Index("ix_invoice_draft_state", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    customer_code: Mapped[str] = mapped_column(String(20))
    customer_name: Mapped[str] = mapped_column(String(200))
    body: Mapped[DraftJson] = mapped_column(JSON)
    currency: Mapped[str] = mapped_column(String(3))
    total_cents: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12))
    invoice_number: Mapped[str | None] = mapped_column(String(20))
    written_by: Mapped[str] = mapped_column(String(120))
    changed_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class LadderJson(TypedDict):
    """One step of a ladder of reminders. days: after the due day."""

    days: int
    subject: str
    words: str


class ReminderLadder(Base):
    """When which mail reminds. owner: the customer it is for; 0 for everybody without one of their own."""

    __tablename__ = "reminder_ladder"

    owner: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    steps: Mapped[list[LadderJson]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[str] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)


class Reminder(Base):
    """An invoice was reminded of: each step once."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("invoice_id", "level"), Index("ix_reminder_customer", "customer_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    level: Mapped[int]
    balance_cents: Mapped[int] = mapped_column(BigInteger)
    days_overdue: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(Moment)


class Dispute(Base):
    """The customer says that something is wrong with an invoice; we answer and close it."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_invoice", "invoice_id", "id"), Index("ix_dispute_state", "state", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    state: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(String(LONGEST_REASON))
    raised_by_id: Mapped[int | None]
    raised_by: Mapped[str] = mapped_column(String(120))
    raised_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(String(LONGEST_REASON))
    answered_by: Mapped[str] = mapped_column(String(120))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class PromiseToPay(Base):
    """The customer says on which day an invoice will be paid; until then nobody is reminded."""

    __tablename__ = "promise_to_pay"
    __table_args__ = (
        Index("ix_promise_to_pay_invoice", "invoice_id", "id"), Index("ix_promise_to_pay_customer", "customer_id", "state"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    state: Mapped[str] = mapped_column(String(10))
    promised_on: Mapped[date] = mapped_column(Date)
    words: Mapped[str] = mapped_column(String(LONGEST_REASON))
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class InterestCharge(Base):
    """Interest on one late invoice for some days, and the invoice that charges it. No day is charged twice."""

    __tablename__ = "interest_charge"
    __table_args__ = (UniqueConstraint("invoice_id", "until"), Index("ix_interest_charge_by", "charged_by"))

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    charged_by: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    rate: Mapped[int]
    balance_cents: Mapped[int] = mapped_column(BigInteger)
    cents: Mapped[int] = mapped_column(BigInteger)


MAY_CHANGE = frozenset(
    {"state", "is_open", "balance_cents", "credited_cents", "proof_under_way", "disputed", "version"}
)
LEGAL = tuple(name for column in Invoice.__table__.columns if (name := column.key) not in MAY_CHANGE)

#: Issued documents never change; the database itself says no (design.md 5).
TRIGGERS: tuple[Trigger, ...] = (
    Trigger("invoice", when="UPDATE", columns=LEGAL, words="an issued invoice does not change"),
    Trigger("invoice", when="DELETE", words="an invoice is never deleted"),
    Trigger("invoice_line", when="UPDATE", words="a line of an issued invoice does not change"),
    Trigger("invoice_line", when="DELETE", words="a line of an issued invoice is never deleted"),
    Trigger("credit_note", when="UPDATE", words="an issued credit note does not change"),
    Trigger("credit_note", when="DELETE", words="a credit note is never deleted"),
    Trigger("credit_note_line", when="UPDATE", words="a line of an issued credit note does not change"),
    Trigger("credit_note_line", when="DELETE", words="a line of an issued credit note is never deleted"),
    *(
        Trigger(table, when=when, words=f"{table} is append only")
        for table in ("reminder", "interest_charge")
        for when in ("UPDATE", "DELETE")
    ),
    Trigger("dispute", when="DELETE", words="a dispute is closed, never deleted"),
    Trigger("promise_to_pay", when="DELETE", words="a promise is kept or broken, never deleted"),
    Trigger("invoice_draft", when="DELETE", words="a draft is discarded, never deleted"),
    Trigger("number_series", when="DELETE", words="a number series is never deleted"),
)
