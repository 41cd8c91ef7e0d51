"""Quotes that our people begin, with the price before a discount; statements of account that were sent by mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("quote", sa.Column("started_by", sa.String(length=160), server_default="", nullable=False))
    op.add_column("quote_line", sa.Column("before_cents", sa.BigInteger(), nullable=True))
    op.add_column("quote_line", sa.Column("discount", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_account_kind", "account", ["kind", "id"], unique=False)
    op.create_table(
        "statement_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("closing_cents", sa.BigInteger(), nullable=False),
        sa.Column("sent_by", sa.String(length=160), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_statement_mail_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_mail")),
        sa.UniqueConstraint(
            "customer_id",
            "currency",
            "first_on",
            "last_on",
            name=op.f("uq_statement_mail_customer_id_currency_first_on_last_on"),
        ),
    )


def downgrade() -> None:
    op.drop_table("statement_mail")
    op.drop_index("ix_account_kind", table_name="account")
    op.drop_column("quote_line", "discount")
    op.drop_column("quote_line", "before_cents")
    op.drop_column("quote", "started_by")
