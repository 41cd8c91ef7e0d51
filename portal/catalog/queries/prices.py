"""Questions to price lists and exchange rates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, exists, func, or_, select, true

from portal.catalog.models import ExchangeRate, ListedPrice, PriceList, PriceListCustomer, Product
from portal.catalog.types import ListedPrice as Listed
from portal.catalog.types import ListInfo, Offer, Rate
from portal.core.money import Money
from portal.platform.db import changed_rows, db
from portal.platform.paging import AnyRow, AnySelect, Page, Sort, fetch

_BY_ROW = Sort(ListedPrice.id, ListedPrice.id)


def offers(product_ids: Iterable[int], customer_id: int | None, currency: str, day: date) -> dict[int, list[Offer]]:
    """What the lists that count on a day offer this customer (None: a visitor), by product."""
    mine = exists().where(PriceListCustomer.list_id == PriceList.id, PriceListCustomer.customer_id == customer_id)
    whose = PriceList.everybody == true() if customer_id is None else or_(PriceList.everybody == true(), mine)
    query = (
        select(ListedPrice.product_id, PriceList.name, ListedPrice.from_quantity, ListedPrice.price_cents)
        .join(PriceList, PriceList.id == ListedPrice.list_id)
        .where(
            ListedPrice.product_id.in_(list(product_ids)),
            PriceList.currency == currency,
            PriceList.valid_from <= day,
            or_(PriceList.valid_to.is_(None), PriceList.valid_to >= day),
            whose,
        )
    )
    found: dict[int, list[Offer]] = {}
    for product_id, name, quantity, cents in db.session.execute(query):
        found.setdefault(product_id, []).append(Offer(name, quantity, Money(cents, currency)))
    return found


def lists(*, limit: int) -> list[tuple[ListInfo, int]]:
    """Price lists by name, each with how many customers it is for."""
    customers = (
        select(func.count())
        .select_from(PriceListCustomer)
        .where(PriceListCustomer.list_id == PriceList.id)
        .correlate(PriceList)
        .scalar_subquery()
    )
    rows = db.session.execute(select(PriceList, customers).order_by(PriceList.name).limit(limit))
    return [(info(row), int(count)) for row, count in rows]


def info(row: PriceList) -> ListInfo:
    """The value of a loaded list."""
    return ListInfo(row.id, row.name, row.currency, row.valid_from, row.valid_to, row.everybody, row.version)


def price_list(list_id: int) -> PriceList | None:
    """A price list, or None."""
    return db.session.get(PriceList, list_id)


def list_by_name(name: str) -> PriceList | None:
    """A price list by its name, in the case it is written in."""
    return db.session.scalar(select(PriceList).where(PriceList.name == name))


def lock_list(list_id: int) -> PriceList | None:
    """The list, read afresh and kept until the transaction ends; its prices and customers change only under it."""
    row = db.session.scalar(
        select(PriceList).where(PriceList.id == list_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is not None:
        row.version += 1
    return row


def name_taken(name: str, besides: int | None) -> bool:
    """Whether another list has this name."""
    others = select(exists().where(PriceList.name == name, PriceList.id != (besides or 0)))
    return bool(db.session.scalar(others))


def customers_of(list_id: int) -> list[int]:
    """Ids of the customers a list is for."""
    mine = select(PriceListCustomer.customer_id).where(PriceListCustomer.list_id == list_id)
    return list(db.session.scalars(mine.order_by(PriceListCustomer.customer_id)))


def add_customer(list_id: int, customer_id: int) -> bool:
    """Let a list count for a customer; False when it does already."""
    if db.session.get(PriceListCustomer, (list_id, customer_id)) is not None:
        return False
    db.session.add(PriceListCustomer(list_id=list_id, customer_id=customer_id))
    db.session.flush()
    return True


def remove_customer(list_id: int, customer_id: int) -> bool:
    """Let a list no longer count for a customer; False when it did not."""
    mine = delete(PriceListCustomer).where(
        PriceListCustomer.list_id == list_id, PriceListCustomer.customer_id == customer_id
    )
    return changed_rows(mine) > 0


def _rows() -> AnySelect:
    return select(
        ListedPrice.id,
        Product.sku,
        Product.name,
        Product.unit,
        ListedPrice.from_quantity,
        ListedPrice.price_cents,
        PriceList.currency,
        Product.price_cents.label("shop_cents"),
        Product.currency.label("shop_currency"),
    ).join(Product, Product.id == ListedPrice.product_id).join(PriceList, PriceList.id == ListedPrice.list_id)  # fmt: skip


def prices_page(list_id: int, search: str, after: str | None, limit: int) -> Page[Listed]:
    """One page of a list's prices, oldest row first. search: the beginning of a product's code."""
    query = _rows().where(ListedPrice.list_id == list_id)
    if search:
        query = query.where(Product.sku.startswith(search.upper(), autoescape=True))
    return fetch(query, _BY_ROW, after, limit).map(_listed)


def _listed(row: AnyRow) -> Listed:
    return Listed(
        row.id, row.sku, row.name, row.unit, row.from_quantity, Money(row.price_cents, row.currency),
        Money(row.shop_cents, row.shop_currency),
    )  # fmt: skip


def listed(list_id: int, product_id: int, from_quantity: int) -> ListedPrice | None:
    """One price of a list, or None."""
    return db.session.scalar(
        select(ListedPrice).where(
            ListedPrice.list_id == list_id,
            ListedPrice.product_id == product_id,
            ListedPrice.from_quantity == from_quantity,
        )
    )


def remove_price(list_id: int, row_id: int) -> tuple[int, int, int] | None:
    """Take a price off a list; its product, quantity and cents, or None when it was not there."""
    row = db.session.scalar(select(ListedPrice).where(ListedPrice.list_id == list_id, ListedPrice.id == row_id))
    if row is None:
        return None
    facts = (row.product_id, row.from_quantity, row.price_cents)
    db.session.delete(row)
    db.session.flush()
    return facts


def rate(currency: str, day: date, oldest: date) -> Rate | None:
    """The newest rate of a currency on or before a day, not older than another."""
    row = db.session.scalar(
        select(ExchangeRate)
        .where(ExchangeRate.currency == currency, ExchangeRate.day <= day, ExchangeRate.day >= oldest)
        .order_by(ExchangeRate.day.desc())
        .limit(1)
    )
    return None if row is None else Rate(row.currency, row.day, row.micros)


def rates(currency: str, limit: int) -> list[tuple[Rate, str]]:
    """The newest rates of a currency, each with who wrote it."""
    rows = db.session.scalars(
        select(ExchangeRate).where(ExchangeRate.currency == currency).order_by(ExchangeRate.day.desc()).limit(limit)
    )
    return [(Rate(row.currency, row.day, row.micros), row.written_by) for row in rows]


def lock_rate(currency: str, day: date) -> ExchangeRate | None:
    """The rate of a day, read afresh and kept until the transaction ends."""
    return db.session.scalar(
        select(ExchangeRate)
        .where(ExchangeRate.currency == currency, ExchangeRate.day == day)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
