"""People: created, tied to customers, given staff roles, switched off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from portal.accounts import queries
from portal.accounts.errors import SignInRefused
from portal.accounts.models import Membership, StaffRole, User
from portal.accounts.service import passwords
from portal.accounts.types import MembershipInfo, UserInfo
from portal.core import clock
from portal.core.errors import BadInput, NotFound
from portal.core.identity import CUSTOMER_ROLES, STAFF_ROLES
from portal.platform import audit
from portal.platform.db import db


def plain_email(email: str) -> str:
    """An address as it is stored and compared."""
    return email.strip().lower()


def create_user(
    email: str,
    name: str,
    password: str | None,
    *,
    staff_roles: Iterable[str] = (),
    memberships: Iterable[tuple[int, str]] = (),
    password_hash: str | None = None,
) -> int:
    """A new person. Flushes. Returns the id.

    password: None for somebody who will choose one through a link.
    memberships: (customer id, role) pairs. password_hash: made before with hash_password, instead of a password.
    Raises BadInput for an address in use or a role that does not exist, WeakPassword.
    """
    email = plain_email(email)
    if queries.user_by_email(email) is not None:
        raise BadInput(f"{email} has a sign-in already.", field="email")
    if password is not None:
        passwords.check_strength(password, email=email, name=name)
        password_hash = passwords.hash_password(password)
    made = User(email=email, name=name.strip(), password_hash=password_hash or "", created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    roles = sorted(set(staff_roles))
    for role in roles:
        db.session.add(StaffRole(user_id=made.id, role=_known(role, STAFF_ROLES)))
    ties = list(memberships)
    for customer_id, role in ties:
        db.session.add(Membership(user_id=made.id, customer_id=customer_id, role=_known(role, CUSTOMER_ROLES)))
    db.session.flush()
    audit.record("user.created", f"user:{email}", after={"name": name, "staff": roles, "customers": ties})
    return made.id


def _known(role: str, roles: Sequence[str]) -> str:
    if role not in roles:
        raise BadInput(f"There is no role {role}. Choose one of {', '.join(roles)}.", field="role")
    return role


def user_info(user_id: int) -> UserInfo:
    """A person with staff roles. Raises NotFound."""
    found = queries.user(user_id)
    roles = ",".join(sorted(queries.staff_roles(user_id)))
    return UserInfo(found.id, found.name, found.email, roles, found.disabled_at is None)


def users_of(customer_id: int, *roles: str, active_only: bool = True) -> list[UserInfo]:
    """Who acts for a customer in one of the roles (any role when none is named), by name."""
    rows = queries.members(customer_id, roles, active_only=active_only)
    return [UserInfo(row.id, row.name, row.email, row.role, row.disabled_at is None) for row in rows]


def staff_with(*roles: str, active_only: bool = True) -> list[UserInfo]:
    """Our people with one of the roles (any role when none is named), by name."""
    rows = queries.staff(roles, active_only=active_only)
    return [UserInfo(row.id, row.name, row.email, row.role, row.disabled_at is None) for row in rows]


def memberships_of(user_id: int) -> list[MembershipInfo]:
    """The customers a person may act for, by name."""
    rows = queries.memberships(user_id)
    return [MembershipInfo(row.customer_id, row.code, row.name, row.role) for row in rows]


def change_name(user_id: int, name: str) -> None:
    """A person's own name. Flushes."""
    person = queries.lock_user(user_id)
    person.name = name.strip()
    db.session.flush()


def change_password(user_id: int, old: str, new: str, *, keep_session: int) -> None:
    """A new password; all other sessions of the person end (docs/rules/sign-in.md, S7). Flushes.

    Raises SignInRefused when the old one is not right, WeakPassword.
    """
    person = queries.lock_user(user_id)
    if not passwords.fits(person.password_hash, old):
        raise SignInRefused("the old password does not fit")
    store_password(person, new)
    queries.end_sessions(user_id, clock.now(), but=keep_session)
    audit.record("user.password_changed", f"user:{person.email}")


def store_password(person: User, new: str) -> None:
    """Check and store a password; links made before are dead. Flushes. Raises WeakPassword."""
    passwords.check_strength(new, email=person.email, name=person.name)
    person.password_hash = passwords.hash_password(new)
    person.password_version += 1
    db.session.flush()


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """What some people are called, by id, in one question; for pages that say who did something."""
    wanted = set(user_ids)
    return queries.user_names(wanted) if wanted else {}


def set_staff_roles(user_id: int, roles: Iterable[str]) -> None:
    """Give one of our people exactly these roles; the person's sessions end. Flushes.

    Raises NotFound, and BadInput for a role that does not exist or when the last administrator would go.
    """
    person = queries.lock_user(user_id)
    before = queries.staff_roles(user_id)
    after = frozenset(_known(role, STAFF_ROLES) for role in roles)
    if "administrator" in before - after:
        _keep_an_administrator(user_id)
    for role in before - after:
        db.session.delete(db.session.get_one(StaffRole, (user_id, role)))
    for role in after - before:
        db.session.add(StaffRole(user_id=user_id, role=role))
    db.session.flush()
    queries.end_sessions(user_id, clock.now())
    audit.record("user.roles", f"user:{person.email}", before={"staff": sorted(before)}, after={"staff": sorted(after)})


def switch_user(user_id: int, *, active: bool) -> None:
    """Let a person sign in, or not; switching off ends all sessions (S7). Flushes.

    Raises NotFound, and BadInput when the last administrator would go.
    """
    person = queries.lock_user(user_id)
    if active == (person.disabled_at is None):
        return
    if not active and "administrator" in queries.staff_roles(user_id):
        _keep_an_administrator(user_id)
    person.disabled_at = None if active else clock.now()
    if not active:
        queries.end_sessions(user_id, clock.now())
    db.session.flush()
    audit.record("user.enabled" if active else "user.disabled", f"user:{person.email}")


def _keep_an_administrator(leaving: int) -> None:
    if all(person.id == leaving for person in staff_with("administrator")):
        raise BadInput("Somebody else must be administrator first.", field="roles")


def member_of(user_id: int, customer_id: int) -> str:
    """The role of a person at a customer. Raises NotFound when there is none."""
    tie = queries.membership(user_id, customer_id)
    if tie is None:
        raise NotFound(f"user {user_id} at customer {customer_id}")
    return tie.role
