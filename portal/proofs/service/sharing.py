"""Files shared from another app on a phone: kept, shown, and sent only by the tap of the person who shared them.

A share carries no form token, because the bank's app makes the request. So it makes nothing but a draft: the bytes are
stored, and a signed note of them goes into the page's form. Source: docs/decisions/0008-a-share-is-a-draft.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeSerializer

from portal.core import clock
from portal.core.errors import BadInput
from portal.platform import config
from portal.platform.db import end_transaction, transaction
from portal.proofs.errors import NotADocument
from portal.proofs.service.receiving import receive, store
from portal.proofs.service.uploading import Refusal
from portal.proofs.types.stored import ProofInfo, Sender, Upload

VALID_FOR = timedelta(hours=1)
MOST_FILES = 10
_SALT = "shared files"
_AGAIN = "These files were shared too long ago. Share them once more from your bank’s app."


@dataclass(frozen=True, slots=True)
class Draft:
    """Files that wait for their sender's tap. note: what the form carries; it is signed and names its sender."""

    uploads: tuple[Upload, ...]
    note: str


def keep(sender: Sender, files: Iterable[tuple[str, bytes]]) -> tuple[Draft | None, list[Refusal]]:
    """Store each file and note it for this person; what is no document is refused in words. Writes no row.

    files: name and bytes. Gives no draft when nothing could be kept.
    """
    end_transaction()  # nothing stays open while bytes are stored
    uploads: list[Upload] = []
    refused: list[Refusal] = []
    for name, data in list(files)[:MOST_FILES]:
        try:
            uploads.append(store(data, name))
        except NotADocument as error:
            refused.append(Refusal(name, error.words))
    if not uploads:
        return None, refused
    until = int((clock.now() + VALID_FOR).timestamp())
    told = [sender.customer_id, sender.user_id, until, [list(astuple(each)) for each in uploads]]
    return Draft(tuple(uploads), _signer().dumps(told)), refused


def send(sender: Sender, note: str, *, form_key: str) -> list[ProofInfo]:
    """The person taps: each file of the draft becomes a proof, once for each form.

    Raises BadInput for a note that is not ours, is somebody else's or is older than an hour; TooManyUploads as
    `receive`.
    """
    uploads = read(sender, note).uploads
    return transaction(lambda: [receive(sender, each, form_key=form_key) for each in uploads])


def read(sender: Sender, note: str) -> Draft:
    """The draft of a note, for the person who shared it. Raises BadInput as `send`."""
    try:
        customer_id, user_id, until, kept = _signer().loads(note)
        uploads = tuple(Upload(*each) for each in kept)
    except (BadData, TypeError, ValueError):
        raise BadInput(_AGAIN) from None
    if (customer_id, user_id) != (sender.customer_id, sender.user_id) or clock.now().timestamp() > until:
        raise BadInput(_AGAIN)
    return Draft(uploads, note)


def _signer() -> URLSafeSerializer:
    """Signs with the present key, reads what earlier keys signed."""
    settings = config.current()
    return URLSafeSerializer([*settings.secret_key_fallbacks, settings.secret_key], salt=_SALT)
