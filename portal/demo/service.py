"""The demo company: people, products, ninety days of orders, invoices and proofs, made through the services only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from random import Random

from portal.accounts import service as accounts
from portal.core import clock
from portal.core.errors import Conflict, NotFound
from portal.demo import abroad, aftermath, bank, bulk, company, names, warehouse
from portal.demo.crew import Crew
from portal.demo.logins import Login, logins
from portal.demo.office import Office
from portal.demo.paying import Paying
from portal.demo.story import LAST_ORDERS, Story
from portal.demo.tally import Tally, tally_of
from portal.demo.timeline import Timeline
from portal.platform import outbox
from portal.platform.db import transaction

__all__ = ["Loaded", "Login", "Options", "load", "logins"]

_SOME_HISTORY = 8
#: with fewer customers than this, all are at home
_FEW = 5


@dataclass(frozen=True, slots=True)
class Options:
    """How much to make. orders: None for one every thirty days and customer. today: None for the real one."""

    days: int = 90
    customers: int = 25
    orders: int | None = None
    today: date | None = None
    seed: int = 360
    #: invoices there are to be in all; those the story does not make are made in bulk, in the years before it
    invoices: int = 0

    @property
    def how_many_orders(self) -> int:
        """As many as asked for, but enough for the last days' proofs and, unasked, for some history."""
        if self.orders is not None:
            return max(self.orders, LAST_ORDERS)
        return max(self.customers * self.days // 30, LAST_ORDERS + _SOME_HISTORY)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What there is now. already: it was there before, and nothing was added."""

    already: bool
    customers: int
    users: int = 0
    products: int = 0
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0
    #: invoices made in bulk
    bulk: int = 0


def load(options: Options, told: Callable[[int], None] = lambda _count: None) -> Loaded:
    """Make the demo company, or say that it is there already; then the invoices asked for in bulk, as far as missing.

    told: gets how many invoices there are, after each part of the bulk.
    """
    started, made = time.monotonic(), _story(options)
    if not options.invoices:
        return made
    begins = clock.day_of(_end(options.today)) - timedelta(days=options.days)
    count = bulk.fill(bulk.Bulk(options.invoices, options.seed, begins), told)
    return replace(made, bulk=count, seconds=round(time.monotonic() - started, 1))


def _story(options: Options) -> Loaded:
    """The demo company itself.

    All of it is one transaction: a load that is killed leaves nothing behind, and the next one begins afresh. Mails of
    the past are not sent. The same options give the same companies, orders, amounts and verdicts.
    Raises Conflict in a database that has other customers.
    """
    if (there := _there_already()) is not None:
        return there
    started = time.monotonic()
    with outbox.without_mail(), Crew() as crew:
        made = transaction(lambda: _make(options, crew), attempts=1)
    return Loaded(
        already=False,
        customers=len(made.everybody),
        users=made.users,
        products=made.products,
        tally=tally_of(each.id for each in made.everybody),
        seconds=round(time.monotonic() - started, 1),
    )


def _there_already() -> Loaded | None:
    known = accounts.customers_page(limit=len(names.CUSTOMERS) + 2).items
    try:
        accounts.customer_by_code(names.CUSTOMERS[0].code)
    except NotFound:
        if known:
            raise Conflict("This database has customers; the demo company goes into an empty one.") from None
        return None
    return Loaded(already=True, customers=len(known), tally=tally_of(each.id for each in known))


def _make(options: Options, crew: Crew) -> company.Cast:
    end = _end(options.today)
    start = end - timedelta(days=options.days)
    with clock.at(start - timedelta(days=1)):
        cast = _cast(min(options.customers, len(names.CUSTOMERS)), options.seed, crew)
    timeline = Timeline(end)
    paying = Paying(timeline, crew, Office(timeline, cast))
    Story(timeline, cast, paying, options.seed).tell(start, options.how_many_orders)
    with clock.at(end):
        aftermath.tell(cast)
        warehouse.fill(cast, options.seed)
        bank.statement_came(cast, Random(f"{options.seed} bank"))
    return cast


def _cast(count: int, seed: int, crew: Crew) -> company.Cast:
    """Everybody; among many customers, one is abroad."""
    if count < _FEW:
        return company.make(count, Random(f"{seed} company"), crew)
    made = company.make(count - 1, Random(f"{seed} company"), crew)
    foreign = abroad.make(Random(f"{seed} abroad"), made.staff["manager"])
    return replace(made, abroad=foreign, users=made.users + len(foreign.people))


def _end(today: date | None) -> datetime:
    """Now; on another day than today, half past nine in the morning."""
    if today is None or today == clock.today():
        return clock.now()
    return datetime.combine(today, time_of_day(9, 30), clock.SAST)
