"""Companies that buy: made, read, changed, locked."""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Callable, Iterable

from portal.accounts import queries
from portal.accounts.models import Customer
from portal.accounts.types import CustomerDraft, CustomerInfo, CustomerSort, ReleasePolicy
from portal.core import clock, reference
from portal.core.countries import COUNTRIES, CURRENCIES, HOME_COUNTRY, currency_of, is_abroad
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.money import Money
from portal.platform import audit
from portal.platform.db import db
from portal.platform.paging import AnyRow, Page

_CODE = re.compile(r"[A-Z]{2,5}[0-9]{3,4}")


#: Raises Conflict while something of the customer stands in the country and currency it has.
Guard = Callable[[CustomerInfo], None]
_guards: list[Guard] = []


def before_moving(guard: Guard) -> None:
    """Say what must be over before a customer gets another country or currency; features that stand above ask it."""
    if guard not in _guards:
        _guards.append(guard)


class _Taken:
    """Customers' references that are in use, asked one at a time."""

    def __contains__(self, code: object) -> bool:
        return queries.reference_taken(str(code))


def customer(customer_id: int) -> CustomerInfo:
    """A customer. Raises NotFound."""
    return _info(queries.customer_row(customer_id), customer_id)


def customer_by_code(code: str) -> CustomerInfo:
    """A customer by its code, in any case. Raises NotFound."""
    return _info(queries.customer_row_by_code(code.strip().upper()), code)


def customers_by_id(ids: Iterable[int]) -> dict[int, CustomerInfo]:
    """Several customers in one query; unknown ids are left out."""
    return {row.id: _info(row, row.id) for row in queries.customer_rows(ids)}


def ids_by_code(codes: Iterable[str]) -> dict[str, int]:
    """The ids of those of these codes that are in use, in one question."""
    wanted = set(codes)
    return queries.ids_by_code(wanted) if wanted else {}


def customers_page(
    search: str = "",
    after: str | None = None,
    limit: int = 50,
    *,
    policy: ReleasePolicy | None = None,
    sort: CustomerSort = CustomerSort.NAME,
) -> Page[CustomerInfo]:
    """Customers, a page at a time. after: a mark of the page before. policy: only those whose goods leave by it."""
    return queries.customers_page(search, policy, sort, after, limit).map(lambda row: _info(row, row.id))


def lock_customer(customer_id: int) -> None:
    """Take the customer's lock for the rest of the transaction: first of all locks."""
    queries.lock_customer(customer_id)


def create_customer(code: str, draft: CustomerDraft, *, source: random.Random | None = None) -> int:
    """A new customer with its own payment reference. Flushes. Returns its id.

    code: two to five letters and three or four figures, like MPD014.
    source: where the reference's randomness comes from; the system's by default, a seeded one for the demo.
    Raises BadInput for a code of another form or one that is in use, and for a country or currency that is none.
    """
    _check(draft)
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        raise BadInput("Write the code as letters and figures, like MPD014.", field="code")
    if queries.code_taken(code):
        raise BadInput(f"{code} belongs to another customer. Choose another number.", field="code")
    made = Customer(
        code=code,
        reference=reference.make(source or secrets.SystemRandom(), _Taken()),
        created_at=clock.now(),
        **_columns(draft),
    )
    db.session.add(made)
    db.session.flush()
    audit.record("customer.created", f"customer:{code}", after=_columns(draft))
    return made.id


def change_customer(code: str, draft: CustomerDraft, *, seen: str) -> None:
    """Write a customer's facts, terms and limits; audited with before and after. Flushes.

    seen: the fingerprint of the facts the form was filled in from.
    Another country or currency is refused while something stands in the old one; people's limits then become
    nothing, for they would mean another sum (docs/rules/foreign-money.md F1).
    Raises NotFound, BadInput, and Conflict when somebody changed the facts in the meantime or something stands open.
    """
    _check(draft)
    row = queries.lock_customer(customer_by_code(code).id)
    before = customer(row.id)
    if before.fingerprint != seen:
        raise Conflict("Somebody else changed this customer in the meantime. Look at it again.")
    columns = _columns(draft)
    if (is_abroad(draft.country), columns["currency"]) != (before.abroad, before.currency):
        for guard in _guards:
            guard(before)
    for name, value in columns.items():
        setattr(row, name, value)
    db.session.flush()
    if columns["currency"] != before.currency and queries.drop_spending_limits(row.id):
        audit.record("customer.limits-dropped", f"customer:{row.code}", after={"currency": columns["currency"]})
    audit.record("customer.changed", f"customer:{row.code}", before=_columns(_draft_of(before)), after=_columns(draft))


def _check(draft: CustomerDraft) -> None:
    if draft.country not in COUNTRIES:
        raise BadInput("Choose a country of the list.", field="country")
    if draft.currency not in (None, *CURRENCIES):
        raise BadInput("Choose one of our currencies.", field="buys_with")
    if draft.country == HOME_COUNTRY and draft.currency not in (None, CURRENCIES[0]):
        raise BadInput(
            "At home we invoice in rand; dollars are for exports, which are rated at nothing.", field="buys_with"
        )


def _info(row: AnyRow | None, wanted: object) -> CustomerInfo:
    if row is None:
        raise NotFound(f"customer {wanted}")
    return CustomerInfo(
        id=row.id,
        code=row.code,
        name=row.name,
        vat_number=row.vat_number,
        registration=row.registration,
        address=tuple(row.address.splitlines()),
        email=row.email,
        terms_days=row.terms_days,
        credit_limit=Money(row.credit_limit_cents, row.currency),
        release_policy=ReleasePolicy(row.release_policy),
        provisional_limit=Money(row.provisional_limit_cents, row.currency),
        reference=row.reference,
        country=row.country,
        currency=row.currency,
    )


def _draft_of(info: CustomerInfo) -> CustomerDraft:
    return CustomerDraft(
        name=info.name,
        email=info.email,
        vat_number=info.vat_number,
        registration=info.registration,
        address=info.address,
        terms_days=info.terms_days,
        credit_limit=info.credit_limit,
        release_policy=info.release_policy,
        provisional_limit=info.provisional_limit,
        country=info.country,
        currency=info.currency,
    )


def _columns(draft: CustomerDraft) -> dict[str, str | int | None]:
    return {
        "name": draft.name,
        "email": draft.email,
        "vat_number": draft.vat_number or None,
        "registration": draft.registration or None,
        "address": "\n".join(line for line in draft.address if line),
        "terms_days": draft.terms_days,
        "credit_limit_cents": draft.credit_limit.cents,
        "release_policy": draft.release_policy.value,
        "provisional_limit_cents": draft.provisional_limit.cents,
        "country": draft.country,
        "currency": draft.currency or currency_of(draft.country),
    }
