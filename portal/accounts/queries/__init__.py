"""Questions to the tables of customers and people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update

from portal.accounts.models import Customer, Invitation, Membership, StaffRole, User, UserSession
from portal.accounts.types import CustomerSort, ReleasePolicy
from portal.core.errors import NotFound
from portal.platform import frames
from portal.platform.db import changed_rows, db
from portal.platform.outbox import unread_of
from portal.platform.paging import AnyRow, AnySelect, Page, Sort, fetch

_CUSTOMER = (
    Customer.id, Customer.code, Customer.name, Customer.vat_number, Customer.registration, Customer.address,
    Customer.email, Customer.terms_days, Customer.credit_limit_cents, Customer.release_policy,
    Customer.provisional_limit_cents, Customer.reference, Customer.country, Customer.currency,
)  # fmt: skip
_MEMBER = (
    User.id, User.name, User.email, Membership.role, Membership.spending_limit_cents, User.disabled_at,
    Customer.currency,
)  # fmt: skip

_CUSTOMER_SORTS = {
    CustomerSort.NAME: Sort(Customer.name, Customer.id),
    CustomerSort.CODE: Sort(Customer.code, Customer.id),
    CustomerSort.NEWEST: Sort(Customer.id, Customer.id, descending=True),
}

#: MariaDB sorts the whole table unless it is told which index stands in order (reliability.md E23)
_CUSTOMER_INDEXES = {
    CustomerSort.NAME: "ix_customer_name",
    CustomerSort.CODE: "ix_customer_code",
    CustomerSort.NEWEST: "PRIMARY",
}


def customer_row(customer_id: int) -> AnyRow | None:
    """The facts of one customer."""
    return db.session.execute(select(*_CUSTOMER).where(Customer.id == customer_id)).one_or_none()


def customer_row_by_code(code: str) -> AnyRow | None:
    """The facts of one customer, by its code."""
    return db.session.execute(select(*_CUSTOMER).where(Customer.code == code)).one_or_none()


def customer_rows(ids: Iterable[int]) -> Sequence[AnyRow]:
    """The facts of several customers."""
    return db.session.execute(select(*_CUSTOMER).where(Customer.id.in_(set(ids)))).all()


def customers_page(
    search: str, policy: ReleasePolicy | None, sort: CustomerSort, after: str | None, limit: int
) -> Page[AnyRow]:
    """Customers, by name, code or age. search: the beginning of a code, an address, or of any word of the name."""
    query: AnySelect = select(*_CUSTOMER)
    if policy is not None:
        query = query.where(Customer.release_policy == policy.value)
    if words := search.strip():
        query = query.where(
            or_(
                Customer.code.istartswith(words, autoescape=True),
                Customer.name.istartswith(words, autoescape=True),
                Customer.name.icontains(f" {words}", autoescape=True),
                Customer.email.istartswith(words, autoescape=True),
            )
        )
    else:
        query = query.with_hint(Customer, f"FORCE INDEX ({_CUSTOMER_INDEXES[sort]})", "mysql")
    return fetch(query, _CUSTOMER_SORTS[sort], after, limit)


def lock_customer(customer_id: int) -> Customer:
    """The customer's row, locked and written: all that changes what it owes happens one after the other.

    First in the order of locks (customer, invoices by id, payment, proof, number series).
    populate_existing: a row this session has loaded already would keep its old values.
    Raises NotFound.
    """
    query = select(Customer).where(Customer.id == customer_id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"customer {customer_id}")
    found.version += 1
    return found


def code_taken(code: str) -> bool:
    """Whether a customer has this code."""
    return db.session.scalar(select(Customer.id).where(Customer.code == code)) is not None


def reference_taken(reference: str) -> bool:
    """Whether a customer has this reference."""
    return db.session.scalar(select(Customer.id).where(Customer.reference == reference)) is not None


def ids_by_code(codes: Iterable[str]) -> dict[str, int]:
    """The ids of those of these customers that exist, by code."""
    rows = db.session.execute(select(Customer.code, Customer.id).where(Customer.code.in_(list(codes))))
    return {row.code: row.id for row in rows}


def user_names(ids: Iterable[int]) -> dict[int, str]:
    """What some people are called, by id."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def user_by_email(email: str) -> User | None:
    """A person by e-mail address, in lower case."""
    return db.session.scalar(select(User).where(User.email == email))


def user(user_id: int) -> User:
    """A person. Raises NotFound."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound(f"user {user_id}")
    return found


def lock_user(user_id: int) -> User:
    """A person's row, locked and written. Raises NotFound."""
    query = select(User).where(User.id == user_id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"user {user_id}")
    found.version += 1
    return found


def any_user() -> bool:
    """Whether anybody was ever created."""
    return db.session.scalar(select(User.id).limit(1)) is not None


def member_rows(customer_id: int, user_id: int | None = None) -> Sequence[AnyRow]:
    """Who acts for a customer, by name, with limits; or one person among them."""
    query = (
        select(*_MEMBER)
        .join(Membership, Membership.user_id == User.id)
        .join(Customer, Customer.id == Membership.customer_id)
        .where(Membership.customer_id == customer_id)
        .order_by(User.name, User.id)
    )
    if user_id is not None:
        query = query.where(Membership.user_id == user_id)
    return db.session.execute(query).all()


def lock_membership(user_id: int, customer_id: int) -> Membership:
    """What ties a person to a customer, locked and fresh; the customer is locked before. Raises NotFound."""
    query = select(Membership).where(Membership.user_id == user_id, Membership.customer_id == customer_id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"user {user_id} at customer {customer_id}")
    return found


def spending_limit(user_id: int, customer_id: int) -> AnyRow | None:
    """The limit in cents, NULL for none, and its currency; no row for somebody who does not act for the customer."""
    query = select(Membership.spending_limit_cents, Customer.currency).join(
        Customer, Customer.id == Membership.customer_id
    )
    mine = query.where(Membership.user_id == user_id, Membership.customer_id == customer_id)
    return db.session.execute(mine).one_or_none()


def drop_spending_limits(customer_id: int) -> int:
    """Limits of a customer's people and invitations become nothing, so that every order is asked about; how many."""
    return sum(
        changed_rows(
            update(model)
            .where(model.customer_id == customer_id, model.spending_limit_cents.is_not(None))
            .values(spending_limit_cents=0)
        )
        for model in (Membership, Invitation)
    )


def waiting_invitations(customer_id: int) -> Sequence[AnyRow]:
    """Invitations that nobody answered or took back, the oldest first; known says whether the address has a sign-in."""
    query = _invitations().where(
        Invitation.customer_id == customer_id, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)
    )
    return db.session.execute(query.order_by(Invitation.id).limit(200)).all()


def invitation_row(invitation_id: int) -> AnyRow | None:
    """One invitation, in whatever state."""
    return db.session.execute(_invitations().where(Invitation.id == invitation_id)).one_or_none()


def _invitations() -> AnySelect:
    known = select(User.id).where(User.email == Invitation.email).exists()
    return select(
        Invitation.id, Invitation.customer_id, Customer.name.label("customer_name"), Invitation.name, Invitation.email,
        Invitation.role, Invitation.spending_limit_cents, Customer.currency, Invitation.invited_by_name, Invitation.expires_at,
        Invitation.serial, Invitation.accepted_at, Invitation.revoked_at, known.label("known"),
    ).join(Customer, Customer.id == Invitation.customer_id)  # fmt: skip


def lock_invitation(invitation_id: int, customer_id: int) -> Invitation:
    """An invitation of a customer, locked and written; the customer is locked before. Raises NotFound."""
    query = select(Invitation).where(Invitation.id == invitation_id, Invitation.customer_id == customer_id)
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"invitation {invitation_id}")
    found.version += 1
    return found


def last_company(user_id: int) -> int | None:
    """The customer a person acted for last, if they still may."""
    query = (
        select(UserSession.customer_id)
        .join(
            Membership,
            and_(Membership.user_id == UserSession.user_id, Membership.customer_id == UserSession.customer_id),
        )
        .where(UserSession.user_id == user_id)
        .order_by(UserSession.seen_at.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def members(customer_id: int, roles: Sequence[str], *, active_only: bool) -> Sequence[AnyRow]:
    """Who acts for a customer (id, name, email, role, disabled_at); no roles means any."""
    query = (
        select(User.id, User.name, User.email, Membership.role, User.disabled_at)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.customer_id == customer_id)
        .order_by(User.name, User.id)
    )
    if roles:
        query = query.where(Membership.role.in_(roles))
    if active_only:
        query = query.where(User.disabled_at.is_(None))
    return db.session.execute(query).all()


def staff(roles: Sequence[str], *, active_only: bool) -> Sequence[AnyRow]:
    """Our people (id, name, email, roles joined by commas, disabled_at); no roles means any."""
    query = (
        select(User.id, User.name, User.email, func.group_concat(StaffRole.role).label("role"), User.disabled_at)
        .join(StaffRole, StaffRole.user_id == User.id)
        .group_by(User.id, User.name, User.email, User.disabled_at)
        .order_by(User.name, User.id)
    )
    if roles:
        wanted = select(StaffRole.user_id).where(StaffRole.role.in_(roles))
        query = query.where(User.id.in_(wanted))
    if active_only:
        query = query.where(User.disabled_at.is_(None))
    return db.session.execute(query).all()


def memberships(user_id: int) -> Sequence[AnyRow]:
    """The customers a person acts for (customer_id, code, name, role), by name."""
    query = (
        select(Membership.customer_id, Customer.code, Customer.name, Membership.role)
        .join(Customer, Customer.id == Membership.customer_id)
        .where(Membership.user_id == user_id)
        .order_by(Customer.name)
    )
    return db.session.execute(query).all()


def membership(user_id: int, customer_id: int) -> Membership | None:
    """What ties a person to a customer."""
    return db.session.get(Membership, (user_id, customer_id))


def staff_roles(user_id: int) -> frozenset[str]:
    """The staff roles of a person."""
    return frozenset(db.session.scalars(select(StaffRole.role).where(StaffRole.user_id == user_id)))


def who(token_hash: str, *, seen_after: datetime, started_after: datetime) -> AnyRow | None:
    """Everything about the person behind a session's token, in one query; None when the session is over."""
    roles = select(func.group_concat(StaffRole.role)).where(StaffRole.user_id == UserSession.user_id).scalar_subquery()
    ties = select(func.count()).where(Membership.user_id == UserSession.user_id).correlate(UserSession)
    query = (
        select(
            UserSession.id.label("session_id"),
            UserSession.seen_at,
            User.id.label("user_id"),
            User.name,
            User.email,
            Membership.role.label("customer_role"),
            Customer.id.label("customer_id"),
            Customer.name.label("customer_name"),
            Customer.code.label("customer_code"),
            func.coalesce(Customer.currency, "ZAR").label("currency"),
            roles.label("staff_roles"),
            ties.scalar_subquery().label("companies"),
            unread_of(UserSession.user_id).label("unread"),
            *frames.columns(),
        )
        .join(User, User.id == UserSession.user_id)
        .outerjoin(
            Membership,
            and_(Membership.user_id == UserSession.user_id, Membership.customer_id == UserSession.customer_id),
        )
        .outerjoin(Customer, Customer.id == Membership.customer_id)
        .where(
            UserSession.token_hash == token_hash,
            UserSession.ended_at.is_(None),
            UserSession.seen_at > seen_after,
            UserSession.created_at > started_after,
            User.disabled_at.is_(None),
        )
    )
    return db.session.execute(query).one_or_none()


def live_sessions(user_id: int, *, seen_after: datetime, started_after: datetime) -> Sequence[UserSession]:
    """Where a person is signed in now, the last used first."""
    query = (
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.seen_at > seen_after,
            UserSession.created_at > started_after,
        )
        .order_by(UserSession.seen_at.desc())
        .limit(50)
    )
    return db.session.scalars(query).all()


def end_sessions(
    user_id: int, at: datetime, *, but: int | None = None, only: int | None = None, acting_for: int | None = None
) -> int:
    """End a person's sessions; all, all but one, one, or those that act for a customer. Returns how many ended."""
    query = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    if but is not None:
        query = query.where(UserSession.id != but)
    if only is not None:
        query = query.where(UserSession.id == only)
    if acting_for is not None:
        query = query.where(UserSession.customer_id == acting_for)
    return changed_rows(query.values(ended_at=at))


def end_session_with(token_hash: str, at: datetime) -> int:
    """End the session that has this token."""
    found = update(UserSession).where(UserSession.token_hash == token_hash, UserSession.ended_at.is_(None))
    return changed_rows(found.values(ended_at=at))


def touch_session(session_id: int, at: datetime) -> None:
    """A session was used at this moment."""
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=at))


def act_for(session_id: int, customer_id: int) -> None:
    """The session acts for another customer from now on."""
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(customer_id=customer_id))
