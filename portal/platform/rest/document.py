"""The interface's own description (OpenAPI 3.1), made from the declarations that read, answer and check.

Source: docs/decisions/0023-shapes-declare-the-interface.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Flask

from portal import __version__
from portal.core.identity import SCOPES
from portal.platform.http import access_of
from portal.platform.http.errors import WORDS
from portal.platform.http.problems import MEDIA_TYPE
from portal.platform.rest import webhook_shapes
from portal.platform.rest.names import plain
from portal.platform.rest.once import HEADER
from portal.platform.rest.operations import Document, Operation, Upload, operation_of
from portal.platform.rest.shapes import Problem

Json = dict[str, Any]
PREFIX = "/api/v1"
_REF = "#/components/schemas/{name}"
_LARGEST_ID = 2**63 - 1
#: what any answer may be, beside what was asked for
_ANY = (400, 401, 403, 404, 405, 406, 422, 429, 500, 503)
_MAKING = (409, 413, 415)


@dataclass(frozen=True, slots=True)
class Known:
    """One address and method of the interface, with its declaration and the scope it needs."""

    path: str
    method: str
    endpoint: str
    declared: Operation
    scope: str


def known(app: Flask) -> list[Known]:
    """Every operation there is, by tag and path."""
    return sorted(_known(app), key=lambda each: (each.declared.tag, each.path, each.method))


def _known(app: Flask) -> Iterator[Known]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        declared, mark = operation_of(view), access_of(view)
        if declared is None or mark is None or mark.scope is None:
            continue
        path = re.sub(r"<(?:int:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Known(path, method.lower(), rule.endpoint, declared, mark.scope)


def build(app: Flask, server: str) -> Json:
    """The whole document. server: the portal's own address."""
    operations = known(app)
    shapes = [each for one in operations for each in _shapes_of(one.declared)]
    refs, components = msgspec.json.schema_components([*shapes, Problem, *webhook_shapes.SENT], ref_template=_REF)
    names = dict(zip([str(shape) for shape in [*shapes, Problem]], refs, strict=False))
    paths: dict[str, Json] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method] = _operation(one, names, components)
    return plain({
        "openapi": "3.1.0",
        "info": {"title": "360Degree Supply portal", "version": __version__, "description": _ABOUT},
        "servers": [{"url": server}],
        "tags": [{"name": tag} for tag in sorted({one.declared.tag for one in operations})],
        "paths": paths,
        "webhooks": webhook_shapes.described(_REF),
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A token made on /account/tokens."}},
        },
    })  # fmt: skip


def _shapes_of(declared: Operation) -> list[Any]:
    shaped = [] if isinstance(declared.answer, Document) else [declared.answer]
    return shaped + ([declared.body] if declared.body is not None and not isinstance(declared.body, Upload) else [])


def _operation(one: Known, names: dict[str, Json], components: Json) -> Json:
    declared = one.declared
    told: Json = {
        "operationId": one.endpoint.replace("_api.", "_"),
        "summary": declared.summary,
        "description": f"{declared.words} Scope: `{one.scope}` ({SCOPES[one.scope].lower()}).".strip(),
        "tags": [declared.tag],
        "security": [{"token": [one.scope]}],
        "parameters": [*_in_path(one), *_in_query(declared), *([_KEY] if declared.creates else [])],
        "responses": _responses(declared, names, components),
    }
    if isinstance(declared.body, Upload):
        told["requestBody"] = _file(declared.body)
    elif declared.body is not None:
        schema = names[str(declared.body)]
        content = {"application/json": {"schema": schema, "example": example_of(schema, components)}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _in_path(one: Known) -> Iterator[Json]:
    for name, (words, example) in one.declared.path.items():
        schema: Json = {"type": "string", "minLength": 1, "maxLength": 60, "pattern": "^[A-Za-z0-9_-]+$"}
        if isinstance(example, int):
            schema = {"type": "integer", "minimum": 1, "maximum": _LARGEST_ID}
        yield {"name": name, "in": "path", "required": True, "description": words, "schema": schema, "example": example}


def _in_query(declared: Operation) -> Iterator[Json]:
    if declared.query is None:
        return
    (_,), components = msgspec.json.schema_components([declared.query], ref_template=_REF)
    for name, schema in components[declared.query.__name__]["properties"].items():
        shown = dict(_resolved(schema, components))
        words = shown.pop("description", "")
        examples = shown.pop("examples", None)
        told: Json = {"name": name, "in": "query", "required": False, "description": words, "schema": shown}
        yield told | ({"example": examples[0]} if examples else {})


def _resolved(schema: Json, components: Json) -> Json:
    """A parameter has no null, and stands without references, so that it reads by itself."""
    chosen = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
    name = chosen.get("$ref", "").rpartition("/")[2]
    found = {key: value for key, value in components.get(name, chosen).items() if key not in {"title"}}
    default = schema.get("default")
    return found if default in (None, "") else {**found, "default": default}


def _responses(declared: Operation, names: dict[str, Json], components: Json) -> Json:
    if isinstance(declared.answer, Document):
        schema: Json = {"type": "string", "format": "binary"}
        content = {declared.answer.media_type: {"schema": schema}}
        words = declared.answer.words
    else:
        schema = names[str(declared.answer)]
        content = {"application/json": {"schema": schema, "example": example_of(schema, components)}}
        words = "As it stands." if not declared.creates else "Made; the same key and body answer the same again."
    good: Json = {"description": words, "content": content}
    if declared.creates:
        good["headers"] = {"Location": {"description": "Where it is found.", "schema": {"type": "string"}}}
    told: Json = {"201" if declared.creates else "200": good}
    if not declared.creates and not isinstance(declared.answer, Document):
        good["headers"] = {"ETag": {"description": "Send it as If-None-Match.", "schema": {"type": "string"}}}
        told["304"] = {"description": "As you have it already."}
    problem = {MEDIA_TYPE: {"schema": names[str(Problem)]}}
    for status in (*_ANY, *(_MAKING if declared.creates else ())):
        told[str(status)] = {"description": WORDS[status][0], "content": problem}
    return told


def _file(upload: Upload) -> Json:
    part = {"type": "string", "format": "binary", "description": upload.words}
    schema = {
        "type": "object",
        "properties": {upload.field: part},
        "required": [upload.field],
        "additionalProperties": False,
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}  # fmt: skip


_KEY: Json = {
    "name": HEADER, "in": "header", "required": True, "example": "5c1f8f0e-6b1c-4a53-9c0e-0a4b8e0f7d11",
    "description": "A text of your own for this one deed; sent again with the same body, it gives the same answer.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 100, "pattern": "^[A-Za-z0-9_.:-]+$"},
}  # fmt: skip
_ABOUT = (
    "Read and do with programs what your people do on the pages. Amounts are whole cents with their currency, days and "
    "moments are ISO 8601, lists come in pages. Explained in plain words on /docs/api."
)
_BY_FORMAT = {"date": "2026-03-14", "date-time": "2026-03-14T08:30:00Z"}


def example_of(schema: Json, components: Json) -> Any:
    """An example of a schema, from the examples of its parts."""
    if (name := schema.get("$ref", "").rpartition("/")[2]) in components:
        return example_of(components[name], components)
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("anyOf"):
        return example_of(schema["anyOf"][0], components)
    kind = schema.get("type")
    if kind == "object":
        return {name: example_of(part, components) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [example_of(schema.get("items", {}), components)]
    plain: Json = {"string": _BY_FORMAT.get(schema.get("format", ""), ""), "boolean": False, "integer": 0}
    return plain.get(str(kind))
