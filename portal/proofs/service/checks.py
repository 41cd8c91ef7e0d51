"""What must always hold of proofs; the ledger's self-check asks."""

from __future__ import annotations

from collections.abc import Iterator

from portal.core.errors import DomainError
from portal.ledger import service as ledger
from portal.ledger.types import Broken
from portal.platform import storage
from portal.platform.db import end_transaction
from portal.proofs.queries import broken

ONCE = "proofs: one file is accepted once"
NOTED = "proofs: each acceptance stands once in the audit log"
KEPT = "proofs: every document is in the store as it was sent"
_MOST_ROWS = 20
#: Older proofs were checked when they were new, and the audit log does not change.
_NEWEST = 1_000
#: Documents whose presence is asked each night, and those among them whose bytes are read and hashed again.
_PRESENT, _READ = 5_000, 200


def register_invariants() -> None:
    """Add the rules of this feature to the self-check."""
    ledger.invariant(ONCE, _once)
    ledger.invariant(NOTED, _noted)
    ledger.nightly_invariant(KEPT, _kept)


def _once() -> Iterator[Broken]:
    for public_id, words, customer_id in broken.files_accepted_twice(_MOST_ROWS):
        yield Broken(ONCE, f"proof {public_id}", words, customer_id)


def _noted() -> Iterator[Broken]:
    for public_id, words, customer_id in broken.wrongly_noted(_NEWEST, _MOST_ROWS):
        yield Broken(NOTED, f"proof {public_id}", words, customer_id)


def _kept() -> Iterator[Broken]:
    """The store is asked outside any transaction."""
    documents = broken.newest_documents(_PRESENT)
    end_transaction()
    for place, (public_id, key, customer_id) in enumerate(documents):
        if (words := _wrong_with(key, whole=place < _READ)) is not None:
            yield Broken(KEPT, f"proof {public_id}", words, customer_id)


def _wrong_with(key: str, *, whole: bool) -> str | None:
    """A store that does not answer at all is an error of the check, and no finding."""
    try:
        if whole:
            storage.read(key)
        elif not storage.exists(key):
            return "its document is gone"
    except (storage.NoSuchDocument, storage.Damaged) as error:
        return str(error)[:200] if isinstance(error, DomainError) else "its document is damaged"
    return None
