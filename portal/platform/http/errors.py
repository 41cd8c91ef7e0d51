"""Errors in plain words: a page for people, JSON for programs, never a stack trace."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from portal.core.errors import BadInput, Conflict, DomainError, IllegalMove, NotFound, Unavailable
from portal.platform import config
from portal.platform.db import db
from portal.platform.http import problems
from portal.platform.http.requests import wants_json

log = logging.getLogger("portal.http")

#: status: (title, words)
WORDS = {
    400: ("This request cannot be used", "Something in it is not as we expect it. Go back, reload the page and try again."),
    401: ("Sign in first", "This needs you to be signed in."),
    403: ("This is not open to you", "Your role does not include this. Ask an administrator of your company or ours."),
    404: ("There is nothing here", "The address is wrong, or it belongs to somebody else. Look in the menu for what you need."),
    405: ("This request cannot be used", "The page does not take this kind of request."),
    406: ("We cannot answer in this form", "Ask for JSON, or for the form the address is of."),
    409: ("Somebody was faster", "This was changed or decided in the meantime. Open it again to see how it stands."),
    413: ("The file is too large", "Send a file of at most {limit} MB. A screenshot or the bank’s own PDF is usually small."),
    415: ("We do not read this form", "Send what the address takes, and name its form in Content-Type."),
    422: ("Something needs another look", "A value cannot be accepted as it is."),
    429: ("Too many requests", "Wait a little and try again."),
    500: ("Something went wrong on our side", "Nothing you sent was half saved. Try again; if it happens twice, tell us the number below."),
    503: ("We cannot answer right now", "Try again in a moment. Nothing you sent was half saved."),
}  # fmt: skip


def init_app(app: Flask) -> None:
    """Say every error in words."""
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(exc.TimeoutError, _no_connection)
    app.register_error_handler(exc.OperationalError, _database_gone)
    app.register_error_handler(500, _unexpected)


_CSRF_WORDS = "Its safety token has run out or belongs to another sign-in. Go back, reload the page and send it again."


def answer(
    status: int,
    *,
    title: str | None = None,
    words: str | None = None,
    retry_after: int | None = None,
    faults: Sequence[problems.Fault] = (),
) -> Response:
    """The page or JSON for a status; for programs with what is wrong where."""
    known_title, known_words = WORDS.get(status, WORDS[400 if status < 500 else 500])
    limit = _limit_mb()
    shown = {
        "title": title or known_title,
        "words": (words or known_words).format(limit=limit) if words is None else words,
    }
    body: Any
    if request.path.startswith("/api/"):
        body = problems.answer(status, shown["title"], shown["words"], faults=faults)
    elif wants_json():
        body = jsonify(error=shown["title"], detail=shown["words"], request_id=g.get("request_id"))
    else:
        g.failing = status >= 500  # such a page asks the database nothing
        body = render_template("errors/error.html", status=status, **shown)
    response = make_response(body, status)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _limit_mb() -> int:
    return config.current().max_upload_bytes // (1024 * 1024)


def _csrf_error(error: CSRFError) -> Response:
    log.warning("form token refused: %s", error.description, extra={"event_type": "csrf_failed"})
    return answer(400, title="This form is too old", words=_CSRF_WORDS)


def _http_error(error: HTTPException) -> Response:
    code = error.code or 500
    if error.response is not None:
        return make_response(error.response)
    if 300 <= code < 400:
        return make_response(error.get_response())
    made = answer(code)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            made.headers[name] = value
    return made


def _domain_error(error: DomainError) -> Response:
    if isinstance(error, NotFound):
        return answer(404)
    if isinstance(error, IllegalMove):
        return answer(409, words=f"{error}.")
    if isinstance(error, Conflict):
        return answer(409, words=str(error) or None)
    if isinstance(error, Unavailable):
        return answer(503, words=str(error) or None, retry_after=5)
    if isinstance(error, BadInput):
        return answer(422, words=error.words, faults=problems.faults_of(error))
    log.error("a domain error without words: %s", type(error).__name__, exc_info=error)
    return answer(422, words=str(error) or None)


def _no_connection(error: Exception) -> Response:
    log.error("QueuePool limit exceeded: %s", db.engine.pool.status(), exc_info=error)
    return answer(503, retry_after=5)


def _database_gone(error: Exception) -> Response:
    log.error("the database does not answer", exc_info=error)
    return answer(503, retry_after=5)


def _unexpected(_error: Exception) -> Response:
    """Flask has logged it with its trace before it asks for an answer."""
    return answer(500)
