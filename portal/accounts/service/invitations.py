"""Invitations to act for a customer: by mail, signed, single use, seven days, sent again or taken back.

The link names the invitation and its serial number and is signed, not stored; sending it again raises the serial, so
that one link works at a time. Source: docs/rules/sign-in.md, S17.
"""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from portal.accounts import queries
from portal.accounts.errors import LinkExpired
from portal.accounts.models import Invitation, Membership, User
from portal.accounts.service import members, people
from portal.accounts.types import INVITATION_LINK, InvitationInfo, MemberDraft
from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.core.identity import CUSTOMER_ROLES, Identity
from portal.core.money import Money
from portal.platform import audit, config, outbox
from portal.platform.db import db
from portal.platform.paging import AnyRow


def _signer() -> URLSafeSerializer:
    settings = config.current()
    return URLSafeSerializer([*settings.secret_key_fallbacks, settings.secret_key], salt="invitation")


def invitation_link(invitation_id: int, serial: int) -> str:
    """The address at which an invitation is accepted."""
    return f"{config.current().base_url}/account/invitation/{_signer().dumps([invitation_id, serial])}"


def waiting(customer_id: int) -> list[InvitationInfo]:
    """A customer's invitations that wait for an answer, those whose time is over among them."""
    return [_info(row) for row in queries.waiting_invitations(customer_id)]


def invite(customer_id: int, draft: MemberDraft, *, by: Identity) -> int:
    """Invite somebody by mail to act for a customer; with a sign-in or without. Flushes. Returns the invitation's id.

    The same invitation again, while it waits, is the first one and sends no second mail.
    Raises NotFound, and BadInput for somebody who is there already, is invited as something else, or an unknown role.
    """
    customer = queries.lock_customer(customer_id)
    email = people.plain_email(draft.email)
    if draft.role not in CUSTOMER_ROLES:
        raise BadInput(f"There is no role {draft.role}. Choose one of {', '.join(CUSTOMER_ROLES)}.", field="role")
    if any(person.email == email for person in queries.member_rows(customer_id)):
        raise BadInput(f"{email} is among the people of {customer.name} already.", field="email")
    cents = cents_of(draft.spending_limit)
    for earlier in waiting(customer_id):
        if earlier.email == email:
            if (earlier.name, earlier.role, cents_of(earlier.spending_limit)) == (draft.name, draft.role, cents):
                return earlier.id
            raise BadInput(f"{email} is invited already. Take that invitation back first.", field="email")
    made = Invitation(
        customer_id=customer_id, email=email, name=draft.name.strip(), role=draft.role,
        spending_limit_cents=cents, invited_by=by.user_id, invited_by_name=by.name,
        created_at=clock.now(), expires_at=clock.now() + INVITATION_LINK,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    _send(made, customer.name)
    facts = {"customer": customer.code, "role": draft.role, "limit_cents": made.spending_limit_cents}
    audit.record("invitation.sent", f"user:{email}", after=facts)
    return made.id


def cents_of(limit: Money | None) -> int | None:
    """A limit as it is stored: it counts in the customer's currency, whatever was typed."""
    return None if limit is None else limit.cents


def send_again(customer_id: int, invitation_id: int) -> str:
    """Mail a new link, good for seven days from now; the earlier one is dead. Flushes. Returns the address.

    Raises NotFound, and Conflict when it was answered or taken back.
    """
    customer, row = queries.lock_customer(customer_id), _lock_waiting(customer_id, invitation_id)
    row.serial += 1
    row.expires_at = clock.now() + INVITATION_LINK
    db.session.flush()
    _send(row, customer.name)
    audit.record("invitation.sent_again", f"user:{row.email}", after={"customer": customer.code})
    return row.email


def take_back(customer_id: int, invitation_id: int) -> str:
    """The link opens nothing any more. Flushes. Returns the address.

    Raises NotFound, and Conflict when it was answered or taken back before.
    """
    customer, row = queries.lock_customer(customer_id), _lock_waiting(customer_id, invitation_id)
    row.revoked_at = clock.now()
    db.session.flush()
    audit.record("invitation.taken_back", f"user:{row.email}", after={"customer": customer.code})
    return row.email


def invitation(token: str) -> InvitationInfo:
    """The invitation behind a link. Raises LinkExpired when it was used, taken back, is too old or not ours."""
    try:
        invitation_id, serial = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise LinkExpired("not a link of ours") from None
    row = queries.invitation_row(invitation_id)
    if row is None or row.serial != serial or row.accepted_at is not None or row.revoked_at is not None:
        raise LinkExpired("used, sent again or taken back")
    info = _info(row)
    if info.expired:
        raise LinkExpired("too old")
    return info


def accept_as_new(token: str, name: str, password: str) -> InvitationInfo:
    """Somebody without a sign-in accepts: the person is made, with this name and password. Flushes.

    Raises LinkExpired, WeakPassword, and BadInput when the address has a sign-in by now.
    """
    info, row = _lock(token)
    user_id = people.create_user(info.email, name, password)
    _join(row, user_id, info)
    return info


def accept_as(token: str, user_id: int) -> InvitationInfo:
    """A person who is signed in accepts with the address that was invited. Flushes.

    Raises LinkExpired; also for anybody else than the one who was invited.
    """
    info, row = _lock(token)
    person = queries.user(user_id)
    if person.email != info.email or person.disabled_at is not None:
        raise LinkExpired("for another person")
    _join(row, user_id, info)
    return info


def _lock(token: str) -> tuple[InvitationInfo, Invitation]:
    info = invitation(token)
    queries.lock_customer(info.customer_id)
    row = queries.lock_invitation(info.id, info.customer_id)
    if row.accepted_at is not None or row.revoked_at is not None:
        raise LinkExpired("used in the meantime")
    return info, row


def _join(row: Invitation, user_id: int, info: InvitationInfo) -> None:
    row.accepted_at = clock.now()
    if queries.membership(user_id, row.customer_id) is None:
        limit = row.spending_limit_cents
        db.session.add(
            Membership(user_id=user_id, customer_id=row.customer_id, role=row.role, spending_limit_cents=limit)
        )
    db.session.flush()
    audit.record("invitation.accepted", f"user:{row.email}", after={"customer_id": row.customer_id, "role": row.role})
    if row.invited_by is not None:
        words = f"{info.name or info.email} acts for {info.customer_name} now"
        outbox.note(row.invited_by, "invitation_accepted", words)


def _lock_waiting(customer_id: int, invitation_id: int) -> Invitation:
    row = queries.lock_invitation(invitation_id, customer_id)
    if row.accepted_at is not None or row.revoked_at is not None:
        raise Conflict("This invitation was answered or taken back in the meantime.")
    return row


def _send(row: Invitation, customer: str) -> None:
    # The link is made when the mail is written: no secret waits in the outbox.
    data = {
        "name": row.name, "by": row.invited_by_name, "customer": customer, "role": row.role,
        "invitation_id": row.id, "serial": row.serial,
    }  # fmt: skip
    outbox.tell("company_invitation", to_email=row.email, data=data, customer_id=row.customer_id)
    known: User | None = queries.user_by_email(row.email)
    if known is not None:
        words = f"{row.invited_by_name} invites you to act for {customer}; the link is in your mail"
        outbox.note(known.id, "company_invitation", words)


def _info(row: AnyRow) -> InvitationInfo:
    return InvitationInfo(
        id=row.id, customer_id=row.customer_id, customer_name=row.customer_name, name=row.name, email=row.email,
        role=row.role, spending_limit=members.as_money(row.spending_limit_cents, row.currency),
        invited_by=row.invited_by_name,
        expires_at=row.expires_at, expired=row.expires_at <= clock.now(), known=bool(row.known),
    )  # fmt: skip
