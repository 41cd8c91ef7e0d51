"""Errors for programs, in the form of RFC 9457: ``application/problem+json``.

Source: docs/rules/api.md, P6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, g, jsonify

from portal.core.errors import BadInput

MEDIA_TYPE = "application/problem+json"
#: where the numbers are explained to people
_EXPLAINED = "/docs/api#errors"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value. pointer: where it stands in the body (RFC 6901), or the name of a parameter."""

    pointer: str
    words: str


def speaks_v1(path: str) -> bool:
    """Whether a path belongs to the interface whose every error is a problem; the first one says 429 in its own form."""
    return path.startswith("/api/v1/")


def faults_of(error: BadInput) -> tuple[Fault, ...]:
    """The one value that an error blames, if it does."""
    return (Fault(f"/{error.field}", error.words),) if error.field else ()


def answer(status: int, title: str, words: str, *, faults: Sequence[Fault] = (), **more: Any) -> Response:
    """A problem. error repeats the title under the name that the first programs read."""
    body: dict[str, Any] = {
        "type": _EXPLAINED,
        "title": title,
        "status": status,
        "detail": words,
        "error": title,
        "request_id": g.get("request_id") or "",
        **more,
    }
    if faults:
        body["errors"] = [{"pointer": fault.pointer, "detail": fault.words} for fault in faults]
    made = jsonify(body)
    made.status_code = status
    made.content_type = MEDIA_TYPE
    return made
