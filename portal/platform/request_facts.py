"""Who asked for what, in the form every log line carries it; and what must never stand in a log line."""

from __future__ import annotations

import re
from typing import Any

from flask import g, has_app_context, has_request_context, request

MASK = "***"
_SECRETS = (
    (re.compile(r"(\w://[^\s:/@]*):[^\s@]+@"), rf"\1:{MASK}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {MASK}"),
    (
        re.compile(
            r"(?i)([\w-]*(?:password|passwd|secret|token|api[_-]?key|csrf|signature)[\w-]*[\"']?\s*[=:]\s*[\"']?)"
            r"[^\s\"',;&)}]+"
        ),
        rf"\1{MASK}",
    ),
)
_SECRET_NAMES = re.compile(r"(?i)password|passwd|secret|token|api_?key|cookie|authorization")


def masked(text: str) -> str:
    """The text without passwords in addresses, tokens and keys."""
    for pattern, put in _SECRETS:
        text = pattern.sub(put, text)
    return text


def is_secret(name: str) -> bool:
    """Whether a field of this name holds what must not be logged."""
    return _SECRET_NAMES.search(name) is not None


def request_facts() -> dict[str, Any]:
    """``request{method,path,remote_addr}``, ``request_id`` and ``user_id`` while a request is at work.

    In a job ``request_id`` alone, when it has one; elsewhere nothing.
    """
    if not has_request_context():
        known = g.get("request_id") if has_app_context() else None
        return {"request_id": known} if known else {}
    identity = g.get("identity")
    return {
        "request": {"method": request.method, "path": _path(), "remote_addr": request.remote_addr},
        "request_id": g.get("request_id"),
        "user_id": getattr(identity, "user_id", None),
    }


def _path() -> str:
    """The path; tokens of signed links in it are masked."""
    path = request.path
    for name, value in (request.view_args or {}).items():
        if is_secret(name) and value:
            path = path.replace(str(value), MASK)
    return path
