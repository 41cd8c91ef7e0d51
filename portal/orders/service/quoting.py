"""Quotes: asked for, priced and sent by our people, accepted or declined by the customer, expired by the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ScalarSelect

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import BadInput, Conflict, IllegalMove, NotFound
from portal.core.identity import Identity
from portal.core.vat import LineAmounts, by_rate, line_amounts
from portal.orders import queries as of_orders
from portal.orders.models import Quote
from portal.orders.queries import quotes as queries
from portal.orders.service import booking, finding, offering, telling
from portal.orders.service.cart import buyer_of, cart_of
from portal.orders.service.releasing import checked_reason
from portal.orders.types import OrderInfo, OrderLine, Purchase
from portal.orders.types.quotes import (
    LONGEST_DAYS,
    LONGEST_REPLY,
    LONGEST_WORDS,
    Offer,
    QuoteDetail,
    QuoteFilter,
    QuoteInfo,
    QuoteState,
    check_quote_move,
)
from portal.platform import audit, idempotency
from portal.platform.db import db
from portal.platform.paging import Page, asked_for

PAGE = 25
_MOST_EXPIRED = 200


def quote(number: str, customer_id: int | None = None) -> QuoteInfo:
    """One quote. customer_id: whose it must be. Raises NotFound, also for another customer's."""
    return queries.info(_row(number, customer_id))


def quote_detail(number: str, customer_id: int | None = None) -> QuoteDetail:
    """A quote with its lines. Raises NotFound as `quote`."""
    row = _row(number, customer_id)
    lines = queries.lines_of(row.id, row.currency)
    return QuoteDetail(
        info=queries.info(row),
        lines=lines,
        rates=by_rate(LineAmounts(line.net, line.vat, line.gross, line.rate, line.vat_code) for line in lines),
        address=tuple(row.address),
        words=row.words,
        reply=row.reply,
        decline_reason=row.decline_reason,
    )


def quotes_page(
    customer_id: int | None,
    wanted: QuoteFilter,
    search: str = "",
    after: str | None = None,
    *,
    limit: int = PAGE,
    oldest: bool = False,
) -> Page[QuoteInfo]:
    """One page of quotes, newest first. search: a number or the end of one; for staff a customer's name."""
    return queries.page(customer_id, wanted, asked_for(search), clock.today(), after, limit, oldest=oldest)


def quotes_waiting() -> ScalarSelect[int]:
    """Quotes that our people have begun or been asked for and not sent, as a subquery for the rail."""
    return queries.waiting_count()


def ask_for_quote(identity: Identity, words: str, key: str, *, with_cart: bool) -> QuoteInfo:
    """A person asks what something would cost, in their own words, for what is in their cart, or both; once for the key.

    The cart's lines start the draft at today's prices, and those that have none are asked for in the words; the cart
    stays as it is. Raises BadInput when nothing is asked.
    Source: docs/rules/orders.md O8.
    """
    customer_id = buyer_of(identity)
    accounts.lock_customer(customer_id)
    scope = f"orders.quote:{customer_id}:{identity.user_id}"
    if (earlier := idempotency.answer_to(key, scope)) is not None:
        return quote(str(earlier["number"]), customer_id)
    said, customer = words.strip(), accounts.customer(customer_id)
    lines = cart_of(identity, customer).lines if with_cart else ()
    offers = [Offer(line.sku, line.quantity, line.price) for line in lines if line.available]
    unpriced = [f"{line.quantity} × {line.sku} {line.name}" for line in lines if not line.available]
    if len(said) < 3 and not lines:
        raise BadInput("Write what you need, or put it into your cart first.", field="words")
    if len(said) > LONGEST_WORDS:
        raise BadInput(f"At most {LONGEST_WORDS} characters.", field="words")
    words = "\n".join([said, *unpriced]).strip()
    row = offering.new_quote(customer, identity.user_id, identity.name, words=words)
    if offers:
        offering.put_lines(row, offers)
    audit.record("quote.asked", row.number, after={"lines": len(offers)})
    telling.quote_asked(queries.info(row))
    idempotency.remember(key, scope, {"number": row.number})
    return queries.info(row)


def price_quote(
    number: str, offers: Sequence[Offer], valid_until: date, reply: str, *, seen: int, by: Identity
) -> QuoteInfo:
    """Our people write what they offer: lines, prices and the last day. The customer sees it once it is sent.

    seen: the version they looked at. Raises IllegalMove for a quote that was sent, Conflict when a colleague changed
    it, BadInput for an unknown code, an odd quantity or a day that is over. Source: docs/rules/orders.md O8.
    """
    row = _locked(number)
    if QuoteState(row.state) is not QuoteState.DRAFT:
        raise IllegalMove(number, row.state, QuoteState.DRAFT.value)
    if row.version != seen + 1:
        raise Conflict("A colleague changed this quote in the meantime. Open it again to see how it stands.")
    if not clock.today() <= valid_until <= clock.today() + timedelta(days=LONGEST_DAYS):
        raise BadInput("An offer holds until today or a later day, for at most a year.", field="valid_until")
    if len(reply) > LONGEST_REPLY:
        raise BadInput(f"At most {LONGEST_REPLY} characters.", field="reply")
    offering.put_lines(row, offers)
    row.valid_until, row.reply = valid_until, reply
    db.session.flush()
    audit.record(
        "quote.priced", number, after={"cents": row.total_cents, "until": valid_until.isoformat(), "by": by.name}
    )
    return queries.info(row)


def send_quote(number: str, *, seen: int, by: Identity) -> QuoteInfo:
    """The offer goes to whoever asked, and binds us until its last day.

    Raises IllegalMove when it was sent already, Conflict when a colleague changed it, BadInput while it has no lines or
    its last day is over. Source: docs/rules/orders.md O9.
    """
    row = _locked(number)
    check_quote_move(number, QuoteState(row.state), QuoteState.SENT)
    if row.version != seen + 1:
        raise Conflict("A colleague changed this quote in the meantime. Open it again to see how it stands.")
    if not row.total_cents or row.valid_until is None:
        raise BadInput("Write lines with prices, and until when the offer holds, and save them first.")
    if row.valid_until < clock.today():
        raise BadInput("The last day of this offer is over. Write another and save it first.", field="valid_until")
    row.state, row.sent_at, row.sent_by = QuoteState.SENT.value, clock.now(), by.name
    db.session.flush()
    audit.record("quote.sent", number, after={"cents": row.total_cents, "until": row.valid_until.isoformat()})
    telling.quote_sent(queries.info(row), row.asked_by_id)
    return queries.info(row)


def accept_quote(
    identity: Identity, number: str, po_number: str, delivery: tuple[str, ...], key: str, *, note: str = ""
) -> OrderInfo:
    """The customer takes the offer: an order at the quoted prices, placed, held or put to an approver like any other.

    Locks the customer, then the quote. VAT is that of today. Raises NotFound, IllegalMove when it is declined, expired,
    accepted or its last day is over, BadInput. Source: docs/rules/orders.md O9, O10.
    """
    customer_id = buyer_of(identity)
    quote(number, customer_id)
    row = _locked(number)
    scope = f"orders.accept:{customer_id}:{identity.user_id}"
    if (earlier := idempotency.answer_to(key, scope)) is not None:
        return finding.order(str(earlier["number"]), customer_id)
    check_quote_move(number, QuoteState(row.state), QuoteState.ACCEPTED)
    if row.valid_until is None or row.valid_until < clock.today():
        raise IllegalMove(number, QuoteState.EXPIRED.value, QuoteState.ACCEPTED.value)
    lines = tuple(_of_today(line) for line in queries.lines_of(row.id, row.currency))
    purchase = Purchase(lines, po_number, delivery, note, quote_number=number)
    order = booking.book(identity, accounts.customer(customer_id), purchase)
    row.state, row.order_id, row.order_number = QuoteState.ACCEPTED.value, order.id, order.number
    row.decided_at, row.decided_by = clock.now(), identity.name
    db.session.flush()
    audit.record("quote.accepted", number, after={"order": order.number, "by": identity.name})
    telling.quote_decided(queries.info(row), "accepted")
    idempotency.remember(key, scope, {"number": order.number})
    return of_orders.info(order)


def decline_quote(number: str, reason: str, *, by: Identity, customer_id: int | None = None) -> QuoteInfo:
    """The customer does not want it, or we cannot offer it; why is kept. customer_id: None for our people.

    Raises NotFound, IllegalMove when it is decided already, BadInput without a reason.
    """
    quote(number, customer_id)
    words = checked_reason(reason)
    row = _locked(number)
    check_quote_move(number, QuoteState(row.state), QuoteState.DECLINED)
    row.state, row.decline_reason = QuoteState.DECLINED.value, words
    row.decided_at, row.decided_by = clock.now(), by.name
    db.session.flush()
    audit.record("quote.declined", number, after={"reason": words, "by": by.name})
    if customer_id is None:
        if not queries.info(row).ours_alone:
            telling.quote_declined_by_us(queries.info(row), row.asked_by_id, words)
    else:
        telling.quote_decided(queries.info(row), f"declined: {words}")
    return queries.info(row)


def expire_quotes() -> int:
    """Sent quotes whose last day is over expire; how many. Source: docs/rules/orders.md O9."""
    numbers = queries.past_validity(clock.today(), _MOST_EXPIRED)
    for number in numbers:
        row = _locked(number)
        if QuoteState(row.state) is not QuoteState.SENT:
            continue
        row.state, row.decided_at = QuoteState.EXPIRED.value, clock.now()
        db.session.flush()
        audit.record("quote.expired", number, after={"until": str(row.valid_until)})
        telling.quote_expired(queries.info(row), row.asked_by_id)
    return len(numbers)


def _of_today(line: OrderLine) -> OrderLine:
    """The line at its quoted price, with the VAT of the day it is ordered."""
    amounts = line_amounts(line.unit_price, Decimal(line.quantity), line.vat_code, clock.today())
    return OrderLine(
        line.product_id, line.sku, line.description, line.quantity, line.unit, line.unit_price, line.vat_code,
        amounts.rate, amounts.net, amounts.vat, amounts.gross,
    )  # fmt: skip


def _row(number: str, customer_id: int | None) -> Quote:
    """A customer sees its own quotes, and those that we began once they are sent."""
    row = queries.quote(number)
    if row is None or (customer_id is not None and not _is_for(row, customer_id)):
        raise NotFound(f"no quote {number}")
    return row


def _is_for(row: Quote, customer_id: int) -> bool:
    return row.customer_id == customer_id and not queries.info(row).ours_alone


def _locked(number: str) -> Quote:
    """The quote, its customer locked before it."""
    found = _row(number, None)
    accounts.lock_customer(found.customer_id)
    locked = queries.lock_quote(found.id)
    if locked is None:
        raise NotFound(f"no quote {number}")
    return locked
