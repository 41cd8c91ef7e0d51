"""Wires one request: its id, who asks, what may be seen, and the headers of every answer."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from portal.core.identity import Identity, Program
from portal.platform.config import Settings
from portal.platform.db import db, reading, set_reading
from portal.platform.http import errors
from portal.platform.http.access import Access, access_of
from portal.platform.http.counts import shell_counts
from portal.platform.http.identity import identity_or_none, program_or_none

Identify = Callable[[str], Identity | None]
Recognise = Callable[[str], Program | None]

#: ui.md 9: nothing inline, nothing from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def form_action_to(url: str) -> str:
    """The policy of the one page whose form goes to another company: that address beside ours, and nothing more."""
    parts = urlsplit(url)
    return POLICY.replace("form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}")


#: a form may carry so many files of the largest size; each is checked by itself where it is stored
FILES_AT_ONCE = 4
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
csrf = CSRFProtect()


def init_app(app: Flask, settings: Settings, identify: Identify, program: Recognise) -> None:
    """Set up cookies, tokens, access checks, errors and headers.

    identify: session token → person. program: token of an ``Authorization`` header → program.
    """
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SESSION_COOKIE_NAME="__Host-portal_session" if settings.secure_cookies else "portal_session",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=FILES_AT_ONCE * settings.max_upload_bytes + 512 * 1024,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=500,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,  # asked for below, after who is asking is known
        WTF_CSRF_SSL_STRICT=False,
        PREFERRED_URL_SCHEME="https" if settings.secure_cookies else "http",
    )
    app.extensions["identify"], app.extensions["program"] = identify, program
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.before_request(_check_access)
    app.url_map.converters["int"] = _RowId
    csrf.init_app(app)
    app.before_request(_check_form)  # after the access check: who is not signed in is told so, not that the form is old
    app.after_request(_headers)
    app.teardown_request(lambda _error: set_reading(False))
    app.context_processor(_shell)
    errors.init_app(app)
    if settings.trusted_proxy_count:
        count = settings.trusted_proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]


class _RowId(IntegerConverter):
    """A number in a path; larger than any id, it leads nowhere (SQLite cannot even be asked)."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **{"max": 2**63 - 1, **values})


def _begin() -> None:
    """First of all: an id for the request and the person behind it."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    g.identity = g.program = None
    view = current_app.view_functions.get(request.endpoint or "")
    mark = access_of(view) if view else None
    reads = request.method in {"GET", "HEAD", "OPTIONS"}
    set_reading(reads)
    if mark is not None and _is_for_program(mark):
        g.program = _program(reads)
        return  # whoever sends a token is a program, whatever cookies come with it
    personal = request.endpoint != "static" and (mark is None or mark.kind != "machine")  # probes have no session
    if personal and (token := session.get("sid")):
        with reading():
            g.identity = current_app.extensions["identify"](token)
        if not reads:
            db.session.rollback()  # the request's own transaction begins with its first statement


def _check_access() -> Response | None:
    if "\0" in request.path:
        abort(404)  # no file and no row has such a name, and the file system raises when it is asked
    if request.endpoint in {None, "static"}:
        return None
    _check_host()
    mark = access_of(current_app.view_functions[request.endpoint])
    if mark is None:
        raise RuntimeError(f"{request.endpoint} has no access mark")
    if mark.scope is not None and _is_for_program(mark):
        _check_program(mark.scope)
        return None
    identity = identity_or_none()
    if mark.admits(identity):
        return None
    if identity is not None:
        abort(403)
    return _to_sign_in()


def _is_for_program(mark: Access) -> bool:
    """Whether a token decides: where programs alone are served always, elsewhere where one is sent."""
    return mark.kind == "program" or (mark.scope is not None and "Authorization" in request.headers)


def _program(reads: bool) -> Program | None:
    """The program behind the token; a form token is no matter for it, because no browser sends this header by itself."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        return None
    with reading():
        found = cast("Program | None", current_app.extensions["program"](token.strip()))
        if not reads:
            db.session.rollback()
    return found


def _check_program(scope: str) -> None:
    program = program_or_none()
    if program is None:
        abort(401, www_authenticate=WWWAuthenticate("bearer"))
    if scope not in program.scopes:
        abort(403)


def _check_form() -> None:
    """Every form carries the token of its session; a request that carries a program's token has no session."""
    if request.endpoint is None or program_or_none() is not None:
        return
    if not getattr(current_app.view_functions[request.endpoint], "without_form_token", False):
        csrf.protect()


def _to_sign_in() -> Response:
    if request.path.startswith("/api/"):
        abort(401)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return cast(Response, redirect(f"{url_for('accounts.login')}?next={quote(wanted, safe='/')}", code=303))


def _check_host() -> None:
    """A strange Host header is refused, except where a probe asks (design.md 9); a gateway's notice names us."""
    mark = access_of(current_app.view_functions[request.endpoint or ""])
    settings: Settings = current_app.extensions["settings"]
    probe = mark is not None and mark.kind == "machine" and request.method in {"GET", "HEAD"}
    if settings.public_url is None or probe:
        return
    allowed = {urlsplit(settings.public_url).hostname, *settings.trusted_hosts}
    if (request.host.rsplit(":", 1)[0].lower() or None) not in allowed:
        abort(400)


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = g.get("request_id", "")
    settings: Settings = current_app.extensions["settings"]
    if settings.secure_cookies:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint != "static":
        response.headers.setdefault(
            "Cache-Control", "no-store" if identity_or_none() or program_or_none() else "no-cache, private"
        )
    return response


def _shell() -> dict[str, object]:
    """What the page frames need."""
    identity = identity_or_none()
    return {
        "identity": identity,
        "request_id": g.get("request_id"),
        "theme": request.cookies.get("theme") if request.cookies.get("theme") in {"light", "dark"} else None,
        "shell_counts": shell_counts.read if identity and identity.is_staff else dict,
    }
