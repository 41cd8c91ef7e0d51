"""Products and categories: what we sell, and how it is found."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.exc import IntegrityError

from portal.catalog import reader
from portal.catalog.models import Category, Product
from portal.catalog.queries import goods as queries
from portal.catalog.types import CategoryInfo, ProductDraft, ProductInfo, SortBy, index_words
from portal.core import clock, text
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.platform import audit, storage
from portal.platform.db import db
from portal.platform.paging import Page

PAGE = 25
_DEFAULT_ICON = "package"


def categories() -> tuple[CategoryInfo, ...]:
    """All categories in shop order, with how many products are on sale in each."""
    return queries.categories()


def products(
    search: str = "",
    category: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
    *,
    sort: SortBy = SortBy.NAME,
    active: bool | None = True,
) -> Page[ProductInfo]:
    """One page of products whose words begin with every word searched for.

    category: a slug. after: the mark of the page before. active: on sale (True), withdrawn (False), both (None).
    """
    return queries.products_page(search[:200], category, sort, after, limit, active=active)


def product(slug: str, *, on_sale_only: bool = True) -> ProductInfo:
    """One product by its address. Raises NotFound, also for one that is no longer sold."""
    return _found(queries.product(slug=slug), on_sale_only)


def product_by_sku(sku: str, *, on_sale_only: bool = True) -> ProductInfo:
    """One product by its code. Raises NotFound, also for one that is no longer sold."""
    return _found(queries.product(sku=sku), on_sale_only)


def products_by_id(ids: Iterable[int]) -> dict[int, ProductInfo]:
    """Products by id, also those no longer sold; ids that are unknown are left out."""
    return queries.products_by_id(ids)


def products_by_sku(codes: Iterable[str]) -> dict[str, ProductInfo]:
    """Several products in one question, by code in capitals, also those no longer sold; unknown codes are left out."""
    return queries.products_by_sku(codes)


def picture(slug: str, picture_hash: str) -> bytes:
    """The WebP bytes of a product's picture. Raises NotFound once the product has another one."""
    key = queries.picture_key(slug, picture_hash)
    if key is None:
        raise NotFound(f"no picture {picture_hash} of {slug}")
    return storage.read(key)


def create_category(name: str, *, slug: str | None = None, icon: str = _DEFAULT_ICON) -> CategoryInfo:
    """A new category at the end of the shop order; one that exists by that slug comes back as it is."""
    slug = slug or text.slug(name)
    found = queries.category_by_slug(slug)
    if found is None:
        found = Category(slug=slug, name=name, icon=icon, position=queries.last_position() + 1)
        db.session.add(found)
        db.session.flush()
    return CategoryInfo(found.id, found.slug, found.name, found.icon)


def create_product(
    sku: str,
    name: str,
    *,
    description: str,
    category: str,
    unit: str,
    price: Money,
    vat_code: VatCode = VatCode.STANDARD,
    picture: bytes | None = None,
    slug: str | None = None,
    pack: str = "",
    active: bool = True,
) -> ProductInfo:
    """Put a product on sale. category: its slug. price: without VAT. picture: JPEG, PNG or WebP bytes.

    Raises BadInput for a code that is taken or a category that is unknown, NotAPicture for other bytes.
    """
    return add(ProductDraft(sku, name, description, category, unit, pack, price, vat_code, active), picture, slug=slug)


def add(draft: ProductDraft, picture: bytes | None = None, *, slug: str | None = None) -> ProductInfo:
    """Put a product on sale, as `create_product`; the picture is stored before the first statement is sent."""
    stored = _store(picture)
    if queries.sku_taken(draft.sku):
        raise _sku_taken(draft.sku)
    slug = slug or text.slug(draft.name)
    if queries.slug_taken(slug):
        slug = f"{slug}-{text.slug(draft.sku)}"
    product = Product(sku=draft.sku, slug=slug, created_at=clock.now())
    _write(product, draft, stored)
    db.session.add(product)
    try:
        db.session.flush()
    except IntegrityError:
        raise _sku_taken(draft.sku) from None
    queries.write_words(product.id, index_words(draft.sku, draft.name, draft.description, draft.pack))
    audit.record("product added", f"product:{draft.sku}", after=_facts(product))
    return product_by_sku(draft.sku, on_sale_only=False)


def change(sku: str, draft: ProductDraft, *, version: int, picture: bytes | None = None) -> ProductInfo:
    """Change a product; its code and address stay. version: the one the person saw.

    Raises NotFound, Conflict when somebody changed it meanwhile, BadInput, NotAPicture.
    Invoices and orders keep what they were made with.
    """
    stored = _store(picture)
    product = queries.lock_product(sku)
    if product is None:
        raise NotFound(f"no product {sku}")
    if product.version != version + 1:
        raise Conflict("Somebody else changed this product in the meantime. Open it again to see how it stands.")
    before = _facts(product)
    _write(product, draft, stored)
    db.session.flush()
    queries.write_words(product.id, index_words(sku, draft.name, draft.description, draft.pack))
    audit.record("product changed", f"product:{sku}", before=before, after=_facts(product))
    return product_by_sku(sku, on_sale_only=False)


def _store(picture: bytes | None) -> tuple[str, str] | None:
    if picture is None:
        return None
    kept = storage.put(reader.webp(picture))
    return kept.key, kept.sha256[:16]


def _write(product: Product, draft: ProductDraft, stored: tuple[str, str] | None) -> None:
    category = queries.category_by_slug(draft.category)
    if category is None:
        raise BadInput("Choose one of our categories.", field="category")
    if draft.price.cents < 0 or (draft.usd is not None and draft.usd.cents < 0):
        raise BadInput("A price is not below nothing. Write it like 12 500.00.", field="price")
    product.category_id, product.name, product.description = category.id, draft.name, draft.description
    product.unit, product.pack, product.active = draft.unit, draft.pack, draft.active
    product.price_cents, product.currency = draft.price.cents, draft.price.currency
    product.usd_cents = None if draft.usd is None else draft.usd.cents
    product.vat_code = draft.vat_code.value
    if stored is not None:
        product.picture_key, product.picture_hash = stored


def _facts(product: Product) -> dict[str, object]:
    names = (
        "name",
        "description",
        "category_id",
        "unit",
        "pack",
        "price_cents",
        "usd_cents",
        "vat_code",
        "picture_hash",
        "active",
    )
    return {name: getattr(product, name) for name in names}


def _sku_taken(sku: str) -> BadInput:
    return BadInput(f"There is a product with the code {sku} already. Write another, like {sku}-2.", field="sku")


def _found(product: ProductInfo | None, on_sale_only: bool) -> ProductInfo:
    if product is None or (on_sale_only and not product.active):
        raise NotFound("no such product")
    return product
