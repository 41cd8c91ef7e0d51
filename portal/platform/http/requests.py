"""How a view answers and commits."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, make_response, render_template, request, session

from portal.platform.db import transaction

View = TypeVar("View", bound=Callable[..., Any])


class _Refused(Exception):
    """Carries a 4xx or 5xx answer out of the transaction, so that it rolls back."""

    def __init__(self, response: Response) -> None:
        self.response = response


def commit_on_success(view: View) -> View:
    """One request, one transaction: committed when the view answers below 400, else rolled back.

    After a lost lock conflict the whole view runs again, with the flash messages it had at first.
    Source: reliability.md 4; docs/decisions (one transaction a request).
    """

    @wraps(view)
    def committed(*args: Any, **values: Any) -> Response:
        flashes = list(session.get("_flashes", []))

        def work() -> Response:
            if flashes or "_flashes" in session:
                session["_flashes"] = list(flashes)
            response = make_response(view(*args, **values))
            if response.status_code >= 400:
                raise _Refused(response)
            return response

        try:
            return transaction(work)
        except _Refused as refused:
            return refused.response

    return committed  # type: ignore[return-value]


def page(template: str, **values: Any) -> str:
    """A whole page."""
    return render_template(template, **values)


def fragment_or_page(template: str, fragment: str, **values: Any) -> Response:
    """The fragment for htmx, the whole page for everybody else, at the same address."""
    response = make_response(render_template(fragment if request.headers.get("HX-Request") else template, **values))
    response.headers["Vary"] = "HX-Request"
    return response


def wants_json() -> bool:
    """Whether the caller is a program that reads JSON."""
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/html", "application/json"]) == "application/json"
