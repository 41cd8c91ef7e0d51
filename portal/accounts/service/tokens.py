"""Tokens for programs: made and taken back by a customer's approvers and by staff, shown once, kept as a digest.

Source: docs/rules/sign-in.md, S15; docs/rules/api.md, P1 and P2.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from portal.accounts.models import ApiToken
from portal.accounts.queries import tokens as queries
from portal.accounts.service.customers import customer_by_code, lock_customer
from portal.accounts.types import SEEN_EVERY, TokenInfo
from portal.core import clock
from portal.core.countries import CURRENCIES
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.identity import CUSTOMERS_ONLY, OURS_ONLY, SCOPES, Identity, Program
from portal.platform import audit, idempotency
from portal.platform.db import db, transaction

log = logging.getLogger("app")

MOST_DAYS = 730
#: live tokens of one customer; more would be a leak nobody sees
MOST_LIVE = 20
#: who at a customer orders
BUYS = ("buyer", "approver")
_PREFIX = "p360_"
_SHOWN = 12


def issue(customer_id: int | None, name: str, scopes: Collection[str], days: int, *, by: Identity, key: str) -> str:
    """A new token of a customer, or of ours (None); gives its text, which nobody can see again. Flushes; audited.

    days: until it ends by itself. key: of the form; the same form sent again makes no second token.
    Raises BadInput for no name, a scope we do not have or that this token may not have, a lifetime of none or of more
    than two years and past twenty live tokens; Conflict for a form sent twice; NotFound for no such customer.
    """
    if not name.strip():
        raise BadInput("Write what the token is for, like “Stock system”.", field="name")
    if not scopes or set(scopes) - set(scopes_for(customer_id, by)):
        raise BadInput("Choose what the token may do.", field="scopes")
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"A token lives from 1 to {MOST_DAYS} days.", field="days")
    if customer_id is not None:
        lock_customer(customer_id)
    scope = f"token:{customer_id or 'ours'}"
    if idempotency.answer_to(key, scope) is not None:
        raise Conflict(
            "This token was made already; it was shown once. Revoke it and make another if it was not copied."
        )
    if queries.live_tokens(customer_id, clock.now()) >= MOST_LIVE:
        raise BadInput(f"There are {MOST_LIVE} live tokens. Revoke one first.", field="name")
    token = _PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        customer_id=customer_id, name=name.strip()[:80], token_hash=_digest(token), starts=token[:_SHOWN],
        scopes=" ".join(sorted(scopes)), created_at=clock.now(), created_by=by.user_id,
        expires_at=clock.now() + timedelta(days=days),
    )  # fmt: skip
    db.session.add(row)
    idempotency.remember(key, scope, {"starts": row.starts})
    after = {"name": row.name, "scopes": row.scopes, "expires": row.expires_at.isoformat()}
    audit.record("token.issued", _whose(customer_id), after={"token": row.starts, **after})
    return token


def scopes_for(customer_id: int | None, by: Identity) -> dict[str, str]:
    """What a token made by this person may be given, with words: what it does is done in that person's name.

    Source: docs/rules/api.md, P2.
    """
    if customer_id is None:
        return {scope: words for scope, words in SCOPES.items() if scope not in CUSTOMERS_ONLY}
    orders = by.customer_id == customer_id and by.customer_role in BUYS
    left_out = OURS_ONLY if orders else OURS_ONLY | {"orders:write"}
    return {scope: words for scope, words in SCOPES.items() if scope not in left_out}


def revoke(customer_id: int | None, token_id: int) -> TokenInfo:
    """A token opens nothing from now on. Revoked again it stays as it was. Flushes. Raises NotFound."""
    row = queries.lock_token(customer_id, token_id)
    if row is None:
        raise NotFound(f"token {token_id}")
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        row.version += 1
        audit.record("token.revoked", _whose(customer_id), after={"token": row.starts, "name": row.name})
        db.session.flush()
    return _info(row)


def tokens_of(customer_id: int | None) -> list[TokenInfo]:
    """A customer's tokens, or ours, the newest first; never the text of one."""
    return [_info(row, by or "") for row, by in queries.tokens_of(customer_id)]


def program(token: str) -> Program | None:
    """Who a token belongs to, in one query; None when there is no such token, it was revoked or has ended."""
    if not token.startswith(_PREFIX) or len(token) > 100:
        return None
    now = clock.now()
    found = queries.token_with(_digest(token), now)
    if found is None:
        return None
    row, code, currency = found
    stale = row.used_at is None or now - row.used_at > SEEN_EVERY
    scopes = frozenset(row.scopes.split())
    return Program(
        row.id, row.name, row.customer_id, scopes, stale, code or "", currency or CURRENCIES[0], row.created_by
    )


def whose(program: Program, code: str) -> int | None:
    """Whose things a program asks for: its own customer's, and a program of ours for one's or for everybody's (None).

    code: the customer's, empty for all it may see. Raises NotFound for another customer's.
    """
    if program.customer_id is None:
        return customer_by_code(code).id if code else None
    if code and code.strip().upper() != program.customer_code:
        raise NotFound(f"customer {code}")
    return program.customer_id


def person_behind(program: Program) -> Identity | None:
    """Who a program of a customer orders for: who made its token, while they buy for that customer; else None.

    Source: docs/rules/api.md, P2.
    """
    if program.customer_id is None or program.issued_by is None:
        return None
    row = queries.member(program.issued_by, program.customer_id, BUYS)
    if row is None:
        return None
    return Identity(
        row.id, row.name, row.email, frozenset(), program.customer_id, row.customer_name, row.code, row.role, 0,
        currency=row.currency,
    )  # fmt: skip


def token_used(token_id: int) -> None:
    """A token was used now; a transaction of its own, after the answer went out. A busy database costs nothing else."""
    try:
        transaction(lambda: queries.touch_token(token_id, clock.now()))
    except SQLAlchemyError:
        log.warning("the last use of a token was not written", exc_info=True)


def _whose(customer_id: int | None) -> str:
    return "ours" if customer_id is None else f"customer {customer_id}"


def _info(row: ApiToken, by: str = "") -> TokenInfo:
    return TokenInfo(
        row.id, row.name, row.starts, tuple(row.scopes.split()), row.created_at, row.expires_at, row.used_at,
        row.revoked_at, row.revoked_at is None and row.expires_at > clock.now(), by,
    )  # fmt: skip


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
