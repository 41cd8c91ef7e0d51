"""Messages people left, for our staff."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from portal.content import service
from portal.platform.http import access, commit_on_success, current_identity, page

blueprint = Blueprint("content_staff", __name__)


@blueprint.get("/staff/messages")
@access.staff("clerk", "manager")
def messages() -> ResponseReturnValue:
    """All messages, newest first."""
    return page("content/messages.html", messages=service.messages_page(request.args.get("after")))


@blueprint.post("/staff/messages/<int:message_id>/answered")
@access.staff("clerk", "manager")
@commit_on_success
def answered(message_id: int) -> ResponseReturnValue:
    """I dealt with this one."""
    service.mark_answered(message_id, by=current_identity().name)
    return redirect("/staff/messages", code=303)
