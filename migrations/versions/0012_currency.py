"""Countries and currencies of customers; exports, exchange rates and values in rand; price lists and rates from files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Trigger, create_triggers

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_LEGAL = (
    "id", "number", "reference", "customer_id", "customer_code", "recipient_name", "issued_on", "issued_at", "due_on",
    "currency", "net_cents", "vat_cents", "total_cents", "order_number", "po_number", "supplier", "recipient",
    "delivery", "supplied_on",
)  # fmt: skip
_MONEY = ("export_to", "rate_micros", "rate_day", "rand_cents")
_BEFORE = Trigger("invoice", "UPDATE", "an issued invoice does not change", columns=_LEGAL)
_AFTER = Trigger("invoice", "UPDATE", "an issued invoice does not change", columns=(*_LEGAL, *_MONEY))


def upgrade() -> None:
    """Columns are added one by one: SQLite would lose a table's triggers if it were copied."""
    op.add_column("customer", _text("country", 2, "ZA"))
    op.add_column("customer", _text("currency", 3, "ZAR"))
    if op.get_bind().dialect.name == "mysql":
        op.create_check_constraint(op.f("ck_customer_currency"), "customer", "currency IN ('ZAR', 'USD')")
    op.add_column("bank_account", _text("bic", 11, ""))
    op.add_column("invoice", _text("export_to", 2, ""))
    for table in ("invoice", "payment"):
        op.add_column(table, sa.Column("rate_micros", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("rate_day", sa.Date(), nullable=True))
        op.add_column(table, sa.Column("rand_cents", sa.BigInteger(), nullable=True))
    op.add_column("credit_note", sa.Column("rand_cents", sa.BigInteger(), nullable=True))
    op.add_column("catalog_import", _text("kind", 10, "products"))
    op.execute(f"DROP TRIGGER {_BEFORE.name}")
    create_triggers(op.get_bind(), [_AFTER])


def _text(name: str, length: int, standard: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default=standard)


def downgrade() -> None:
    op.execute(f"DROP TRIGGER {_AFTER.name}")
    if op.get_bind().dialect.name == "mysql":
        op.drop_constraint(op.f("ck_customer_currency"), "customer", type_="check")
    for table, columns in (
        ("catalog_import", ("kind",)), ("credit_note", ("rand_cents",)),
        ("payment", _MONEY[1:]), ("invoice", _MONEY), ("bank_account", ("bic",)), ("customer", ("currency", "country")),
    ):  # fmt: skip
        for column in columns:
            op.drop_column(table, column)
    create_triggers(op.get_bind(), [_BEFORE])
