"""Payments that gateways carry, what gateways told of them, and every notice as it came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment, Trigger, create_triggers

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TRIGGERS = (
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
        columns=("gateway", "digest", "address", "body", "received_at"),
        words="a notice is kept as it came",
    ),
    Trigger("gateway_notice", when="DELETE", words="a notice is kept as it came"),
    Trigger("gateway_event", when="UPDATE", words="what a gateway told is kept"),
    Trigger("gateway_event", when="DELETE", words="what a gateway told is kept"),
)


def upgrade() -> None:
    op.create_table(
        "online_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("gateway", sa.String(length=12), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("gateway_id", sa.String(length=40), nullable=True),
        sa.Column("invoice_number", sa.String(length=20), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_online_payment_above_zero")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_online_payment_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_payment")),
        sa.UniqueConstraint("gateway", "gateway_id", name=op.f("uq_online_payment_gateway_gateway_id")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_online_payment_payment_id")),
        sa.UniqueConstraint("token", name=op.f("uq_online_payment_token")),
    )
    op.create_table(
        "gateway_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gateway", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("failed_check", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("online_payment_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["online_payment_id"], ["online_payment.id"], name=op.f("fk_gateway_notice_online_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_notice")),
        sa.UniqueConstraint("digest", name=op.f("uq_gateway_notice_digest")),
    )
    with op.batch_alter_table("gateway_notice", schema=None) as batch_op:
        batch_op.create_index("ix_gateway_notice_state", ["state", "id"], unique=False)

    op.create_table(
        "gateway_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("online_payment_id", sa.Integer(), nullable=False),
        sa.Column("gateway", sa.String(length=12), nullable=False),
        sa.Column("event_key", sa.String(length=60), nullable=False),
        sa.Column("told", sa.String(length=12), nullable=False),
        sa.Column("gateway_id", sa.String(length=40), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["online_payment_id"], ["online_payment.id"], name=op.f("fk_gateway_event_online_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_event")),
        sa.UniqueConstraint("gateway", "event_key", name=op.f("uq_gateway_event_gateway_event_key")),
    )
    with op.batch_alter_table("gateway_event", schema=None) as batch_op:
        batch_op.create_index("ix_gateway_event_gateway_id", ["gateway", "gateway_id"], unique=False)

    create_triggers(op.get_bind(), TRIGGERS)


def downgrade() -> None:
    """The indexes of a table go with it."""
    op.drop_table("gateway_event")
    op.drop_table("gateway_notice")
    op.drop_table("online_payment")
