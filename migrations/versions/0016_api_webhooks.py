"""Tokens for programs of our own, and events that are sent to addresses of customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.alter_column("customer_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column(
            "scopes", existing_type=sa.String(length=120), type_=sa.String(length=200), existing_nullable=False
        )

    op.create_table(
        "webhook_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("secret", sa.String(length=300), nullable=False),
        sa.Column("earlier_secret", sa.String(length=300), nullable=False),
        sa.Column("earlier_until", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("failing_since", Moment(), nullable=True),
        sa.Column("off_at", Moment(), nullable=True),
        sa.Column("off_reason", sa.String(length=200), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_address")),
    )
    op.create_table(
        "webhook_event",
        sa.Column("id", _LONG, nullable=False),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint("uid", name=op.f("uq_webhook_event_uid")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", _LONG, nullable=False),
        sa.Column("event_id", _LONG, nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=2000), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["webhook_event.id"], name=op.f("fk_webhook_delivery_event_id")),
        sa.ForeignKeyConstraint(["address_id"], ["webhook_address.id"], name=op.f("fk_webhook_delivery_address_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    with op.batch_alter_table("webhook_address", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webhook_address_customer", ["customer_id", "removed_at", "off_at", "id"], unique=False
        )
    with op.batch_alter_table("webhook_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_webhook_delivery_address", ["address_id", "id"], unique=False)


def downgrade() -> None:
    for table in ("webhook_delivery", "webhook_event", "webhook_address"):
        op.drop_table(table)
    op.execute("DELETE FROM api_token WHERE customer_id IS NULL")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.alter_column(
            "scopes", existing_type=sa.String(length=200), type_=sa.String(length=120), existing_nullable=False
        )
        batch_op.alter_column("customer_id", existing_type=sa.Integer(), nullable=False)
