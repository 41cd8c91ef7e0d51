"""The clerks' desk: whose a proof is, what was asked, what is half decided; and how long each decision took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "review_desk",
        sa.Column("proof_id", _ID, autoincrement=False, nullable=False),
        sa.Column("assigned_to", sa.Integer(), nullable=True),
        sa.Column("assigned_name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("asleep_until", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("first_by", sa.Integer(), nullable=True),
        sa.Column("first_name", sa.String(length=120), nullable=False),
        sa.Column("first_terms", sa.JSON(), nullable=True),
        sa.Column("held_by", sa.Integer(), nullable=True),
        sa.Column("held_name", sa.String(length=120), nullable=False),
        sa.Column("held_action", sa.String(length=10), nullable=True),
        sa.Column("held_terms", sa.JSON(), nullable=True),
        sa.Column("held_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["proof_id"], ["proof.id"], name=op.f("fk_review_desk_proof_id")),
        sa.ForeignKeyConstraint(["assigned_to"], ["user.id"], name=op.f("fk_review_desk_assigned_to")),
        sa.ForeignKeyConstraint(["first_by"], ["user.id"], name=op.f("fk_review_desk_first_by")),
        sa.ForeignKeyConstraint(["held_by"], ["user.id"], name=op.f("fk_review_desk_held_by")),
        sa.PrimaryKeyConstraint("proof_id", name=op.f("pk_review_desk")),
    )
    op.create_index(op.f("ix_review_desk_assigned_to"), "review_desk", ["assigned_to"])
    op.create_index(op.f("ix_review_desk_held_until"), "review_desk", ["held_until"])
    # both are added in place: no row of a table that may be large is written again
    op.add_column("decision", sa.Column("seconds", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_decision_created_at"), "decision", ["created_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_decision_created_at"), table_name="decision")
    op.drop_column("decision", "seconds")
    op.drop_table("review_desk")
