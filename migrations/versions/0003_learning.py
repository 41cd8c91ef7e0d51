"""What watches over automatic accepts, what is remembered of payers, tokens of programs, settings that staff change."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("starts", sa.String(length=12), nullable=False),
        sa.Column("scopes", sa.String(length=120), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_api_token_created_by")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_api_token_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index("ix_api_token_customer_id", ["customer_id", "id"], unique=False)

    op.create_table(
        "payer_memory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_key", sa.String(length=80), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("account_key", sa.String(length=4), nullable=False),
        sa.Column("layout", sa.String(length=80), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_payer_memory_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_memory")),
        sa.UniqueConstraint(
            "name_key",
            "account_key",
            "layout",
            "customer_id",
            name=op.f("uq_payer_memory_name_key_account_key_layout_customer_id"),
        ),
    )
    with op.batch_alter_table("payer_memory", schema=None) as batch_op:
        batch_op.create_index("ix_payer_memory_account_key", ["account_key"], unique=False)
        batch_op.create_index("ix_payer_memory_customer_id", ["customer_id"], unique=False)

    op.create_table(
        "recall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("after_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_back", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_recall_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
    )
    op.create_table(
        "audit_sample",
        sa.Column(
            "proof_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("chosen_at", Moment(), nullable=False),
        sa.Column("draw", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("opinion", sa.JSON(), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_audit_sample_by_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["proof.id"], name=op.f("fk_audit_sample_proof_id")),
        sa.PrimaryKeyConstraint("proof_id", name=op.f("pk_audit_sample")),
    )
    with op.batch_alter_table("audit_sample", schema=None) as batch_op:
        batch_op.create_index("ix_audit_sample_outcome", ["outcome", "proof_id"], unique=False)

    op.create_table(
        "automatic_accept",
        sa.Column(
            "proof_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("accepted_at", Moment(), nullable=False),
        sa.Column("recall_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["proof_id"], ["proof.id"], name=op.f("fk_automatic_accept_proof_id")),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_automatic_accept_recall_id")),
        sa.PrimaryKeyConstraint("proof_id", name=op.f("pk_automatic_accept")),
    )
    with op.batch_alter_table("automatic_accept", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_automatic_accept_recall_id"), ["recall_id"], unique=False)

    op.create_table(
        "payer_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("memory_id", sa.Integer(), nullable=False),
        sa.Column("proof_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sign", sa.SmallInteger(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["memory_id"], ["payer_memory.id"], name=op.f("fk_payer_mark_memory_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["proof.id"], name=op.f("fk_payer_mark_proof_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_mark")),
        sa.UniqueConstraint("memory_id", "proof_id", name=op.f("uq_payer_mark_memory_id_proof_id")),
    )
    with op.batch_alter_table("payer_mark", schema=None) as batch_op:
        batch_op.create_index("ix_payer_mark_proof_id", ["proof_id"], unique=False)

    op.create_table(
        "accept_trait",
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column(
            "proof_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(["proof_id"], ["automatic_accept.proof_id"], name=op.f("fk_accept_trait_proof_id")),
        sa.PrimaryKeyConstraint("what", "value", "proof_id", name=op.f("pk_accept_trait")),
    )
    with op.batch_alter_table("accept_trait", schema=None) as batch_op:
        batch_op.create_index("ix_accept_trait_proof_id", ["proof_id"], unique=False)
    _note_earlier_accepts()


def _note_earlier_accepts() -> None:
    """What the rules verified before is listed and can be recalled like what they verify from now on."""
    verified = sa.text(
        "SELECT v.id, v.proof_id, v.rules, v.created_at, r.body FROM verdict v JOIN reading r ON r.id = v.reading_id "
        "JOIN proof p ON p.id = v.proof_id WHERE v.verdict = 'verified' AND p.state = 'verified' "
        "AND v.id > :after ORDER BY v.id LIMIT 200"
    ).columns(created_at=Moment())
    connection, after = op.get_bind(), 0
    while rows := connection.execute(verified, {"after": after}).all():
        for _, proof_id, rules, at, body in rows:
            _insert(connection, proof_id, at, {("rules", rules), *_made_with(body)})
        after = rows[-1].id


def _insert(connection: sa.Connection, proof_id: int, at: Any, traits: set[tuple[str, str]]) -> None:
    known = connection.scalar(sa.text("SELECT 1 FROM automatic_accept WHERE proof_id = :proof"), {"proof": proof_id})
    if known:
        return
    accept = sa.table("automatic_accept", sa.column("proof_id"), sa.column("accepted_at", Moment()))
    trait = sa.table("accept_trait", sa.column("what"), sa.column("value"), sa.column("proof_id"))
    connection.execute(sa.insert(accept).values(proof_id=proof_id, accepted_at=at))
    connection.execute(
        sa.insert(trait), [{"what": what, "value": value[:80], "proof_id": proof_id} for what, value in sorted(traits)]
    )


def _made_with(body: Any) -> set[tuple[str, str]]:
    """As service.tracing writes them, at the time of this migration."""
    read = json.loads(body) if isinstance(body, str) else body
    engines = {read.get("engine")} | {field["engine"] for field in read.get("fields", {}).values() if field}
    versions = {(name[:16], str(value)) for name, value in read.get("versions", {}).items() if name != "rules"}
    layout = {("layout", read["layout"])} if read.get("layout") else set()
    return {("engine", engine) for engine in engines if engine} | versions | layout


def downgrade() -> None:
    """The indexes of a table go with it."""
    for table in (
        "accept_trait",
        "payer_mark",
        "automatic_accept",
        "audit_sample",
        "recall",
        "payer_memory",
        "api_token",
        "setting",
    ):
        op.drop_table(table)
