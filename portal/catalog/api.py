"""Products with what they cost the customer whose program asks."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint
from msgspec import Meta

from portal.accounts import service as accounts
from portal.catalog import service
from portal.catalog.types import Price, ProductInfo, SortBy
from portal.core.vat import VatCode
from portal.platform.http import access, current_program
from portal.platform.rest import Amount, Asked, Listed, PageAsked, Search, Shape, amount, listed, operation
from portal.platform.rest.shapes import CustomerCode

blueprint = Blueprint("catalog_api", __name__)


class Step(Shape, frozen=True, kw_only=True):
    """From this quantity on one unit costs less."""

    from_quantity: Annotated[int, Meta(examples=[10])]
    price: Amount


class Product(Shape, frozen=True, kw_only=True):
    """Something we sell. Prices are for one unit, without VAT."""

    sku: Annotated[str, Meta(description="Its code; order by it.", examples=["HH-12-R2AT"])]
    name: Annotated[str, Meta(examples=["Hydraulic hose 1/2 inch"])]
    description: str
    category: Annotated[str, Meta(examples=["Hydraulics and hoses"])]
    unit: Annotated[str, Meta(description="What one price buys.", examples=["roll"])]
    pack: Annotated[str, Meta(examples=["50 m roll"])]
    barcode: str | None
    vat_code: VatCode
    price: Annotated[Amount | None, Meta(description="Your price; null while there is none in your currency.")]
    steps: list[Step]
    available: Annotated[int | None, Meta(description="On the shelf and not promised; null where none is kept.")]
    un_number: Annotated[str, Meta(description="Of hazardous goods, else empty.", examples=["1263"])]
    path: Annotated[str, Meta(description="Its page.", examples=["/products/hydraulic-hose-1-2-inch"])]


class ProductsAsked(PageAsked, frozen=True, kw_only=True):
    """Which products."""

    q: Search = ""
    category: Annotated[str, Meta(max_length=80, description="The last part of a shelf’s address.")] = ""
    sort: SortBy = SortBy.NAME


class ProductAsked(Asked, frozen=True, kw_only=True):
    """Whose price."""

    customer: CustomerCode = ""


@blueprint.get("/api/v1/products")
@access.program("catalog:read")
@operation("List products", tag="Products", answer=Listed[Product], query=ProductsAsked,
           words="What is on sale, with your prices. `q` finds words of name, code and description.")  # fmt: skip
def products(query: ProductsAsked) -> Listed[Product]:
    """A page of what is on sale."""
    page = service.products(query.q, query.category or None, query.after or None, query.limit, sort=query.sort)
    prices = _prices(page.items, query.customer)
    return listed(page, lambda each: _product(each, prices.get(each.id)))


@blueprint.get("/api/v1/products/<sku>")
@access.program("catalog:read")
@operation("Get a product", tag="Products", answer=Product, query=ProductAsked,
           path={"sku": ("The product’s code.", "HH-12-R2AT")})  # fmt: skip
def product(sku: str, query: ProductAsked) -> Product:
    """One product."""
    found = service.product_by_sku(sku)
    return _product(found, _prices([found], query.customer).get(found.id))


def _prices(items: tuple[ProductInfo, ...] | list[ProductInfo], code: str) -> dict[int, Price]:
    program = current_program()
    customer_id = accounts.whose(program, code)
    ours = program.customer_id is None and customer_id is not None
    currency = accounts.customer(customer_id).currency if ours and customer_id else program.currency
    return service.prices_shown(items, customer_id, currency=currency)


def _product(info: ProductInfo, price: Price | None) -> Product:
    steps = price.steps if price else ()
    return Product(
        sku=info.sku, name=info.name, description=info.description, category=info.category, unit=info.unit,
        pack=info.pack, barcode=info.barcode, vat_code=info.vat_code, price=amount(price.unit) if price else None,
        steps=[Step(from_quantity=each.from_quantity, price=amount(each.price)) for each in steps],
        available=info.stock.available if info.stock else None, un_number=info.un_number,
        path=f"/products/{info.slug}",
    )  # fmt: skip
