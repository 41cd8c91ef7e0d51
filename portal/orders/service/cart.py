"""Carts: one for each person and customer, always at today's prices."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.catalog import service as catalog
from portal.catalog.types import Price, ProductInfo
from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.identity import Identity
from portal.core.money import Money, total
from portal.core.vat import code_for, line_amounts
from portal.orders import queries
from portal.orders.models import CartRow
from portal.orders.types import LARGEST_QUANTITY, MOST_WAITING, Cart, CartLine
from portal.platform.db import db


def buyer_of(identity: Identity) -> int:
    """The customer a person buys for. Raises NotFound when there is none."""
    if identity.customer_id is None:
        raise NotFound("not acting for a customer")
    return identity.customer_id


def cart_of(identity: Identity, customer: CustomerInfo | None = None) -> Cart:
    """What the person has in the cart, with VAT of each line; lines no longer sold or without a price cost nothing."""
    customer_id = buyer_of(identity)
    rows = queries.cart_rows(customer_id, identity.user_id)
    if not rows:
        return priced((), identity.currency)
    products = catalog.products_by_id(row.product_id for row in rows)
    customer = customer or accounts.customer(customer_id)
    quantities = {row.product_id: row.quantity for row in rows}
    prices = catalog.prices_shown(products.values(), customer.id, quantities, currency=customer.currency)
    lines = (
        _line(products[row.product_id], row.quantity, prices.get(row.product_id), customer)
        for row in rows
        if row.product_id in products
    )
    return priced(tuple(lines), customer.currency)


def together(wanted: Sequence[tuple[str, int]]) -> dict[str, int]:
    """How much of each code is wanted, in capitals, in the order they were named. Raises BadInput past the largest."""
    pieces: dict[str, int] = {}
    for position, (sku, quantity) in enumerate(wanted):
        pieces[sku.upper()] = pieces.get(sku.upper(), 0) + quantity
        if pieces[sku.upper()] > LARGEST_QUANTITY:
            raise BadInput(f"At most {LARGEST_QUANTITY} of {sku} at once.", field=f"lines/{position}/quantity")
    return pieces


def cart_for(customer: CustomerInfo, wanted: Mapping[str, int]) -> Cart:
    """What some products come to for a customer today. wanted: code in capitals → quantity.

    Raises BadInput for a code that is not sold, or that has no price in the customer's currency today.
    """
    known = catalog.products_by_sku(wanted)
    sold = {code: product for code, product in known.items() if product.active}
    if missing := [code for code in wanted if code not in sold]:
        raise BadInput(f"We do not sell {', '.join(missing)}.", field="lines")
    quantities = {sold[code].id: quantity for code, quantity in wanted.items()}
    prices = catalog.prices_shown(sold.values(), customer.id, quantities, currency=customer.currency)
    if unpriced := [code for code in wanted if sold[code].id not in prices]:
        raise BadInput(f"{', '.join(unpriced)}: there is no price in your currency today.", field="lines")
    lines = (_line(sold[code], count, prices[sold[code].id], customer) for code, count in wanted.items())
    return priced(tuple(lines), customer.currency)


def priced(lines: tuple[CartLine, ...], currency: str) -> Cart:
    """A cart of these lines: Σ lines is the total, VAT rounded per line (docs/rules/invoices.md I3)."""
    sold = [line for line in lines if line.available]
    facts = currency + ";".join(
        f"{line.product_id}×{line.quantity}@{line.gross.cents}{line.available:d}" for line in lines
    )
    return Cart(
        lines=lines,
        net=total((line.net for line in sold), currency),
        vat=total((line.vat for line in sold), currency),
        total=total((line.gross for line in sold), currency),
        mark=hashlib.sha256(facts.encode()).hexdigest()[:16],
    )


def _line(product: ProductInfo, quantity: int, found: Price | None, customer: CustomerInfo) -> CartLine:
    price = found.unit if found else Money.zero(customer.currency)
    code = code_for(product.vat_code, customer.abroad, clock.today())
    amounts = line_amounts(price, Decimal(quantity), code, clock.today())
    return CartLine(
        product_id=product.id,
        sku=product.sku,
        slug=product.slug,
        name=product.name,
        unit=product.unit,
        pack=product.pack,
        icon=product.icon,
        picture=product.picture,
        quantity=quantity,
        price=price,
        vat_code=code,
        net=amounts.net,
        vat=amounts.vat,
        gross=amounts.gross,
        available=product.active and found is not None,
        priced=found is not None,
    )


def count_in_cart(identity: Identity) -> int:
    """How many lines are in the cart, for the number beside its sign."""
    return len(queries.cart_rows(buyer_of(identity), identity.user_id))


def add_to_cart(identity: Identity, sku: str, quantity: int) -> str:
    """Put a quantity of a product into the cart, on top of what is there; gives the product's name.

    Raises NotFound for what is not sold, BadInput for a quantity that is none.
    """
    product = catalog.product_by_sku(sku)
    add_product(identity, product.id, quantity)
    return product.name


def add_product(identity: Identity, product_id: int, quantity: int) -> None:
    """Put a quantity of a product that is sold into the cart. Raises BadInput for a quantity that is none."""
    customer_id, user_id = buyer_of(identity), identity.user_id
    _check(quantity)
    row = queries.lock_cart_row(customer_id, user_id, product_id)
    if row is None:
        try:
            with db.session.begin_nested():
                db.session.add(
                    CartRow(customer_id=customer_id, user_id=user_id, product_id=product_id, quantity=quantity)
                )
            return
        except IntegrityError:  # another tab put it there at this moment
            row = queries.lock_cart_row(customer_id, user_id, product_id)
    if row is None:
        raise Conflict("Your cart was changed in another window. Look at it again.")
    row.quantity = min(row.quantity + quantity, LARGEST_QUANTITY)
    db.session.flush()


def keep_for_later(waiting: Mapping[str, int], sku: str, quantity: int) -> tuple[str, dict[str, int]]:
    """A visitor's cart with so much more of a product, and the product's name; it lives in the visitor's browser.

    Raises NotFound for what is not sold, BadInput for a quantity that is none and for a cart that is full.
    """
    product = catalog.product_by_sku(sku)
    _check(quantity)
    kept = dict(waiting)
    kept[product.sku] = min(kept.get(product.sku, 0) + quantity, LARGEST_QUANTITY)
    if len(kept) > MOST_WAITING:
        raise BadInput("Sign in to put more products into your cart.", field="quantity")
    return product.name, kept


def merge_waiting(identity: Identity, waiting: Mapping[str, int]) -> int:
    """What a visitor chose goes into the cart of who they turn out to be, on top of what is there; how many products.

    What is no longer sold is left out. Source: docs/rules/orders.md O16.
    """
    products = catalog.products_by_sku(waiting)
    found = [(products[sku.upper()], count) for sku, count in waiting.items() if sku.upper() in products]
    sold = [(product, count) for product, count in found if product.active and 1 <= count <= LARGEST_QUANTITY]
    for product, count in sold:
        add_product(identity, product.id, count)
    return len(sold)


def set_quantity(identity: Identity, product_id: int, quantity: int) -> None:
    """Change how much of a product is in the cart; 0 takes it out. Raises NotFound, BadInput."""
    if quantity == 0:
        remove_from_cart(identity, product_id)
        return
    _check(quantity)
    row = queries.lock_cart_row(buyer_of(identity), identity.user_id, product_id)
    if row is None:
        raise NotFound("not in the cart")
    row.quantity = quantity
    db.session.flush()


def remove_from_cart(identity: Identity, product_id: int) -> None:
    """Take a product out of the cart; one that is not there is out already."""
    row = queries.lock_cart_row(buyer_of(identity), identity.user_id, product_id)
    if row is not None:
        db.session.delete(row)
        db.session.flush()


def _check(quantity: int) -> None:
    if not 1 <= quantity <= LARGEST_QUANTITY:
        raise BadInput(f"Write a whole quantity from 1 to {LARGEST_QUANTITY}, like 2.", field="quantity")
