"""Where the interface describes itself: to programs, and to the people who write them."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from portal.core.identity import OURS_ONLY, SCOPES
from portal.platform import config, ratelimit
from portal.platform.http import access, page
from portal.platform.http.errors import WORDS
from portal.platform.rest import document
from portal.platform.webhooks.types import KINDS

blueprint = Blueprint("interface", __name__)
_STATUSES = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)


@blueprint.get("/api/v1/openapi.json")
@access.public
def openapi() -> Response:
    """The whole interface as OpenAPI 3.1."""
    text = json.dumps(_document(), ensure_ascii=False, separators=(",", ":"))
    answer = make_response(text, 200, {"Content-Type": "application/json"})
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@blueprint.get("/docs/api")
@access.public
def explained() -> ResponseReturnValue:
    """The interface in plain words."""
    described = _document()
    tags: dict[str, list[tuple[str, str, dict[str, object]]]] = {}
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            tags.setdefault(told["tags"][0], []).append((method.upper(), path, told))
    return page(
        "platform/interface.html", tags=tags, scopes=SCOPES, ours=OURS_ONLY, kinds=KINDS, limits=ratelimit.PROGRAMS,
        statuses=[(status, *WORDS[status]) for status in _STATUSES], server=config.current().base_url,
        largest=config.current().max_upload_bytes // 2**20, example=_example,
    )  # fmt: skip


def _example(told: dict[str, object]) -> str:
    """What an operation answers, as an example; empty for a document."""
    answers = told["responses"]
    assert isinstance(answers, dict)  # noqa: S101 - made above
    good = answers.get("200") or answers["201"]
    shown = good["content"].get("application/json")
    return json.dumps(shown["example"], ensure_ascii=False, indent=2) if shown else ""


def _document() -> document.Json:
    """Made once a process: routes and shapes do not change while it runs."""
    kept: document.Json | None = current_app.extensions.get("openapi")
    if kept is None:
        kept = document.build(current_app, config.current().base_url)
        current_app.extensions["openapi"] = kept
    return kept
