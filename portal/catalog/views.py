"""The shop: products by category and by word, one product, its picture. Open to everybody."""

from __future__ import annotations

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue

from portal.catalog import service
from portal.catalog.types import CURRENCIES, SortBy, path_to
from portal.platform.http import access, identity_or_none, page
from portal.platform.http.serving import attachment
from portal.platform.ratelimit import as_picture

blueprint = Blueprint("catalog", __name__)

_FOR_EVER = "public, max-age=31536000, immutable"
SORTS = ((SortBy.NAME, "Name"), (SortBy.CHEAPEST, "Price, lowest first"), (SortBy.DEAREST, "Price, highest first"))


@blueprint.get("/products")
@access.public
def index() -> ResponseReturnValue:
    """Products, a page at a time; the address holds category, search and order."""
    search, category = request.args.get("q", "").strip()[:80], request.args.get("category") or None
    sort = SortBy.of(request.args.get("sort"))
    result = service.search_products(search, category, request.args.get("after"), sort=sort)
    found = result.page
    shelves = service.categories()
    customer_id, currency = _asking()
    prices = service.prices_shown(found.items, customer_id, currency=currency)
    path = path_to(category or "", shelves)
    return page(
        "catalog/index.html", products=found, shelves=shelves, shelf=path[-1] if path else None, path=path, search=search, sort=sort, sorts=SORTS,
        prices=prices, instead=result.instead,
        keep={"category": category, "q": search or None, "sort": sort.value if sort is not SortBy.NAME else None},
    )  # fmt: skip


@blueprint.get("/products/<slug>")
@access.public
def show(slug: str) -> ResponseReturnValue:
    """One product."""
    product, (customer_id, currency) = service.product(slug), _asking()
    price = service.prices_shown([product], customer_id, currency=currency).get(product.id)
    pictures, wanted = service.pictures(product.id), request.args.get("picture")
    return page(
        "catalog/show.html", product=product, price=price,
        pictures=pictures, shown=next((each for each in pictures if each.hash == wanted), pictures[0] if pictures else None),
        documents=service.documents(product.id), path=path_to(product.category_slug, service.categories()),
    )  # fmt: skip


@blueprint.get("/products/<slug>/documents/<int:document_id>.pdf")
@access.public
def document(slug: str, document_id: int) -> ResponseReturnValue:
    """A paper of a product, as a download only."""
    data, name = service.document(slug, document_id)
    return attachment(data, "application/pdf", name)


@blueprint.get("/products/<slug>/picture-<picture>.webp")
@access.public
@as_picture
def picture(slug: str, picture: str) -> ResponseReturnValue:
    """Its picture; the address changes with the picture, so it is kept for ever."""
    data = service.picture(slug, picture)
    return make_response(data, 200, {"Content-Type": "image/webp", "Cache-Control": _FOR_EVER})


def _asking() -> tuple[int | None, str]:
    """The customer whose prices are shown, and their currency; None and rand for visitors and our staff."""
    identity = identity_or_none()
    if identity is None or identity.customer_id is None:
        return None, CURRENCIES[0]
    return identity.customer_id, identity.currency
