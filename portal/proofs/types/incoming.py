"""Mails that came to the mailbox of proofs, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.proofs.types.stored import Upload


class MailState(StrEnum):
    """What became of a mail."""

    #: its documents are proofs of a customer
    TAKEN = "taken"
    #: nobody knows which customer it is from
    STRANGER = "stranger"
    #: a customer's, without any document
    EMPTY = "empty"
    #: a customer's, and nothing in it could be taken; the words say why
    REFUSED = "refused"
    #: a person looked at it and nothing came of it
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail that is stored, with its documents, before the database knows of it. refused: why parts are no documents."""

    sha256: str
    storage_key: str
    size: int
    sender: str
    recipients: tuple[str, ...]
    subject: str
    uploads: tuple[Upload, ...]
    refused: tuple[str, ...]
    #: False when it carries more documents than are taken
    whole: bool = True


@dataclass(frozen=True, slots=True)
class MailInfo:
    """One mail in the list, or alone with its text."""

    id: int
    public_id: str
    sender: str
    recipient: str
    subject: str
    received_at: datetime
    state: MailState
    waiting: bool
    words: str
    customer_code: str
    customer_name: str
    proofs: tuple[str, ...]
    handled_by: str
    version: int
