"""What a program makes is made once for its key: the same key and body give the first answer again, another body 422.

Source: docs/rules/api.md, P7.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from flask import Response, abort, request

from portal.core.errors import BadInput
from portal.platform import idempotency
from portal.platform.db import transaction
from portal.platform.http import current_program, errors, problems
from portal.platform.rest import reading
from portal.platform.rest.answering import Made, created
from portal.platform.rest.reading import Sent
from portal.platform.rest.shapes import Asked

HEADER = "Idempotency-Key"
FORM = re.compile(r"[A-Za-z0-9_.:-]{8,100}")
_NEEDED = f"Send the header {HEADER} with a text of your own, 8 to 100 letters and figures, a new one for each deed."
View = Callable[..., Made]


def own_key(key: str) -> str:
    """The key that a program sent, as the service below is given it: two tokens with the same key never meet."""
    return _digest(f"{current_program().token_id}:{key}".encode())


def with_body(view: View, values: dict[str, Any], body: Asked) -> Response:
    """Carry out a view in one transaction, the answer kept with the deed.

    Of two at the same moment the second is rolled back, asks again and finds the first one's answer.
    """
    key, scope, digest = _key(), _scope(), _digest(msgspec.json.encode(body))

    def work() -> Response:
        if (earlier := _earlier(key, scope, digest)) is not None:
            return earlier
        try:
            made = view(**values, body=body, key=key)
        except BadInput as error:  # the body has its form; what it says does not go with how things stand
            abort(errors.answer(409, title="Not as things stand", words=error.words, faults=problems.faults_of(error)))
        return _remember(made, key, scope, digest)

    return _twice(work)


def with_file(view: View, values: dict[str, Any], sent: Sent) -> Response:
    """Carry out a view that stores a file outside any transaction and writes in one of its own; the key is kept after.

    The view itself makes one thing of the same key and file, so that a crash between the two costs nothing.
    """
    key, scope, digest = _key(), _scope(), _digest(sent.data)
    earlier = transaction(partial(_earlier, key, scope, digest))
    if earlier is not None:
        return earlier
    made = view(**values, sent=sent, key=key)
    return _twice(lambda: _earlier(key, scope, digest) or _remember(made, key, scope, digest))


def _twice(work: Callable[[], Response]) -> Response:
    try:
        return transaction(work)
    except idempotency.SentTwice:
        return transaction(work)


def _key() -> str:
    """The key as it is kept: a database may take capitals for small letters, a digest has none."""
    key = reading.header(HEADER, _NEEDED)
    if not FORM.fullmatch(key):
        raise BadInput(_NEEDED, field=HEADER)
    return _digest(key.encode())


def _scope() -> str:
    return f"api:{current_program().token_id}:{request.endpoint}"[:80]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _earlier(key: str, scope: str, digest: str) -> Response | None:
    kept = idempotency.answer_to(key, scope)
    if kept is None:
        return None
    if kept["digest"] != digest:
        raise BadInput("This key was sent with another body. Take a new key for another deed.", field=HEADER)
    return created(str(kept["body"]), str(kept["location"]))


def _remember(made: Made, key: str, scope: str, digest: str) -> Response:
    body = msgspec.json.encode(made.shape).decode()
    idempotency.remember(key, scope, {"digest": digest, "body": body, "location": made.location})
    return created(body, made.location)
