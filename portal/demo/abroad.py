"""A customer of the demo that buys in dollars: its company, our dollar account, rates, orders, money and an offer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, ReleasePolicy
from portal.catalog import service as catalog
from portal.catalog.types import ListDraft
from portal.core import clock
from portal.core.identity import Identity
from portal.core.money import Money
from portal.demo import names
from portal.demo.catalogue import PRODUCTS
from portal.demo.company import Buying, Cast
from portal.demo.logins import email_of, password_of
from portal.demo.selling import Selling
from portal.demo.timeline import Timeline
from portal.invoices import service as invoices
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.orders.types.quotes import Offer
from portal.payments import service as payments
from portal.payments.types import BankReceipt

#: rand for a dollar at the beginning, in ten-thousandths, and the most it moves in a week
_FIRST_RATE, _WEEK = 17_9000, 2500
#: when an order was placed and when money came, in thousandths of the time; how much of it, in percent; which products
_ORDERS = (
    (150, 330, 100, ((0, 3), (30, 10))),
    (480, 640, 60, ((12, 2), (41, 20), (7, 1))),
    (800, 930, 115, ((22, 4),)),
    (975, 0, 0, ((3, 2), (50, 6))),
)
_LISTED_EVERY, _PERCENT = 10, 94


def make(random: Random, staff: Identity) -> Buying:
    """The company, its people, and our account for dollars; the first rate is of this day."""
    name = names.ABROAD
    ledger.add_bank_account(
        names.DOLLAR_ACCOUNT.bank, names.DOLLAR_ACCOUNT.branch, names.DOLLAR_ACCOUNT.number,
        names.DOLLAR_ACCOUNT.holder, currency="USD", bic=names.DOLLAR_BIC,
    )  # fmt: skip
    catalog.set_rate("USD", clock.today(), _written(_FIRST_RATE), by=staff.name)
    draft = CustomerDraft(
        name=name.name, email=f"accounts@{name.domain}", registration=name.registration, address=name.address,
        terms_days=30, release_policy=ReleasePolicy.CLEARED, country=names.ABROAD_COUNTRY,
    )  # fmt: skip
    customer_id = accounts.create_customer(name.code, draft, source=random)
    people: dict[str, Identity] = {}
    for person, role in name.people:
        email = email_of(person, name.domain)
        user_id = accounts.create_user(email, person, password_of(email), memberships=((customer_id, role),))
        people[role] = Identity(
            user_id, person, email, frozenset(), customer_id, name.name, name.code, role, 0, currency="USD"
        )  # fmt: skip
    return Buying(name, customer_id, ReleasePolicy.CLEARED, people)


class Abroad:
    """What happened with dollars."""

    def __init__(self, timeline: Timeline, cast: Cast, selling: Selling, seed: int) -> None:
        self._timeline, self._cast, self._selling, self._seed = timeline, cast, selling, seed

    def tell(self, start: datetime) -> None:
        """Plan rates, a price list, orders, money and an offer; nothing for a demo without a customer abroad."""
        if self._cast.abroad is None:
            return
        whole = self._timeline.end - start
        for moment, rate in self._rates(start):
            self._timeline.plan(moment, partial(self._set_rate, rate))
        self._timeline.plan(start + whole / 20, partial(self._price_list, self._cast.abroad))
        for place, (ordered, paid, percent, picks) in enumerate(_ORDERS):
            deed = partial(self._order, self._cast.abroad, place, picks, start + whole * paid / 1000, percent)
            self._timeline.plan(start + whole * ordered / 1000, deed)
        self._timeline.plan(start + whole * 960 / 1000, partial(self._quote, self._cast.abroad))

    def _rates(self, start: datetime) -> Iterator[tuple[datetime, int]]:
        """A rate a week, each a little beside the one before."""
        random, rate, moment = Random(f"{self._seed} rates"), _FIRST_RATE, start
        while (moment := moment + timedelta(days=7)) < self._timeline.end - timedelta(days=1):
            rate += random.randint(-_WEEK, _WEEK)
            yield moment, rate

    def _set_rate(self, rate: int) -> None:
        catalog.set_rate("USD", clock.today(), _written(rate), by=self._cast.staff["manager"].name)

    def _price_list(self, buying: Buying) -> None:
        made = catalog.create_list(ListDraft("Export, in dollars", "USD", clock.today(), None, everybody=False))
        shown = [catalog.product_by_sku(each.sku) for each in PRODUCTS[::_LISTED_EVERY]]
        for product_id, price in catalog.prices_of(shown, None, currency="USD").items():
            sku = next(each.sku for each in shown if each.id == product_id)
            catalog.set_price(made.id, sku, 1, Money(price.shop.cents * _PERCENT // 100, "USD"))
        catalog.give_list(made.id, buying.name.code)

    def _order(
        self, buying: Buying, place: int, picks: tuple[tuple[int, int], ...], paid_at: datetime, percent: int
    ) -> None:
        for product, count in picks:
            orders.add_to_cart(buying.buyer, PRODUCTS[product].sku, count)
        key, po_number = f"demo {self._seed} export {place}", f"KWD {4100 + 7 * place}"
        order = orders.place_for_demo(buying.buyer, po_number, key, source=Random(key))
        self._selling.deliver_later(order.number)
        if percent:
            self._timeline.plan(paid_at, partial(self._money_came, order.invoice_number, percent))

    def _money_came(self, number: str, percent: int) -> None:
        invoice, clerk = invoices.by_number(number), self._cast.staff["clerk"]
        (account,) = ledger.accounts_in("USD")
        amount = Money(invoice.total.cents * percent // 100, "USD")
        receipt = BankReceipt(amount, clock.today(), account.id, f"SWIFT {number}")
        payments.record_receipt(
            invoice.customer_id, receipt, [invoice.id], key=f"demo dollars {number}", by=clerk.user_id
        )  # fmt: skip

    def _quote(self, buying: Buying) -> None:
        words = "Please quote for the pump set at Chilanga, delivered to the border."
        asked = orders.ask_for_quote(buying.buyer, words, f"demo {self._seed} export quote", with_cart=False)
        offers = [Offer(PRODUCTS[18].sku, 2, Money(4_250_00, "USD")), Offer(PRODUCTS[33].sku, 12, Money(38_50, "USD"))]
        until, clerk = clock.today() + timedelta(days=21), self._cast.staff["clerk"]
        reply = "Delivered at place, Chirundu. Export papers are ours."
        priced = orders.price_quote(asked.number, offers, until, reply, seen=asked.version, by=clerk)
        orders.send_quote(asked.number, seen=priced.version, by=clerk)


def _written(rate: int) -> str:
    return f"{rate // 10_000}.{rate % 10_000:04d}"
