"""Shapes as answers: JSON with a tag of its content, so that what did not change is not sent again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Response, make_response, request

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Made:
    """Something that was made: its shape, and where it is found from now on."""

    shape: Any
    location: str


def found(value: Any) -> Response:
    """What was asked for; 304 when the program has it already. A response stays as it is."""
    if isinstance(value, Response):
        return value
    answer = make_response(msgspec.json.encode(value), 200, {"Content-Type": JSON})
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def created(body: str, location: str) -> Response:
    """What was made, now or when the same key was sent first. body: JSON."""
    return make_response(body, 201, {"Content-Type": JSON, "Location": location})
