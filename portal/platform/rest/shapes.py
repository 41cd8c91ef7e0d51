"""Shapes that every part of the interface uses. A shape is a typed declaration: it reads, writes and documents itself.

Source: docs/decisions/0023-shapes-declare-the-interface.md; docs/rules/api.md, P3 and P4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

from portal.core.money import Money
from portal.platform.paging import Page

T = TypeVar("T")
S = TypeVar("S")


class Shape(Struct, frozen=True, kw_only=True):
    """What is answered."""


class Asked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked with: the parameters of an address, or a body. A name that it does not have is refused."""


class Amount(Shape, frozen=True, kw_only=True):
    """An amount of money in whole cents of its currency: `{"cents": 1250000, "currency": "ZAR"}` is R 12 500.00."""

    cents: Annotated[int, Meta(description="Whole cents.", examples=[1250000])]
    currency: Annotated[str, Meta(description="ISO 4217 code.", pattern="^[A-Z]{3}$", examples=["ZAR"])]


class Listed(Shape, Generic[T], frozen=True, kw_only=True):
    """One page of a list."""

    items: list[T]
    next: Annotated[
        str | None,
        Meta(description="Send it as `after` for the next page; null on the last one.", examples=[None]),
    ]


class Problem(Shape, frozen=True, kw_only=True):
    """Why something was refused (RFC 9457)."""

    type: Annotated[str, Meta(description="Where the numbers are explained.", examples=["/docs/api#errors"])]
    title: Annotated[str, Meta(description="In a few words.", examples=["Something needs another look"])]
    status: Annotated[int, Meta(description="The status of the answer.", examples=[422])]
    detail: Annotated[str, Meta(description="What to do about it.", examples=["Write a whole quantity."])]
    request_id: Annotated[str, Meta(description="Tell us this number.", examples=["5f0c2a9b1d3e4f60"])]
    errors: Annotated[list[Fault], Meta(description="What is wrong where, when single values are.")] = []
    retry_after: Annotated[str, Meta(description="After so many seconds (429 only).", examples=["12"])] = ""


class Fault(Shape, frozen=True, kw_only=True):
    """What is wrong with one value."""

    pointer: Annotated[str, Meta(description="Where it stands (RFC 6901).", examples=["/lines/0/quantity"])]
    detail: Annotated[str, Meta(description="What is wrong with it.", examples=["Expected `int` >= 1"])]


After = Annotated[str, Meta(max_length=400, description="`next` of the page before; left out for the first page.")]
Limit = Annotated[int, Meta(ge=1, le=100, description="How many a page has at most.", examples=[25])]
Search = Annotated[str, Meta(max_length=80, description="Words or the beginning of a number to look for.")]
CustomerCode = Annotated[
    str,
    Meta(max_length=12, description="Of one customer only; a program of ours may ask for any.", examples=["MPD014"]),
]
Day = Annotated[date, Meta(description="ISO 8601 day.", examples=["2026-03-14"])]
Instant = Annotated[datetime, Meta(description="ISO 8601 moment in UTC.", examples=["2026-03-14T08:30:00Z"])]


class PageAsked(Asked, frozen=True, kw_only=True):
    """Which page of a list."""

    after: After = ""
    limit: Limit = 25
    customer: CustomerCode = ""


def amount(money: Money) -> Amount:
    """Money as programs read it."""
    return Amount(cents=money.cents, currency=money.currency)


def amount_or_none(money: Money | None) -> Amount | None:
    """The same, where there may be none."""
    return None if money is None else amount(money)


def listed(page: Page[S], make: Callable[[S], T]) -> Listed[T]:
    """A page of a list as programs read it."""
    return Listed(items=[make(item) for item in page.items], next=page.next)


def whole(items: Iterable[T]) -> Listed[T]:
    """A list that has one page only."""
    return Listed(items=list(items), next=None)
