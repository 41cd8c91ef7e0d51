"""How a company buys: rules for PO numbers, and saved places."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from portal.accounts import service as accounts
from portal.core.errors import BadInput, NotFound
from portal.core.identity import Identity
from portal.orders.models import BuyingRules, DeliveryAddress
from portal.orders.queries import buying as queries
from portal.orders.types import LONGEST_ADDRESS, MOST_ADDRESS_LINES
from portal.orders.types.buying import (
    LONGEST_LABEL,
    LONGEST_PATTERN,
    MOST_ADDRESSES,
    AddressInfo,
    PoRules,
)
from portal.platform import audit
from portal.platform.db import db

# -- PO numbers ------------------------------------------------------------------------------------------------------


def po_rules(customer_id: int) -> PoRules:
    """What the company wants of the PO numbers on its orders."""
    return queries.po_rules(customer_id)


def check_po(customer_id: int, po_number: str) -> None:
    """Raise BadInput for a PO number that the company's own rules refuse. The caller holds the customer's lock.

    Source: docs/rules/orders.md O14.
    """
    rules = queries.po_rules(customer_id)
    if not po_number:
        if rules.needed:
            raise BadInput(
                f"Your company orders with a PO number only. Write it like {rules.example}.", field="po_number"
            )
        return
    if not rules.fits(po_number):
        raise BadInput(f"Your company writes its PO numbers like {rules.example}.", field="po_number")
    if rules.once and (used := queries.po_used(customer_id, po_number)) is not None:
        raise BadInput(f"{po_number} is on {used} already; your company uses each number once.", field="po_number")


def set_po_rules(customer_id: int, rules: PoRules, *, by: Identity) -> None:
    """An approver says what PO numbers look like. Raises BadInput. Flushes; audited."""
    accounts.lock_customer(customer_id)
    if len(rules.pattern) > LONGEST_PATTERN or not rules.pattern.isprintable():
        raise BadInput(f"At most {LONGEST_PATTERN} letters, figures and signs, like PO #####.", field="po_pattern")
    row = queries.rules_row(customer_id)
    if row is None:
        row = BuyingRules(customer_id=customer_id)
        db.session.add(row)
    else:
        row.version += 1
    row.po_needed, row.po_once, row.po_pattern = rules.needed, rules.once, rules.pattern
    db.session.flush()
    after = {"needed": rules.needed, "once": rules.once, "pattern": rules.pattern, "by": by.name}
    audit.record("buying.po_rules", f"customer:{by.customer_code}", after=after)


# -- places ----------------------------------------------------------------------------------------------------------


def addresses(customer_id: int) -> list[AddressInfo]:
    """The company's saved places, by name."""
    return queries.addresses(customer_id)


def save_address(customer_id: int, label: str, lines: tuple[str, ...], *, address_id: int | None = None) -> None:
    """A new place, or another wording of one. Flushes.

    Raises BadInput for a name that is taken or an address that says nothing, NotFound for another company's place.
    """
    accounts.lock_customer(customer_id)
    name, kept = " ".join(label.split()), [line.strip() for line in lines if line.strip()]
    if not 1 <= len(name) <= LONGEST_LABEL or not name.isprintable():
        raise BadInput(f"Give the place a name of at most {LONGEST_LABEL} letters, like Shaft 4 stores.", field="label")
    if not kept or len(kept) > MOST_ADDRESS_LINES or sum(map(len, kept)) > LONGEST_ADDRESS:
        words = f"An address has one to {MOST_ADDRESS_LINES} lines and at most {LONGEST_ADDRESS} characters."
        raise BadInput(words, field="lines")
    row = None if address_id is None else queries.lock_address(customer_id, address_id)
    if address_id is not None and row is None:
        raise NotFound(f"no address {address_id}")
    if row is None:
        if len(queries.addresses(customer_id)) >= MOST_ADDRESSES:
            raise BadInput(f"At most {MOST_ADDRESSES} places. Remove one first.", field="label")
        row = DeliveryAddress(customer_id=customer_id)
    try:
        with db.session.begin_nested():
            row.label, row.lines = name, kept
            db.session.add(row)
    except IntegrityError:
        raise BadInput(f"There is a place called {name} already.", field="label") from None


def remove_address(customer_id: int, address_id: int) -> None:
    """Forget a place; orders keep what was written on them. Raises NotFound, also for another company's."""
    row = queries.lock_address(customer_id, address_id)
    if row is None:
        raise NotFound(f"no address {address_id}")
    db.session.delete(row)
    db.session.flush()
