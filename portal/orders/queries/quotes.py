"""Questions to quotes. Whoever writes holds the customer's lock first."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, delete, func, select, union

from portal.core.money import Money
from portal.core.vat import VatCode
from portal.orders.models import Quote, QuoteLine
from portal.orders.types import OrderLine
from portal.orders.types.quotes import QuoteFilter, QuoteInfo, QuoteState
from portal.platform.db import db
from portal.platform.paging import AnySelect, Page, Sort, fetch

_MOST_HITS = 200
_NEWEST = Sort(Quote.id, Quote.id, descending=True)
_NUMBER = re.compile(r"QUO-?([0-9]{4})-?([0-9]{1,6})")


def info(row: Quote) -> QuoteInfo:
    """The value of a loaded quote."""
    return QuoteInfo(
        id=row.id,
        number=row.number,
        customer_id=row.customer_id,
        customer_code=row.customer_code,
        customer_name=row.customer_name,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        state=QuoteState(row.state),
        net=Money(row.net_cents, row.currency),
        vat=Money(row.vat_cents, row.currency),
        total=Money(row.total_cents, row.currency),
        valid_until=row.valid_until,
        sent_at=row.sent_at,
        sent_by=row.sent_by,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        order_number=row.order_number,
        version=row.version,
    )


def quote(number: str) -> Quote | None:
    """A quote by its number."""
    return db.session.scalar(select(Quote).where(Quote.number == number))


def lock_quote(quote_id: int) -> Quote | None:
    """The quote, read afresh and kept until the transaction ends; the caller holds its customer's lock."""
    row = db.session.scalar(
        select(Quote).where(Quote.id == quote_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is not None:
        row.version += 1
    return row


def lines_of(quote_id: int, currency: str) -> tuple[OrderLine, ...]:
    """The lines of a quote, in their order."""
    rows = db.session.scalars(select(QuoteLine).where(QuoteLine.quote_id == quote_id).order_by(QuoteLine.position))
    return tuple(_line(row, currency) for row in rows)


def _line(row: QuoteLine, currency: str) -> OrderLine:
    return OrderLine(
        product_id=row.product_id,
        sku=row.sku,
        description=row.description,
        quantity=row.quantity,
        unit=row.unit,
        unit_price=Money(row.unit_price_cents, currency),
        vat_code=VatCode(row.vat_code),
        rate=row.vat_rate,
        net=Money(row.net_cents, currency),
        vat=Money(row.vat_cents, currency),
        gross=Money(row.gross_cents, currency),
    )


def replace_lines(quote_id: int, lines: tuple[OrderLine, ...]) -> None:
    """Other lines for a draft."""
    db.session.execute(delete(QuoteLine).where(QuoteLine.quote_id == quote_id))
    db.session.add_all(
        QuoteLine(
            quote_id=quote_id,
            position=position,
            product_id=line.product_id,
            sku=line.sku,
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            unit_price_cents=line.unit_price.cents,
            vat_code=line.vat_code.value,
            vat_rate=line.rate,
            net_cents=line.net.cents,
            vat_cents=line.vat.cents,
            gross_cents=line.gross.cents,
        )
        for position, line in enumerate(lines, 1)
    )
    db.session.flush()


def page(
    customer_id: int | None, wanted: QuoteFilter, search: str, today: date, after: str | None, limit: int
) -> Page[QuoteInfo]:
    """One page of quotes, newest first. customer_id: None for all customers."""
    query: AnySelect = select(Quote, Quote.id)
    if customer_id is not None:
        query = query.where(Quote.customer_id == customer_id)
    if wanted is not QuoteFilter.ALL:
        query = query.where(Quote.state == wanted.value)
    if search:
        hits = _hits(customer_id, search, today)
        query = query.join(hits, hits.c.id == Quote.id)
    elif (index := index_for(customer_id, wanted)) is not None:
        query = query.with_hint(Quote, f"FORCE INDEX ({index})", "mysql")
    return fetch(query, _NEWEST, after, limit).map(lambda row: info(row[0]))


def index_for(customer_id: int | None, wanted: QuoteFilter) -> str | None:
    """The index in which this list stands in its own order (reliability.md E23)."""
    if wanted is QuoteFilter.ALL:
        return None if customer_id is None else "ix_quote_customer"
    return "ix_quote_state" if customer_id is None else "ix_quote_customer_state"


def _hits(customer_id: int | None, text: str, today: date) -> Subquery:
    ways: list[ColumnElement[bool]] = [Quote.number.in_(_numbers(text, today))]
    if customer_id is None:
        ways.append(Quote.customer_name.startswith(text, autoescape=True))
    whose = [] if customer_id is None else [Quote.customer_id == customer_id]
    found = (select(Quote.id).where(*whose, way).limit(_MOST_HITS).subquery() for way in ways)
    return union(*(select(each.c.id) for each in found)).subquery()


def _numbers(text: str, today: date) -> list[str]:
    whole = _NUMBER.fullmatch(text.upper().replace(" ", ""))
    if whole:
        return [f"QUO-{whole[1]}-{int(whole[2]):06d}"]
    if text.isascii() and text.isdigit() and len(text) <= 6:
        return [f"QUO-{year}-{int(text):06d}" for year in (today.year, today.year - 1)]
    return []


def waiting_count() -> ScalarSelect[int]:
    """Requests that our people have not priced."""
    return select(func.count(Quote.id)).where(Quote.state == QuoteState.DRAFT).scalar_subquery()


def past_validity(today: date, limit: int) -> list[str]:
    """Numbers of sent quotes whose last day is over, oldest first."""
    late = select(Quote.number).where(Quote.state == QuoteState.SENT, Quote.valid_until < today)
    return list(db.session.scalars(late.order_by(Quote.valid_until, Quote.id).limit(limit)))


def open_of(customer_id: int) -> str | None:
    """A quote of a customer that is being priced or waits for an answer."""
    states = (QuoteState.DRAFT.value, QuoteState.SENT.value)
    return db.session.scalar(
        select(Quote.number).where(Quote.customer_id == customer_id, Quote.state.in_(states)).limit(1)
    )
