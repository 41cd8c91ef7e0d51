"""What happened at the demo company: orders, proofs, decisions and money, each at its own moment, in order."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from random import Random

from portal.content import service as content
from portal.core import clock
from portal.core.money import Money
from portal.demo.abroad import Abroad
from portal.demo.catalogue import PRODUCTS
from portal.demo.company import Buying, Cast
from portal.demo.drawing.facts import Form
from portal.demo.habits import Intent, intents
from portal.demo.paying import Paying
from portal.demo.selling import Selling
from portal.demo.timeline import Timeline, in_office
from portal.invoices import service as invoices
from portal.orders import service as orders
from portal.orders.types import State

#: five proofs that the worker reads before your eyes, and six that wait for a clerk
UNREAD = (Form.PDF, Form.PHOTO, Form.PDF_ENCRYPTED, Form.SCREENSHOT_PHONE, Form.WHATSAPP)
DOUBTFUL = (
    Intent.SHORT, Intent.FORGED_PICTURE, Intent.NO_REFERENCE, Intent.NOT_A_PROOF, Intent.SCHEDULED, Intent.FORGED_PDF,
)  # fmt: skip
LAST_ORDERS = len(UNREAD) + len(DOUBTFUL)
_LARGEST_LINE = Money.zar(25_000_00)


class Story:
    """All that customers and our people did until the end of the timeline."""

    def __init__(self, timeline: Timeline, cast: Cast, paying: Paying, seed: int) -> None:
        self._timeline, self._cast, self._paying, self._seed = timeline, cast, paying, seed
        self._selling = Selling(timeline, cast, seed)
        self._orders = 0

    def tell(self, start: datetime, how_many: int) -> None:
        """Let it all happen. how_many: orders, the last ones included."""
        random = Random(f"{self._seed} orders")
        early = max(how_many - LAST_ORDERS, 0)
        days = max((self._timeline.end - start).days - 3, 1)
        for index, intent in zip(range(early), intents(), strict=False):
            day = clock.day_of(start + timedelta(days=index * days // max(early, 1)))
            buying = self._cast.customers[index] if index < len(self._cast.customers) else None
            buying = buying or random.choice(self._cast.customers)
            moment = in_office(day, random.randrange(9 * 60))
            self._timeline.plan(moment, partial(self._order, buying, intent))
        for place in range(LAST_ORDERS):
            moment = self._timeline.end - timedelta(hours=40 + 3 * place)
            self._timeline.plan(moment, partial(self._last_order, place))
        for number, (days_ago, *words) in enumerate(_MESSAGES):
            moment = self._timeline.end - timedelta(days=days_ago, hours=number)
            self._timeline.plan(moment, partial(content.leave_message, *words))
        self._selling.tell()
        Abroad(self._timeline, self._cast, self._selling, self._seed).tell(start)
        self._timeline.run()

    def _order(self, buying: Buying, intent: Intent) -> None:
        """A customer orders; goods that are held for a limit are let go by a manager some hours later."""
        number, random = self._place(buying)
        placed = orders.order(number)
        if placed.state is State.HELD:
            later = clock.now() + timedelta(hours=5)
            self._timeline.plan(later, partial(self._let_go, buying, number, intent, random))
        else:
            self._paying.invoice_came(buying, invoices.by_number(placed.invoice_number), intent, random)

    def _let_go(self, buying: Buying, number: str, intent: Intent, random: Random) -> None:
        if orders.order(number).state is State.HELD:
            reason = "Spoke to their accounts department; they pay on Friday."
            orders.release_by_hand(number, reason, by=self._cast.staff["manager"])
        invoice = invoices.by_number(orders.order(number).invoice_number)
        self._paying.invoice_came(buying, invoice, intent, random)

    def _last_order(self, place: int) -> None:
        """An order of yesterday, whose proof is unread or waits for a clerk when the story ends."""
        payers = [each for each in self._cast.customers if each.policy != "account"] or list(self._cast.customers)
        buying = payers[place % len(payers)]
        number, random = self._place(buying)
        invoice = invoices.by_number(orders.order(number).invoice_number)
        if place < len(UNREAD):
            moment = self._timeline.end - timedelta(minutes=2 + place)
            self._paying.unread_now(buying, invoice, UNREAD[place], moment, random)
        else:
            moment = self._timeline.end - timedelta(minutes=70 * (place - len(UNREAD)) + 35)
            self._paying.doubtful_now(buying, invoice, DOUBTFUL[place - len(UNREAD)], moment, random)

    def _place(self, buying: Buying) -> tuple[str, Random]:
        """Fill the cart and order; the order's number, and the dice for what comes of it."""
        self._orders += 1
        random = Random(f"{self._seed} order {self._orders}")
        for product in random.sample(PRODUCTS, random.choice((1, 1, 2, 2, 3, 4))):
            most = max(1, min(20, _LARGEST_LINE.cents // product.price.cents))
            orders.add_to_cart(buying.buyer, product.sku, random.randint(1, most))
        po_number = random.choice(("", f"PO {random.randrange(4000, 9999)}", f"{random.randrange(10_000, 99_999)}"))
        key = f"demo {self._seed} order {self._orders}"
        placed = orders.place_for_demo(buying.buyer, po_number, key, source=random)
        self._selling.deliver_later(placed.number)
        return placed.number, random


#: days ago, name, e-mail, company, words
_MESSAGES = (
    (11, "Gideon Wolmaranskop", "gideon@quarrylink.example", "Quarrylink (Pty) Ltd",
     "Do you stock 2 inch suction hose by the metre? We need about 120 m near Thabazimbi before the end of the month."),
    (4, "Precious Ndlovukazi", "precious@sunbelt.example", "Sunbelt Packhouse",
     "We would like to open an account. Which papers do you need from us, and how long does it take?"),
    (1, "Werner Klipdrift", "werner@klipdrift.example", "",
     "Is the 5.5 kW drainage pump available for collection in Rustenburg this week?"),
)  # fmt: skip
