"""What things cost whom: price lists of customers, quantity steps, days they count, and money of another currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from portal.accounts import service as accounts
from portal.catalog.errors import NoExchangeRate
from portal.catalog.models import ExchangeRate, ListedPrice, PriceList
from portal.catalog.queries import goods
from portal.catalog.queries import prices as queries
from portal.catalog.types import (
    CURRENCIES,
    LONGEST_LIST_NAME,
    RATE_COUNTS_DAYS,
    ListDraft,
    ListInfo,
    Price,
    ProductInfo,
    Rate,
    converted,
    price_from,
)
from portal.catalog.types import ListedPrice as Listed
from portal.catalog.types.money_rows import LARGEST_QUANTITY, micros_of
from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.money import Money
from portal.platform import audit
from portal.platform.db import db
from portal.platform.paging import Page, asked_for

if TYPE_CHECKING:
    from portal.accounts.types import CustomerInfo

_MOST_LISTS = 500
_MOST_RATES = 60


def price_of(product: ProductInfo, customer: CustomerInfo | None, quantity: int = 1, day: date | None = None) -> Money:
    """What one unit costs this customer (None: a visitor) when they take so many, without VAT, in their currency.

    day: today when left out. Raises NoExchangeRate. Source: docs/rules/prices.md P1 to P5.
    """
    currency = customer.currency if customer else CURRENCIES[0]
    asking = customer.id if customer else None
    return prices_of([product], asking, {product.id: quantity}, currency=currency, day=day)[product.id].unit


def prices_of(
    products: Iterable[ProductInfo],
    customer_id: int | None,
    quantities: Mapping[int, int] | None = None,
    *,
    currency: str = "ZAR",
    day: date | None = None,
) -> dict[int, Price]:
    """What several products cost somebody, by product id, in one question.

    quantities: product id → how many are taken; one of what is left out. currency: the customer's.
    Raises NoExchangeRate where a price has to be converted and no rate counts. Source: docs/rules/prices.md P1 to P5.
    """
    wanted = list(products)
    found = prices_shown(wanted, customer_id, quantities, currency=currency, day=day)
    if any(each.id not in found for each in wanted):
        rate_on(currency, day or clock.today())
    return found


def prices_shown(
    products: Iterable[ProductInfo],
    customer_id: int | None,
    quantities: Mapping[int, int] | None = None,
    *,
    currency: str = "ZAR",
    day: date | None = None,
) -> dict[int, Price]:
    """The same for pages: what has to be converted while no rate counts has no price, and is left out.

    Source: docs/rules/prices.md P5.
    """
    wanted, day, taken = {each.id: each for each in products}, day or clock.today(), quantities or {}
    if not wanted:
        return {}
    found = queries.offers(wanted, customer_id, currency, day)
    shop = _shop_prices(wanted.values(), currency, day)
    return {
        product_id: price_from(price, found.get(product_id, ()), taken.get(product_id, 1))
        for product_id, price in shop.items()
    }


def _shop_prices(products: Iterable[ProductInfo], currency: str, day: date) -> dict[int, Money]:
    """Everybody's prices in a currency: a product's own where it has one, else its rand at the day's rate, else none."""
    wanted = list(products)
    own = {each.id: price for each in wanted if (price := each.price_in(currency)) is not None}
    if len(own) == len(wanted) or (rate := _rate_on(currency, day)) is None:
        return own
    return {
        each.id: own[each.id] if each.id in own else converted(each.price, rate.micros, currency) for each in wanted
    }


# -- lists -----------------------------------------------------------------------------------------------------------


def price_lists() -> list[tuple[ListInfo, int]]:
    """All price lists by name, each with how many customers it is for."""
    return queries.lists(limit=_MOST_LISTS)


def price_list(list_id: int) -> ListInfo:
    """One price list. Raises NotFound."""
    row = queries.price_list(list_id)
    if row is None:
        raise NotFound(f"no price list {list_id}")
    return queries.info(row)


def customers_of_list(list_id: int) -> list[CustomerInfo]:
    """The customers a list is for, by name."""
    found = accounts.customers_by_id(queries.customers_of(list_id))
    return sorted(found.values(), key=lambda customer: customer.name.casefold())


def listed_prices(list_id: int, search: str = "", after: str | None = None, limit: int = 50) -> Page[Listed]:
    """One page of a list's prices. search: the beginning of a product's code."""
    return queries.prices_page(list_id, asked_for(search, 40), after, limit)


def create_list(draft: ListDraft) -> ListInfo:
    """A new price list, without prices and customers. Raises BadInput. Source: docs/rules/prices.md P2."""
    row = PriceList()
    _write(row, draft, None)
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        raise _name_taken(draft.name) from None
    audit.record("price-list.created", f"price-list:{row.id}", after=_facts(row))
    return queries.info(row)


def change_list(list_id: int, draft: ListDraft, *, version: int) -> ListInfo:
    """Change a list's name and days; its currency stays once it has prices. version: the one the person saw.

    Raises NotFound, Conflict, BadInput.
    """
    row = _locked(list_id)
    if row.version != version + 1:
        raise Conflict("Somebody else changed this list in the meantime. Open it again to see how it stands.")
    before = _facts(row)
    if draft.currency != row.currency and queries.prices_page(list_id, "", None, 1).items:
        raise BadInput("The list has prices in another currency. Make a new list for this one.", field="currency")
    _write(row, draft, list_id)
    db.session.flush()
    audit.record("price-list.changed", f"price-list:{list_id}", before=before, after=_facts(row))
    return queries.info(row)


def give_list(list_id: int, customer_code: str) -> CustomerInfo:
    """From now on a list counts for a customer. Raises NotFound for the list, BadInput for a code nobody has."""
    _locked(list_id)
    try:
        customer = accounts.customer_by_code(customer_code)
    except NotFound:
        raise BadInput("No customer has this code. Write it like MPD014.", field="customer") from None
    if queries.add_customer(list_id, customer.id):
        audit.record("price-list.given", f"price-list:{list_id}", after={"customer": customer.code})
    return customer


def take_list(list_id: int, customer_code: str) -> None:
    """A list no longer counts for a customer; one it does not count for is left as it is. Raises NotFound."""
    _locked(list_id)
    customer = accounts.customer_by_code(customer_code)
    if queries.remove_customer(list_id, customer.id):
        audit.record("price-list.taken", f"price-list:{list_id}", before={"customer": customer.code})


def set_price(list_id: int, sku: str, from_quantity: int, price: Money) -> None:
    """Write what a product costs on a list from a quantity on. Raises NotFound for the list, BadInput."""
    row = _locked(list_id)
    product = goods.product(sku=sku.strip().upper())
    if product is None:
        raise BadInput("No product has this code. Write it like HH-12-R2AT.", field="sku")
    if not 1 <= from_quantity <= LARGEST_QUANTITY:
        raise BadInput(f"Write from which quantity on, 1 to {LARGEST_QUANTITY}, like 10.", field="from_quantity")
    if price.cents < 0:
        raise BadInput("A price is not below nothing. Write it like 12 500.00.", field="price")
    listed = queries.listed(list_id, product.id, from_quantity)
    before = None if listed is None else {"cents": listed.price_cents}
    if listed is None:
        listed = ListedPrice(list_id=list_id, product_id=product.id, from_quantity=from_quantity)
        db.session.add(listed)
    listed.price_cents = price.cents
    db.session.flush()
    after = {"sku": product.sku, "from": from_quantity, "cents": price.cents, "currency": row.currency}
    audit.record("price-list.priced", f"price-list:{list_id}", before=before, after=after)


def remove_price(list_id: int, row_id: int) -> None:
    """Take a price off a list; one that is gone is gone. Raises NotFound for the list."""
    _locked(list_id)
    gone = queries.remove_price(list_id, row_id)
    if gone is not None:
        product_id, from_quantity, cents = gone
        before = {"product_id": product_id, "from": from_quantity, "cents": cents}
        audit.record("price-list.unpriced", f"price-list:{list_id}", before=before)


def _locked(list_id: int) -> PriceList:
    row = queries.lock_list(list_id)
    if row is None:
        raise NotFound(f"no price list {list_id}")
    return row


def _write(row: PriceList, draft: ListDraft, besides: int | None) -> None:
    name = " ".join(draft.name.split())
    if not 3 <= len(name) <= LONGEST_LIST_NAME:
        raise BadInput(f"Write a name of 3 to {LONGEST_LIST_NAME} letters.", field="name")
    if draft.currency not in CURRENCIES:
        raise BadInput("Choose one of our currencies.", field="currency")
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        raise BadInput(
            "The last day lies before the first. Leave it empty for a list without an end.", field="valid_to"
        )
    if queries.name_taken(name, besides):
        raise _name_taken(name)
    row.name, row.currency, row.everybody = name, draft.currency, draft.everybody
    row.valid_from, row.valid_to = draft.valid_from, draft.valid_to


def _name_taken(name: str) -> BadInput:
    return BadInput(f"There is a list called {name} already. Write another name.", field="name")


def _facts(row: PriceList) -> dict[str, object]:
    return {
        "name": row.name, "currency": row.currency, "everybody": row.everybody,
        "valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }  # fmt: skip


# -- exchange rates --------------------------------------------------------------------------------------------------


def rate_on(currency: str, day: date) -> Rate:
    """The rate that counts on a day: the newest written for it or for one of the 31 days before.

    Raises NoExchangeRate when there is none: a price is never made up. Source: docs/rules/prices.md P5.
    """
    found = _rate_on(currency, day)
    if found is None:
        raise NoExchangeRate(f"No {currency} rate counts on {day:%d %b %Y}. Write one under Catalogue, Exchange rates.")
    return found


def _rate_on(currency: str, day: date) -> Rate | None:
    return queries.rate(currency, day, day - timedelta(days=RATE_COUNTS_DAYS))


def rate_counts(rate: Rate, day: date) -> bool:
    """Whether a rate still counts on a day, when no newer one is there. Source: docs/rules/prices.md P5."""
    return rate.day <= day <= rate.day + timedelta(days=RATE_COUNTS_DAYS)


def rates(currency: str = "USD") -> list[tuple[Rate, str]]:
    """The newest rates, each with who wrote it."""
    return queries.rates(currency, _MOST_RATES)


def set_rate(currency: str, day: date, written: str, *, by: str) -> Rate:
    """Write what one unit of a currency cost in rand on a day, like ``18.2145``; another for the same day replaces it.

    Raises BadInput. Source: docs/rules/prices.md P5.
    """
    micros = micros_of(written)
    if currency not in CURRENCIES[1:]:
        raise BadInput("Choose one of our currencies.", field="currency")
    if day > clock.today():
        raise BadInput("A rate is written on its day or later, not before.", field="day")
    row = queries.lock_rate(currency, day)
    before = None if row is None else {"micros": row.micros}
    if row is None:
        row = ExchangeRate(currency=currency, day=day)
        db.session.add(row)
    row.micros, row.written_by, row.written_at = micros, by, clock.now()
    db.session.flush()
    audit.record("exchange-rate.written", f"rate:{currency}:{day}", before=before, after={"micros": micros})
    return Rate(currency, day, micros)
