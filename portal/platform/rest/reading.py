"""What a program sent, as typed values; what does not fit is refused with its place, before anything is done.

Source: docs/rules/api.md, P5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import msgspec
from flask import abort, request

from portal.core.errors import BadInput
from portal.platform.http import errors, problems
from portal.platform.paging import Mark
from portal.platform.rest.shapes import Asked

A = TypeVar("A", bound=Asked)
#: a body of JSON; files have their own limit
MOST_JSON = 256 * 1024
_PLACE = re.compile(r"(?P<words>.*?)(?: - at `\$(?P<place>[^`]*)`)?")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that a program sent."""

    name: str
    data: bytes


def parameters(shape: type[A]) -> A:
    """The parameters of the address. Answers 422 for one that does not fit, is unknown or stands there twice."""
    given = dict(request.args.lists())
    twice = next((name for name, values in given.items() if len(values) > 1), None)
    if twice is not None:
        _refuse(f"/{twice}", f"`{twice}` stands in the address twice.")
    if (after := request.args.get("after")) and Mark.read(after) is None:
        abort(404)  # no page begins there; a list that began anew would never end
    try:
        return msgspec.convert({name: values[0] for name, values in given.items()}, shape, strict=False)
    except msgspec.ValidationError as error:
        _refuse(*_place_of(error))


def refuse_parameters() -> NoReturn:
    """Answer 422: the address takes none, and one that is overlooked would mislead."""
    _refuse(f"/{next(iter(request.args))}", "This address takes no parameters.")


def body(shape: type[A]) -> A:
    """The JSON body. Answers 415, 413, 400 for what is no JSON, and 422 for a value that does not fit."""
    if request.mimetype != "application/json":
        abort(415)
    if (request.content_length or 0) > MOST_JSON:
        abort(errors.answer(413, words=f"Send at most {MOST_JSON // 1024} KB of JSON."))
    try:
        return msgspec.convert(_whole(msgspec.json.decode(request.get_data())), shape)
    except msgspec.ValidationError as error:
        _refuse(*_place_of(error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        abort(errors.answer(400, words="The body is no JSON."))


def upload(field: str) -> Sent:
    """The one file of a multipart body. Answers 415 for another body; raises BadInput where the file is missing."""
    if request.mimetype != "multipart/form-data":
        abort(415)
    parts, strange = request.files.getlist(field), set(request.files) - {field} or set(request.form)
    if strange:
        raise BadInput(f"“{min(strange)}” is no field of this form.", field=min(strange))
    if len(parts) != 1:
        raise BadInput(f"Send one document as the multipart field “{field}”.", field=field)
    return Sent(parts[0].filename or "", parts[0].read())


def header(name: str, words: str) -> str:
    """A header that has to be there. Raises BadInput."""
    found = request.headers.get(name, "")
    if not found:
        raise BadInput(words, field=name)
    return found


def _whole(value: Any) -> Any:
    """``2.0`` is the whole number 2 in JSON (JSON Schema, 6.3); no other fraction becomes one."""
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _refuse(pointer: str, words: str) -> NoReturn:
    abort(errors.answer(422, words=words, faults=[problems.Fault(pointer, words)]))


def _place_of(error: msgspec.ValidationError) -> tuple[str, str]:
    found = _PLACE.fullmatch(str(error))
    words, place = (found["words"], found["place"] or "") if found else (str(error), "")
    return "".join(f"/{name or number}" for name, number in _STEP.findall(place)), f"{words}."
