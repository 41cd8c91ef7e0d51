"""Who hears of an order: the person who placed it, and our managers when one is held."""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.core.money import Money
from portal.invoices.types.credit import CreditNoteInfo
from portal.orders.types import OrderInfo
from portal.orders.types.deliveries import DeliveryInfo
from portal.orders.types.quotes import QuoteInfo
from portal.platform import outbox, webhooks


def _data(order: OrderInfo) -> dict[str, object]:
    return {
        "number": order.number,
        "po_number": order.po_number,
        "total": order.total,
        "customer": order.customer_name,
        "name": order.placed_by,
        "invoice_number": order.invoice_number,
        "reason": order.held_reason,
    }


def _event(what: str, order: OrderInfo) -> None:
    """The customer's programs hear of it too."""
    webhooks.tell(
        order.customer_id, f"order.{what}", f"orders/{order.number}", number=order.number, state=order.state.value,
        po_number=order.po_number, total=order.total, invoice=order.invoice_number or None,
    )  # fmt: skip


def _tell(event: str, order: OrderInfo, user_id: int, notice: str) -> None:
    url = f"/orders/{order.number}"
    outbox.tell(event, to_user=user_id, data=_data(order), notice=notice, url=url, customer_id=order.customer_id)


def placed(order: OrderInfo, user_id: int) -> None:
    """We have the order, and here is its invoice."""
    _event("placed", order)
    _tell("order_placed", order, user_id, f"Order {order.number} is placed; its invoice is {order.invoice_number}.")


def approval_asked(order: OrderInfo, user_id: int, limit: Money) -> None:
    """The order is above its buyer's limit: the company's approvers are asked, and the buyer knows."""
    _event("draft", order)
    words = f"Order {order.number} is above your limit of {limit}; it waits for an approver of your company."
    outbox.note(user_id, "order_approval_waits", words, f"/orders/{order.number}")
    for approver in accounts.users_of(order.customer_id, "approver"):
        if approver.id == user_id:
            continue
        outbox.tell(
            "order_approval_asked",
            to_user=approver.id,
            data=_data(order) | {"limit": limit, "approver": approver.name},
            notice=f"{order.placed_by} asks you to approve {order.number}: {order.total}.",
            url=f"/orders/{order.number}",
            customer_id=order.customer_id,
        )


def approved(order: OrderInfo, user_id: int, by: str) -> None:
    """An approver agreed; what becomes of the order is told besides."""
    outbox.note(user_id, "order_approved", f"{by} approved order {order.number}.", f"/orders/{order.number}")


def refused(order: OrderInfo, user_id: int, by: str, words: str) -> None:
    """An approver said no."""
    _event("cancelled", order)
    url = f"/orders/{order.number}"
    data = _data(order) | {"by": by, "words": words}
    notice = f"{by} did not approve {order.number}: {words}"
    outbox.tell("order_refused", to_user=user_id, data=data, notice=notice, url=url, customer_id=order.customer_id)


def held(order: OrderInfo, user_id: int) -> None:
    """The order waits for us; a manager decides."""
    _event("held", order)
    _tell("order_held", order, user_id, f"Order {order.number} waits for us: {order.held_reason}")
    for manager in accounts.staff_with("manager"):
        words = f"Order {order.number} of {order.customer_name} is held: {order.held_reason}"
        outbox.note(manager.id, "order_held", words, f"/staff/orders/{order.number}")


def released(order: OrderInfo, user_id: int) -> None:
    """The goods leave."""
    _event("released", order)
    _tell("order_released", order, user_id, f"Order {order.number} is released; the goods leave our warehouse.")


def sent(order: OrderInfo, user_id: int, delivery: str, *, whole: bool) -> None:
    """Goods left with a delivery note: all that was left of the order, or part of it."""
    webhooks.tell(
        order.customer_id, "delivery.sent", f"deliveries/{delivery}", number=delivery, state="sent",
        order=order.number, order_state=order.state.value,
    )  # fmt: skip
    what = "All that was left" if whole else "Part"
    data = _data(order) | {"delivery": delivery, "whole": whole}
    words = f"{what} of order {order.number} is on its way: delivery note {delivery}."
    url = f"/deliveries/{delivery}"
    outbox.tell("delivery_sent", to_user=user_id, data=data, notice=words, url=url, customer_id=order.customer_id)


def received(user_id: int, delivery: DeliveryInfo) -> None:
    """The goods arrived, and somebody took them."""
    webhooks.tell(
        delivery.customer_id, "delivery.received", f"deliveries/{delivery.number}", number=delivery.number,
        state="received", order=delivery.order_number,
    )  # fmt: skip
    words = f"{delivery.receiver} received {delivery.number} of order {delivery.order_number}."
    outbox.note(user_id, "delivery_received", words, f"/deliveries/{delivery.number}")


def cancelled(order: OrderInfo, user_id: int, reason: str, credit: CreditNoteInfo | None = None) -> None:
    """Nothing more is delivered; credit: what came off the invoice for that, with a mail, as money is concerned."""
    _event("cancelled", order)
    what = "The rest of order" if order.cut_short else "Order"
    words, url = f"{what} {order.number} was cancelled: {reason}", f"/orders/{order.number}"
    if credit is None:
        outbox.note(user_id, "order_cancelled", words, url)
        return
    data = _data(order) | {
        "reason": reason,
        "rest": order.cut_short,
        "credit": credit.number,
        "credited": credit.total,
        "freed": credit.freed,
    }
    outbox.tell("order_cancelled", to_user=user_id, data=data, notice=words, url=url, customer_id=order.customer_id)


def release_withdrawn(order: OrderInfo, reason: str) -> None:
    """Our dispatchers hear that what they may be picking does not leave."""
    words = f"Stop: what is left of {order.number} does not leave any more. {reason}"
    for person in accounts.staff_with("dispatcher"):
        outbox.note(person.id, "release_withdrawn", words, f"/staff/orders/{order.number}")


# -- quotes ----------------------------------------------------------------------------------------------------------


def _quote_event(what: str, quote: QuoteInfo) -> None:
    webhooks.tell(
        quote.customer_id, f"quote.{what}", f"quotes/{quote.number}", number=quote.number, state=quote.state.value,
        order=quote.order_number or None,
    )  # fmt: skip


def quote_asked(quote: QuoteInfo) -> None:
    """Our office hears that somebody asks for a price."""
    words = f"{quote.customer_name} asks for a quote: {quote.number}."
    for person in accounts.staff_with("clerk", "manager"):
        outbox.note(person.id, "quote_asked", words, f"/staff/quotes/{quote.number}")


def quote_sent(quote: QuoteInfo, user_id: int) -> None:
    """Who asked gets the offer."""
    _quote_event("sent", quote)
    data = {
        "number": quote.number,
        "name": quote.asked_by,
        "customer": quote.customer_name,
        "total": quote.total,
        "until": quote.valid_until,
        "by": quote.sent_by,
        "asked": not quote.started_by,
    }
    words = f"Quote {quote.number} is here: {quote.total} including VAT."
    url = f"/quotes/{quote.number}"
    outbox.tell("quote_sent", to_user=user_id, data=data, notice=words, url=url, customer_id=quote.customer_id)


def quote_decided(quote: QuoteInfo, what: str) -> None:
    """Our office hears what the customer decided."""
    _quote_event(quote.state.value, quote)
    words = f"{quote.decided_by} of {quote.customer_name} decided about {quote.number}; {what}"
    for person in accounts.staff_with("clerk", "manager"):
        outbox.note(person.id, "quote_decided", words, f"/staff/quotes/{quote.number}")


def quote_declined_by_us(quote: QuoteInfo, user_id: int, words: str) -> None:
    """We cannot offer what was asked for."""
    _quote_event("declined", quote)
    outbox.note(user_id, "quote_declined", f"We cannot offer {quote.number}: {words}", f"/quotes/{quote.number}")


def quote_expired(quote: QuoteInfo, user_id: int) -> None:
    """The offer does not hold any more."""
    _quote_event("expired", quote)
    words = f"Quote {quote.number} has expired; ask again if you still need it."
    outbox.note(user_id, "quote_expired", words, f"/quotes/{quote.number}")
