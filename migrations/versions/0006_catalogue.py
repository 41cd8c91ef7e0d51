"""The shelf: what is on hand, what is promised, who waits, and every movement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.platform.db import Moment, Trigger, create_triggers

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TRIGGERS = (
    Trigger("stock_movement", when="UPDATE", words="a movement of stock does not change"),
    Trigger("stock_movement", when="DELETE", words="a movement of stock is never deleted"),
)


def upgrade() -> None:
    _create_stock()
    _create_prices()
    _describe_products()
    _find_products()
    _create_imports()
    create_triggers(op.get_bind(), TRIGGERS)


def _create_stock() -> None:
    op.create_table(
        "stock",
        sa.Column("product_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("reorder_level", sa.Integer(), nullable=False),
        sa.Column("low", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("reserved >= 0 AND on_hand >= reserved", name=op.f("ck_stock_promised")),
        sa.CheckConstraint("reorder_level >= 0", name=op.f("ck_stock_reorder_level")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_stock_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_stock")),
    )
    op.create_index("ix_stock_low", "stock", ["kept", "low", "product_id"])
    for table, index, columns in (
        ("stock_reservation", "ix_stock_reservation_product", ["product_id", "quantity"]),
        ("back_order", "ix_back_order_product", ["product_id", "ordered_at", "id"]),
    ):
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("order_number", sa.String(length=20), nullable=False),
            sa.Column("product_id", sa.Integer(), nullable=False),
            sa.Column("quantity", sa.Integer(), nullable=False),
            sa.Column("ordered_at", Moment(), nullable=False),
            sa.CheckConstraint("quantity > 0", name=op.f(f"ck_{table}_quantity")),
            sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f(f"fk_{table}_product_id")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("order_number", "product_id", name=op.f(f"uq_{table}_order_number_product_id")),
        )
        op.create_index(index, table, columns)
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=160), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_stock_movement_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
    )
    op.create_index("ix_stock_movement_product", "stock_movement", ["product_id", "id", "quantity"])
    op.create_index("ix_stock_movement_kind", "stock_movement", ["kind", "id"])
    op.create_index("ix_stock_movement_order", "stock_movement", ["order_number", "id"])
    op.create_index("ix_stock_movement_at", "stock_movement", ["at"])


def _create_prices() -> None:
    op.add_column("product", sa.Column("usd_cents", sa.BigInteger(), nullable=True))
    op.create_table(
        "price_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_price_list_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("name", name=op.f("uq_price_list_name")),
    )
    op.create_table(
        "price_list_customer",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["price_list.id"], name=op.f("fk_price_list_customer_list_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_price_list_customer_customer_id")),
        sa.PrimaryKeyConstraint("list_id", "customer_id", name=op.f("pk_price_list_customer")),
    )
    op.create_index(op.f("ix_price_list_customer_customer_id"), "price_list_customer", ["customer_id"])
    op.create_table(
        "listed_price",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("from_quantity", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_quantity > 0 AND price_cents >= 0", name=op.f("ck_listed_price_above_zero")),
        sa.ForeignKeyConstraint(["list_id"], ["price_list.id"], name=op.f("fk_listed_price_list_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_listed_price_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_price")),
        sa.UniqueConstraint(
            "list_id", "product_id", "from_quantity", name=op.f("uq_listed_price_list_id_product_id_from_quantity")
        ),
    )
    op.create_index("ix_listed_price_product", "listed_price", ["product_id", "list_id"])
    op.create_index("ix_listed_price_list", "listed_price", ["list_id", "id"])
    op.create_table(
        "exchange_rate",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("written_by", sa.String(length=160), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.CheckConstraint("micros > 0", name=op.f("ck_exchange_rate_micros")),
        sa.PrimaryKeyConstraint("currency", "day", name=op.f("pk_exchange_rate")),
    )


def _describe_products() -> None:
    # everything is added in place: no row of a table that others refer to is written again
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE category ADD COLUMN parent_id INTEGER CONSTRAINT fk_category_parent_id REFERENCES category (id)"
        )
    else:
        op.add_column("category", sa.Column("parent_id", sa.Integer(), nullable=True))
        op.create_foreign_key(op.f("fk_category_parent_id"), "category", "category", ["parent_id"], ["id"])
    op.create_index(op.f("ix_category_parent_id"), "category", ["parent_id"])
    for column in (
        sa.Column("barcode", sa.String(length=14), nullable=True),
        sa.Column("pack_size", sa.Integer(), server_default="1", nullable=False),
        sa.Column("hazardous", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("un_number", sa.String(length=4), server_default="", nullable=False),
        sa.Column("specs", sa.JSON(), nullable=True),
    ):
        op.add_column("product", column)
    op.create_index("ix_product_barcode", "product", ["barcode"], unique=True)
    op.create_table(
        "product_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=160), nullable=False),
        sa.Column("picture_key", sa.String(length=120), nullable=False),
        sa.Column("picture_hash", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_picture_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_picture")),
        sa.UniqueConstraint("product_id", "picture_hash", name=op.f("uq_product_picture_product_id_picture_hash")),
    )
    op.create_table(
        "product_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("storage_key", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_document_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_document")),
    )
    op.create_index(op.f("ix_product_document_product_id"), "product_document", ["product_id"])
    # the picture that every product had is its first one
    op.execute(
        "INSERT INTO product_picture (product_id, position, alt, picture_key, picture_hash) "
        "SELECT id, 1, '', picture_key, picture_hash FROM product WHERE picture_hash IS NOT NULL"
    )


def _find_products() -> None:
    op.create_index("ix_product_all_names", "product", ["name", "id"])
    op.create_index("ix_product_word_product", "product_word", ["product_id", "word"])
    op.drop_index(op.f("ix_product_word_product_id"), table_name="product_word")
    op.create_table(
        "word_slip",
        sa.Column("slip", sa.String(length=12), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("slip", "word", name=op.f("pk_word_slip")),
    )
    op.create_index("ix_word_slip_word", "word_slip", ["word"])
    _learn_slips()


def _create_imports() -> None:
    op.create_table(
        "catalog_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("rows_key", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("unchanged_count", sa.Integer(), nullable=False),
        sa.Column("wrong_count", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=160), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_import")),
    )


def _learn_slips() -> None:
    """Of the words that products have, as the index keeps them at the time of this migration."""
    connection, after = op.get_bind(), ""
    some = sa.text("SELECT DISTINCT word FROM product_word WHERE word > :after ORDER BY word LIMIT 500")
    slip = sa.table("word_slip", sa.column("slip"), sa.column("word"))
    while words := list(connection.scalars(some, {"after": after})):
        rows = [{"slip": each, "word": word} for word in words for each in sorted(_slips_of(word))]
        if rows:
            connection.execute(sa.insert(slip), rows)
        after = words[-1]


def _slips_of(word: str) -> set[str]:
    if len(word) < 4 or any(letter.isdigit() for letter in word):
        return set()
    start = word[:10]
    return {start, *(start[:at] + start[at + 1 :] for at in range(len(start)))}


def downgrade() -> None:
    """The indexes and triggers of a table go with it."""
    op.create_index(op.f("ix_product_word_product_id"), "product_word", ["product_id"])
    op.drop_index("ix_product_word_product", table_name="product_word")
    op.drop_index("ix_product_all_names", table_name="product")
    for table in (
        "catalog_import",
        "word_slip",
        "product_document",
        "product_picture",
        "exchange_rate",
        "listed_price",
        "price_list_customer",
        "price_list",
        "stock_movement",
        "back_order",
        "stock_reservation",
        "stock",
    ):
        op.drop_table(table)
    op.drop_index("ix_product_barcode", table_name="product")
    for column in ("usd_cents", "barcode", "pack_size", "hazardous", "un_number", "specs"):
        op.drop_column("product", column)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("fk_category_parent_id"), "category", type_="foreignkey")
    op.drop_index(op.f("ix_category_parent_id"), table_name="category")
    op.drop_column("category", "parent_id")
