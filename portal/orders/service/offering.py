"""What a quote offers: begun by our people or asked for, its lines priced by the customer's list, with a discount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo, UserInfo
from portal.catalog import service as catalog
from portal.catalog.types import ProductInfo
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.exchange import HOME
from portal.core.identity import Identity
from portal.core.money import Money, total
from portal.core.vat import VatCode, code_for, line_amounts
from portal.invoices import service as invoices
from portal.orders.models import Quote
from portal.orders.queries import quotes as queries
from portal.orders.types import LARGEST_QUANTITY
from portal.orders.types.quotes import (
    LONGEST_REQUEST_LINES,
    Offer,
    QuotedLine,
    QuoteInfo,
    QuoteState,
    less,
)
from portal.platform import audit, idempotency
from portal.platform.db import db

SERIES = "QUO"
#: products that a search beside the lines shows
_MOST_FOUND = 8
_WHOLE = 10_000


def people_for(customer: CustomerInfo) -> list[UserInfo]:
    """Who of a customer may accept a quote, by name: its buyers and approvers."""
    return accounts.users_of(customer.id, "buyer", "approver")


def start_quote(code: str, person_id: int, key: str, *, by: Identity) -> QuoteInfo:
    """Our people begin a quote for a person of a customer, who hears of it when it is sent; once for the key.

    Raises NotFound for an unknown customer, BadInput for a person who may not order for it.
    Source: docs/rules/orders.md O17.
    """
    customer = accounts.customer_by_code(code)
    accounts.lock_customer(customer.id)
    customer = accounts.customer(customer.id)
    scope = f"orders.start-quote:{by.user_id}"
    if (earlier := idempotency.answer_to(key, scope)) is not None:
        return queries.info(_known(str(earlier["number"])))
    person = next((each for each in people_for(customer) if each.id == person_id), None)
    if person is None:
        raise BadInput("Choose who of the customer gets the quote.", field="person")
    row = new_quote(customer, person.id, person.name, started_by=by.name)
    audit.record("quote.started", row.number, after={"for": person.name, "by": by.name})
    idempotency.remember(key, scope, {"number": row.number})
    return queries.info(row)


def copy_quote(number: str, key: str, *, by: Identity) -> QuoteInfo:
    """A new draft with the lines, prices and words of a quote, for the same person; once for the key.

    VAT is that of today, and what is no longer in the catalogue is left out. Where the customer buys in another
    currency now, prices are those of its list. Raises NotFound, BadInput when that person may not order any more.
    """
    seen = _known(number)
    accounts.lock_customer(seen.customer_id)
    scope = f"orders.copy-quote:{by.user_id}"
    if (earlier := idempotency.answer_to(key, scope)) is not None:
        return queries.info(_known(str(earlier["number"])))
    customer = accounts.customer(seen.customer_id)
    if all(each.id != seen.asked_by_id for each in people_for(customer)):
        raise BadInput(f"{seen.asked_by} may not order for {customer.name} any more. Begin a quote for somebody else.")
    row = new_quote(customer, seen.asked_by_id, seen.asked_by, started_by=by.name)
    row.reply = seen.reply
    lines = queries.lines_of(seen.id, seen.currency)
    known = catalog.products_by_sku(line.sku for line in lines)
    if offers := [_again(line, row.currency) for line in lines if line.sku.upper() in known]:
        put_lines(row, offers)
    audit.record("quote.copied", row.number, after={"from": number, "by": by.name})
    idempotency.remember(key, scope, {"number": row.number})
    return queries.info(row)


def find_products(number: str, search: str) -> list[tuple[ProductInfo, Money]]:
    """Products on sale whose words or code fit, each with what one costs the customer of a quote."""
    found = catalog.search_products(search, limit=_MOST_FOUND).page.items if search.strip() else ()
    row = _known(number)
    prices = catalog.prices_shown(found, row.customer_id, currency=row.currency)
    return [(product, prices[product.id].unit) for product in found if product.id in prices]


def new_quote(customer: CustomerInfo, person_id: int, person: str, *, words: str = "", started_by: str = "") -> Quote:
    """An empty draft with its number; the caller holds the customer's lock."""
    row = Quote(
        number=invoices.take_number(SERIES, clock.today()),
        customer_id=customer.id,
        customer_code=customer.code,
        customer_name=customer.name,
        address=list(customer.address),
        asked_by_id=person_id,
        asked_by=person,
        asked_at=clock.now(),
        started_by=started_by,
        words=words,
        state=QuoteState.DRAFT.value,
        currency=customer.currency,
    )
    db.session.add(row)
    db.session.flush()
    return row


def put_lines(row: Quote, offers: Sequence[Offer]) -> None:
    """Give a locked draft these lines and no others, with the VAT of today.

    Raises BadInput for an unknown code, an odd quantity, price or discount. Source: docs/rules/orders.md O8, O17.
    """
    lines = _lines(offers, accounts.customer(row.customer_id), row.currency)
    queries.replace_lines(row.id, lines)
    row.net_cents = total((line.net for line in lines), row.currency).cents
    row.vat_cents = total((line.vat for line in lines), row.currency).cents
    row.total_cents = row.net_cents + row.vat_cents
    db.session.flush()


def _known(number: str) -> Quote:
    row = queries.quote(number)
    if row is None:
        raise NotFound(f"no quote {number}")
    return row


def _again(line: QuotedLine, currency: str) -> Offer:
    price = line.before if line.before.currency == currency else None
    return Offer(line.sku, line.quantity, price, line.description, line.discount)


def _lines(offers: Sequence[Offer], customer: CustomerInfo, currency: str) -> tuple[QuotedLine, ...]:
    if not 1 <= len(offers) <= LONGEST_REQUEST_LINES:
        raise BadInput(f"An offer has 1 to {LONGEST_REQUEST_LINES} lines.", field="lines")
    products = catalog.products_by_sku(offer.sku for offer in offers)
    for offer in offers:
        _check(offer, products)
    listed = _list_prices(offers, products, customer.id, currency)
    return tuple(_line(offer, products[offer.sku.upper()], listed, customer, currency) for offer in offers)


def _check(offer: Offer, products: dict[str, ProductInfo]) -> None:
    if offer.sku.upper() not in products:
        raise BadInput(f"We have no product {offer.sku}. Add it to the catalogue first.", field="lines")
    if not 1 <= offer.quantity <= LARGEST_QUANTITY or (offer.price is not None and offer.price.cents < 0):
        words = f"The quantity of {offer.sku} is from 1 to {LARGEST_QUANTITY}, its price not below nothing."
        raise BadInput(words, field="lines")
    if not 0 <= offer.discount <= _WHOLE:
        raise BadInput(f"The discount on {offer.sku} is from 0 to 100 %.", field="lines")


def _list_prices(
    offers: Iterable[Offer], products: dict[str, ProductInfo], customer_id: int, currency: str
) -> dict[int, Money]:
    """What the customer's own list says for all that is offered of a product, where no price was written; one question."""
    wanted: dict[int, int] = {}
    for each in offers:
        if each.price is None:
            product_id = products[each.sku.upper()].id
            wanted[product_id] = min(wanted.get(product_id, 0) + each.quantity, LARGEST_QUANTITY)
    known = [product for product in products.values() if product.id in wanted]
    prices = catalog.prices_of(known, customer_id, wanted, currency=currency)
    return {product_id: price.unit for product_id, price in prices.items()}


def _line(
    offer: Offer, product: ProductInfo, listed: dict[int, Money], customer: CustomerInfo, currency: str
) -> QuotedLine:
    named = f"{product.name}, {product.pack}" if product.pack and product.pack != product.unit else product.name
    before = listed[product.id] if offer.price is None else offer.price
    if before.currency != currency:
        raise BadInput(f"This quote is in {currency}; the price of {offer.sku} is not.", field="lines")
    price, code = less(before, offer.discount), code_for(product.vat_code, customer.abroad, clock.today())
    if currency != HOME and code is not VatCode.ZERO:
        raise BadInput(f"{offer.sku} is exempt from VAT, and exports in {currency} are zero-rated.", field="lines")
    amounts = line_amounts(price, Decimal(offer.quantity), code, clock.today())
    return QuotedLine(
        product_id=product.id,
        sku=product.sku,
        description=(offer.description.strip() or named)[:300],
        quantity=offer.quantity,
        unit=product.unit,
        unit_price=price,
        vat_code=code,
        rate=amounts.rate,
        net=amounts.net,
        vat=amounts.vat,
        gross=amounts.gross,
        before=before,
        discount=offer.discount,
    )
