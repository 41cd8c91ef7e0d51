"""Customers, people and their sessions as other features see them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.core.countries import CURRENCIES, HOME_COUNTRY, is_abroad
from portal.core.money import Money

#: a session ends after this much silence, and after this long however busy it was (docs/rules/sign-in.md, S6)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
#: the moment a session was last used is written at most this often
SEEN_EVERY = timedelta(minutes=1)
FORGOTTEN_LINK = timedelta(minutes=60)
INVITATION_LINK = timedelta(days=7)
#: who may invite, change and remove people of their own company (docs/rules/sign-in.md, S16)
MANAGES = "approver"
#: what a customer may owe, or have unconfirmed, until somebody writes more
NO_LIMIT = Money(0)


class ReleasePolicy(StrEnum):
    """When a customer's goods may leave: by confirmed money, by a proof up to a limit, by a proof, by the order alone."""

    CLEARED = "cleared"
    PROVISIONAL = "provisional"
    TRUSTED = "trusted"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """What staff may write about a customer. terms_days: days from invoice to due date; 0 is cash before delivery.

    currency: None for that of the country. Limits count in the customer's currency, whatever they were written in.
    """

    name: str
    email: str
    vat_number: str | None = None
    registration: str | None = None
    address: tuple[str, ...] = ()
    terms_days: int = 30
    credit_limit: Money = NO_LIMIT
    release_policy: ReleasePolicy = ReleasePolicy.CLEARED
    provisional_limit: Money = NO_LIMIT
    country: str = HOME_COUNTRY
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerInfo:
    """A company that buys. currency: of its prices, invoices and limits. reference: its own self-checking code for payments that name no invoice."""

    id: int
    code: str
    name: str
    vat_number: str | None
    registration: str | None
    address: tuple[str, ...]
    email: str
    terms_days: int
    credit_limit: Money
    release_policy: ReleasePolicy
    provisional_limit: Money
    reference: str
    country: str = HOME_COUNTRY
    currency: str = CURRENCIES[0]

    @property
    def abroad(self) -> bool:
        """Whether its goods leave South Africa (docs/rules/foreign-money.md F2)."""
        return is_abroad(self.country)

    def cells(self) -> tuple[str | int | Money | None, ...]:
        """One row of a file, under CUSTOMER_HEADS."""
        return (
            self.name, self.code, self.email, self.vat_number, self.registration, self.release_policy.value,
            self.terms_days, self.credit_limit, self.provisional_limit, self.reference, self.country, self.currency,
        )  # fmt: skip

    @property
    def fingerprint(self) -> str:
        """Changes with every fact above: a form that was filled in from other facts is noticed."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


CUSTOMER_HEADS = (
    "Customer", "Code", "E-mail", "VAT number", "Registration", "Goods leave", "Terms in days", "Credit limit",
    "Limit for unconfirmed money", "Reference", "Country", "Currency",
)  # fmt: skip


class CustomerSort(StrEnum):
    """How the list of customers is sorted."""

    NAME = "name"
    CODE = "code"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class UserInfo:
    """A person. role: at the customer asked about, or the staff roles joined by commas."""

    id: int
    name: str
    email: str
    role: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class MembershipInfo:
    """One customer a person acts for."""

    customer_id: int
    code: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class MemberInfo:
    """A person of a customer. spending_limit: what they may order without consent; None is no limit."""

    id: int
    name: str
    email: str
    role: str
    spending_limit: Money | None
    active: bool

    @property
    def fingerprint(self) -> str:
        """Changes with role and limit: a form that was filled in from others is noticed."""
        return f"{self.role}-{'none' if self.spending_limit is None else self.spending_limit.cents}"


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """Whom somebody wants to invite, and as what."""

    name: str
    email: str
    role: str
    spending_limit: Money | None = None


@dataclass(frozen=True, slots=True)
class InvitationInfo:
    """An invitation to act for a customer. expired: nobody answered it in time; a new link can be sent."""

    id: int
    customer_id: int
    customer_name: str
    name: str
    email: str
    role: str
    spending_limit: Money | None
    invited_by: str
    expires_at: datetime
    expired: bool
    #: whether the address has a sign-in already, so that no password is chosen
    known: bool


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One place where a person is signed in."""

    id: int
    started_at: datetime
    seen_at: datetime
    address: str
    agent: str

    @property
    def browser(self) -> str:
        """``Firefox on Windows``: the browser in words people know; what is not known stays as it calls itself."""
        name = next((words for mark, words in _BROWSERS if mark in self.agent), None)
        system = next((words for mark, words in _SYSTEMS if mark in self.agent), None)
        if name is None:
            return self.agent[:60] or "Unknown"
        return f"{name} on {system}" if system else name


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A program's token, without its text. starts: its first signs; live: neither revoked nor ended."""

    id: int
    name: str
    starts: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    live: bool
    #: who made it
    by: str = ""


#: the first that is found counts: Edge calls itself Chrome too, Chrome calls itself Safari
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("SamsungBrowser", "Samsung Internet"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip
