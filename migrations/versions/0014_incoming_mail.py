"""Mails that came to the mailbox of proofs, with what became of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incoming_mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("proofs", sa.JSON(), nullable=False),
        sa.Column("handled_by", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_incoming_mail_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint("public_id", name=op.f("uq_incoming_mail_public_id")),
        sa.UniqueConstraint("sha256", name=op.f("uq_incoming_mail_sha256")),
    )
    op.create_index("ix_incoming_mail_waiting", "incoming_mail", ["waiting", "id"])
    op.create_index(op.f("ix_incoming_mail_customer_id"), "incoming_mail", ["customer_id"])


def downgrade() -> None:
    op.drop_table("incoming_mail")
