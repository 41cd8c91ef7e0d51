"""Proofs that come by mail: each customer has an address of its own, and what comes there is the customer's.

The tag in an address keeps others from guessing it. It proves nothing of the sender, and nothing rests on that: what
comes is a claim like every upload. Mails to no customer's address wait for a person.
Source: docs/rules/mail_in.md.
"""

from __future__ import annotations

import base64
import hmac
import logging
import secrets
from collections.abc import Iterable
from email.message import EmailMessage
from email.utils import getaddresses
from functools import partial

from portal.accounts import service as accounts
from portal.accounts.types import CustomerInfo
from portal.core import clock
from portal.core.errors import Conflict, NotFound
from portal.core.identity import Identity
from portal.platform import audit, config, mailbox, storage
from portal.platform.db import db, end_transaction, transaction
from portal.proofs.errors import NotADocument, TooManyUploads
from portal.proofs.models import IncomingMail
from portal.proofs.queries import incoming as queries
from portal.proofs.reader import mail
from portal.proofs.reader.refusal import Unreadable
from portal.proofs.reader.source import PDF, PICTURES, sniff
from portal.proofs.service.receiving import receive, store
from portal.proofs.types.incoming import Kept, MailInfo, MailState
from portal.proofs.types.stored import Sender

log = logging.getLogger(__name__)

#: where servers write whom a mail was really brought to, beside what its writer put
_BROUGHT_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_TAG_BYTES = 5
PAGE = 50
_MOST_DOCUMENTS = 10


def address_of(code: str) -> str | None:
    """Where a customer sends proofs by mail: ``proofs+kdr001.k3x7q2ma@company.example``; None where no mailbox is."""
    settings = config.current()
    if settings.mail_in_address is None:
        return None
    name, _, domain = settings.mail_in_address.partition("@")
    return f"{name}+{code.lower()}.{_tag(code, settings.secret_key)}@{domain}"


def code_in(recipients: Iterable[str]) -> str | None:
    """The code of the customer whose address is among these; None when none is genuine, or those of several are."""
    settings, codes = config.current(), set[str]()
    name, _, domain = (settings.mail_in_address or "").partition("@")
    keys = (settings.secret_key, *settings.secret_key_fallbacks)
    for address in recipients:
        local, _, where = address.lower().rpartition("@")
        code, _, tag = local.removeprefix(f"{name}+").rpartition(".")
        if not local.startswith(f"{name}+") or where != domain or not code:
            continue
        if any(hmac.compare_digest(tag.encode(), _tag(code, key).encode()) for key in keys):
            codes.add(code.upper())
    return codes.pop() if len(codes) == 1 else None


def _tag(code: str, key: str) -> str:
    made = hmac.digest(key.encode(), f"mail-in:{code.upper()}".encode(), "sha256")
    return base64.b32encode(made[:_TAG_BYTES]).decode().lower()


def fetch() -> int:
    """Take in what is new in the mailbox, each mail in a transaction of its own; how many there were.

    A mail is marked as seen once it is kept. A mailbox that cannot be read is looked into again a minute later.
    """
    url, count = config.current().mail_in_url, 0
    if url is None:
        return 0
    try:
        with mailbox.opened(url) as box:
            for uid, data in box.unseen():
                kept = keep(data)
                transaction(partial(take, kept))
                box.mark(uid)
                count += 1
    except mailbox.MailboxDown as down:
        log.warning("%s", down, extra={"event_type": "mailbox_down"})
    return count


def keep(data: bytes) -> Kept:
    """Store a mail and each document in it."""
    stored = storage.put(data)
    uploads, refused = [], []
    try:
        message = mail.opened(data)
        with mail.guarded():
            sender, subject = _header(message, "From")[:254], _header(message, "Subject")[:255]
            recipients = _recipients(message)
        found = mail.documents_in(data, _is_paper, _is_picture)
    except Unreadable as damaged:
        sender, subject, recipients, found = "", "", (), []
        refused.append(damaged.words)
    for each in found[:_MOST_DOCUMENTS]:
        try:
            uploads.append(store(each.data, each.name))
        except NotADocument as error:
            refused.append(f"{each.name}: {error.words}")
    if left := len(found) - _MOST_DOCUMENTS if len(found) > _MOST_DOCUMENTS else 0:
        refused.append(f"Only the first {_MOST_DOCUMENTS} documents were taken, and {left} more were not.")
    return Kept(
        stored.sha256, stored.key, stored.size, sender, recipients, subject, tuple(uploads), tuple(refused),
        whole=not left,
    )  # fmt: skip


def take(kept: Kept) -> None:
    """One row for a kept mail, and its documents as the customer's proofs, in the caller's transaction; once only."""
    if queries.known(kept.sha256):
        return
    code = code_in(kept.recipients)
    customer_id = accounts.ids_by_code([code]).get(code) if code else None
    row = IncomingMail(
        public_id="mai_" + secrets.token_hex(8),
        sha256=kept.sha256,
        storage_key=kept.storage_key,
        size=kept.size,
        sender=kept.sender,
        recipient=", ".join(kept.recipients)[:254],
        subject=kept.subject,
        received_at=clock.now(),
        state=MailState.STRANGER,
        waiting=True,
    )
    db.session.add(row)
    if customer_id is not None:
        _receive(row, customer_id, kept)
    db.session.flush()
    audit.record("mail_received", row.public_id, after={"state": row.state, "proofs": list(row.proofs or [])})


def _receive(row: IncomingMail, customer_id: int, kept: Kept) -> None:
    """Its documents become the customer's proofs; the row says what became of the mail."""
    sender, made, words = Sender(customer_id, None, "mail"), [], list(kept.refused)
    try:
        for upload in kept.uploads:
            proof = receive(sender, upload, form_key=f"mail:{row.sha256}")
            made.append(proof.public_id)
    except TooManyUploads as error:
        words.append(error.words)
    row.customer_id, row.proofs, row.words = customer_id, made, " ".join(words)[:500]
    if made and len(made) == len(kept.uploads) and kept.whole:
        row.state, row.waiting = MailState.TAKEN, False
    else:
        row.state, row.waiting = (MailState.REFUSED if words else MailState.EMPTY), True


def mails(*, waiting: bool, after: int | None = None) -> tuple[list[MailInfo], int | None]:
    """Mails that wait for a person, oldest first, or those that are done; and the mark of the next page."""
    found = queries.page(waiting, after, PAGE)
    known = accounts.customers_by_id({row.customer_id for row in found if row.customer_id is not None})
    rows = [_info(row, known) for row in found[:PAGE]]
    return rows, found[PAGE - 1].id if len(found) > PAGE else None


def one(public_id: str) -> MailInfo:
    """One mail. Raises NotFound."""
    row = queries.by_public_id(public_id)
    return _info(row, accounts.customers_by_id({row.customer_id} if row.customer_id is not None else set()))


def original(public_id: str) -> bytes:
    """The whole mail as it came. Called outside any transaction."""
    key = transaction(lambda: queries.by_public_id(public_id).storage_key)
    return storage.read(key)


def text_of(data: bytes) -> list[str]:
    """What the mail says, line by line; nothing of one that cannot be opened."""
    try:
        return mail.lines_of(mail.opened(data))
    except Unreadable:
        return []


def hand_to(public_id: str, code: str, *, by: Identity, seen_version: int) -> list[str]:
    """A person knows whose mail it is: its documents become that customer's proofs, whose public ids are given.

    Raises NotFound, Conflict when somebody else was first, NotADocument when there is nothing in it to take.
    """
    end_transaction()
    kept = keep(original(public_id))
    if not kept.uploads:
        raise NotADocument(
            " ".join(kept.refused) or "There is no document in this mail. Dismiss it, or write to its sender."
        )

    def handed() -> list[str]:
        row = _locked(public_id, seen_version)
        customer_id = accounts.ids_by_code([code.strip().upper()]).get(code.strip().upper())
        if customer_id is None:
            raise NotFound(f"customer {code}")
        _receive(row, customer_id, kept)
        row.handled_by = by.name
        audit.record("mail_handed", row.public_id, after={"customer": code.strip().upper(), "proofs": list(row.proofs)})
        return list(row.proofs)

    return transaction(handed)


def dismiss(public_id: str, why: str, *, by: Identity, seen_version: int) -> None:
    """Nothing comes of this mail. Raises NotFound, Conflict."""
    row = _locked(public_id, seen_version)
    row.state, row.waiting, row.words, row.handled_by = MailState.DISMISSED, False, why[:500], by.name
    audit.record("mail_dismissed", row.public_id, after={"why": why})


def _locked(public_id: str, seen_version: int) -> IncomingMail:
    row = queries.lock(public_id)
    if not row.waiting or row.version != seen_version:
        raise Conflict("Somebody has seen to this mail already.")
    row.version += 1
    return row


def _info(row: IncomingMail, known: dict[int, CustomerInfo]) -> MailInfo:
    customer = known.get(row.customer_id) if row.customer_id is not None else None
    return MailInfo(
        id=row.id, public_id=row.public_id, sender=row.sender, recipient=row.recipient, subject=row.subject,
        received_at=row.received_at, state=MailState(row.state), waiting=row.waiting, words=row.words,
        customer_code=customer.code if customer else "", customer_name=customer.name if customer else "",
        proofs=tuple(row.proofs), handled_by=row.handled_by, version=row.version,
    )  # fmt: skip


def _recipients(message: EmailMessage) -> tuple[str, ...]:
    headers = [str(value) for name in _BROUGHT_TO for value in message.get_all(name, [])]
    return tuple(dict.fromkeys(address for _, address in getaddresses(headers) if "@" in address))[:20]


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _is_paper(data: bytes) -> bool:
    return sniff(data) == PDF


def _is_picture(data: bytes) -> bool:
    return sniff(data) in PICTURES
