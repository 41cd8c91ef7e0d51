"""Access marks: every view says who may call it; a view without a mark does not start (tests/architecture)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from portal.core.identity import CUSTOMER_ROLES, SCOPES, STAFF_ROLES, Identity

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a view. kind: public, signed_in, customer, staff, machine, program or signed_link."""

    kind: str
    roles: frozenset[str] = frozenset()
    #: what a program's token must allow to call it too; None: no program may
    scope: str | None = None

    @property
    def anonymous(self) -> bool:
        """Whether nobody needs to sign in first (machines and signed links prove themselves in the view)."""
        return self.kind in {"public", "machine", "signed_link"}

    def admits(self, identity: Identity | None) -> bool:
        """Whether this person may call the view."""
        if self.anonymous:
            return True
        if identity is None or self.kind == "program":
            return False
        if self.kind == "staff":
            return identity.has_staff(*self.roles)
        if self.kind == "customer":
            return identity.customer_id is not None and identity.customer_role in self.roles
        return True


class _Marks:
    """The decorators. Each sets ``view.access``."""

    def public(self, view: View) -> View:
        """Anybody."""
        return self._mark(view, Access("public"))

    def signed_in(self, view: View) -> View:
        """Anybody who has signed in."""
        return self._mark(view, Access("signed_in"))

    def machine(self, view: View) -> View:
        """Machines, which prove themselves in the view (probe network, token, signature)."""
        return self._mark(view, Access("machine"))

    def signed_link(self, view: View) -> View:
        """Whoever holds a signed, expiring link; the view checks it."""
        return self._mark(view, Access("signed_link"))

    def program(self, scope: str) -> Callable[[View], View]:
        """Programs whose token has the scope, and nobody else: no session counts here."""
        if scope not in SCOPES:
            raise ValueError(f"no such scope: {scope}")
        return lambda view: self._mark(view, Access("program", scope=scope))

    def customer(self, *roles: str, scope: str | None = None) -> Callable[[View], View]:
        """People of a customer; without roles, any of its people. scope: and its programs whose token has it."""
        return self._role_mark("customer", roles, CUSTOMER_ROLES, scope)

    def staff(self, *roles: str) -> Callable[[View], View]:
        """Our people; without roles, any of them. Administrators always."""
        return self._role_mark("staff", roles, STAFF_ROLES)

    def _role_mark(
        self, kind: str, roles: tuple[str, ...], known: tuple[str, ...], scope: str | None = None
    ) -> Callable[[View], View]:
        if unknown := set(roles) - set(known):
            raise ValueError(f"no such {kind} role: {sorted(unknown)}")
        if scope is not None and scope not in SCOPES:
            raise ValueError(f"no such scope: {scope}")
        return lambda view: self._mark(view, Access(kind, frozenset(roles or known), scope))

    @staticmethod
    def _mark(view: View, mark: Access) -> View:
        view.access = mark  # type: ignore[attr-defined]
        return view


access = _Marks()


def without_form_token(view: View) -> View:
    """The view takes a form that no page of ours made; it may change nothing (docs/decisions/0008)."""
    view.without_form_token = True  # type: ignore[attr-defined]
    return view


def access_of(view: Callable[..., Any]) -> Access | None:
    """The mark of a view; None when somebody forgot it."""
    found = getattr(view, "access", None)
    return found if isinstance(found, Access) else None
