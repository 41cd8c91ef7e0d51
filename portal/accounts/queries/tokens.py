"""Questions to the tokens of programs. customer_id is None for programs of our own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from portal.accounts.models import ApiToken, Customer, Membership, User
from portal.platform.db import db
from portal.platform.paging import AnyRow


def tokens_of(customer_id: int | None) -> Sequence[AnyRow]:
    """Tokens and who made them, the newest first."""
    query = select(ApiToken, User.name.label("by")).outerjoin(User, User.id == ApiToken.created_by)
    return db.session.execute(query.where(_of(customer_id)).order_by(ApiToken.id.desc()).limit(200)).all()


def live_tokens(customer_id: int | None, now: datetime) -> int:
    """How many tokens open something."""
    query = select(func.count()).where(_of(customer_id), ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
    return db.session.scalar(query) or 0


def token_with(token_hash: str, now: datetime) -> AnyRow | None:
    """The live token with this digest, with its customer's code and currency."""
    query = (
        select(ApiToken, Customer.code, Customer.currency)
        .outerjoin(Customer, Customer.id == ApiToken.customer_id)
        .where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
    )
    return db.session.execute(query).one_or_none()


def lock_token(customer_id: int | None, token_id: int) -> ApiToken | None:
    """One token, locked and fresh."""
    query = select(ApiToken).where(ApiToken.id == token_id, _of(customer_id)).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def touch_token(token_id: int, at: datetime) -> None:
    """A token was used at this moment."""
    db.session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=at))


def member(user_id: int, customer_id: int, roles: Sequence[str]) -> AnyRow | None:
    """A person who can sign in and acts for a customer in one of these roles."""
    query = (
        select(User.id, User.name, User.email, Membership.role, Customer.name.label("customer_name"), Customer.code, Customer.currency)
        .join(Membership, Membership.user_id == User.id)
        .join(Customer, Customer.id == Membership.customer_id)
        .where(User.id == user_id, User.disabled_at.is_(None), Membership.customer_id == customer_id)
    )  # fmt: skip
    return db.session.execute(query.where(Membership.role.in_(roles))).one_or_none()


def _of(customer_id: int | None) -> ColumnElement[bool]:
    return ApiToken.customer_id.is_(None) if customer_id is None else ApiToken.customer_id == customer_id
