"""Products and categories: what we sell, and how it is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from portal.catalog.models import Product
from portal.catalog.queries import goods as queries
from portal.catalog.queries import search as index
from portal.catalog.service.details import put_first, store_picture
from portal.catalog.types import (
    LARGEST_PACK,
    MOST_WORDS,
    ProductDraft,
    ProductInfo,
    SortBy,
    index_words,
    meant_by,
    plain_words,
    within,
)
from portal.core import clock, text
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.platform import audit
from portal.platform.db import db
from portal.platform.paging import Page

PAGE = 25


@dataclass(frozen=True, slots=True)
class FoundProducts:
    """What a search found. instead: for each word that no product has, the words it was taken for."""

    page: Page[ProductInfo]
    instead: dict[str, tuple[str, ...]]


def products(
    search: str = "",
    category: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
    *,
    sort: SortBy = SortBy.NAME,
    active: bool | None = True,
) -> Page[ProductInfo]:
    """One page of products whose words begin with every word searched for; as `search_products`, without its words."""
    return search_products(search, category, after, limit, sort=sort, active=active).page


def search_products(
    search: str = "",
    category: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
    *,
    sort: SortBy = SortBy.NAME,
    active: bool | None = True,
) -> FoundProducts:
    """One page of products whose words begin with every word searched for, in any order.

    A word that nothing begins with is taken for those it is one slip away from.
    category: a slug; what stands in shelves inside it counts too. after: the mark of the page before.
    active: on sale (True), withdrawn (False), both (None). Source: docs/rules/search.md.
    """
    typed = plain_words(search[:200])[:MOST_WORDS]
    shelves = within(category, queries.categories()) if category else None
    words: list[tuple[str, ...]] = [(word,) for word in typed]
    sizes = index.sizes_of(words) if words else []
    instead = _instead_of([word for word, size in zip(typed, sizes, strict=True) if not size]) if 0 in sizes else {}
    if instead:
        words = [instead.get(word, (word,)) for word in typed]
        sizes = index.sizes_of(words)
    hits = index.few_hits(words, sizes) if words else None
    page = queries.products_page(words, hits, shelves, sort, after, limit, active=active)
    return FoundProducts(page, instead)


def _instead_of(missing: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each word that no product has, those that may have been meant."""
    slipped = index.slipped(missing)
    meant = {word: meant_by(word, slipped.get(word, ())) for word in missing}
    return {word: some for word, some in meant.items() if some}


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
    specs: Iterable[tuple[str, str]] = (),
    barcode: str | None = None,
    pack_size: int = 1,
    un_number: str = "",
) -> ProductInfo:
    """Put a product on sale. category: its slug. price: without VAT. picture: JPEG, PNG or WebP bytes.

    specs: rows of its table. un_number: four figures for hazardous goods.

    Raises BadInput for a code that is taken or a category that is unknown, NotAPicture for other bytes.
    """
    draft = ProductDraft(
        sku, name, description, category, unit, pack, price, vat_code, active, barcode=barcode, pack_size=pack_size,
        hazardous=bool(un_number), un_number=un_number, specs=tuple(specs),
    )  # fmt: skip
    return add(draft, picture, slug=slug)


def add(draft: ProductDraft, picture: bytes | None = None, *, slug: str | None = None) -> ProductInfo:
    """Put a product on sale, as `create_product`; the picture is stored before the first statement is sent."""
    stored = store_picture(picture)
    if queries.sku_taken(draft.sku):
        raise _sku_taken(draft.sku)
    slug = slug or text.slug(draft.name)
    if queries.slug_taken(slug):
        slug = f"{slug}-{text.slug(draft.sku)}"
    product = Product(sku=draft.sku, slug=slug, created_at=clock.now())
    _write(product, draft)
    db.session.add(product)
    try:
        db.session.flush()
    except IntegrityError:
        raise _sku_taken(draft.sku) from None
    put_first(product, stored)
    index.write_words({product.id: words_of(draft)})
    audit.record("product added", f"product:{draft.sku}", after=_facts(product))
    return product_by_sku(draft.sku, on_sale_only=False)


def change(sku: str, draft: ProductDraft, *, version: int, picture: bytes | None = None) -> ProductInfo:
    """Change a product; its code and address stay. version: the one the person saw.

    Raises NotFound, Conflict when somebody changed it meanwhile, BadInput, NotAPicture.
    Invoices and orders keep what they were made with.
    """
    stored = store_picture(picture)
    product = queries.lock_product(sku)
    if product is None:
        raise NotFound(f"no product {sku}")
    if product.version != version + 1:
        raise Conflict("Somebody else changed this product in the meantime. Open it again to see how it stands.")
    before = _facts(product)
    _write(product, draft)
    db.session.flush()
    put_first(product, stored)
    index.write_words({product.id: words_of(draft)})
    audit.record("product changed", f"product:{sku}", before=before, after=_facts(product))
    return product_by_sku(sku, on_sale_only=False)


def _write(product: Product, draft: ProductDraft) -> None:
    category = queries.category_by_slug(draft.category)
    if category is None:
        raise BadInput("Choose one of our categories.", field="category")
    if draft.price.cents < 0 or (draft.usd is not None and draft.usd.cents < 0):
        raise BadInput("A price is not below nothing. Write it like 12 500.00.", field="price")
    if draft.hazardous and not draft.un_number:
        raise BadInput("Write the UN number of hazardous goods, like 1263.", field="un_number")
    if draft.barcode is not None and queries.barcode_taken(draft.barcode, draft.sku):
        raise BadInput("Another product has this barcode.", field="barcode")
    if not 1 <= draft.pack_size <= LARGEST_PACK:
        raise BadInput("Write how many pieces one is, 1 or more, like 10.", field="pack_size")
    product.category_id, product.name, product.description = category.id, draft.name, draft.description
    product.unit, product.pack, product.active = draft.unit, draft.pack, draft.active
    product.price_cents, product.currency = draft.price.cents, draft.price.currency
    product.usd_cents = None if draft.usd is None else draft.usd.cents
    product.vat_code = draft.vat_code.value
    product.barcode, product.pack_size = draft.barcode, draft.pack_size
    product.hazardous, product.un_number = draft.hazardous, draft.un_number
    product.specs = [list(row) for row in draft.specs] or None


def words_of(draft: ProductDraft) -> frozenset[str]:
    """The words a product is found by. Source: docs/rules/search.md F1."""
    specs = (word for row in draft.specs for word in row)
    un_number = f"UN{draft.un_number}" if draft.un_number else ""
    return index_words(
        draft.sku, draft.name, draft.description, draft.pack, draft.barcode or "", un_number, draft.un_number, *specs
    )


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
        "barcode",
        "pack_size",
        "un_number",
        "specs",
        "active",
    )
    return {name: getattr(product, name) for name in names}


def _sku_taken(sku: str) -> BadInput:
    return BadInput(f"There is a product with the code {sku} already. Write another, like {sku}-2.", field="sku")


def _found(product: ProductInfo | None, on_sale_only: bool) -> ProductInfo:
    if product is None or (on_sale_only and not product.active):
        raise NotFound("no such product")
    return product
