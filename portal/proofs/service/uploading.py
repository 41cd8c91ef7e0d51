"""Several files of one form: each is stored and received, or refused with its reason; none is lost for another's sake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.platform.db import end_transaction, transaction
from portal.proofs.errors import NotADocument
from portal.proofs.service.receiving import receive, store
from portal.proofs.types.stored import ProofInfo, Sender, Upload


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is not taken, and why."""

    file_name: str
    words: str
    too_many: bool = False


def take_in(
    sender: Sender, files: Iterable[tuple[str, bytes]], *, form_key: str, claimed: tuple[str, ...] = ()
) -> tuple[list[ProofInfo], list[Refusal]]:
    """Store each file, then write all rows and jobs in one transaction of their own.

    files: name and bytes. Raises TooManyUploads past the customer's daily limit; then nothing is written.
    Source: design.md 4 (no storage call inside a transaction) and 6.
    """
    end_transaction()  # whoever is asking was looked up before; nothing stays open while bytes are stored
    uploads: list[Upload] = []
    refused: list[Refusal] = []
    for name, data in files:
        try:
            uploads.append(store(data, name))
        except NotADocument as error:
            refused.append(Refusal(name, error.words))
    if not uploads:
        return [], refused
    received = transaction(lambda: [receive(sender, each, form_key=form_key, claimed=claimed) for each in uploads])
    return received, refused
