"""A document that was read before it came in: a past that is loaded at once, which no worker need read again."""

from __future__ import annotations

from dataclasses import dataclass

from portal.platform import storage
from portal.platform.db import db
from portal.proofs import pipeline, queries
from portal.proofs.reader import page_image
from portal.proofs.service.reading import SHOWN_PAGES, picture_key, record
from portal.proofs.service.receiving import receive
from portal.proofs.service.rows import info
from portal.proofs.types import Reading
from portal.proofs.types.stored import ProofInfo, ProofState, Sender, Upload


@dataclass(frozen=True, slots=True)
class Prepared:
    """A reading and the WebP pictures of the pages we show, made without any database."""

    reading: Reading
    pictures: tuple[bytes, ...]


def prepare(data: bytes) -> Prepared:
    """Read a document of our own making in this process, without the bounds that strangers' bytes need.

    The second engine is not asked: what it could mend in a past that is drawn, a clerk of that past decided.
    """
    reading = pipeline.read(data, escalate=False)
    return Prepared(
        reading, tuple(page_image(data, page.number, page.rotation) for page in reading.pages[:SHOWN_PAGES])
    )


def take_read(
    sender: Sender, upload: Upload, prepared: Prepared, *, form_key: str, claimed: tuple[str, ...] = ()
) -> ProofInfo:
    """Receive an upload and judge its reading at once, in the caller's transaction; no job is written.

    The same form and file again give the proof they made at first. Raises TooManyUploads as `receive`.
    """
    sent = receive(sender, upload, form_key=form_key, claimed=claimed, to_read=False)
    row = queries.lock(sent.id)
    if row.state != ProofState.RECEIVED:
        return info(row)
    for number, picture in enumerate(prepared.pictures, 1):
        storage.put_at(picture_key(upload.key, number), picture)
    row.state = ProofState.READING
    db.session.flush()
    record(row.id, prepared.reading)
    return info(queries.by_public_id(sent.public_id))
