"""Proofs as pages need them."""

from __future__ import annotations

from portal.core.errors import NotFound
from portal.platform import storage
from portal.platform.db import end_transaction
from portal.platform.paging import Page
from portal.proofs import queries
from portal.proofs.models import Proof
from portal.proofs.service.reading import SHOWN_PAGES, picture_key
from portal.proofs.service.rows import info
from portal.proofs.types.as_json import reading_from_json, verdict_from_json
from portal.proofs.types.stored import FINAL, DecisionInfo, ProofDetail, ProofInfo, ProofState

PAGE = 25


def detail(public_id: str, customer_id: int | None = None, customer_name: str | None = None) -> ProofDetail:
    """One proof with everything about it. Raises NotFound, also when it belongs to another customer."""
    row, reading, judged = queries.with_evidence(public_id, customer_id)
    decisions = tuple(
        DecisionInfo(one.action, one.by_name, one.words, one.created_at) for one in queries.decisions_of(row.id)
    )
    return ProofDetail(
        info=info(row, customer_name),
        reading=reading_from_json(reading) if reading else None,
        verdict=verdict_from_json(judged) if judged else None,
        decisions=decisions,
        duplicate_of=row.duplicate_of,
    )


def state_of(public_id: str, customer_id: int | None = None) -> ProofState:
    """Where a proof stands: what the live page asks every second."""
    return ProofState(queries.by_public_id(public_id, customer_id).state)


def is_final(public_id: str, customer_id: int) -> bool:
    """Whether the reading is over."""
    return state_of(public_id, customer_id) in FINAL


def is_of(public_id: str | None, customer_id: int) -> bool:
    """Whether a proof belongs to this customer: only then may the customer be led to it."""
    return public_id is not None and queries.owner_of(public_id) == customer_id


def list_of(
    customer_id: int, customer_name: str, state: str | None = None, before: int | None = None
) -> tuple[list[ProofInfo], int | None]:
    """A customer's proofs, newest first, and the mark of the next page."""
    rows = queries.page_of(customer_id, state, before, PAGE)
    shown = [info(row, customer_name) for row in rows[:PAGE]]
    return shown, shown[-1].id if len(rows) > PAGE else None


def page_of(customer_id: int | None, state: ProofState | None, after: str | None, limit: int) -> Page[ProofInfo]:
    """One page of a customer's proofs, or of everybody's (None), newest first; without the customers' names."""
    return queries.listed(customer_id, state, after, limit).map(lambda row: info(row[0], ""))


def page_picture(public_id: str, number: int, customer_id: int | None = None) -> bytes:
    """The picture of one page, WebP. Raises NotFound."""
    row = queries.by_public_id(public_id, customer_id)
    key = picture_key(row.storage_key, number)
    end_transaction()  # storage may be far away
    if not 1 <= number <= SHOWN_PAGES or not storage.exists(key):
        raise NotFound(key)
    return storage.read(key)


def file_of(public_id: str, customer_id: int | None = None) -> tuple[bytes, str, str]:
    """The document as it was sent: bytes, media type, the sender's name for it."""
    row: Proof = queries.by_public_id(public_id, customer_id)
    key, media_type, file_name = row.storage_key, row.media_type, row.file_name
    end_transaction()  # storage may be far away
    return storage.read(key), media_type, file_name
