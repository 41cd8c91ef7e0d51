"""Goods leave: what is to pick, delivery notes for all or part of an order, and who received them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from portal.catalog import service as catalog
from portal.core import clock
from portal.core.errors import BadInput, Conflict, IllegalMove, NotFound
from portal.core.identity import Identity
from portal.invoices import service as invoices
from portal.orders import reader
from portal.orders.models import Delivery, DeliveryLine, Order
from portal.orders.queries import deliveries as queries
from portal.orders.service import moving, telling
from portal.orders.types import OrderDetail, OrderInfo, OrderLine, State
from portal.orders.types.deliveries import (
    LONGEST_NOTE,
    LONGEST_RECEIVER,
    DeliveryDetail,
    DeliveryFilter,
    DeliveryInfo,
    DeliveryState,
    DispatchFilter,
    OpenLine,
    Pick,
    check_delivery_move,
    check_quantities,
    spread,
    to_pick,
)
from portal.platform import audit, idempotency, storage
from portal.platform.db import db
from portal.platform.paging import Page, asked_for

SERIES = "DN"
PAGE = 25
_MOST_TO_PICK = 200
_MAY_LEAVE = (State.RELEASED, State.PART_DELIVERED)


def open_lines(order: OrderInfo) -> tuple[OpenLine, ...]:
    """The lines of an order with what has left of each, and what of the rest is not in stock."""
    return spread(queries.open_lines(order.id), catalog.waits_for(order.number))


def short_of(order: OrderDetail) -> tuple[tuple[OrderLine, int], ...]:
    """Lines of an order that waits for goods, each with how many are not in stock; nothing is asked of a settled one."""
    if order.info.state in {State.DRAFT, State.DELIVERED, State.CANCELLED}:
        return ()
    awaited = catalog.waits_for(order.info.number)
    lines = {line.product_id: line for line in order.lines}
    return tuple((lines[product_id], count) for product_id, count in sorted(awaited.items()) if product_id in lines)


def deliveries_of(order: OrderInfo) -> list[DeliveryInfo]:
    """The delivery notes of an order, oldest first."""
    return queries.of_order(order.id)


def dispatch_page(
    wanted: DispatchFilter, search: str = "", after: str | None = None, *, limit: int = PAGE, oldest: bool = False
) -> tuple[Page[OrderInfo], dict[int, tuple[int, int]]]:
    """One page of orders as the dispatcher sorts them, and for each how many pieces have left of how many."""
    found = queries.dispatch_page(wanted, asked_for(search), clock.today(), after, limit, oldest=oldest)
    ids = [order.id for order in found.items]
    gone = queries.progress_of(ids)
    return found, {order_id: (gone.get(order_id, 0), count) for order_id, count in queries.pieces_of(ids).items()}


def pick_list() -> tuple[Pick, ...]:
    """What to fetch for the oldest two hundred orders that may leave, product by product."""
    return to_pick(queries.pick_lines(_MOST_TO_PICK))


def deliver(
    number: str, quantities: Mapping[int, int], key: str, *, seen: int, by: Identity, note: str = ""
) -> DeliveryInfo:
    """So much of an order's lines leaves now, with a delivery note; once for the key.

    Locks the customer and the order, so that of two dispatchers the second sees what the first sent.
    quantities: line id → pieces. seen: how many delivery notes the order had on the page the dispatcher looked at.
    Raises IllegalMove unless the order may leave, Conflict when somebody sent goods of it meanwhile or more was asked
    for than is left, NotEnoughStock when the shelf has less, BadInput when nothing was asked for.
    Source: docs/rules/orders.md O1 to O4, O6.
    """
    scope = f"orders.deliver:{by.user_id}"
    order = moving.locked(number)
    if (earlier := idempotency.answer_to(key, scope)) is not None:
        return delivery(str(earlier["number"]))
    _demand_may_leave(order)
    if len(queries.of_order(order.id)) != seen:
        raise Conflict(f"Goods of {number} left in the meantime. Open it again to see what is left.")
    if len(note) > LONGEST_NOTE:
        raise BadInput(f"A note has at most {LONGEST_NOTE} characters.", field="note")
    made = _send(order, quantities, by=by, note=note)
    idempotency.remember(key, scope, {"number": made.number})
    return made


def mark_delivered(number: str, *, by: Identity) -> OrderInfo:
    """All that is left of an order leaves with one delivery note. Raises IllegalMove for one that may not leave."""
    order = moving.locked(number)
    _demand_may_leave(order)
    _send(order, {line.line_id: line.left for line in queries.open_lines(order.id)}, by=by)
    return moving.info(order)


def _demand_may_leave(order: Order) -> None:
    if State(order.state) not in _MAY_LEAVE:
        raise IllegalMove(order.number, order.state, State.DELIVERED.value)


def _send(order: Order, quantities: Mapping[int, int], *, by: Identity, note: str = "") -> DeliveryInfo:
    lines = queries.open_lines(order.id)
    leaving = check_quantities(lines, quantities)
    if not leaving:
        raise BadInput("Write how much leaves, for one line at least.", field="quantities")
    catalog.deliver(order.number, _by_product(lines, leaving), by=by.name)
    whole = all(line.left == leaving.get(line.line_id, 0) for line in lines)
    made = Delivery(
        number=invoices.take_number(SERIES, clock.today()),
        order_id=order.id,
        order_number=order.number,
        customer_id=order.customer_id,
        customer_name=order.customer_name,
        po_number=order.po_number,
        address=list(order.delivery),
        note=note,
        state=DeliveryState.SENT.value,
        sent_at=clock.now(),
        sent_by=by.name,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(DeliveryLine(delivery_id=made.id, order_line_id=line, quantity=n) for line, n in leaving.items())
    _move(order, whole=whole)
    after = {"order": order.number, "pieces": sum(leaving.values()), "state": order.state}
    audit.record("delivery.sent", made.number, after=after)
    telling.sent(moving.info(order), order.placed_by_id, made.number, whole=whole)
    return queries.info(made)


def _by_product(lines: tuple[OpenLine, ...], leaving: Mapping[int, int]) -> dict[int, int]:
    pieces: dict[int, int] = {}
    for line in lines:
        if quantity := leaving.get(line.line_id, 0):
            pieces[line.product_id] = pieces.get(line.product_id, 0) + quantity
    return pieces


def _move(order: Order, *, whole: bool) -> None:
    wanted = State.DELIVERED if whole else State.PART_DELIVERED
    if State(order.state) is not wanted:
        moving.step(order, wanted)
    if whole:
        order.delivered_at = clock.now()
    db.session.flush()


# -- delivery notes --------------------------------------------------------------------------------------------------


def delivery(number: str, customer_id: int | None = None) -> DeliveryInfo:
    """One delivery. customer_id: whose it must be. Raises NotFound, also for another customer's."""
    return queries.info(_row(number, customer_id))


def delivery_detail(number: str, customer_id: int | None = None) -> DeliveryDetail:
    """A delivery with its lines. Raises NotFound as `delivery`."""
    row = _row(number, customer_id)
    return DeliveryDetail(queries.info(row), queries.lines_of(row.id))


def deliveries_page(
    customer_id: int | None,
    wanted: DeliveryFilter,
    search: str = "",
    after: str | None = None,
    *,
    limit: int = PAGE,
    oldest: bool = False,
) -> Page[DeliveryInfo]:
    """One page of delivery notes, newest first. search: a number of a note or an order; for staff a customer's name."""
    return queries.page(customer_id, wanted, asked_for(search), after, limit, today=clock.today(), oldest=oldest)


def record_receipt(
    number: str, receiver: str, at: datetime, *, by: Identity, picture: bytes | None = None
) -> DeliveryInfo:
    """Somebody at the customer took the goods: their name, the moment, and a photo or signature if there is one.

    The picture is made ours and stored before the first statement is sent. at: not before the goods left, not later
    than now. Raises IllegalMove when it is recorded already, BadInput, NotEvidence. Source: docs/rules/orders.md O5.
    """
    stored = storage.put(reader.webp(picture)) if picture else None
    row = queries.lock_delivery(number)
    if row is None:
        raise NotFound(f"no delivery {number}")
    check_delivery_move(number, DeliveryState(row.state), DeliveryState.RECEIVED)
    name = " ".join(receiver.split())
    if not 2 <= len(name) <= LONGEST_RECEIVER:
        raise BadInput("Write the name of who took the goods.", field="receiver")
    if not row.sent_at - timedelta(minutes=1) <= at <= clock.now() + timedelta(minutes=1):
        raise BadInput("The goods arrive after they left and not later than now.", field="received_at")
    row.state, row.received_at, row.receiver, row.recorded_by = DeliveryState.RECEIVED.value, at, name, by.name
    row.evidence_key = stored.key if stored else None
    db.session.flush()
    after = {"receiver": name, "at": at.isoformat(), "picture": stored.sha256 if stored else None}
    audit.record("delivery.received", number, after=after)
    telling.received(queries.orderer_of(row.order_id), queries.info(row))
    return queries.info(row)


def evidence(number: str, customer_id: int | None = None) -> bytes:
    """The photo or signature, as WebP. Raises NotFound when there is none, also for another customer's delivery."""
    key = _row(number, customer_id).evidence_key
    if key is None:
        raise NotFound(f"nothing proves {number}")
    return storage.read(key)


def _row(number: str, customer_id: int | None) -> Delivery:
    row = queries.delivery(number)
    if row is None or (customer_id is not None and row.customer_id != customer_id):
        raise NotFound(f"no delivery {number}")
    return row
