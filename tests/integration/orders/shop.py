"""A small shop for each test: a customer with a buyer, our bank account, three products."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from portal.accounts import service as accounts
from portal.accounts.types import CustomerDraft, ReleasePolicy
from portal.catalog import service as catalog
from portal.catalog.types import ProductInfo
from portal.core.identity import Identity
from portal.core.money import Money
from portal.core.vat import VatCode
from portal.ledger import service as ledger
from portal.orders import service as orders
from portal.orders.types import OrderInfo
from portal.platform.db import transaction

PASSWORD = "a long sentence that nobody guesses"
#: made once: hashing is slow on purpose, and no test here is about it
_HASH: list[str] = []


def new_key() -> str:
    return str(uuid.uuid4())


@dataclass
class Shop:
    """customer_id and buyer of the first customer; hose is taxed, seal costs cents, meal is zero-rated."""

    customer_id: int
    buyer: Identity
    manager: Identity
    hose: ProductInfo
    seal: ProductInfo
    meal: ProductInfo

    def fill(self, *wanted: tuple[ProductInfo, int], buyer: Identity | None = None) -> None:
        transaction(lambda: [orders.add_to_cart(buyer or self.buyer, product.sku, count) for product, count in wanted])

    def order(
        self, *wanted: tuple[ProductInfo, int], buyer: Identity | None = None, key: str | None = None
    ) -> OrderInfo:
        self.fill(*(wanted or ((self.hose, 1),)), buyer=buyer)
        key = key or new_key()
        return transaction(lambda: orders.place_order(buyer or self.buyer, "PO 88123", key))

    def become(self, policy: ReleasePolicy, *, credit: int = 0, provisional: int = 0, terms: int = 30) -> None:
        """Change the customer's policy and limits (cents)."""

        def change() -> None:
            info = accounts.customer(self.customer_id)
            draft = replace(
                _draft(info.name), release_policy=policy, credit_limit=Money.zar(credit),
                provisional_limit=Money.zar(provisional), terms_days=terms,
            )  # fmt: skip
            accounts.change_customer(info.code, draft, seen=info.fingerprint)

        transaction(change)


def _draft(name: str) -> CustomerDraft:
    return CustomerDraft(
        name=name, email="accounts@marikana.example", vat_number="4111222333", registration="2010/123456/07",
        address=("Plot 7, R104", "Marikana", "0284"),
    )  # fmt: skip


def open_shop() -> Shop:
    return transaction(_open)


def _open() -> Shop:
    _HASH or _HASH.append(accounts.hash_password(PASSWORD))
    customer_id = accounts.create_customer("MPD014", _draft("Marikana Plant & Drilling (Pty) Ltd"))
    ledger.add_bank_account("FNB", "250655", "62841190736", "360Degree Supply (Pty) Ltd", primary=True)
    hoses = catalog.create_category("Hydraulics and hoses", icon="link-2")
    food = catalog.create_category("Canteen")
    hose = catalog.create_product(
        "HH-12-R2AT", "Hydraulic hose 1/2 inch SAE 100 R2AT", description="Two steel braids.", category=hoses.slug,
        unit="roll", pack="50 m roll", price=Money.zar(4_350_00),
    )  # fmt: skip
    seal = catalog.create_product(
        "SK-1", "Seal", description="", category=hoses.slug, unit="each", price=Money.zar(2_27)
    )
    meal = catalog.create_product(
        "MM-10", "Maize meal", description="", category=food.slug, unit="bag", price=Money.zar(189_99),
        vat_code=VatCode.ZERO,
    )  # fmt: skip
    buyer = _person("thandi@marikana.example", "Thandi Mokoena", customer_id)
    return Shop(customer_id, buyer, _staff("zanele@360degree.example", "Zanele Khumalo", "manager"), hose, seal, meal)


def _person(email: str, name: str, customer_id: int) -> Identity:
    user_id = accounts.create_user(email, name, None, memberships=[(customer_id, "buyer")], password_hash=_HASH[0])
    info = accounts.customer(customer_id)
    return Identity(user_id, name, email, frozenset(), customer_id, info.name, info.code, "buyer", 0)


def _staff(email: str, name: str, *roles: str) -> Identity:
    user_id = accounts.create_user(email, name, None, staff_roles=roles, password_hash=_HASH[0])
    return Identity(user_id, name, email, frozenset(roles), None, None, None, None, 0)


def second_customer() -> Identity:
    """Another company's buyer."""

    def make() -> Identity:
        customer_id = accounts.create_customer("SIZ002", _draft("Sizwe Plant Hire CC"))
        return _person("sizwe@planthire.example", "Sizwe Nkosi", customer_id)

    return transaction(make)


def more_staff(role: str) -> Identity:
    return transaction(lambda: _staff(f"{role}@360degree.example", role.capitalize(), role))
