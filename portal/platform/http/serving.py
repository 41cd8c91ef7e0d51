"""Answers that carry bytes: our own pictures, and strangers' documents."""

from __future__ import annotations

from flask import Response, make_response

#: a document of a stranger never runs as a page of ours (reliability.md 3.2.1)
_SANDBOX = "sandbox; default-src 'none'"


def private_picture(data: bytes) -> Response:
    """A WebP picture of a page for one person; like every answer to somebody signed in, no browser keeps it."""
    return make_response(data, 200, {"Content-Type": "image/webp", "Cache-Control": "no-store"})


def attachment(data: bytes, media_type: str, file_name: str) -> Response:
    """A download that cannot run as a page of ours; the name is encoded as RFC 6266 says."""
    answer = make_response(data, 200)
    answer.headers["Content-Type"] = media_type
    answer.headers.set("Content-Disposition", "attachment", filename=file_name)
    answer.headers["Content-Security-Policy"] = _SANDBOX
    return answer


def pdf_shown(data: bytes, file_name: str) -> Response:
    """A PDF that we made ourselves, shown in the browser."""
    answer = make_response(data, 200, {"Content-Type": "application/pdf"})
    answer.headers.set("Content-Disposition", "inline", filename=file_name)
    return answer
