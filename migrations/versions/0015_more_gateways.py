"""What gateways with pages of their own need: the page of a payment, a notice's signature, refunds that they pay back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Trigger, create_triggers

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEPT = ("gateway", "digest", "address", "body", "received_at")
_WORDS = "a notice is kept as it came"
_BEFORE = Trigger("gateway_notice", when="UPDATE", columns=_KEPT, words=_WORDS)
_AFTER = Trigger("gateway_notice", when="UPDATE", columns=(*_KEPT[:4], "signature", _KEPT[4]), words=_WORDS)


def upgrade() -> None:
    """Columns are added one by one: SQLite would lose a table's triggers if it were copied."""
    op.add_column("online_payment", sa.Column("page", sa.String(length=120), nullable=True))
    op.create_index("uq_online_payment_gateway_page", "online_payment", ["gateway", "page"], unique=True)
    op.add_column("gateway_notice", _text("signature", 1000))
    op.add_column("refund", _text("via", 12))
    op.add_column("refund", sa.Column("gateway_number", sa.String(length=40), nullable=True))
    op.execute(f"DROP TRIGGER {_BEFORE.name}")
    create_triggers(op.get_bind(), [_AFTER])


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")


def downgrade() -> None:
    op.execute(f"DROP TRIGGER {_AFTER.name}")
    op.drop_index("uq_online_payment_gateway_page", "online_payment")
    for table, column in (
        ("refund", "gateway_number"), ("refund", "via"), ("gateway_notice", "signature"), ("online_payment", "page")
    ):  # fmt: skip
        op.drop_column(table, column)
    create_triggers(op.get_bind(), [_BEFORE])
