"""Signing in and out. A session is a row; the browser holds a random token of 256 bits, the row only its digest."""

from __future__ import annotations

import hashlib
import logging
import secrets

from sqlalchemy.exc import SQLAlchemyError

from portal.accounts import queries
from portal.accounts.errors import SignInRefused, TooManyAttempts
from portal.accounts.models import User, UserSession
from portal.accounts.service import passwords, people
from portal.accounts.types import IDLE, LONGEST, SEEN_EVERY, SessionInfo
from portal.core import clock
from portal.core.identity import Identity
from portal.platform import audit, frames
from portal.platform.db import db, reading, transaction
from portal.platform.ratelimit import Rule, forget, look, spend

log = logging.getLogger("app")

#: refused sign-ins only; a right password sets the first back (docs/rules/sign-in.md, S3)
_BY_ACCOUNT = Rule("login-account", 5, 3600)
_BY_ADDRESS = Rule("login-address", 60, 3600)


def sign_in(email: str, password: str, *, address: str, agent: str) -> str:
    """Check a password and open a session; a transaction of its own, because hashing must not hold a lock.

    address: of the browser, for the limits and the list of sessions. agent: what the browser calls itself.
    Returns the session's token. Raises SignInRefused (same words and time whether the person exists or not) and
    TooManyAttempts (5 refusals an hour for an account from one address, 60 for an address).
    Source: docs/rules/sign-in.md, S1 to S5.
    """
    email = people.plain_email(email)[:254]
    account = f"{hashlib.sha256(email.encode()).hexdigest()[:16]}-{address}"
    _hold_limits(account, address)
    with reading():
        person = queries.user_by_email(email)
        stored = person.password_hash if person is not None and person.disabled_at is None else ""
        db.session.rollback()
    if not passwords.fits(stored, password):
        spend(_BY_ACCOUNT, account)
        spend(_BY_ADDRESS, address)
        transaction(lambda: audit.record("login.failed", f"user:{email}", after={"address": address}))
        log.warning("User login failed", extra={"event_type": "login_failed"})
        raise SignInRefused("e-mail and password do not fit")
    forget(_BY_ACCOUNT, account)
    renewed = passwords.hash_password(password) if passwords.outdated(stored) else None
    token = transaction(lambda: _open(email, stored, renewed, address, agent))
    log.info("User login successful")
    return token


def _hold_limits(account: str, address: str) -> None:
    for rule, key in ((_BY_ACCOUNT, account), (_BY_ADDRESS, address)):
        standing = look(rule, key)
        if not standing.allowed:
            log.warning("Rate limit hit", extra={"event_type": "lockout"})
            raise TooManyAttempts(standing.reset)


def _open(email: str, stored: str, renewed: str | None, address: str, agent: str) -> str:
    person = queries.user_by_email(email)
    if person is None or person.disabled_at is not None or person.password_hash != stored:
        raise SignInRefused("changed in the meantime")
    if renewed is not None:
        person.password_hash = renewed
    token = secrets.token_urlsafe(32)
    db.session.add(_session(person, token, address, agent))
    audit.record("login", f"user:{email}", after={"address": address})
    return token


def _session(person: User, token: str, address: str, agent: str) -> UserSession:
    ties = people.memberships_of(person.id)
    first = ties[0].customer_id if ties else None
    return UserSession(
        token_hash=_digest(token),
        user_id=person.id,
        customer_id=(queries.last_company(person.id) or first) if len(ties) > 1 else first,
        created_at=clock.now(),
        seen_at=clock.now(),
        address=address[:45],
        agent=agent[:200],
    )


def sign_out(token: str) -> None:
    """End the session behind a token, for good: the same cookie sent again opens nothing. Flushes."""
    queries.end_session_with(_digest(token), clock.now())


def identify(token: str) -> Identity | None:
    """Who is behind a session's token, in one query; None when the session is over.

    A session ends by signing out, after 30 minutes of silence, after 12 hours, and when its person is switched off.
    """
    now = clock.now()
    row = queries.who(_digest(token), seen_after=now - IDLE, started_after=now - LONGEST)
    if row is None:
        return None
    return Identity(
        user_id=row.user_id,
        name=row.name,
        email=row.email,
        staff_roles=frozenset(row.staff_roles.split(",")) if row.staff_roles else frozenset(),
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        customer_code=row.customer_code,
        customer_role=row.customer_role,
        session_id=row.session_id,
        companies=row.companies,
        unread=row.unread,
        seen_long_ago=now - row.seen_at > SEEN_EVERY,
        currency=row.currency,
        frame=frames.answers(row),
    )


def seen(session_id: int) -> None:
    """A session was used now; a transaction of its own, called after the answer went out.

    A database that is busy or gone costs nothing but a shorter session.
    """
    try:
        transaction(lambda: queries.touch_session(session_id, clock.now()))
    except SQLAlchemyError:
        log.warning("the last use of a session was not written", exc_info=True)


def act_for(user_id: int, session_id: int, customer_id: int) -> None:
    """From now on this session acts for another of the person's customers. Flushes. Raises NotFound."""
    people.member_of(user_id, customer_id)
    queries.act_for(session_id, customer_id)


def sessions_of(user_id: int) -> list[SessionInfo]:
    """Where a person is signed in now, the last used first."""
    now = clock.now()
    rows = queries.live_sessions(user_id, seen_after=now - IDLE, started_after=now - LONGEST)
    return [SessionInfo(row.id, row.created_at, row.seen_at, row.address, row.agent) for row in rows]


def end_other_sessions(user_id: int, *, keep: int) -> int:
    """Sign a person out everywhere else. Flushes. Returns how many sessions ended."""
    return queries.end_sessions(user_id, clock.now(), but=keep)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
