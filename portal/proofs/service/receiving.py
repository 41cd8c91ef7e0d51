"""An upload becomes a stored document, one row and one job."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from portal.accounts import service as accounts
from portal.core import clock
from portal.platform import audit, config, jobs, metrics, storage
from portal.platform.db import db
from portal.proofs import queries
from portal.proofs.errors import NotADocument, TooManyUploads
from portal.proofs.models import Proof
from portal.proofs.reader.refusal import Unreadable
from portal.proofs.reader.source import check, sniff
from portal.proofs.service import telling
from portal.proofs.service.rows import info
from portal.proofs.types.stored import ProofInfo, ProofState, Sender, Upload

#: a customer's quota (reliability.md 5.2.4); UPLOADS_PER_HOUR comes on top (requirements.md D14)
MOST_FILES_A_DAY = 200
MOST_BYTES_A_DAY = 500 * 1024 * 1024
_ALPHABET = "0123456789acdefghjkmnprtuvwxy"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]|[\u202a-\u202e\u2066-\u2069]")


def store(data: bytes, file_name: str) -> Upload:
    """Keep the bytes for good and say what they are. Called outside any transaction: storage may be far away.

    data: the whole file, size already limited. file_name: as the sender calls it, kept as data only.
    Raises NotADocument for an empty file or one that is not a PDF, a picture or a mail carrying one, whatever its name.
    Source: design.md 6, reliability.md 5.2.2 and 5.3.2.
    """
    if len(data) > config.current().max_upload_bytes:
        raise NotADocument(f"The file is too large. Send at most {config.current().max_upload_bytes // 2**20} MB.")
    try:
        check(data)
    except Unreadable as refused:
        raise NotADocument(refused.words) from refused
    stored = storage.put(data)
    return Upload(stored.key, stored.sha256, stored.size, sniff(data) or "message/rfc822", _shown_name(file_name))


def receive(
    sender: Sender, upload: Upload, *, form_key: str, claimed: tuple[str, ...] = (), to_read: bool = True
) -> ProofInfo:
    """One row and one reading job for a stored upload, in the caller's transaction.

    form_key: of the form that was sent; the same form and file again give the proof they made at first.
    claimed: invoice numbers the sender ticked; a claim that fills in the split, never evidence.
    to_read: False writes no job, for a document whose reading is there already.
    Raises TooManyUploads past the customer's daily limit.
    """
    accounts.lock_customer(sender.customer_id)  # two clicks at one moment are served one after the other
    key = hashlib.sha256(f"{sender.customer_id}:{form_key}:{upload.sha256}".encode()).hexdigest()
    if (before := queries.by_upload_key(key)) is not None:
        return info(before)
    _check_quota(sender.customer_id, upload.size)
    row = Proof(
        public_id="prf_" + "".join(secrets.choice(_ALPHABET) for _ in range(12)),
        customer_id=sender.customer_id,
        user_id=sender.user_id,
        via=sender.via,
        upload_key=key,
        sha256=upload.sha256,
        storage_key=upload.key,
        size=upload.size,
        media_type=upload.media_type,
        file_name=upload.file_name,
        claimed_invoices=list(claimed),
        state=ProofState.RECEIVED,
        created_at=clock.now(),
        currency="ZAR",
    )
    db.session.add(row)
    db.session.flush()
    if to_read:
        payload = {"proof_id": row.id, "storage_key": row.storage_key}
        jobs.enqueue("proofs.read", payload, customer_id=row.customer_id, dedupe=f"proofs.read:{row.id}")
    telling.event(row)
    audit.record("proof_received", row.public_id, after={"sha256": row.sha256, "via": row.via, "size": row.size})
    metrics.when_committed(metrics.uploads_total.labels(sender.via, row.media_type).inc)
    return info(row)


def _check_quota(customer_id: int, size: int) -> None:
    lately, _ = queries.sent_since(customer_id, clock.now() - timedelta(hours=1))
    if lately >= config.current().uploads_per_hour:
        raise TooManyUploads(
            "Your company has sent very many proofs in the last hour. Wait a little, then send this one."
        )
    files, used = queries.sent_since(customer_id, clock.now() - timedelta(days=1))
    if files >= MOST_FILES_A_DAY or used + size > MOST_BYTES_A_DAY:
        raise TooManyUploads("Your company has sent as many proofs today as we take in a day. Call us if it is urgent.")


def _shown_name(file_name: str) -> str:
    """The sender's name for the file, safe to print: no path, no control or direction characters."""
    return _UNSAFE.sub("", file_name.replace("\\", "/").rsplit("/", 1)[-1]).strip()[:200] or "proof"
