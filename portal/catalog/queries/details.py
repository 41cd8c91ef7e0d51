"""Questions to a product's pictures and papers. Both change only under the product's lock."""

from __future__ import annotations

from sqlalchemy import select

from portal.catalog.models import Product, ProductDocument, ProductPicture
from portal.catalog.types import DocumentInfo, DocumentKind, PictureInfo
from portal.platform.db import db


def pictures(product_id: int) -> list[ProductPicture]:
    """The pictures of a product in their order."""
    mine = select(ProductPicture).where(ProductPicture.product_id == product_id)
    ordered = mine.order_by(ProductPicture.position, ProductPicture.id)
    return list(db.session.scalars(ordered.execution_options(populate_existing=True)))


def picture_infos(product_id: int) -> tuple[PictureInfo, ...]:
    """The same as values."""
    return tuple(PictureInfo(row.id, row.picture_hash, row.alt) for row in pictures(product_id))


def picture_key(slug: str, picture_hash: str) -> str | None:
    """Where the bytes of a picture are kept, when the product has it."""
    return db.session.scalar(
        select(ProductPicture.picture_key)
        .join(Product, Product.id == ProductPicture.product_id)
        .where(Product.slug == slug, ProductPicture.picture_hash == picture_hash)
    )


def documents(product_id: int) -> tuple[DocumentInfo, ...]:
    """The papers of a product, oldest first."""
    mine = select(ProductDocument).where(ProductDocument.product_id == product_id).order_by(ProductDocument.id)
    return tuple(
        DocumentInfo(row.id, DocumentKind(row.kind), row.title, row.size, row.added_at)
        for row in db.session.scalars(mine)
    )


def document(slug: str, document_id: int) -> ProductDocument | None:
    """One paper of a product, or None when the product has it not."""
    return db.session.scalar(
        select(ProductDocument)
        .join(Product, Product.id == ProductDocument.product_id)
        .where(Product.slug == slug, ProductDocument.id == document_id)
    )


def document_of(product_id: int, document_id: int) -> ProductDocument | None:
    """The same by the product's id."""
    mine = select(ProductDocument).where(ProductDocument.product_id == product_id, ProductDocument.id == document_id)
    return db.session.scalar(mine)
