"""Quotes: listed and read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from msgspec import Meta

from portal.accounts import service as accounts
from portal.orders import service
from portal.orders.api import shapes
from portal.orders.api.blueprint import blueprint
from portal.orders.types.quotes import QuoteFilter, QuoteInfo, QuoteState
from portal.platform.http import access, current_program
from portal.platform.rest import Amount, Instant, Listed, PageAsked, Search, Shape, amount, listed, operation


class Quote(Shape, frozen=True, kw_only=True):
    """What something would cost. There is no price before it is sent."""

    number: Annotated[str, Meta(examples=["QUO-2026-000031"])]
    customer: Annotated[str, Meta(examples=["MPD014"])]
    state: QuoteState
    asked_at: Instant
    asked_by: Annotated[str, Meta(examples=["Thandi Mokoena"])]
    sent_at: Instant | None
    valid_until: date | None
    decided_at: Instant | None
    order: Annotated[str | None, Meta(description="The order it became.", examples=["ORD-2026-000123"])]
    net: Amount | None
    vat: Amount | None
    total: Amount | None


class WholeQuote(Quote, frozen=True, kw_only=True):
    """A quote with its lines; none before it is sent."""

    lines: list[shapes.OrderedLine]
    words: Annotated[str, Meta(description="What was asked for.")]
    reply: Annotated[str, Meta(description="What we say to it.")]
    decline_reason: str


class QuotesAsked(PageAsked, frozen=True, kw_only=True):
    """Which quotes."""

    state: QuoteFilter = QuoteFilter.ALL
    q: Search = ""


@blueprint.get("/api/v1/quotes")
@access.program("orders:read")
@operation("List quotes", tag="Quotes", answer=Listed[Quote], query=QuotesAsked, words="The newest first.")
def quotes(query: QuotesAsked) -> Listed[Quote]:
    """A page of quotes."""
    whose = accounts.whose(current_program(), query.customer)
    page = service.quotes_page(whose, query.state, query.q, query.after or None, limit=query.limit)
    return listed(page, lambda info: Quote(**_facts(info)))


@blueprint.get("/api/v1/quotes/<number>")
@access.program("orders:read")
@operation("Get a quote", tag="Quotes", answer=WholeQuote, path={"number": ("The quote’s number.", "QUO-2026-000031")})
def quote(number: str) -> WholeQuote:
    """One quote with its lines."""
    found = service.quote_detail(number, current_program().customer_id)
    shown = found.lines if found.info.sent_at else ()
    return WholeQuote(
        **_facts(found.info), lines=[shapes.line(each) for each in shown], words=found.words,
        reply=found.reply if found.info.sent_at else "",
        decline_reason=found.decline_reason,
    )  # fmt: skip


def _facts(info: QuoteInfo) -> dict[str, Any]:
    money = {"net": info.net, "vat": info.vat, "total": info.total}
    return {
        "number": info.number, "customer": info.customer_code, "state": info.state, "asked_at": info.asked_at,
        "asked_by": info.asked_by, "sent_at": info.sent_at, "valid_until": info.valid_until if info.sent_at else None,
        "decided_at": info.decided_at, "order": info.order_number or None,
        **{name: amount(value) if info.sent_at else None for name, value in money.items()},
    }  # fmt: skip
