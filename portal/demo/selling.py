"""What the sales desk and the dispatcher of the demo did: deliveries in parts, receipts, quotes, an order to approve."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.identity import Identity
from portal.core.money import Money
from portal.demo.catalogue import PRODUCTS
from portal.demo.company import SMALL_LIMIT, Buying, Cast
from portal.demo.timeline import Timeline
from portal.orders import service as orders
from portal.orders.types import State
from portal.orders.types.quotes import Offer

_RECEIVERS = ("Sipho Dube", "Anneke Botha", "Tshepo Molefe", "Gate 2 security", "Lwazi Zungu")
_LIMIT = Money.zar(20_000_00)


class Selling:
    """Deeds around goods and offers."""

    def __init__(self, timeline: Timeline, cast: Cast, seed: int) -> None:
        self._timeline, self._cast, self._seed = timeline, cast, seed

    def tell(self) -> None:
        """Plan what does not follow from an order."""
        for place, (days_ago, words, picks, price) in enumerate(_QUOTES):
            buying = self._cast.customers[place % len(self._cast.customers)]
            moment = self._timeline.end - timedelta(days=days_ago, hours=place)
            self._timeline.plan(moment, partial(self._quote, buying, place, words, picks, price))
        for buying in self._cast.customers[:2]:
            address = ("Stores, Gate 4", *buying.name.address[-2:])
            save = partial(orders.save_address, buying.id, "Main stores", address)
            self._timeline.plan(self._timeline.end - timedelta(days=9), save)
        if len(self._cast.customers) > 2:
            moment = self._timeline.end - timedelta(hours=3)
            self._timeline.plan(moment, partial(self._order_above_limit, self._cast.customers[-1]))
        if (buyer := self._cast.of_two) is not None:
            self._tell_of_limits(buyer)

    def _tell_of_limits(self, buyer: Identity) -> None:
        """Orders above a person's limit, decided and waiting; one above an account's limit; quotes that we began."""
        end, (first, second) = self._timeline.end, self._cast.customers[:2]
        for place, (before, answer) in enumerate(_ABOVE):
            self._timeline.plan(end - before, partial(self._ask_approver, first, buyer, place, answer))
        self._timeline.plan(end - timedelta(hours=2), partial(self._order_above_credit, second))
        self._timeline.plan(end - timedelta(hours=26), partial(self._our_quote, first, 0, sent=True))
        self._timeline.plan(end - timedelta(hours=1), partial(self._our_quote, second, 1, sent=False))

    def _ask_approver(self, buying: Buying, buyer: Identity, place: int, answer: str) -> None:
        product = PRODUCTS[place]
        orders.add_to_cart(buyer, product.sku, 1 + SMALL_LIMIT.cents // product.price.cents)
        asked = orders.place_order(buyer, f"PO 90{place}", f"demo {self._seed} asked {place}")
        decide = {"approve": orders.approve, "refuse": orders.refuse}.get(answer)
        if decide is not None:
            words = "" if answer == "approve" else "Use what is left from the last job first."
            later = clock.now() + timedelta(hours=3)
            self._timeline.plan(later, partial(decide, asked.number, words, by=buying.people["approver"]))

    def _order_above_credit(self, buying: Buying) -> None:
        """An order that a manager has to look at: the account has no room for it."""
        limit, product = accounts.customer(buying.id).credit_limit, max(PRODUCTS, key=lambda each: each.price.cents)
        orders.add_to_cart(buying.buyer, product.sku, 1 + limit.cents // product.price.cents)
        orders.place_order(buying.buyer, "PO 7790", f"demo {self._seed} above the account")

    def _our_quote(self, buying: Buying, place: int, *, sent: bool) -> None:
        """Our desk offers something by itself: at list prices, less five per cent."""
        clerk, key = self._cast.staff["clerk"], f"demo {self._seed} our quote {place}"
        made = orders.start_quote(buying.name.code, buying.buyer.user_id, key, by=clerk)
        offers = [Offer(PRODUCTS[place + step].sku, 5 + step, None, discount=500) for step in range(3)]
        until, words = clock.today() + timedelta(days=14), "For your next shutdown, as spoken on the telephone."
        priced = orders.price_quote(made.number, offers, until, words, seen=made.version, by=clerk)
        if sent:
            orders.send_quote(made.number, seen=priced.version, by=clerk)

    def deliver_later(self, number: str, *, days: int = 2, hours: int = 1) -> None:
        """The dispatcher looks at an order some days from now."""
        self._timeline.plan(clock.now() + timedelta(days=days, hours=hours), partial(self._deliver, number))

    def _deliver(self, number: str) -> None:
        """What was released and is there leaves, a large order in two parts; the rest is looked at again later."""
        order = orders.order(number)
        if order.state in {State.PLACED, State.HELD}:
            self.deliver_later(number, hours=0)
            return
        if order.state not in {State.RELEASED, State.PART_DELIVERED}:
            return
        dispatcher, open_lines = self._cast.staff["dispatcher"], orders.open_lines(order)
        ready = [line for line in open_lines if line.left > line.waits]
        if not ready:
            self.deliver_later(number, days=3, hours=0)
            return
        parts = order.state is State.RELEASED and len(ready) > 1 and order.id % 3 == 0
        pieces = {line.line_id: line.left - line.waits for line in (ready[:1] if parts else ready)}
        rest = parts or any(line.waits for line in open_lines)
        seen = len(orders.deliveries_of(order))
        key = f"demo {self._seed} {number} {seen}"
        note = "The rest follows when it is in." if rest else ""
        sent = orders.deliver(number, pieces, key, seen=seen, by=dispatcher, note=note)
        self._timeline.plan(clock.now() + timedelta(hours=22), partial(self._receive, sent.number, sent.id))
        if rest:
            self.deliver_later(number, days=6, hours=0)

    def _receive(self, number: str, place: int) -> None:
        receiver = _RECEIVERS[place % len(_RECEIVERS)]
        orders.record_receipt(number, receiver, clock.now(), by=self._cast.staff["dispatcher"])

    def _quote(self, buying: Buying, place: int, words: str, picks: tuple[tuple[int, int], ...], price: int) -> None:
        """Asked; priced and sent some hours later, unless nobody has found the time yet."""
        asked = orders.ask_for_quote(buying.buyer, words, f"demo {self._seed} quote {place}", with_cart=False)
        if price:
            offers = [
                Offer(PRODUCTS[product].sku, count, Money(PRODUCTS[product].price.cents * price // 100))
                for product, count in picks
            ]
            self._timeline.plan(clock.now() + timedelta(hours=4), partial(self._offer, buying, asked.number, offers))

    def _offer(self, buying: Buying, number: str, offers: list[Offer]) -> None:
        clerk, until = self._cast.staff["clerk"], clock.today() + timedelta(days=14)
        seen = orders.quote(number).version
        priced = orders.price_quote(number, offers, until, "Ex stock, delivery within three days.", seen=seen, by=clerk)
        orders.send_quote(number, seen=priced.version, by=clerk)
        self._timeline.plan(_night_after(until), orders.expire_quotes)
        if number.endswith("2"):
            decline = partial(orders.decline_quote, number, "We found it nearer.", by=buying.buyer)
            self._timeline.plan(clock.now() + timedelta(days=1), partial(decline, customer_id=buying.id))

    def _order_above_limit(self, buying: Buying) -> None:
        """A buyer orders more than an approver of the company lets them order alone."""
        if "approver" not in buying.people:
            return
        seen = accounts.member(buying.id, buying.buyer.user_id).fingerprint
        accounts.change_member(
            buying.id, buying.buyer.user_id, "buyer", _LIMIT, seen=seen, by=buying.people["approver"]
        )
        product = max(PRODUCTS, key=lambda each: each.price.cents)
        orders.add_to_cart(buying.buyer, product.sku, 1 + _LIMIT.cents // product.price.cents)
        orders.place_order(buying.buyer, "PO 7781", f"demo {self._seed} above the limit")


def _night_after(day: date) -> datetime:
    """Shortly after midnight, when a day is over."""
    return datetime.combine(day + timedelta(days=1), time(0, 20), clock.SAST)


#: how long before the end somebody ordered above their limit, and what an approver says about it
_ABOVE = (
    (timedelta(days=6), "approve"), (timedelta(days=4), "refuse"), (timedelta(hours=5), ""),
)  # fmt: skip
#: days ago, words, (product, count) that are offered, per cent of our price; 0: not priced yet
_QUOTES = (
    (22, "A year’s supply of hydraulic hose for four drill rigs, delivered as we call it off.", ((0, 40), (1, 20)), 90),
    (12, "Safety boots and helmets for a crew of twenty at Swartklip, sizes to follow.", ((2, 20), (3, 20)), 95),
    (3, "Drainage pump with 60 m of layflat hose; we need it before the rains.", ((4, 1), (5, 2)), 97),
    (0, "Price for 600 litres of hydraulic oil ISO 68 in drums, collected.", (), 0),
)  # fmt: skip
