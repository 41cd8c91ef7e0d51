"""The outermost layer of the application: clock, deadline, log line and metrics of each request.

Source: requirements.md P12 (slow requests), P09 and C19 (durations in milliseconds), X05 (deadline).
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, request
from werkzeug.wsgi import ClosingIterator

from portal.platform import metrics
from portal.platform.http import errors
from portal.platform.request_facts import request_facts
from portal.platform.timing import DeadlinePassed, milliseconds, seconds_allowed, watch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FACTS = "portal.facts"
log = logging.getLogger("portal.request")


def init_app(app: Flask) -> None:
    """Time every request, log one line for it and count it."""
    app.before_request_funcs.setdefault(None, []).append(_allow_time)
    app.after_request_funcs.setdefault(None, []).append(_note_facts)
    app.wsgi_app = RequestTiming(app, app.wsgi_app)  # type: ignore[method-assign]


def _allow_time() -> None:
    """A view's own deadline; a caller may ask for a shorter one with ``X-Request-Deadline: seconds``."""
    allowed = seconds_allowed(current_app.view_functions.get(request.endpoint or ""))
    asked = request.headers.get("X-Request-Deadline", "")
    if asked.isascii() and asked.isdigit():
        allowed = max(1.0, min(allowed, float(asked[:6])))
    g.deadline_seconds = allowed
    watch.extend(allowed)


def _note_facts(response: Response) -> Response:
    """Keep what the line needs and what is gone once the request's context is."""
    request.environ[FACTS] = {
        **request_facts(),
        "endpoint": request.endpoint or "none",
        "streamed": response.is_streamed,
    }
    response.headers["X-Request-Deadline"] = f"{g.get('deadline_seconds', seconds_allowed(None)):.0f}"
    return response


class RequestTiming:
    """WSGI middleware: measures from the first byte we see to the whole answer, streamed ones included."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self.app, self.inner = app, inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        status = 500

        def noted(line: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            nonlocal status
            status = int(line[:3])
            return start_response(line, headers, *error)

        try:
            with watch.limit(seconds_allowed(None)):
                body = self.inner(environ, noted)
        except DeadlinePassed:
            body = self._too_long(environ, noted)
        except BaseException:
            self._report(environ, 500, started)
            raise
        if environ.get(FACTS, {}).get("streamed"):
            return ClosingIterator(body, [lambda: self._report(environ, status, started)])
        self._report(environ, status, started)
        return body

    def _too_long(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        why = sys.exc_info()

        def again(line: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
            return start_response(line, headers, why)  # an answer may have been begun

        with self.app.request_context(environ):
            log.error("cut after its deadline", extra={"event_type": "deadline_passed"})
            made = self.app.process_response(errors.answer(503, retry_after=30))
            return made(environ, again)

    def _report(self, environ: WSGIEnvironment, status: int, started: float) -> None:
        seconds = time.perf_counter() - started
        facts = dict(environ.get(FACTS) or _bare_facts(environ))
        endpoint = str(facts.pop("endpoint", "none"))
        facts.pop("streamed", None)
        method, path = facts["request"]["method"], facts["request"]["path"]
        metrics.observe_request(method, endpoint, status, seconds)
        spent = milliseconds(seconds)
        extra = {**facts, "duration": spent, "duration_ms": spent, "status_code": status}
        if spent > self.app.extensions["settings"].slow_request_ms:
            log.warning("Slow request: %s %s took %.0fms", method, path, spent, extra=extra)
        else:
            log.info("%s %s %d in %sms", method, path, status, spent, extra=extra)


def _bare_facts(environ: WSGIEnvironment) -> dict[str, Any]:
    return {
        "request": {
            "method": environ.get("REQUEST_METHOD"),
            "path": environ.get("PATH_INFO"),
            "remote_addr": environ.get("REMOTE_ADDR"),
        }
    }
