"""An operation of the interface: declared once beside its view, read, carried out, answered and documented from that.

``@operation("List orders", tag="Orders", answer=Listed[Order], query=OrdersAsked)`` under the access mark: the view gets
its parameters and body as typed values and gives a shape back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Response, request

from portal.platform.rest import answering, once, reading
from portal.platform.rest.shapes import Asked


@dataclass(frozen=True, slots=True)
class Upload:
    """A body of one file, as ``multipart/form-data``. words: what may be sent."""

    words: str
    field: str = "file"


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that is a document, not JSON."""

    media_type: str
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What an address does with a method. path: name in the address → (what it is, an example)."""

    summary: str
    words: str
    tag: str
    answer: Any
    query: type[Asked] | None = None
    body: type[Asked] | Upload | None = None
    path: dict[str, tuple[str, Any]] = field(default_factory=dict)

    @property
    def creates(self) -> bool:
        """Whether it makes something: it then takes a key, and answers 201."""
        return self.body is not None


def operation(
    summary: str,
    *,
    tag: str,
    answer: Any,
    words: str = "",
    query: type[Asked] | None = None,
    body: type[Asked] | Upload | None = None,
    path: dict[str, tuple[str, Any]] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Declare what a view of the interface does. Stands under the access mark."""
    declared = Operation(summary, words, tag, answer, query, body, path or {})

    def around(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def carried_out(**values: Any) -> Response:
            if declared.query is not None:
                values["query"] = reading.parameters(declared.query)
            elif request.args:
                reading.refuse_parameters()
            if isinstance(declared.body, Upload):
                upload = reading.upload(declared.body.field)
                return once.with_file(view, values, upload)
            if declared.body is not None:
                return once.with_body(view, values, reading.body(declared.body))
            return answering.found(view(**values))

        carried_out.operation = declared  # type: ignore[attr-defined]
        return carried_out

    return around


def operation_of(view: Callable[..., Any]) -> Operation | None:
    """What a view was declared as; None for a view of no interface."""
    found = getattr(view, "operation", None)
    return found if isinstance(found, Operation) else None
