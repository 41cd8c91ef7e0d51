"""``POST /api/ocr/process``: a document in, its reading out; for programs."""

from __future__ import annotations

import threading
import time

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import BadInput
from portal.platform.db import end_transaction
from portal.platform.http import access, customer_id, identity_or_none
from portal.proofs import service
from portal.proofs.api.blueprint import blueprint
from portal.proofs.service import uploading
from portal.proofs.types.as_json import reading_to_json
from portal.proofs.types.stored import ProofDetail, Sender

#: one waiting request a process: a web worker has few threads, and pages go before programs (design.md 9)
_waiting = threading.Lock()
WAIT_SECONDS = 25
_STEP_SECONDS = 0.25


@blueprint.post("/api/ocr/process")
@access.customer(scope="proofs:read")
def process() -> ResponseReturnValue:
    """200 with the reading within 25 s; 202 with ``{"id", "status_url"}`` past that, or with ``?wait=0``."""
    part = request.files.get("file")
    if part is None or not part.filename:
        raise BadInput("Send the document as the multipart field “file”.")
    person = identity_or_none()
    sender = Sender(customer_id(), person.user_id if person is not None else None, "api")
    key = request.headers.get("Idempotency-Key", "") or f"{time.time_ns()}"
    received, refused = uploading.take_in(sender, [(part.filename, part.read())], form_key=key[:80])
    if refused:
        raise BadInput(refused[0].words)
    public_id = received[0].public_id
    if request.args.get("wait") != "0" and _wait_for(public_id):
        return jsonify(_told(service.detail(public_id, customer_id(), "")))
    status_url = url_for(".status", public_id=public_id)
    return jsonify(id=public_id, status_url=status_url), 202, {"Location": status_url, "Retry-After": "2"}


@blueprint.get("/api/ocr/process/<public_id>")
@access.customer(scope="proofs:read")
def status(public_id: str) -> ResponseReturnValue:
    """How far a document is; with its reading once it is there."""
    return jsonify(_told(service.detail(public_id, customer_id(), "")))


def _wait_for(public_id: str) -> bool:
    """Whether the reading came in time. No transaction is open between two looks."""
    if not _waiting.acquire(blocking=False):
        return False
    try:
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            done = service.is_final(public_id, customer_id())
            end_transaction()
            if done:
                return True
            time.sleep(_STEP_SECONDS)
    finally:
        _waiting.release()
    return False


def _told(detail: ProofDetail) -> dict[str, object]:
    reading = reading_to_json(detail.reading, detail.info.file_name) if detail.reading else {}
    shown = {name: reading.get(name) for name in ("ok", "error", "engine", "pages", "ms", "text", "fields")}
    verdict = detail.verdict.verdict.value if detail.verdict else None
    return {"id": detail.info.public_id, "state": detail.info.state.value, "verdict": verdict, **shown}
