"""People of a customer: their roles and limits, changed by an approver among them or by our managers.

The customer is locked first, so that two who remove each other are served one after the other and one is refused.
Source: docs/rules/sign-in.md, S16 to S18.
"""

from __future__ import annotations

from portal.accounts import queries
from portal.accounts.service import people
from portal.accounts.types import MANAGES, MemberInfo
from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.identity import CUSTOMER_ROLES, Identity
from portal.core.money import Money
from portal.platform import audit, outbox
from portal.platform.db import db
from portal.platform.paging import AnyRow


def spending_limit_of(user_id: int, customer_id: int) -> Money | None:
    """What a person may order for a customer without an approver's consent; None is no limit.

    Raises NotFound for somebody who does not act for the customer.
    """
    row = queries.spending_limit(user_id, customer_id)
    if row is None:
        raise NotFound(f"user {user_id} at customer {customer_id}")
    return as_money(row.spending_limit_cents, row.currency)


def as_money(cents: int | None, currency: str) -> Money | None:
    """A stored limit, in its customer's currency."""
    return None if cents is None else Money(cents, currency)


def members_of(customer_id: int) -> list[MemberInfo]:
    """Everybody who acts for a customer, by name."""
    return [_info(row) for row in queries.member_rows(customer_id)]


def member(customer_id: int, user_id: int) -> MemberInfo:
    """One person of a customer. Raises NotFound."""
    for row in queries.member_rows(customer_id, user_id):
        return _info(row)
    raise NotFound(f"user {user_id} at customer {customer_id}")


def change_member(
    customer_id: int, user_id: int, role: str, limit: Money | None, *, seen: str, by: Identity
) -> MemberInfo:
    """Give a person of a customer another role or limit; who may do less from now on signs in again. Flushes.

    limit: in whole cents; None for no limit. seen: the fingerprint the form was filled in from.
    Raises NotFound, Conflict when somebody changed it in the meantime, BadInput for the last approver.
    """
    customer = queries.lock_customer(customer_id)
    tie, before = queries.lock_membership(user_id, customer_id), member(customer_id, user_id)
    if before.fingerprint != seen:
        raise Conflict("Somebody else changed this person’s role in the meantime. Look at it again.")
    if role not in CUSTOMER_ROLES:
        raise BadInput(f"There is no role {role}. Choose one of {', '.join(CUSTOMER_ROLES)}.", field="role")
    if role != MANAGES:
        _keep_an_approver(customer_id, before)
    tie.role, tie.spending_limit_cents = role, None if limit is None else limit.cents
    db.session.flush()
    after = member(customer_id, user_id)
    if after == before:
        return after
    if _shrinks(before, after):
        _sign_out(user_id, customer_id, by)
    audit.record("member.changed", f"user:{after.email}", before=_facts(before), after={**_facts(after), "customer": customer.code})  # fmt: skip
    if by.user_id != user_id:
        words = f"You are {after.role} at {customer.name}"
        data = {
            "name": after.name,
            "customer": customer.name,
            "role": after.role,
            "limit": after.spending_limit,
            "by": by.name,
        }
        outbox.tell("member_changed", to_user=user_id, data=data, notice=words, url="/account", customer_id=customer_id)
    return after


def remove_member(customer_id: int, user_id: int, *, by: Identity) -> MemberInfo:
    """A person acts for a customer no more; sessions that did end. Flushes.

    Raises NotFound, and BadInput for the last approver.
    """
    customer = queries.lock_customer(customer_id)
    tie, gone = queries.lock_membership(user_id, customer_id), member(customer_id, user_id)
    _keep_an_approver(customer_id, gone)
    db.session.delete(tie)
    db.session.flush()
    _sign_out(user_id, customer_id, by)
    audit.record("member.removed", f"user:{gone.email}", before={**_facts(gone), "customer": customer.code})
    if by.user_id != user_id:
        data = {"name": gone.name, "customer": customer.name, "by": by.name}
        words = f"You act for {customer.name} no more"
        outbox.tell("member_removed", to_user=user_id, data=data, notice=words, customer_id=customer_id)
    return gone


def _info(row: AnyRow) -> MemberInfo:
    limit = as_money(row.spending_limit_cents, row.currency)
    return MemberInfo(row.id, row.name, row.email, row.role, limit, row.disabled_at is None)


def _facts(info: MemberInfo) -> dict[str, str | int | None]:
    return {"role": info.role, "limit_cents": None if info.spending_limit is None else info.spending_limit.cents}


def _keep_an_approver(customer_id: int, leaving: MemberInfo) -> None:
    """Whoever is the last to manage the people of a customer stays (S16)."""
    if leaving.role != MANAGES:
        return
    if all(person.id == leaving.id for person in people.users_of(customer_id, MANAGES)):
        raise BadInput("Somebody else must be approver first: this is the last one.", field="role")


def _shrinks(before: MemberInfo, after: MemberInfo) -> bool:
    """Whether the person may do less than before: approvers may do everything, no limit is the highest."""
    if after.role not in {before.role, MANAGES}:
        return True
    if after.spending_limit is None:
        return False
    return before.spending_limit is None or after.spending_limit < before.spending_limit


def _sign_out(user_id: int, customer_id: int, by: Identity) -> None:
    own = by.session_id if by.user_id == user_id else None
    queries.end_sessions(user_id, clock.now(), but=own, acting_for=customer_id)
