"""The books close; what is found broken is kept; write-offs, refunds and opening balances."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import MEDIUMBLOB

from portal.platform.db import Moment, Trigger, create_triggers

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TRIGGERS = (
    Trigger("closing", "UPDATE", "closing is append only"),
    Trigger("closing", "DELETE", "closing is append only"),
    Trigger("finding", "DELETE", "what was found broken is kept"),
    Trigger("write_off", "DELETE", "a write-off is undone by a counter-entry, never deleted"),
    Trigger("refund", "DELETE", "a refund is undone by a counter-entry, never deleted"),
    Trigger("refund_file", "UPDATE", "a file for the bank is kept as it was made"),
    Trigger("refund_file", "DELETE", "a file for the bank is kept as it was made"),
    Trigger("opening_import", "UPDATE", "opening balances are kept as they were", except_when=("state", "draft")),
    Trigger("opening_import", "DELETE", "opening balances are kept as they were"),
)


def upgrade() -> None:
    op.create_table(
        "books",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=True),
        sa.Column("asked_until", sa.Date(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("asked_reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books")),
    )
    op.create_table(
        "check_run",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_check_run")),
    )
    op.create_table(
        "closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=12), nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
    )
    op.create_table(
        "opening_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.LargeBinary().with_variant(MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("invoices", sa.Integer(), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("owed_cents", sa.BigInteger(), nullable=False),
        sa.Column("credit_cents", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_import")),
        sa.UniqueConstraint("sha256", name=op.f("uq_opening_import_sha256")),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invariant", sa.String(length=120), nullable=False),
        sa.Column("row", sa.String(length=120), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("found_at", Moment(), nullable=False),
        sa.Column("sound_at", Moment(), nullable=True),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lift_reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_finding_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index("ix_finding_customer", "finding", ["customer_id", "sound_at"], unique=False)
    op.create_index("ix_finding_invoice", "finding", ["invoice_id", "sound_at"], unique=False)
    op.create_index("ix_finding_sound", "finding", ["sound_at", "id"], unique=False)
    op.create_table(
        "refund_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("bank_account_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("sum_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["bank_account_id"], ["bank_account.id"], name=op.f("fk_refund_file_bank_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_file")),
    )
    op.create_table(
        "write_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("invoice_number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("customer_code", sa.String(length=20), nullable=False),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decision", sa.String(length=500), nullable=False),
        sa.Column("journal_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "amount_cents > 0 AND vat_cents >= 0 AND vat_cents < amount_cents", name=op.f("ck_write_off_amounts")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_write_off_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_write_off_invoice_id")),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name=op.f("fk_write_off_journal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_off")),
        sa.UniqueConstraint("journal_id", name=op.f("uq_write_off_journal_id")),
    )
    op.create_index("ix_write_off_invoice", "write_off", ["invoice_id", "state"], unique=False)
    op.create_index("ix_write_off_state", "write_off", ["state", "id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("customer_code", sa.String(length=20), nullable=False),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("bank", sa.String(length=80), nullable=False),
        sa.Column("branch", sa.String(length=12), nullable=False),
        sa.Column("account", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decision", sa.String(length=500), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("journal_id", sa.Integer(), nullable=True),
        sa.Column("paid_journal_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refund_above_zero")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_refund_customer_id")),
        sa.ForeignKeyConstraint(["file_id"], ["refund_file.id"], name=op.f("fk_refund_file_id")),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name=op.f("fk_refund_journal_id")),
        sa.ForeignKeyConstraint(["paid_journal_id"], ["journal.id"], name=op.f("fk_refund_paid_journal_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("journal_id", name=op.f("uq_refund_journal_id")),
        sa.UniqueConstraint("paid_journal_id", name=op.f("uq_refund_paid_journal_id")),
    )
    op.create_index("ix_refund_file", "refund", ["file_id", "id"], unique=False)
    op.create_index("ix_refund_payment", "refund", ["payment_id", "state", "amount_cents"], unique=False)
    op.create_index("ix_refund_state", "refund", ["state", "id"], unique=False)
    op.create_index("ix_entry_account_id", "entry", ["account_id", "id"], unique=False)
    op.create_index("ix_journal_amount", "journal", ["amount_cents", "id"], unique=False)
    op.create_index("ix_journal_value_date", "journal", ["value_date", "id"], unique=False)
    op.bulk_insert(
        sa.table("books", sa.column("id"), sa.column("asked_reason"), sa.column("version")),
        [{"id": 1, "asked_reason": "", "version": 1}],
    )
    create_triggers(op.get_bind(), TRIGGERS)


def downgrade() -> None:
    """The triggers and indexes of a table go with it."""
    for table in ("opening_import", "refund", "refund_file", "write_off", "closing", "books", "check_run", "finding"):
        op.drop_table(table)
    op.drop_index("ix_entry_account_id", table_name="entry")
    op.drop_index("ix_journal_amount", table_name="journal")
    op.drop_index("ix_journal_value_date", table_name="journal")
