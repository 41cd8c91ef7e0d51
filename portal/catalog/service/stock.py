"""The shelf: what comes in, what is promised to orders, what leaves, what a count finds.

Every verb locks the shelves of its products in the order of their ids, so that two orders for the last one are served
one after the other. Products that stock is not kept of are never short. Source: docs/rules/stock.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from portal.catalog.errors import NotEnoughStock, StockNotKept
from portal.catalog.models import BackOrder, Reservation, Stock
from portal.catalog.queries import stock as queries
from portal.catalog.types import LARGEST_COUNT, LONGEST_WORDS, BrokenStock, Filled, MovementKind, StockLevel
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.platform import audit, idempotency
from portal.platform.db import db

_MOST_ROWS = 20


def reserve(order_number: str, wanted: Mapping[int, int]) -> dict[int, int]:
    """Promise an order what it wants of each product; gives what it has to wait for, products that are short only.

    wanted: product id → quantity, each above zero. What the shelf has is reserved, the rest is a back-order that is
    served when goods come in, oldest order first. Asked again for the same order it changes nothing and gives the
    same kind of answer as it stands now. The caller holds the order's lock. Source: docs/rules/stock.md K2, K3.
    """
    if any(quantity <= 0 for quantity in wanted.values()):
        raise ValueError("a quantity is above zero")
    shelves = [shelf for shelf in queries.lock(wanted) if shelf.kept]
    awaited = queries.awaited_by(order_number)
    if awaited or queries.promised_to(order_number):
        return {product_id: row.quantity for product_id, row in sorted(awaited.items())}
    now, short = clock.now(), {}
    for shelf in shelves:
        product_id, quantity = shelf.product_id, wanted[shelf.product_id]
        taken = min(shelf.on_hand - shelf.reserved, quantity)
        if taken:
            _put(shelf, reserved=shelf.reserved + taken)
            db.session.add(_promise(order_number, product_id, taken, now))
        if taken < quantity:
            short[product_id] = quantity - taken
            db.session.add(_wait(order_number, product_id, quantity - taken, now))
    db.session.flush()
    return short


def unreserve(order_number: str) -> tuple[Filled, ...]:
    """An order no longer wants what is promised to it; what that frees goes to the orders that wait. Gives those.

    An order that has nothing is left as it is. Source: docs/rules/stock.md K4.
    """
    shelves = queries.lock({*queries.promised_to(order_number), *queries.awaited_by(order_number)})
    promised = queries.promised_to(order_number)
    for waiting in queries.awaited_by(order_number).values():
        db.session.delete(waiting)
    for shelf in shelves:
        if (row := promised.get(shelf.product_id)) is not None:
            _put(shelf, reserved=shelf.reserved - row.quantity)
            db.session.delete(row)
    db.session.flush()
    return _fill(shelves)


def deliver(order_number: str, quantities: Mapping[int, int], *, by: str = "") -> None:
    """Goods of an order left the warehouse: lowers what is on hand and what is promised to the order.

    quantities: product id → quantity, each above zero. What the order has not reserved comes out of what nobody
    has reserved, so that orders from before a product's stock was kept can leave.
    Raises NotEnoughStock, with nothing changed, when both together are too little. Source: docs/rules/stock.md K5.
    """
    if any(quantity <= 0 for quantity in quantities.values()):
        raise ValueError("a quantity is above zero")
    shelves = [shelf for shelf in queries.lock(quantities) if shelf.kept]
    promised = queries.promised_to(order_number)
    moves = []
    for shelf in shelves:
        quantity, row = quantities[shelf.product_id], promised.get(shelf.product_id)
        held = row.quantity if row is not None else 0
        there = held + shelf.on_hand - shelf.reserved
        if quantity > there:
            raise NotEnoughStock(_too_little(shelf.product_id, order_number, quantity, there))
        if row is not None:
            _lower(row, min(quantity, held))
        _put(shelf, on_hand=shelf.on_hand - quantity, reserved=shelf.reserved - min(quantity, held))
        moves.append(_move(shelf, MovementKind.DELIVERED, -quantity, order_number=order_number, by=by))
    db.session.flush()
    queries.write_movements(moves, clock.now())


def waits_for(order_number: str) -> dict[int, int]:
    """What an order still waits for because the shelf had too little: product id → quantity."""
    return {product_id: row.quantity for product_id, row in queries.awaited_by(order_number).items()}


def receive(product_id: int, quantity: int, words: str, *, by: str = "", key: str | None = None) -> tuple[Filled, ...]:
    """Goods came in: raises what is on hand and serves the orders that wait, oldest first. Gives those.

    words: from whom, or on which delivery note. key: a form's own; sent twice, the goods came in once.
    Raises StockNotKept, BadInput. Source: docs/rules/stock.md K1, K3.
    """
    said, scope = _words(words), f"stock.receive:{product_id}"
    if not 1 <= quantity <= LARGEST_COUNT:
        raise BadInput("Write how many came in, like 20.", field="quantity")
    shelf = _locked(product_id)
    if key is not None and idempotency.answer_to(key, scope) is not None:
        return ()
    if shelf.on_hand + quantity > LARGEST_COUNT:
        raise BadInput(f"A shelf holds at most {LARGEST_COUNT}.", field="quantity")
    _put(shelf, on_hand=shelf.on_hand + quantity)
    db.session.flush()
    queries.write_movements([_move(shelf, MovementKind.RECEIVED, quantity, words=said, by=by)], clock.now())
    audit.record("stock.received", _subject(product_id), after={"quantity": quantity, "on_hand": shelf.on_hand})
    if key is not None:
        idempotency.remember(key, scope, {"on_hand": shelf.on_hand})
    return _fill([shelf])


def count(product_id: int, quantity: int, words: str, *, by: str = "") -> tuple[Filled, ...]:
    """A stock-take found so many on the shelf. Gives the orders that waited and got something.

    Where less is there than was promised, the newest orders wait again. A count that finds what was expected is a
    movement of nothing. Raises StockNotKept, BadInput. Source: docs/rules/stock.md K6.
    """
    return count_many({product_id: quantity}, words, by=by)


def count_many(found: Mapping[int, int], words: str, *, by: str = "") -> tuple[Filled, ...]:
    """A stock-take of several products, product id → how many were found. As `count`, for all or for none."""
    said = _words(words)
    if not all(0 <= quantity <= LARGEST_COUNT for quantity in found.values()):
        raise BadInput("Write how many are there, 0 or more, like 20.", field="quantity")
    shelves = {shelf.product_id: shelf for shelf in queries.lock(found) if shelf.kept}
    if missing := found.keys() - shelves.keys():
        raise _not_kept(min(missing))
    moves, filled = count_shelves(shelves, found, said, by=by)
    for product_id, change in moves.items():
        if change:
            after = {"change": change, "on_hand": found[product_id], "words": said}
            audit.record("stock.counted", _subject(product_id), after=after)
    return filled


def count_shelves(
    shelves: Mapping[int, Stock], found: Mapping[int, int], words: str, *, by: str
) -> tuple[dict[int, int], tuple[Filled, ...]]:
    """Write what a count of locked shelves found; the change of each, and the orders that got something."""
    moves = []
    for product_id, shelf in shelves.items():
        change = found[product_id] - shelf.on_hand
        if found[product_id] < shelf.reserved:
            _take_back(shelf, shelf.reserved - found[product_id])
        _put(shelf, on_hand=found[product_id])
        moves.append((product_id, change, _move(shelf, MovementKind.COUNTED, change, words=words, by=by)))
    db.session.flush()
    queries.write_movements([move for *_, move in moves], clock.now())
    return {product_id: change for product_id, change, _ in moves}, _fill(list(shelves.values()))


def keep_stock(product_id: int, reorder_level: int = 0) -> None:
    """From now on stock is kept of a product, or its reorder level is another.

    A product kept for the first time, or again, begins with what is on its shelf by the book: count it. Raises BadInput.
    Source: docs/rules/stock.md K7.
    """
    if not 0 <= reorder_level <= LARGEST_COUNT:
        raise BadInput("Write at which number to order again, 0 or more, like 10.", field="reorder_level")
    found = queries.lock([product_id])
    shelf = found[0] if found else Stock(product_id=product_id, on_hand=0, reserved=0, kept=False)
    if not found:
        db.session.add(shelf)
    shelf.kept, shelf.reorder_level = True, reorder_level
    _put(shelf)
    db.session.flush()


def stop_keeping_stock(product_id: int) -> None:
    """Stock is no longer kept of a product. Raises Conflict while orders have it reserved or wait for it."""
    for shelf in queries.lock([product_id]):
        if shelf.reserved or queries.waiting_for([product_id]):
            raise Conflict("Orders have this product reserved or wait for it. Deliver or cancel them first.")
        shelf.kept = False
        db.session.flush()


def broken_stock() -> Iterator[BrokenStock]:
    """Shelves whose numbers are not the sums of their movements and reservations. Source: docs/rules/stock.md K8."""
    for sku, on_hand, moved, reserved, promised, awaited in queries.broken(_MOST_ROWS):
        words = f"on hand {on_hand}, movements {moved}; reserved {reserved}, reservations {promised}; awaited {awaited}"
        yield BrokenStock(sku, words)


def _locked(product_id: int) -> Stock:
    shelves = queries.lock([product_id])
    if not shelves or not shelves[0].kept:
        raise _not_kept(product_id)
    return shelves[0]


def _not_kept(product_id: int) -> StockNotKept:
    return StockNotKept(f"No stock is kept of {queries.sku_of(product_id)}. Switch that on with the product first.")


def _put(shelf: Stock, *, on_hand: int | None = None, reserved: int | None = None) -> None:
    """Write a shelf's numbers, and with them whether it is low."""
    shelf.on_hand = shelf.on_hand if on_hand is None else on_hand
    shelf.reserved = shelf.reserved if reserved is None else reserved
    shelf.low = StockLevel(shelf.on_hand, shelf.reserved, shelf.reorder_level).low


def _fill(shelves: Iterable[Stock]) -> tuple[Filled, ...]:
    """Give what is free to the orders that wait, oldest first. The shelves are locked."""
    free = {shelf.product_id: shelf for shelf in shelves if shelf.on_hand > shelf.reserved}
    waiting = queries.waiting_for(free) if free else []
    promised = queries.promised({row.order_number for row in waiting}, free) if waiting else {}
    filled = []
    for row in waiting:
        shelf = free[row.product_id]
        taken = min(shelf.on_hand - shelf.reserved, row.quantity)
        if not taken:
            continue
        _put(shelf, reserved=shelf.reserved + taken)
        promise = promised.get((row.order_number, row.product_id))
        if promise is None:
            db.session.add(_promise(row.order_number, row.product_id, taken, row.ordered_at))
        else:
            promise.quantity += taken
        filled.append(Filled(row.order_number, row.product_id, taken))
        _lower(row, taken)
    db.session.flush()
    return tuple(filled)


def _take_back(shelf: Stock, missing: int) -> None:
    """What is promised but not there: the newest orders wait for it again."""
    _put(shelf, reserved=shelf.reserved - missing)
    for row in queries.promises_of(shelf.product_id):
        taken = min(missing, row.quantity)
        waiting = queries.awaited_by(row.order_number).get(shelf.product_id)
        if waiting is None:
            db.session.add(_wait(row.order_number, shelf.product_id, taken, row.ordered_at))
        else:
            waiting.quantity += taken
        _lower(row, taken)
        missing -= taken
        if not missing:
            break


def _lower(row: Reservation | BackOrder, quantity: int) -> None:
    if row.quantity == quantity:
        db.session.delete(row)
    else:
        row.quantity -= quantity


def _promise(order_number: str, product_id: int, quantity: int, at: datetime) -> Reservation:
    return Reservation(order_number=order_number, product_id=product_id, quantity=quantity, ordered_at=at)


def _wait(order_number: str, product_id: int, quantity: int, at: datetime) -> BackOrder:
    return BackOrder(order_number=order_number, product_id=product_id, quantity=quantity, ordered_at=at)


def _move(shelf: Stock, kind: MovementKind, quantity: int, **more: str) -> dict[str, object]:
    return {
        "product_id": shelf.product_id, "kind": kind.value, "quantity": quantity, "on_hand": shelf.on_hand, **more,
    }  # fmt: skip


def _words(words: str) -> str:
    said = " ".join(words.split())
    if len(said) > LONGEST_WORDS:
        raise BadInput(f"Write at most {LONGEST_WORDS} letters.", field="words")
    return said


def _too_little(product_id: int, order_number: str, quantity: int, there: int) -> str:
    sku = queries.sku_of(product_id)
    return f"{quantity} of {sku} are to leave for {order_number}, but only {there} are there for it. Receive or count them first."


def _subject(product_id: int) -> str:
    return f"product:{queries.sku_of(product_id)}"
