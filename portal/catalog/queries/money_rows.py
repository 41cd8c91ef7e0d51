"""Prices of lists and exchange rates, many at once: read, locked and written by the thousand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from portal.catalog.models import ExchangeRate, ListedPrice, PriceList, PriceListCustomer, Product
from portal.platform.db import Base, db

Values = dict[str, Any]
_MOST_LISTS = 2_000


def all_lists() -> list[PriceList]:
    """Every price list, read afresh."""
    asked = select(PriceList).order_by(PriceList.id).limit(_MOST_LISTS)
    return list(db.session.scalars(asked.execution_options(populate_existing=True)))


def customers_of_lists(list_ids: Iterable[int]) -> dict[int, set[int]]:
    """Ids of the customers that each list is for."""
    wanted = sorted(set(list_ids))
    found: dict[int, set[int]] = {number: set() for number in wanted}
    asked = select(PriceListCustomer.list_id, PriceListCustomer.customer_id)
    for list_id, customer_id in db.session.execute(asked.where(PriceListCustomer.list_id.in_(wanted))):
        found[list_id].add(customer_id)
    return found


def prices_of_lists(list_ids: Iterable[int], skus: Iterable[str]) -> dict[tuple[int, str, int], tuple[int, int]]:
    """(row id, cents) by list, product code and quantity."""
    asked = (
        select(ListedPrice.list_id, Product.sku, ListedPrice.from_quantity, ListedPrice.id, ListedPrice.price_cents)
        .join(Product, Product.id == ListedPrice.product_id)
        .where(ListedPrice.list_id.in_(sorted(set(list_ids))), Product.sku.in_(sorted(set(skus))))
    )
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in db.session.execute(asked)}


def names_of(skus: Iterable[str]) -> dict[str, tuple[int, str]]:
    """(id, name) of products by their codes, on sale or not."""
    asked = select(Product.sku, Product.id, Product.name).where(Product.sku.in_(sorted(set(skus))))
    return {row.sku: (row.id, row.name) for row in db.session.execute(asked)}


def write_prices(rows: Sequence[Values]) -> None:
    """New prices and other ones for those that are there, in one statement."""
    _upsert(ListedPrice, rows, ["list_id", "product_id", "from_quantity"])


def remove_prices(row_ids: Iterable[int]) -> None:
    """Prices that are taken off their lists, in one statement."""
    if wanted := sorted(set(row_ids)):
        db.session.execute(delete(ListedPrice).where(ListedPrice.id.in_(wanted)))


def rates_of(days: Iterable[date]) -> dict[tuple[str, date], int]:
    """Millionths of a rand by currency and day."""
    asked = select(ExchangeRate.currency, ExchangeRate.day, ExchangeRate.micros)
    rows = db.session.execute(asked.where(ExchangeRate.day.in_(sorted(set(days)))))
    return {(row.currency, row.day): row.micros for row in rows}


def write_rates(rows: Sequence[Values]) -> None:
    """New rates and other ones for days that have one, in one statement."""
    _upsert(ExchangeRate, rows, ["currency", "day"])


def _upsert(model: type[Base], rows: Sequence[Values], key: list[str]) -> None:
    if not rows:
        return
    changing = [name for name in rows[0] if name not in key]
    if db.engine.dialect.name == "mysql":
        mysql = mysql_insert(model)
        db.session.execute(mysql.on_duplicate_key_update({name: mysql.inserted[name] for name in changing}), list(rows))
        return
    sqlite = sqlite_insert(model)
    written = sqlite.on_conflict_do_update(key, set_={name: sqlite.excluded[name] for name in changing})
    db.session.execute(written, list(rows))
