"""A product's pictures and papers. Bytes are stored before the first statement is sent."""

from __future__ import annotations

from portal.catalog import reader
from portal.catalog.models import Product, ProductDocument, ProductPicture
from portal.catalog.queries import details as queries
from portal.catalog.queries import goods
from portal.catalog.types import (
    LONGEST_ALT,
    LONGEST_TITLE,
    MOST_PICTURES,
    DocumentInfo,
    DocumentKind,
    PictureInfo,
)
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.platform import audit, storage
from portal.platform.db import db

#: A picture that is stored: its key and the hash in its address.
StoredPicture = tuple[str, str]


def pictures(product_id: int) -> tuple[PictureInfo, ...]:
    """The pictures of a product, the one that stands for it first."""
    return queries.picture_infos(product_id)


def documents(product_id: int) -> tuple[DocumentInfo, ...]:
    """The papers of a product."""
    return queries.documents(product_id)


def picture(slug: str, picture_hash: str) -> bytes:
    """The WebP bytes of a product's picture. Raises NotFound once the product has it no more."""
    key = queries.picture_key(slug, picture_hash)
    if key is None:
        raise NotFound(f"no picture {picture_hash} of {slug}")
    return storage.read(key)


def document(slug: str, document_id: int) -> tuple[bytes, str]:
    """A paper's bytes and the name of its file. Raises NotFound."""
    row = queries.document(slug, document_id)
    if row is None:
        raise NotFound(f"no document {document_id} of {slug}")
    return storage.read(row.storage_key), f"{row.title}.pdf"


def store_picture(data: bytes | None) -> StoredPicture | None:
    """Make a picture ours and keep it; None for none. Call it before the transaction's first statement."""
    if data is None:
        return None
    kept = storage.put(reader.webp(data))
    return kept.key, kept.sha256[:16]


def put_first(product: Product, stored: StoredPicture | None, alt: str = "") -> None:
    """Let a stored picture stand for a product that is locked or new; the others follow it."""
    if stored is None:
        return
    rows = [row for row in queries.pictures(product.id) if row.picture_hash != stored[1] or _drop(row)]
    first = ProductPicture(product_id=product.id, position=1, alt=alt, picture_key=stored[0], picture_hash=stored[1])
    db.session.flush()
    db.session.add(first)
    _in_order(product, [first, *rows])


def add_picture(sku: str, data: bytes, alt: str) -> None:
    """Add a picture behind the others. The same picture again changes what it is said to show.

    Raises NotFound, NotAPicture, BadInput.
    """
    said, stored = _alt(alt), store_picture(data)
    product = _locked(sku)
    rows = queries.pictures(product.id)
    if stored is None:
        raise BadInput("Choose a picture first.", field="picture")
    same = next((row for row in rows if row.picture_hash == stored[1]), None)
    if same is not None:
        same.alt = said
    elif len(rows) >= MOST_PICTURES:
        raise BadInput(f"A product has at most {MOST_PICTURES} pictures. Take one away first.", field="picture")
    else:
        row = ProductPicture(
            product_id=product.id, position=len(rows) + 1, alt=said, picture_key=stored[0], picture_hash=stored[1]
        )
        db.session.add(row)
        _in_order(product, [*rows, row])
    db.session.flush()
    audit.record("product.picture-added", f"product:{sku}", after={"picture": stored[1], "alt": said})


def describe_picture(sku: str, picture_id: int, alt: str) -> None:
    """Write what a picture shows. Raises NotFound, BadInput."""
    said, product = _alt(alt), _locked(sku)
    row = _picture_of(product, picture_id)
    before, row.alt = row.alt, said
    db.session.flush()
    audit.record("product.picture-described", f"product:{sku}", before={"alt": before}, after={"alt": said})


def lead_with_picture(sku: str, picture_id: int) -> None:
    """Let this picture stand for the product. Raises NotFound."""
    product = _locked(sku)
    row = _picture_of(product, picture_id)
    _in_order(product, [row, *(other for other in queries.pictures(product.id) if other.id != row.id)])
    audit.record("product.picture-first", f"product:{sku}", after={"picture": row.picture_hash})


def remove_picture(sku: str, picture_id: int) -> None:
    """Take a picture away. Raises NotFound."""
    product = _locked(sku)
    row = _picture_of(product, picture_id)
    gone = row.picture_hash
    db.session.delete(row)
    db.session.flush()
    _in_order(product, queries.pictures(product.id))
    audit.record("product.picture-removed", f"product:{sku}", before={"picture": gone})


def add_document(sku: str, data: bytes, kind: DocumentKind, title: str) -> None:
    """Add a PDF to a product. Raises NotFound, NotADocument, BadInput."""
    said = " ".join(title.split())
    if not 3 <= len(said) <= LONGEST_TITLE:
        raise BadInput(f"Write a title of 3 to {LONGEST_TITLE} letters, like Safety data sheet.", field="title")
    reader.check_pdf(data)
    kept = storage.put(data)
    product = _locked(sku)
    row = ProductDocument(
        product_id=product.id, kind=kind.value, title=said, storage_key=kept.key, size=len(data), added_at=clock.now()
    )
    db.session.add(row)
    db.session.flush()
    audit.record("product.document-added", f"product:{sku}", after={"kind": kind.value, "title": said})


def remove_document(sku: str, document_id: int) -> None:
    """Take a paper away from a product. Raises NotFound."""
    product = _locked(sku)
    row = queries.document_of(product.id, document_id)
    if row is None:
        raise NotFound(f"no document {document_id} of {sku}")
    before = {"kind": row.kind, "title": row.title, "storage_key": row.storage_key}
    db.session.delete(row)
    db.session.flush()
    audit.record("product.document-removed", f"product:{sku}", before=before)


def _locked(sku: str) -> Product:
    product = goods.lock_product(sku)
    if product is None:
        raise NotFound(f"no product {sku}")
    return product


def _picture_of(product: Product, picture_id: int) -> ProductPicture:
    for row in queries.pictures(product.id):
        if row.id == picture_id:
            return row
    raise NotFound(f"no picture {picture_id} of {product.sku}")


def _drop(row: ProductPicture) -> bool:
    db.session.delete(row)
    return False


def _in_order(product: Product, rows: list[ProductPicture]) -> None:
    """Number the pictures, and let the first stand for the product in lists."""
    for place, row in enumerate(rows, 1):
        row.position = place
    product.picture_key, product.picture_hash = (rows[0].picture_key, rows[0].picture_hash) if rows else (None, None)
    db.session.flush()


def _alt(alt: str) -> str:
    said = " ".join(alt.split())
    if len(said) > LONGEST_ALT:
        raise BadInput(f"Say in at most {LONGEST_ALT} letters what the picture shows.", field="alt")
    return said
