"""People of customers with limits and invitations; what public pages say, with every version; an inbox for messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment, Trigger, create_triggers

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TRIGGERS = (
    Trigger("content_version", "UPDATE", "what a page said is never changed"),
    Trigger("content_version", "DELETE", "what a page said is never removed"),
)


def upgrade() -> None:
    op.create_index("ix_customer_code", "customer", ["code", "id"], unique=False)
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("spending_limit_cents", sa.BigInteger(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_membership_limit"), "spending_limit_cents >= 0")
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("spending_limit_cents", sa.BigInteger(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("invited_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("accepted_at", Moment(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("spending_limit_cents >= 0", name=op.f("ck_invitation_limit")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_invitation_customer_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["user.id"], name=op.f("fk_invitation_invited_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index("ix_invitation_customer_id", ["customer_id", "id"], unique=False)
    _upgrade_content()
    _upgrade_lists()


def _upgrade_content() -> None:
    with op.batch_alter_table("contact_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assigned_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("assigned_to", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("closed_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("closed_by", sa.String(length=120), nullable=True))
        batch_op.create_index("ix_contact_message_closed", ["closed_at", "id"], unique=False)
        batch_op.create_index("ix_contact_message_assigned", ["assigned_id", "id"], unique=False)
        batch_op.create_foreign_key(op.f("fk_contact_message_assigned_id"), "user", ["assigned_id"], ["id"])
    op.create_table(
        "contact_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["contact_message.id"], name=op.f("fk_contact_answer_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_answer")),
    )
    with op.batch_alter_table("contact_answer", schema=None) as batch_op:
        batch_op.create_index("ix_contact_answer_message_id", ["message_id", "id"], unique=False)
    op.create_table(
        "content_piece",
        sa.Column("piece", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("piece", name=op.f("pk_content_piece")),
    )
    op.create_table(
        "content_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_content_version_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_version")),
        sa.UniqueConstraint("piece", "number", name=op.f("uq_content_version_piece_number")),
    )
    create_triggers(op.get_bind(), TRIGGERS)


def _upgrade_lists() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("usual", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "path", "name", name=op.f("uq_saved_view_user_id_path_name")),
    )
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "made_file",
        sa.Column("id", big, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=True),
        sa.Column("size", big, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_made_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_made_file_public_id")),
    )
    with op.batch_alter_table("made_file", schema=None) as batch_op:
        batch_op.create_index("ix_made_file_user_id", ["user_id", "id"], unique=False)
        batch_op.create_index("ix_made_file_expires_at", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("made_file")
    op.drop_table("saved_view")
    for table in ("content_version", "content_piece", "contact_answer"):
        op.drop_table(table)
    with op.batch_alter_table("contact_message", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_contact_message_assigned_id"), type_="foreignkey")
        batch_op.drop_index("ix_contact_message_assigned")
        batch_op.drop_index("ix_contact_message_closed")
        for name in ("assigned_id", "assigned_to", "closed_at", "closed_by"):
            batch_op.drop_column(name)
    op.drop_table("invitation")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_membership_limit"), type_="check")
        batch_op.drop_column("spending_limit_cents")
    op.drop_index("ix_customer_code", "customer")
