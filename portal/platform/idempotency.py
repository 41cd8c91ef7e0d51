"""Commands that act once: the same key gives the first answer again.

Ask answer_to first; act; remember in the same transaction. Of two at the same moment the second is rolled back by the
unique key and gets SentTwice; sent once more, it finds the first one's answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.core.errors import BadInput, Conflict
from portal.platform.db import changed_rows, db
from portal.platform.models import IdempotencyKey

#: Longer than any form stays open and any gateway repeats a notice.
KEPT = timedelta(days=90)


class SentTwice(Conflict):
    """The same command is being carried out at this moment; asking again gives its answer."""


def answer_to(key: str | None, scope: str) -> dict[str, Any] | None:
    """What the command answered when it was carried out, or None when it was not.

    scope: what the key belongs to, like ``"orders.place:17"``, so that one person's key tells nobody else anything.
    """
    found = db.session.get(IdempotencyKey, (scope, checked(key)))
    return None if found is None else dict(found.answer)


def remember(key: str, scope: str, answer: dict[str, Any]) -> None:
    """Keep the answer with the deed. Raises SentTwice, everything rolled back, when somebody was faster."""
    row = IdempotencyKey(scope=scope, key=checked(key), answer=answer, created_at=clock.now())
    db.session.flush()  # so that an error below can only be ours
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise SentTwice("This was sent twice at the same moment; the first one counts.") from error


def checked(key: str | None) -> str:
    """The key, when it can be one; a form sent without its hidden field has none. Raises BadInput."""
    if key is None or not 8 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise BadInput("The form’s own number is missing. Reload the page and send it again.", field="key")
    return key


def forget_old() -> int:
    """Remove keys that nobody can send again; how many."""
    return changed_rows(delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.now() - KEPT))
