"""Public pages: home, services, legal pages, contact."""

from __future__ import annotations

from flask import Blueprint

from portal.content import service

blueprint = Blueprint("content", __name__)


@blueprint.app_context_processor
def _facts() -> dict[str, object]:
    """Frames and footers name the company."""
    return {"company": service.company()}
