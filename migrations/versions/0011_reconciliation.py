"""Statement files looked at before they are imported, rules that set lines aside, suspense, the clearing clock,
months signed off, and columns that people named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment, Trigger, create_triggers

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TRIGGERS = (
    Trigger(
        "statement_upload",
        when="UPDATE",
        columns=("bank_account_id", "sha256", "document_key"),
        words="a file is kept as it was sent",
    ),
    Trigger("statement_upload", when="DELETE", words="a file is kept as it was sent"),
    Trigger(
        "reconciled_month",
        when="UPDATE",
        columns=("bank_account_id", "month", "figures", "note", "signed_by", "signed_name", "signed_at"),
        words="what was signed stays as it was signed",
    ),
    Trigger("reconciled_month", when="DELETE", words="what was signed stays as it was signed"),
)


def upgrade() -> None:
    _mappings()
    _uploads()
    _rules()
    _months()
    op.add_column("statement_line", sa.Column("suspense_journal_id", sa.Integer(), nullable=True))
    op.create_index("ix_statement_line_suspense", "statement_line", ["suspense_journal_id"], unique=True)
    op.add_column("payment", sa.Column("rail", sa.String(length=10), nullable=False, server_default="eft"))
    op.add_column("payment", sa.Column("chased_at", Moment(), nullable=True))
    create_triggers(op.get_bind(), TRIGGERS)


def _mappings() -> None:
    op.create_table(
        "column_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("turned", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_column_mapping_bank_account_id")
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["user.id"], name=op.f("fk_column_mapping_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint("bank_account_id", "signature", name=op.f("uq_column_mapping_bank_account_id_signature")),
    )


def _uploads() -> None:
    op.create_table(
        "statement_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_account_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("document_key", sa.String(length=120), nullable=False),
        sa.Column("preview_key", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("layout", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("refusal", sa.String(length=500), nullable=False),
        sa.Column("refused_row", sa.Integer(), nullable=True),
        sa.Column("alone", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        sa.Column("aside", sa.Integer(), nullable=False),
        sa.Column("already", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("opening_cents", sa.BigInteger(), nullable=True),
        sa.Column("closing_cents", sa.BigInteger(), nullable=True),
        sa.Column("moved_cents", sa.BigInteger(), nullable=False),
        sa.Column("proved", sa.Boolean(), nullable=False),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.Column("gap", sa.String(length=300), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("looked_at", Moment(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("mapping_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_statement_upload_bank_account_id")
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["user.id"], name=op.f("fk_statement_upload_uploaded_by")),
        sa.ForeignKeyConstraint(["statement_id"], ["bank_statement.id"], name=op.f("fk_statement_upload_statement_id")),
        sa.ForeignKeyConstraint(["mapping_id"], ["column_mapping.id"], name=op.f("fk_statement_upload_mapping_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_upload")),
        sa.UniqueConstraint("bank_account_id", "sha256", name=op.f("uq_statement_upload_bank_account_id_sha256")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_statement_upload_statement_id")),
    )
    op.create_index("ix_statement_upload_state", "statement_upload", ["state", "id"], unique=False)


def _rules() -> None:
    op.create_table(
        "aside_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phrases", sa.JSON(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["user.id"], name=op.f("fk_aside_rule_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aside_rule")),
        sa.UniqueConstraint("code", name=op.f("uq_aside_rule_code")),
    )


def _months() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("bank_account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_reconciliation_bank_account_id")
        ),
        sa.PrimaryKeyConstraint("bank_account_id", name=op.f("pk_reconciliation")),
    )
    op.create_table(
        "reconciled_month",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_account_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("live", sa.Integer(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("signed_by", sa.Integer(), nullable=False),
        sa.Column("signed_name", sa.String(length=120), nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("asked_reason", sa.String(length=500), nullable=False),
        sa.Column("reopened_by", sa.Integer(), nullable=True),
        sa.Column("reopened_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("live IS NULL OR live = 1", name=op.f("ck_reconciled_month_live")),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_reconciled_month_bank_account_id")
        ),
        sa.ForeignKeyConstraint(["signed_by"], ["user.id"], name=op.f("fk_reconciled_month_signed_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_reconciled_month_asked_by")),
        sa.ForeignKeyConstraint(["reopened_by"], ["user.id"], name=op.f("fk_reconciled_month_reopened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciled_month")),
        sa.UniqueConstraint(
            "bank_account_id", "month", "live", name=op.f("uq_reconciled_month_bank_account_id_month_live")
        ),
    )


def downgrade() -> None:
    """The indexes of a table go with it."""
    op.drop_column("payment", "chased_at")
    op.drop_column("payment", "rail")
    op.drop_index("ix_statement_line_suspense", table_name="statement_line")
    op.drop_column("statement_line", "suspense_journal_id")
    for table in ("reconciled_month", "reconciliation", "aside_rule", "statement_upload", "column_mapping"):
        op.drop_table(table)
