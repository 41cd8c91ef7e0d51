"""Pages of long lists by key: the next page begins after the last row seen, so the last page costs what the first does.

Nothing is counted and nothing is skipped over. The form of the condition is the one that MariaDB reads by range
when the query names its index (reliability.md E23 and 3g): ``column <= v AND (column < v OR id < i)``.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.platform.db import db

#: A query of any columns, and one of its rows.
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page; ``next`` and ``previous`` are marks for the address, None where there is no such page."""

    items: tuple[T, ...]
    next: str | None = None
    previous: str | None = None

    def map(self, make: Callable[[T], U]) -> Page[U]:
        """The same page of other values."""
        return Page(tuple(make(item) for item in self.items), self.next, self.previous)


#: counts beside places and filters go so far
COUNTED = 1_000


def capped(ids: Select[int]) -> ScalarSelect[int]:
    """How many rows a question has, up to one more than COUNTED, as a subquery; pages write ``1,000+`` for more."""
    return select(func.count()).select_from(ids.limit(COUNTED + 1).subquery()).scalar_subquery()


def numbered(items: Sequence[T], following: int | None) -> Page[T]:
    """A page of a list whose mark is the id of its last row."""
    return Page(tuple(items), None if following is None else str(following))


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a list: the sort value and id of one row; ``back`` asks for the page that ends before it."""

    value: str | int
    ident: int
    back: bool = False

    def text(self) -> str:
        """The mark as it stands in an address."""
        raw = json.dumps([self.value, self.ident, int(self.back)], separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str | None) -> Mark | None:
        """The mark in an address; None for none, and for one that nobody of ours wrote: the list then begins anew."""
        if not text:
            return None
        try:
            raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            value, ident, back = raw
        except (ValueError, TypeError, binascii.Error, RecursionError):
            return None
        if not _storable(value) or type(ident) is not int or not _storable(ident) or back not in (0, 1):
            return None
        return cls(value, ident, bool(back))


#: The largest id that a database holds.
_LARGEST = 2**63 - 1


def _storable(value: object) -> bool:
    """Whether a database column could hold it: text of real letters, or a whole number that is not too large."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    return type(value) is int and abs(value) <= _LARGEST


def row_id(text: str) -> int:
    """An id in an address, for ``request.args.get(…, type=row_id)``. Raises ValueError for what no row can have."""
    if not text.isascii() or not text.isdigit() or int(text[:20]) > _LARGEST:
        raise ValueError("not an id")
    return int(text)


@dataclass(frozen=True, slots=True)
class Sort:
    """By which column a list is sorted; ids of the same direction settle ties."""

    column: InstrumentedAttribute[Any]
    ident: InstrumentedAttribute[int]
    descending: bool = False

    def value(self, mark: Mark) -> Any:
        """The mark's value in the column's own type; raises ValueError when it is none."""
        kind = self.column.type.python_type
        if kind is date:
            return date.fromisoformat(str(mark.value))
        if kind is int and type(mark.value) is not int:
            raise ValueError("not a whole number")
        return mark.value

    def beyond(self, mark: Mark) -> ColumnElement[bool]:
        """Only rows on the far side of the mark."""
        value, down = self.value(mark), self.descending is not mark.back
        if self.column is self.ident:
            return self.ident < mark.ident if down else self.ident > mark.ident
        if down:
            return and_(self.column <= value, or_(self.column < value, self.ident < mark.ident))
        return and_(self.column >= value, or_(self.column > value, self.ident > mark.ident))

    def order(self, *, back: bool) -> tuple[ColumnElement[Any], ...]:
        """ORDER BY, turned round for a page before the mark."""
        columns = (self.column,) if self.column is self.ident else (self.column, self.ident)
        down = self.descending is not back
        return tuple(column.desc() if down else column.asc() for column in columns)

    def mark_of(self, row: AnyRow, *, back: bool) -> str:
        """The mark of a row that was read."""
        value = getattr(row, self.column.key)
        kept = value.isoformat() if isinstance(value, date) else value
        return Mark(kept, getattr(row, self.ident.key), back).text()


def asked_for(search: str, longest: int = 80) -> str:
    """What a search box was given, without signs that nobody can see, cut to a sensible length."""
    return "".join(sign for sign in search if sign.isprintable()).strip()[:longest]


def fetch(query: AnySelect, sort: Sort, after: str | None, limit: int) -> Page[AnyRow]:
    """Run a query of columns (the sort column and id among them) for one page. ``after``: a mark, or None."""
    mark = Mark.read(after)
    try:
        wanted = query if mark is None else query.where(sort.beyond(mark))
    except ValueError:
        mark, wanted = None, query
    back = mark is not None and mark.back
    rows: Sequence[AnyRow] = db.session.execute(wanted.order_by(*sort.order(back=back)).limit(limit + 1)).all()
    more, rows = len(rows) > limit, rows[:limit]
    if back:
        rows = rows[::-1]
    if not rows:
        return Page(())
    first, last = sort.mark_of(rows[0], back=True), sort.mark_of(rows[-1], back=False)
    return Page(
        tuple(rows),
        next=last if back or more else None,
        previous=first if (more if back else mark is not None) else None,
    )
