"""Years of business before the story: as many invoices as asked for, made in bulk, some of them paid.

For lists, searches and checks at size (`bin/scale`). Customers, invoices and money come from the services; what is
made is the same for the same seed, and a load that was cut short goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, CustomerInfo
from portal.core import clock
from portal.core.money import total
from portal.core.vat import VatCode
from portal.demo import names
from portal.demo.catalogue import PRODUCTS
from portal.invoices import service as invoices
from portal.invoices.types import DatedDraft, DraftLine
from portal.ledger import service as ledger
from portal.payments import service as payments
from portal.payments.types import BankReceipt
from portal.platform import outbox
from portal.platform.db import transaction

#: invoices in one transaction
CHUNK = 5_000
#: the first of so many customers pays all, the others owe everything
_ONE_OF_SO_MANY_PAYS = 10
#: invoices that one payment pays
_TOGETHER = 250
_YEARS = 5
_INVOICES_A_CUSTOMER = 1_000
_MOST_CUSTOMERS = 2_000


@dataclass(frozen=True, slots=True)
class Bulk:
    """What is to be there: so many invoices in all, the oldest on this day; those of the story are among them."""

    wanted: int
    seed: int
    story_begins: date

    @property
    def begins(self) -> date:
        """The first of January, some years before the story's first year."""
        return date(self.story_begins.year - _YEARS, 1, 1)

    @property
    def ends(self) -> date:
        """The last day before the story's year: its series of numbers has none of these."""
        return date(self.story_begins.year - 1, 12, 31)


def fill(bulk: Bulk, told: Callable[[int], None]) -> int:
    """Issue what is missing, a chunk a transaction, sealed at once. told: gets how many there are. Returns how many were made."""
    there = invoices.how_many()
    missing = max(0, bulk.wanted - there)
    companies = transaction(lambda: _customers(bulk.wanted))
    for start in range(0, missing, CHUNK):
        count = min(CHUNK, missing - start)
        with outbox.without_mail():
            transaction(lambda start=start, count=count: _chunk(bulk, companies, there + start, count))  # type: ignore[misc]
            while transaction(ledger.seal_waiting):
                pass
        told(there + start + count)
    return missing


def _customers(wanted: int) -> dict[int, CustomerInfo]:
    """The customers of the bulk, made when they are missing; each a depot of one of the demo's companies."""
    count = max(20, min(_MOST_CUSTOMERS, wanted // _INVOICES_A_CUSTOMER))
    found: dict[int, CustomerInfo] = {}
    known = {each.code: each for each in _depots()}
    for place in range(count):
        code, name = f"DEP{place:04}", names.CUSTOMERS[place % len(names.CUSTOMERS)]
        if code not in known:
            draft = CustomerDraft(
                f"{name.name}, depot {place + 1}", f"depot{place + 1}@{name.domain}", vat_number=name.vat_number,
                registration=name.registration, address=name.address, terms_days=30,
            )  # fmt: skip
            known[code] = accounts.customer(accounts.create_customer(code, draft, source=Random(f"depot {place}")))
        found[known[code].id] = known[code]
    return found


def _depots() -> Iterator[CustomerInfo]:
    after: str | None = None
    while True:
        page = accounts.customers_page("DEP", after, 500)
        yield from page.items
        if page.next is None:
            return
        after = page.next


def _chunk(bulk: Bulk, companies: dict[int, CustomerInfo], first: int, count: int) -> None:
    random, ids = Random(f"{bulk.seed} bulk {first}"), list(companies)
    drafts = [_draft(random, ids[place % len(ids)], _day(bulk, place)) for place in range(first, first + count)]
    made = invoices.issue_many(drafts, companies, source=random)
    pays = set(ids[::_ONE_OF_SO_MANY_PAYS])
    _pay(companies, {one: draft for one, draft in zip(made, drafts, strict=True) if draft.customer_id in pays})


def _day(bulk: Bulk, place: int) -> date:
    """Days go evenly from the first to the last."""
    return bulk.begins + timedelta(days=(bulk.ends - bulk.begins).days * place // bulk.wanted)


def _draft(random: Random, customer_id: int, day: date) -> DatedDraft:
    lines = tuple(
        DraftLine(
            product.name, product.sku, Decimal(random.randint(1, 40)), product.unit, product.price,
            VatCode.STANDARD,
        )
        for product in random.sample(PRODUCTS, random.choice((1, 1, 2)))
    )  # fmt: skip
    return DatedDraft(customer_id, day, lines, f"PO {random.randint(10_000, 99_999)}")


def _pay(companies: dict[int, CustomerInfo], made: dict[int, DatedDraft]) -> None:
    """Money at the bank a month later, one payment for many invoices of a customer."""
    bank = ledger.our_accounts()[0].id
    by_customer: dict[int, list[int]] = {}
    for invoice_id, draft in made.items():
        by_customer.setdefault(draft.customer_id, []).append(invoice_id)
    for customer_id, ids in by_customer.items():
        for start in range(0, len(ids), _TOGETHER):
            part = ids[start : start + _TOGETHER]
            owed = total(each.balance for each in invoices.by_ids(part))
            day = min(made[part[-1]].day + timedelta(days=30), clock.today())
            receipt = BankReceipt(owed, day, bank, f"EFT CREDIT {companies[customer_id].code}")
            payments.record_receipt(customer_id, receipt, part, key=f"bulk receipt {part[0]}", by=None)
