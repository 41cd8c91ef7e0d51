"""Credit notes and drafts; discounts and the day of supply on invoices; reminders, disputes, promises and interest."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment, Trigger, create_triggers

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_LEGAL = (
    "id", "number", "reference", "customer_id", "customer_code", "recipient_name", "issued_on", "issued_at", "due_on",
    "currency", "net_cents", "vat_cents", "total_cents", "order_number", "po_number", "supplier", "recipient",
    "delivery",
)  # fmt: skip
_BEFORE = Trigger("invoice", "UPDATE", "an issued invoice does not change", columns=_LEGAL)
_AFTER = Trigger("invoice", "UPDATE", "an issued invoice does not change", columns=(*_LEGAL, "supplied_on"))
TRIGGERS = (
    Trigger("credit_note", "UPDATE", "an issued credit note does not change"),
    Trigger("credit_note", "DELETE", "a credit note is never deleted"),
    Trigger("credit_note_line", "UPDATE", "a line of an issued credit note does not change"),
    Trigger("credit_note_line", "DELETE", "a line of an issued credit note is never deleted"),
    Trigger("invoice_draft", "DELETE", "a draft is discarded, never deleted"),
    Trigger("reminder", "UPDATE", "reminder is append only"),
    Trigger("reminder", "DELETE", "reminder is append only"),
    Trigger("interest_charge", "UPDATE", "interest_charge is append only"),
    Trigger("interest_charge", "DELETE", "interest_charge is append only"),
    Trigger("dispute", "DELETE", "a dispute is closed, never deleted"),
    Trigger("promise_to_pay", "DELETE", "a promise is kept or broken, never deleted"),
)
TABLES = (
    "interest_charge", "promise_to_pay", "dispute", "reminder", "reminder_ladder", "invoice_draft", "credit_note_line",
    "credit_note",
)  # fmt: skip


def upgrade() -> None:
    _widen_invoices()
    _credit_notes()
    _drafts()
    _reminders()
    _disputes()
    create_triggers(op.get_bind(), TRIGGERS)


def _widen_invoices() -> None:
    """Added one by one: SQLite would lose the table's triggers if it were copied."""
    zero = {"nullable": False, "server_default": "0"}
    op.add_column("invoice", sa.Column("credited_cents", sa.BigInteger(), **zero))
    op.add_column("invoice", sa.Column("supplied_on", sa.Date(), nullable=True))
    op.add_column("invoice_line", sa.Column("discount", sa.Integer(), **zero))
    op.add_column("invoice_line", sa.Column("whole_discount", sa.Integer(), **zero))
    if op.get_bind().dialect.name == "mysql":
        within = "credited_cents >= 0 AND credited_cents + balance_cents <= total_cents"
        op.create_check_constraint(op.f("ck_invoice_credited"), "invoice", within)
    op.execute(f"DROP TRIGGER {_BEFORE.name}")
    create_triggers(op.get_bind(), [_AFTER])


def _credit_notes() -> None:
    op.create_table(
        "credit_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("customer_code", sa.String(length=20), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("freed_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("supplier", sa.JSON(), nullable=False),
        sa.Column("recipient", sa.JSON(), nullable=False),
        sa.CheckConstraint("net_cents + vat_cents = total_cents", name=op.f("ck_credit_note_sum")),
        sa.CheckConstraint("total_cents > 0", name=op.f("ck_credit_note_above_zero")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_credit_note_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_credit_note_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_note_number")),
    )
    op.create_index("ix_credit_note_invoice", "credit_note", ["invoice_id", "id"])
    op.create_index("ix_credit_note_customer", "credit_note", ["customer_id", "id"])
    op.create_index("ix_credit_note_issued", "credit_note", ["issued_on", "id"])
    op.create_table(
        "credit_note_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credit_note_id", sa.Integer(), nullable=False),
        sa.Column("invoice_line_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("net_cents + vat_cents = gross_cents", name=op.f("ck_credit_note_line_sum")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_credit_note_line_credit_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"], ["invoice_line.id"], name=op.f("fk_credit_note_line_invoice_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note_line")),
        sa.UniqueConstraint("credit_note_id", "position", name=op.f("uq_credit_note_line_credit_note_id_position")),
    )
    op.create_index("ix_credit_note_line_invoice_line", "credit_note_line", ["invoice_line_id"])


def _drafts() -> None:
    op.create_table(
        "invoice_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("customer_code", sa.String(length=20), nullable=False),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("invoice_number", sa.String(length=20), nullable=True),
        sa.Column("written_by", sa.String(length=120), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_invoice_draft_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_draft")),
    )
    op.create_index("ix_invoice_draft_state", "invoice_draft", ["state", "id"])


def _owned(table: str, *columns: sa.Column[Any]) -> None:
    """A table of things that belong to one invoice of one customer."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f(f"fk_{table}_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f(f"fk_{table}_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _reminders() -> None:
    op.create_table(
        "reminder_ladder",
        sa.Column("owner", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_reminder_ladder")),
    )
    _owned(
        "reminder",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("balance_cents", sa.BigInteger(), nullable=False),
        sa.Column("days_overdue", sa.Integer(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.UniqueConstraint("invoice_id", "level", name=op.f("uq_reminder_invoice_id_level")),
    )
    op.create_index("ix_reminder_customer", "reminder", ["customer_id", "id"])
    op.create_table(
        "interest_charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("charged_by", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("balance_cents", sa.BigInteger(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["charged_by"], ["invoice.id"], name=op.f("fk_interest_charge_charged_by")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_interest_charge_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_charge")),
        sa.UniqueConstraint("invoice_id", "until", name=op.f("uq_interest_charge_invoice_id_until")),
    )
    op.create_index("ix_interest_charge_by", "interest_charge", ["charged_by"])


def _disputes() -> None:
    _owned(
        "dispute",
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("raised_by", sa.String(length=120), nullable=False),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("answered_by", sa.String(length=120), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_dispute_invoice", "dispute", ["invoice_id", "id"])
    op.create_index("ix_dispute_state", "dispute", ["state", "id"])
    _owned(
        "promise_to_pay",
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_promise_to_pay_invoice", "promise_to_pay", ["invoice_id", "id"])
    op.create_index("ix_promise_to_pay_customer", "promise_to_pay", ["customer_id", "state"])


def downgrade() -> None:
    """The indexes and triggers of a table go with it; credited invoices are open again."""
    for table in TABLES:
        op.drop_table(table)
    op.execute(f"DROP TRIGGER {_AFTER.name}")
    if op.get_bind().dialect.name == "mysql":
        op.drop_constraint(op.f("ck_invoice_credited"), "invoice", type_="check")
    for table, columns in (
        ("invoice_line", ("whole_discount", "discount")),
        ("invoice", ("supplied_on", "credited_cents")),
    ):
        for column in columns:
            op.drop_column(table, column)
    create_triggers(op.get_bind(), [_BEFORE])
