"""What leaves the warehouse, what is offered, and how a company buys: deliveries, quotes, approvals, addresses, PO rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment, Trigger, create_triggers

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TRIGGERS = (
    Trigger(
        "delivery",
        "UPDATE",
        "a delivery note does not change",
        columns=("number", "order_id", "customer_id", "address", "sent_at", "sent_by"),
    ),
    Trigger("delivery", "DELETE", "a delivery note is never deleted"),
    Trigger("delivery_line", "UPDATE", "a line of a delivery note does not change"),
    Trigger("delivery_line", "DELETE", "a line of a delivery note is never deleted"),
    Trigger(
        "quote",
        "UPDATE",
        "a quote that was sent does not change",
        columns=("number", "customer_id", "net_cents", "vat_cents", "total_cents", "valid_until", "reply", "sent_at"),
        except_when=("state", "draft"),
    ),
    Trigger("quote", "DELETE", "a quote is never deleted"),
    Trigger("quote_line", "UPDATE", "a line of a quote does not change"),
)


def upgrade() -> None:
    op.create_table(
        "buying_rules",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("po_needed", sa.Boolean(), nullable=False),
        sa.Column("po_once", sa.Boolean(), nullable=False),
        sa.Column("po_pattern", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_buying_rules_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_buying_rules")),
    )
    op.create_table(
        "delivery_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_delivery_address_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_address")),
        sa.UniqueConstraint("customer_id", "label", name=op.f("uq_delivery_address_customer_id_label")),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("limit_cents", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=160), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_approval_asked_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_approval_customer_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_approval_decided_by_id")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_approval_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("order_id", name=op.f("uq_approval_order_id")),
    )
    op.create_index("ix_approval_customer", "approval", ["customer_id", "id"], unique=False)
    op.create_index("ix_approval_customer_state", "approval", ["customer_id", "state", "id"], unique=False)
    op.create_index("ix_approval_state_asked", "approval", ["state", "asked_at"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("po_number", sa.String(length=40), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("sent_by", sa.String(length=160), nullable=False),
        sa.Column("received_at", Moment(), nullable=True),
        sa.Column("receiver", sa.String(length=120), nullable=False),
        sa.Column("recorded_by", sa.String(length=160), nullable=False),
        sa.Column("evidence_key", sa.String(length=120), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_delivery_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_delivery_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("number", name=op.f("uq_delivery_number")),
    )
    op.create_index("ix_delivery_customer", "delivery", ["customer_id", "id"], unique=False)
    op.create_index("ix_delivery_customer_name", "delivery", ["customer_name"], unique=False)
    op.create_index("ix_delivery_customer_state", "delivery", ["customer_id", "state", "id"], unique=False)
    op.create_index("ix_delivery_order", "delivery", ["order_id", "id"], unique=False)
    op.create_index("ix_delivery_order_number", "delivery", ["order_number"], unique=False)
    op.create_index("ix_delivery_state", "delivery", ["state", "id"], unique=False)

    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("customer_code", sa.String(length=20), nullable=False),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=160), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reply", sa.String(length=1000), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("sent_by", sa.String(length=160), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=160), nullable=False),
        sa.Column("decline_reason", sa.String(length=300), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("order_number", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("net_cents + vat_cents = total_cents", name=op.f("ck_quote_sum")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_quote_asked_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_quote_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_quote_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("number", name=op.f("uq_quote_number")),
        sa.UniqueConstraint("order_id", name=op.f("uq_quote_order_id")),
    )
    op.create_index("ix_quote_customer", "quote", ["customer_id", "id"], unique=False)
    op.create_index("ix_quote_customer_name", "quote", ["customer_name"], unique=False)
    op.create_index("ix_quote_customer_state", "quote", ["customer_id", "state", "id"], unique=False)
    op.create_index("ix_quote_state", "quote", ["state", "id"], unique=False)
    op.create_index("ix_quote_state_valid", "quote", ["state", "valid_until"], unique=False)

    op.create_table(
        "delivery_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_delivery_line_quantity")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_line_delivery_id")),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_line.id"], name=op.f("fk_delivery_line_order_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_line")),
        sa.UniqueConstraint("delivery_id", "order_line_id", name=op.f("uq_delivery_line_delivery_id_order_line_id")),
    )
    op.create_index("ix_delivery_line_order_line", "delivery_line", ["order_line_id"], unique=False)

    op.create_table(
        "quote_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=30), nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_code", sa.String(length=12), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quote_line_quantity")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_quote_line_product_id")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_line_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
        sa.UniqueConstraint("quote_id", "position", name=op.f("uq_quote_line_quote_id_position")),
    )
    # both are added in place: no row of a table that may be large is written again
    op.add_column("customer_order", sa.Column("evidence", sa.JSON(), nullable=True))
    op.add_column("customer_order", sa.Column("quote_number", sa.String(length=20), server_default="", nullable=False))
    create_triggers(op.get_bind(), TRIGGERS)


def downgrade() -> None:
    """The indexes and triggers of a table go with it."""
    op.drop_column("customer_order", "quote_number")
    op.drop_column("customer_order", "evidence")
    for table in (
        "quote_line", "quote", "delivery_line", "delivery", "approval", "delivery_address", "buying_rules",
    ):  # fmt: skip
        op.drop_table(table)
