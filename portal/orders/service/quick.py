"""Many products at once: codes that were pasted, and orders of earlier times, looked at before they go into the cart."""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.catalog import service as catalog
from portal.core.errors import BadInput
from portal.core.identity import Identity
from portal.orders.service import finding
from portal.orders.service.cart import add_product, buyer_of
from portal.orders.types import LARGEST_QUANTITY
from portal.orders.types.buying import Pasted, Proposal, read_pasted

_UNKNOWN = "We have no product with this code."
_GONE = "This product is no longer sold."
_UNPRICED = "There is no price in your currency today. Ask for a quote."


def propose(identity: Identity, text: str) -> tuple[Proposal, ...]:
    """What pasted codes would put into the cart, line by line, at the person's prices; what is not found says why.

    The same code on several lines is one line. Raises BadInput as read_pasted. Source: docs/rules/orders.md O15.
    """
    rows = read_pasted(text)
    known = catalog.products_by_sku(row.code for row in rows if not row.fault)
    wanted = _together(rows)
    customer = accounts.customer(buyer_of(identity))
    prices = catalog.prices_shown(
        {product.id: product for product in known.values()}.values(),
        customer.id,
        {known[code].id: count for code, count in wanted.items() if code in known},
        currency=customer.currency,
    )
    found = []
    for row in rows:
        code = row.code.upper()
        product = known.get(code)
        if row.fault or product is None or not product.active:
            fault = row.fault or (_GONE if product is not None else _UNKNOWN)
            found.append(Proposal(row.text, row.code, product.name if product else "", "", row.quantity, None, fault))
        elif product.id not in prices:
            found.append(Proposal(row.text, product.sku, product.name, product.unit, row.quantity, None, _UNPRICED))
        elif (count := wanted.pop(code, 0)) > 0:
            price = prices[product.id].unit
            found.append(Proposal(row.text, product.sku, product.name, product.unit, count, price))
    return tuple(found)


def _together(rows: tuple[Pasted, ...]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for row in rows:
        if not row.fault:
            code = row.code.upper()
            wanted[code] = min(wanted.get(code, 0) + row.quantity, LARGEST_QUANTITY)
    return wanted


def propose_again(identity: Identity, number: str) -> tuple[Proposal, ...]:
    """An earlier order at today's prices: what is no longer sold, and what costs something else.

    Raises NotFound, also for another company's order.
    """
    customer = accounts.customer(buyer_of(identity))
    lines = finding.detail(number, customer.id).lines
    known = catalog.products_by_id(line.product_id for line in lines)
    quantities = {line.product_id: line.quantity for line in lines}
    prices = catalog.prices_shown(known.values(), customer.id, quantities, currency=customer.currency)
    found = []
    for line in lines:
        product = known.get(line.product_id)
        if product is None or not product.active or product.id not in prices:
            fault = _GONE if product is None or not product.active else _UNPRICED
            found.append(
                Proposal(line.sku, line.sku, line.description, line.unit, line.quantity, None, fault, line.unit_price)
            )
            continue
        price = prices[product.id].unit
        found.append(
            Proposal(line.sku, product.sku, product.name, product.unit, line.quantity, price, was=line.unit_price)
        )
    return tuple(found)


def add_many(identity: Identity, text: str) -> int:
    """Put what a preview found into the cart; how many products. Raises BadInput when nothing of it is sold."""
    found = [each for each in propose(identity, text) if each.found]
    if not found:
        raise BadInput("Nothing on this list can be ordered.", field="codes")
    products = catalog.products_by_sku(each.sku for each in found)
    for each in found:
        add_product(identity, products[each.sku.upper()].id, each.quantity)
    return len(found)
