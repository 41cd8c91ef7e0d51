"""The demo company's people, customers, bank accounts and shelves, made through the services."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, ReleasePolicy
from portal.catalog import service as catalog
from portal.content import service as content
from portal.core.identity import Identity
from portal.core.money import Money
from portal.demo import names
from portal.demo.catalogue import CATEGORIES, PRODUCTS, barcode_of
from portal.demo.crew import Crew
from portal.demo.logins import email_of, password_of
from portal.ledger import service as ledger


@dataclass(frozen=True, slots=True)
class Buying:
    """A customer of the demo: its name data, its id, and its people by role."""

    name: names.CustomerName
    id: int
    policy: ReleasePolicy
    people: dict[str, Identity]

    @property
    def buyer(self) -> Identity:
        """Who orders and sends proofs."""
        return self.people["buyer"]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody and everything the story needs."""

    customers: tuple[Buying, ...]
    staff: dict[str, Identity]
    #: our bank accounts: number → id
    bank_accounts: dict[str, int]
    users: int
    products: int
    #: who orders for the first customer within a limit, and approves for the second; None in a small company
    of_two: Identity | None = None
    #: the customer that buys in dollars; a small demo has none
    abroad: Buying | None = None

    @property
    def everybody(self) -> tuple[Buying, ...]:
        """All customers, the one abroad too."""
        return self.customers if self.abroad is None else (*self.customers, self.abroad)


#: what somebody may order without an approver's word
SMALL_LIMIT = Money.zar(15_000_00)
#: policy, days of credit, credit limit, provisional limit; customers take them in turn
_TERMS = (
    (ReleasePolicy.CLEARED, 7, Money.zar(0), Money.zar(0)),
    (ReleasePolicy.ACCOUNT, 30, Money.zar(1_500_000_00), Money.zar(0)),
    (ReleasePolicy.PROVISIONAL, 14, Money.zar(0), Money.zar(150_000_00)),
    (ReleasePolicy.TRUSTED, 14, Money.zar(0), Money.zar(0)),
    (ReleasePolicy.CLEARED, 7, Money.zar(0), Money.zar(0)),
    (ReleasePolicy.ACCOUNT, 30, Money.zar(600_000_00), Money.zar(0)),
)


def make(count: int, random: Random, crew: Crew) -> Cast:
    """Staff, `count` customers with their people, our bank accounts, all categories and products."""
    content.change_company(names.OUR_COMPANY, seen=content.company_known()[1], by=None)
    pictures = {
        (each.kind, each.accent): crew.picture(each.kind, each.accent)
        for each in {(product.kind, product.accent): product for product in PRODUCTS}.values()
    }
    banks = {
        ours.number: ledger.add_bank_account(ours.bank, ours.branch, ours.number, ours.holder, primary=place == 0)
        for place, ours in enumerate(names.OUR_ACCOUNTS)
    }
    staff = _staff()
    customers = tuple(_customer(place, name, random) for place, name in enumerate(names.CUSTOMERS[:count]))
    for shelf in CATEGORIES:
        catalog.create_category(shelf.name, slug=shelf.slug, icon=shelf.icon)
    for place, product in enumerate(PRODUCTS, 1):
        catalog.create_product(
            product.sku,
            product.name,
            description=product.description,
            category=product.category,
            unit=product.unit,
            pack=product.pack,
            price=product.price,
            picture=pictures[product.kind, product.accent].result(),
            specs=product.specs,
            barcode=barcode_of(place),
            un_number=product.un_number,
        )
    of_two = _of_two_companies(*customers[:2]) if len(customers) >= names.LARGE_COMPANY else None
    users = len(names.OUR_PEOPLE) + sum(len(each.people) for each in customers) + (of_two is not None)
    return Cast(customers, staff, banks, users, len(PRODUCTS), of_two)


def _of_two_companies(first: Buying, second: Buying) -> Identity:
    """Somebody who works for two customers, with a limit at the one and without at the other."""
    name, email = names.OF_TWO_COMPANIES, email_of(names.OF_TWO_COMPANIES, first.name.domain)
    ties = ((first.id, "buyer"), (second.id, "approver"))
    user_id = accounts.create_user(email, name, password_of(email), memberships=ties)
    seen = accounts.member(first.id, user_id).fingerprint
    accounts.change_member(first.id, user_id, "buyer", SMALL_LIMIT, seen=seen, by=first.people["approver"])
    return Identity(user_id, name, email, frozenset(), first.id, first.name.name, first.name.code, "buyer", 0)


def _staff() -> dict[str, Identity]:
    made: dict[str, Identity] = {}
    for name, role, local in names.OUR_PEOPLE:
        email = f"{local}@{names.OUR_DOMAIN}"
        user_id = accounts.create_user(email, name, password_of(email), staff_roles=(role,))
        made.setdefault(role, Identity(user_id, name, email, frozenset({role}), None, None, None, None, 0))
    return made


def _customer(place: int, name: names.CustomerName, random: Random) -> Buying:
    policy, days, credit, provisional = _TERMS[place % len(_TERMS)]
    draft = CustomerDraft(
        name=name.name,
        email=f"accounts@{name.domain}",
        vat_number=name.vat_number,
        registration=name.registration,
        address=name.address,
        terms_days=days,
        credit_limit=credit,
        release_policy=policy,
        provisional_limit=provisional,
    )
    customer_id = accounts.create_customer(name.code, draft, source=random)
    people: dict[str, Identity] = {}
    for person, role in name.people:
        email = email_of(person, name.domain)
        user_id = accounts.create_user(email, person, password_of(email), memberships=((customer_id, role),))
        people[role] = Identity(user_id, person, email, frozenset(), customer_id, name.name, name.code, role, 0)
    return Buying(name, customer_id, policy, people)
