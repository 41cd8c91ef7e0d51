"""Links to choose a password: for who forgot it, for who is new, for the first administrator.

A link is signed, not stored: it names a person, the version of the password it may replace and when it was made. It
works once, because choosing a password raises the version.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from portal.accounts import queries
from portal.accounts.errors import LinkExpired
from portal.accounts.models import User
from portal.accounts.service import people
from portal.accounts.types import FORGOTTEN_LINK, INVITATION_LINK, UserInfo
from portal.core import clock
from portal.platform import audit, config, outbox
from portal.platform.db import db

_LASTS = {"forgotten": FORGOTTEN_LINK, "invitation": INVITATION_LINK}


def _signer() -> URLSafeSerializer:
    settings = config.current()
    return URLSafeSerializer([*settings.secret_key_fallbacks, settings.secret_key], salt="choose-password")


def password_link(user_id: int, password_version: int, kind: str) -> str:
    """The address at which a person chooses a password. kind: forgotten (60 minutes) or invitation (7 days)."""
    made = int(clock.now().timestamp())
    token = _signer().dumps([kind, user_id, password_version, made])
    return f"{config.current().base_url}/account/password/{token}"


def send_forgotten_link(email: str) -> None:
    """Mail a link to whoever has this address; silence, and the same work, for everybody else. Flushes."""
    plain = people.plain_email(email)[:254]
    person = queries.user_by_email(plain)
    if person is None or person.disabled_at is not None:
        audit.record("link.nobody", f"user:{plain}")
        return
    _send(person, "forgotten", "password_forgotten")


def send_invitation(user_id: int) -> None:
    """Mail a new person the link to choose a first password. Flushes. Raises NotFound."""
    _send(queries.user(user_id), "invitation", "invitation")


def _send(person: User, kind: str, event: str) -> None:
    # The link itself is made when the mail is written: no secret waits in the outbox.
    facts = {"name": person.name, "user_id": person.id, "password_version": person.password_version, "kind": kind}
    outbox.tell(event, to_email=person.email, data=facts)
    audit.record(f"link.{kind}", f"user:{person.email}")


def link_holder(token: str) -> UserInfo:
    """The person a link is for. Raises LinkExpired when it was used, is too old, or is not ours."""
    person = _person(token)
    return UserInfo(person.id, person.name, person.email, "", person.disabled_at is None)


def set_password_by_link(token: str, new: str) -> str:
    """Choose a password through a link; every session of the person ends. Flushes. Returns the e-mail address.

    Raises LinkExpired, WeakPassword.
    """
    person = queries.lock_user(_person(token).id)
    if _person(token).id != person.id:  # the version is read again under the lock
        raise LinkExpired("used in the meantime")
    people.store_password(person, new)
    queries.end_sessions(person.id, clock.now())
    audit.record("user.password_chosen", f"user:{person.email}")
    return person.email


def _person(token: str) -> User:
    try:
        kind, user_id, password_version, made = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise LinkExpired("not a link of ours") from None
    lasts = _LASTS.get(kind, timedelta(0))
    if clock.now() - datetime.fromtimestamp(made, UTC) > lasts:
        raise LinkExpired("too old")
    person = db.session.get(User, user_id)
    if person is None or person.disabled_at is not None or person.password_version != password_version:
        raise LinkExpired("used before")
    return person


def first_admin_link(email: str) -> str | None:
    """On a database without people: create the administrator and give the link to choose a password. Flushes.

    None when there is anybody already.
    """
    if queries.any_user():
        return None
    user_id = people.create_user(email, "Administrator", None, staff_roles=("administrator",))
    return password_link(user_id, queries.user(user_id).password_version, "invitation")
