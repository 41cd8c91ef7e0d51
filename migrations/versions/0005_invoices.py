"""Credit notes; when goods were supplied, and discounts, on invoices."""

from __future__ import annotations

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
)


def upgrade() -> None:
    _widen_invoices()
    _credit_notes()
    _drafts()
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


def downgrade() -> None:
    """The indexes and triggers of a table go with it; credited invoices are open again."""
    for table in ("invoice_draft", "credit_note_line", "credit_note"):
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
