"""Questions to quotes. Whoever writes holds the customer's lock first."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ScalarSelect, delete, func, or_, select

from portal.core.money import Money
from portal.orders.models import Quote, QuoteLine
from portal.orders.queries import lines
from portal.orders.queries.listing import Asked, Listing, numbers
from portal.orders.types.quotes import QuotedLine, QuoteFilter, QuoteInfo, QuoteState
from portal.platform.db import db
from portal.platform.paging import AnySelect, Page


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
        started_by=row.started_by,
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


def lines_of(quote_id: int, currency: str) -> tuple[QuotedLine, ...]:
    """The lines of a quote, in their order."""
    rows = db.session.scalars(select(QuoteLine).where(QuoteLine.quote_id == quote_id).order_by(QuoteLine.position))
    return tuple(lines.offered(row, currency) for row in rows)


def replace_lines(quote_id: int, wanted: tuple[QuotedLine, ...]) -> None:
    """Other lines for a draft."""
    db.session.execute(delete(QuoteLine).where(QuoteLine.quote_id == quote_id))
    db.session.add_all(lines.quote_row(quote_id, position, line) for position, line in enumerate(wanted, 1))
    db.session.flush()


QUOTES = Listing(
    Quote, Quote.id, Quote.customer_id, Quote.state, Quote.customer_name, "ix_quote",
    ways=lambda text, today: [Quote.number.in_(numbers("QUO", text, today))],
)  # fmt: skip


def page(
    customer_id: int | None,
    wanted: QuoteFilter,
    search: str,
    today: date,
    after: str | None,
    limit: int,
    *,
    oldest: bool = False,
) -> Page[QuoteInfo]:
    """One page of quotes, newest first. customer_id: None for all customers; a customer sees none that is ours alone."""
    columns: AnySelect = select(Quote, Quote.id)
    if customer_id is not None:
        columns = columns.where(or_(Quote.started_by == "", Quote.sent_at.is_not(None)))
    states = () if wanted is QuoteFilter.ALL else (wanted.value,)
    asked = Asked(customer_id, states, search, today, oldest)
    return QUOTES.page(columns, asked, after, limit).map(lambda row: info(row[0]))


def index_for(customer_id: int | None, wanted: QuoteFilter) -> str | None:
    """The index in which this list stands in its own order (reliability.md E23)."""
    return QUOTES.index_for(customer_id, some=wanted is not QuoteFilter.ALL)


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
