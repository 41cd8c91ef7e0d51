"""Tokens for the programs of customers: made and taken back by staff, shown once, kept as a digest.

Source: docs/rules/sign-in.md, S15.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from portal.accounts import queries
from portal.accounts.models import ApiToken
from portal.accounts.service.customers import lock_customer
from portal.accounts.types import SEEN_EVERY, TokenInfo
from portal.core import clock
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.identity import SCOPES, Identity, Program
from portal.platform import audit, idempotency
from portal.platform.db import db, transaction

log = logging.getLogger("app")

MOST_DAYS = 730
#: live tokens of one customer; more would be a leak nobody sees
MOST_LIVE = 20
_PREFIX = "p360_"
_SHOWN = 12


def issue(customer_id: int, name: str, scopes: Collection[str], days: int, *, by: Identity, key: str) -> str:
    """A new token of a customer; gives its text, which nobody can see again. Flushes; writes an audit line.

    days: until it ends by itself. key: of the form; the same form sent again makes no second token.
    Raises BadInput for no name, a scope we do not have, a lifetime of none or of more than two years and past twenty
    live tokens; Conflict for a form sent twice; NotFound for no such customer.
    """
    if not name.strip():
        raise BadInput("Write what the token is for, like “Stock system”.", field="name")
    if not scopes or set(scopes) - set(SCOPES):
        raise BadInput("Choose what the token may do.", field="scopes")
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"A token lives from 1 to {MOST_DAYS} days.", field="days")
    lock_customer(customer_id)
    scope = f"token:{customer_id}"
    if idempotency.answer_to(key, scope) is not None:
        raise Conflict(
            "This token was made already; it was shown once. Revoke it and make another if it was not copied."
        )
    if queries.live_tokens(customer_id, clock.now()) >= MOST_LIVE:
        raise BadInput(f"This customer has {MOST_LIVE} live tokens. Revoke one first.", field="name")
    token = _PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        customer_id=customer_id, name=name.strip()[:80], token_hash=_digest(token), starts=token[:_SHOWN],
        scopes=" ".join(sorted(scopes)), created_at=clock.now(), created_by=by.user_id,
        expires_at=clock.now() + timedelta(days=days),
    )  # fmt: skip
    db.session.add(row)
    idempotency.remember(key, scope, {"starts": row.starts})
    after = {"name": row.name, "scopes": row.scopes, "expires": row.expires_at.isoformat()}
    audit.record("token.issued", f"customer {customer_id}", after={"token": row.starts, **after})
    return token


def revoke(customer_id: int, token_id: int) -> TokenInfo:
    """A token opens nothing from now on. Revoked again it stays as it was. Flushes. Raises NotFound."""
    row = queries.lock_token(customer_id, token_id)
    if row is None:
        raise NotFound(f"token {token_id}")
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        row.version += 1
        audit.record("token.revoked", f"customer {customer_id}", after={"token": row.starts, "name": row.name})
        db.session.flush()
    return _info(row)


def tokens_of(customer_id: int) -> list[TokenInfo]:
    """A customer's tokens, the newest first; never the text of one."""
    return [_info(row) for row in queries.tokens_of(customer_id)]


def program(token: str) -> Program | None:
    """Who a token belongs to, in one query; None when there is no such token, it was revoked or has ended."""
    if not token.startswith(_PREFIX) or len(token) > 100:
        return None
    now = clock.now()
    row = queries.token_with(_digest(token), now)
    if row is None:
        return None
    stale = row.used_at is None or now - row.used_at > SEEN_EVERY
    return Program(row.id, row.name, row.customer_id, frozenset(row.scopes.split()), stale)


def token_used(token_id: int) -> None:
    """A token was used now; a transaction of its own, after the answer went out. A busy database costs nothing else."""
    try:
        transaction(lambda: queries.touch_token(token_id, clock.now()))
    except SQLAlchemyError:
        log.warning("the last use of a token was not written", exc_info=True)


def _info(row: ApiToken) -> TokenInfo:
    return TokenInfo(
        row.id, row.name, row.starts, tuple(row.scopes.split()), row.created_at, row.expires_at, row.used_at,
        row.revoked_at, row.revoked_at is None and row.expires_at > clock.now(),
    )  # fmt: skip


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
