"""Customers, users, what ties them, and where people are signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.platform.db import Base, Moment, Trigger


class Customer(Base):
    """A company that buys. Written by every command that changes what it owes, so that they queue up."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("ix_customer_name", "name", "id"),
        Index("ix_customer_code", "code", "id"),
        CheckConstraint("credit_limit_cents >= 0 AND provisional_limit_cents >= 0", name="limits"),
        CheckConstraint("currency IN ('ZAR', 'USD')", name="currency"),
        CheckConstraint("release_policy IN ('cleared', 'provisional', 'trusted', 'account')", name="policy"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    registration: Mapped[str | None] = mapped_column(String(30))
    vat_number: Mapped[str | None] = mapped_column(String(20))
    #: one line of the address per line
    address: Mapped[str] = mapped_column(String(500), default="")
    email: Mapped[str] = mapped_column(String(254))
    terms_days: Mapped[int] = mapped_column(default=30)
    credit_limit_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    #: ISO 3166-1; where its goods go, and how they are taxed
    country: Mapped[str] = mapped_column(String(2), default="ZA", server_default="ZA")
    #: what it buys and pays with, and what all limits below and of its people are in
    currency: Mapped[str] = mapped_column(String(3), default="ZAR", server_default="ZAR")
    release_policy: Mapped[str] = mapped_column(String(12), default="cleared")
    provisional_limit_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class User(Base):
    """A person. password_version dies with each password and address, and every link made for it too."""

    __tablename__ = "user"
    __table_args__ = (Index("ix_user_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    #: empty until the person has chosen a password through a link
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    password_version: Mapped[int] = mapped_column(default=1)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class Membership(Base):
    """A user acts for a customer in a role."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_customer", "customer_id", "role"),
        CheckConstraint("spending_limit_cents >= 0", name="limit"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    #: what the person may order without an approver's consent; NULL is no limit
    spending_limit_cents: Mapped[int | None] = mapped_column(BigInteger)


class Invitation(Base):
    """Somebody is asked to act for a customer. serial is in the link: a new one makes every earlier link useless."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_customer_id", "customer_id", "id"),
        CheckConstraint("spending_limit_cents >= 0", name="limit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(16))
    spending_limit_cents: Mapped[int | None] = mapped_column(BigInteger)
    serial: Mapped[int] = mapped_column(default=1)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    invited_by_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


class StaffRole(Base):
    """A user works for us in a role."""

    __tablename__ = "staff_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)


class UserSession(Base):
    """A place where somebody is signed in. Only a digest of its token is kept, so a stolen table opens nothing."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user", "user_id", "ended_at", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: the customer the person acts for here, if any
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(String(45))
    agent: Mapped[str] = mapped_column(String(200))


class ApiToken(Base):
    """A program may do what its scopes say. Only a digest is kept; the token itself is shown once.

    customer_id: whose program it is; NULL for one of our own, which sees all customers.
    """

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_customer_id", "customer_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: how the token begins, so that people can tell one from another
    starts: Mapped[str] = mapped_column(String(12))
    #: with spaces between them
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)


#: A customer's code and reference stand on documents that never change.
TRIGGERS: tuple[Trigger, ...] = (
    Trigger("customer", when="UPDATE", columns=("code", "reference"), words="a customer keeps its code and reference"),
    Trigger("customer", when="DELETE", columns=None, words="a customer is never deleted"),
)
