"""How every list of orders, quotes and delivery notes is asked for: whose, in which states, found by what, from where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Subquery, select, union
from sqlalchemy.orm import InstrumentedAttribute

from portal.orders.models import Delivery, Order, Quote
from portal.platform.paging import AnyRow, AnySelect, Page, Sort, fetch

#: rows that each way of finding gives at most
MOST_HITS = 200
Condition = ColumnElement[bool]
#: the ways a text finds a row, beside the beginning of the customer's name
Ways = Callable[[str, date], list[Condition]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A table whose rows are listed by id, of one customer or all, in some states or any.

    index: the beginning of its indexes' names: …_customer, …_customer_state and …_state, each with the id behind.
    """

    model: type[Order] | type[Quote] | type[Delivery]
    ident: InstrumentedAttribute[int]
    customer_id: InstrumentedAttribute[int]
    state: InstrumentedAttribute[str]
    name: InstrumentedAttribute[str]
    index: str
    ways: Ways

    def page(self, columns: AnySelect, asked: Asked, after: str | None, limit: int) -> Page[AnyRow]:
        """One page of these columns, the newest first unless the oldest are asked for. Nothing is counted."""
        query = columns
        if asked.customer_id is not None:
            query = query.where(self.customer_id == asked.customer_id)
        if asked.states:
            query = query.where(self.state.in_(asked.states))
        if asked.search:
            hits = self._hits(asked)
            query = query.join(hits, hits.c.id == self.ident)
        elif (index := self.index_for(asked.customer_id, some=bool(asked.states))) is not None:
            query = query.with_hint(self.model, f"FORCE INDEX ({index})", "mysql")
        return fetch(query, Sort(self.ident, self.ident, descending=not asked.oldest), after, limit)

    def index_for(self, customer_id: int | None, *, some: bool) -> str | None:
        """The index in which the list stands in its own order; MariaDB does not find it alone (reliability.md E23).

        some: only some states are asked for. None is the primary key.
        """
        if not some:
            return None if customer_id is None else f"{self.index}_customer"
        return f"{self.index}_state" if customer_id is None else f"{self.index}_customer_state"

    def _hits(self, asked: Asked) -> Subquery:
        ways = self.ways(asked.search, asked.today)
        whose: list[Condition] = []
        if asked.customer_id is None:
            ways.append(self.name.startswith(asked.search, autoescape=True))
        else:
            whose.append(self.customer_id == asked.customer_id)
        found: list[Any] = [select(self.ident).where(*whose, way).limit(MOST_HITS).subquery() for way in ways]
        return union(*(select(each.c.id) for each in found)).subquery()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for. customer_id: None for all customers. states: none for any. today: for short numbers."""

    customer_id: int | None
    states: tuple[str, ...]
    search: str
    today: date
    oldest: bool = False


def numbers(series: str, text: str, today: date) -> list[str]:
    """The document numbers a text may mean: a whole one, or its last figures in this year and the one before."""
    whole = re.fullmatch(rf"{series}-?([0-9]{{4}})-?([0-9]{{1,6}})", text.upper().replace(" ", ""))
    if whole:
        return [f"{series}-{whole[1]}-{int(whole[2]):06d}"]
    if text.isascii() and text.isdigit() and len(text) <= 6:
        return [f"{series}-{year}-{int(text):06d}" for year in (today.year, today.year - 1)]
    return []
