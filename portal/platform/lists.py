"""Lists as pages and as files: a view says once what a list is, and gets its page, its files and staff's saved views.

``return lists.page("invoices/index.html", INVOICES, pages, …)``: ``pages(after, limit)`` is the list's own question
with the filter and order of the address. ``?save=csv`` asks it for every row, so that a file holds exactly what the
list shows. A list of more than ROWS_AT_ONCE rows is made by a job (files.py), which calls the same view again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import Flask, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.platform import saved_views
from portal.platform.export import BATCH, Format, Row, download, every
from portal.platform.http.identity import identity_or_none
from portal.platform.paging import Page

T = TypeVar("T")
#: what a request may make while somebody waits; more is made by a job
ROWS_AT_ONCE = 5_000
#: parts of an address that are no filter: which page, which form of file
_NO_FILTER = ("after", "save", "before")


@dataclass(frozen=True, slots=True)
class Columns(Generic[T]):
    """What a list is called (in files, saved views and its template) and what its columns are."""

    name: str
    heads: Sequence[str]
    cells: Callable[[T], Row]


@dataclass(frozen=True, slots=True)
class Sink:
    """Takes a list's rows where a job asks for them: heads and rows."""

    take: Callable[[str, Sequence[str], Any], None]


def page(
    template: str, columns: Columns[T], pages: Callable[[str | None, int], Page[T]], *, limit: int = 50, **values: Any
) -> ResponseReturnValue:
    """The page of a list, or its file when the address asks for one. The template finds the page by the list's name."""
    if (answer := saved(columns, pages)) is not None:
        return answer
    found = pages(request.args.get("after"), limit)
    return render_template(template, **{columns.name: found}, list_name=columns.name, **values)


def saved(columns: Columns[T], pages: Callable[[str | None, int], Page[T]]) -> ResponseReturnValue | None:
    """The list as a file when the address asks for one, or where it opens when it asks for nothing; else None.

    For pages that are more than a list: `page` asks it by itself.
    """
    sink: Sink | None = g.get("list_sink")
    if sink is not None or request.args.get("save") in set(Format):
        return _file(columns, pages, sink)
    if request.query_string or request.method != "GET":
        return None
    usual = next((each for each in views() if each.usual), None)
    return None if usual is None else redirect(usual.address, code=303)


def _file(columns: Columns[T], pages: Callable[[str | None, int], Page[T]], sink: Sink | None) -> ResponseReturnValue:
    rows = every(lambda after: pages(after, BATCH))
    if sink is not None:
        sink.take(columns.name, columns.heads, (columns.cells(item) for item in rows))
        return ""
    first = list(islice(rows, ROWS_AT_ONCE + 1))
    if len(first) > ROWS_AT_ONCE:
        return render_template(
            "platform/large.html", address=address(), rows=ROWS_AT_ONCE, save_as=request.args["save"]
        )
    return download(columns.name, columns.heads, map(columns.cells, first), request.args["save"])


def views() -> list[saved_views.ViewInfo]:
    """What this person of ours keeps of this list; asked once a request."""
    if "saved_views" not in g:
        person = identity_or_none()
        ours = person is not None and person.is_staff and request.path.startswith("/staff")
        g.saved_views = saved_views.of(person.user_id, request.path) if person is not None and ours else []
    found: list[saved_views.ViewInfo] = g.saved_views
    return found


def query() -> str:
    """The filter and order of this address, without the page."""
    return _query_string({})


def saving(form: str) -> str:
    """The address of this list as a file."""
    return f"?{_query_string({'save': form})}"


def address() -> str:
    """This list with its filter and order, as an address of ours."""
    asked = query()
    return f"{request.path}?{asked}" if asked else request.path


def _query_string(more: dict[str, str]) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in _NO_FILTER and value]
    return urlencode([*kept, *more.items()])


def init_app(app: Flask) -> None:
    """What the frames of pages ask."""
    app.jinja_env.globals.update(
        list_views=views, list_query=query, list_saving=saving, list_address=address
    )  # fmt: skip
