"""Who is asking: a frozen value, loaded once per request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CUSTOMER_ROLES = ("buyer", "approver", "accountant")
#: what a program's token may allow, and in words
SCOPES = {
    "catalog:read": "See products and what they cost you",
    "orders:read": "See orders, quotes and deliveries",
    "orders:write": "Place orders",
    "invoices:read": "See invoices and the statement of account",
    "payments:read": "See payments",
    "proofs:read": "Have proofs of payment read, and see what was read",
    "proofs:write": "Send proofs of payment",
    "customers:read": "See the customers; for programs of our own only",
}
#: what only a program of our own may do, and what it may not, because nobody of a customer stands behind it
OURS_ONLY = frozenset({"customers:read"})
CUSTOMERS_ONLY = frozenset({"orders:write", "proofs:write"})
STAFF_ROLES = ("clerk", "dispatcher", "manager", "administrator")


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in person and, when they act for a customer, that customer."""

    user_id: int
    name: str
    email: str
    staff_roles: frozenset[str]
    customer_id: int | None
    customer_name: str | None
    customer_code: str | None
    customer_role: str | None
    session_id: int
    #: for how many customers the person may act
    companies: int = 0
    #: notices not read yet
    unread: int = 0
    #: whether the session's last use was written so long ago that it must be written again
    seen_long_ago: bool = False
    #: what the customer buys with; rand where there is none
    currency: str = "ZAR"
    #: what the frames of pages were told together with who is asking (portal/platform/frames.py)
    frame: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_staff(self) -> bool:
        """Whether the person works for us."""
        return bool(self.staff_roles)

    def has_staff(self, *roles: str) -> bool:
        """Whether the person has one of these staff roles; administrators have all of them."""
        return "administrator" in self.staff_roles or bool(self.staff_roles.intersection(roles))


@dataclass(frozen=True, slots=True)
class Program:
    """A program that proved itself with a token. It is nobody: it has no role and opens no page.

    customer_id: whose it is; None for a program of our own, which sees all customers.
    """

    token_id: int
    name: str
    customer_id: int | None
    scopes: frozenset[str]
    #: whether the token's last use was written so long ago that it must be written again
    used_long_ago: bool = False
    #: of the customer, empty for a program of our own
    customer_code: str = ""
    currency: str = "ZAR"
    #: who made the token
    issued_by: int | None = None
