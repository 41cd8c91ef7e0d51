"""Many products at once: read, locked and written by the thousand, each in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from portal.catalog.models import CatalogImport, Product
from portal.catalog.queries import goods
from portal.catalog.types import ImportInfo, ImportKind, ImportState, Outcome, ProductInfo
from portal.platform.db import db

_MOST_IMPORTS = 20
Values = dict[str, Any]


def lock_by_sku(skus: Iterable[str]) -> None:
    """Keep the products that have these codes until the transaction ends, in the order of their ids."""
    wanted = sorted(set(skus))
    ids = list(db.session.scalars(select(Product.id).where(Product.sku.in_(wanted)).order_by(Product.id)))
    locking = select(Product.id).where(Product.id.in_(ids)).order_by(Product.id).with_for_update()
    db.session.execute(locking).all()


def by_sku(skus: Iterable[str]) -> dict[str, ProductInfo]:
    """Products by their codes, on sale or not."""
    return goods.products_by_sku(sorted(set(skus)))


def owners_of(barcodes: Iterable[str]) -> dict[str, str]:
    """The code of the product that has each barcode."""
    wanted = sorted(set(barcodes))
    rows = db.session.execute(select(Product.barcode, Product.sku).where(Product.barcode.in_(wanted))) if wanted else ()
    return {str(barcode): sku for barcode, sku in rows}


def slugs_taken(slugs: Iterable[str]) -> set[str]:
    """Those of some addresses at which a product lives."""
    return set(db.session.scalars(select(Product.slug).where(Product.slug.in_(sorted(set(slugs))))))


def insert_products(rows: Sequence[Values]) -> None:
    """New products in one statement."""
    if rows:
        db.session.execute(insert(Product), list(rows))


def update_products(rows: Sequence[Values]) -> None:
    """Write products that are there, in one statement; each row has all its values, id and next version among them."""
    if not rows:
        return
    changing = [name for name in rows[0] if name not in {"id", "sku", "slug", "created_at"}]
    if db.engine.dialect.name == "mysql":
        mysql = mysql_insert(Product)
        db.session.execute(mysql.on_duplicate_key_update({name: mysql.inserted[name] for name in changing}), list(rows))
        return
    sqlite = sqlite_insert(Product)
    written = sqlite.on_conflict_do_update(["id"], set_={name: sqlite.excluded[name] for name in changing})
    db.session.execute(written, list(rows))


def raw(skus: Iterable[str]) -> dict[str, Values]:
    """All columns of some products as they are stored, by code."""
    columns = Product.__table__.columns
    rows = db.session.execute(select(*columns).where(Product.sku.in_(sorted(set(skus))))).mappings()
    return {row["sku"]: dict(row) for row in rows}


def an_import(import_id: int) -> CatalogImport | None:
    """An import, or None."""
    return db.session.get(CatalogImport, import_id)


def lock_import(import_id: int) -> CatalogImport | None:
    """The import, read afresh and kept until the transaction ends."""
    row = db.session.scalar(
        select(CatalogImport)
        .where(CatalogImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is not None:
        row.version += 1
    return row


def last_imports(kind: ImportKind) -> list[ImportInfo]:
    """The last imports of a kind, newest first."""
    asked = select(CatalogImport).where(CatalogImport.kind == kind.value)
    rows = db.session.scalars(asked.order_by(CatalogImport.id.desc()).limit(_MOST_IMPORTS))
    return [import_info(row) for row in rows]


def import_info(row: CatalogImport) -> ImportInfo:
    """The value of a loaded import."""
    counts = {
        Outcome.NEW: row.new_count,
        Outcome.CHANGED: row.changed_count,
        Outcome.UNCHANGED: row.unchanged_count,
        Outcome.WRONG: row.wrong_count,
    }
    return ImportInfo(
        row.id, row.file_name, ImportState(row.state), row.row_count, row.position, counts, row.by, row.created_at,
        row.finished_at, ImportKind(row.kind),
    )  # fmt: skip
