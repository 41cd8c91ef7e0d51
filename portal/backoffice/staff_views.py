"""Staff pages of the back office: operations."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.backoffice import service
from portal.core.errors import IllegalMove
from portal.platform import audit, lists
from portal.platform.http import access, commit_on_success, page, shell_counts
from portal.platform.paging import row_id

blueprint = Blueprint("backoffice_staff", __name__)
AUDIT: lists.Columns[audit.Line] = lists.Columns("audit", audit.HEADS, audit.Line.cells)
shell_counts.register("operations", service.failed_count)


@blueprint.get("/staff/operations")
@access.staff()
def operations() -> ResponseReturnValue:
    """Queues, workers, jobs under way and jobs that failed for good."""
    before = request.args.get("before", type=row_id)
    return page("backoffice/operations.html", now=service.operations(failed_before=before), paged=before is not None)


@blueprint.post("/staff/operations/jobs/<int:job_id>/retry")
@access.staff()
@commit_on_success
def retry(job_id: int) -> ResponseReturnValue:
    """Try a job once more."""
    try:
        job = service.try_again(job_id)
    except IllegalMove:
        flash("This job is not failed any more: somebody tried it again already.", "note")
    else:
        flash(f"“{job.words}” waits for a worker again.", "done")
    return redirect(url_for("backoffice_staff.operations"), code=303)


@blueprint.get("/staff/audit")
@access.staff("manager")
def audit_lines() -> ResponseReturnValue:
    """Who did what: of one deed, one thing or one person, newest first."""
    search, by = request.args.get("q", "").strip()[:120], request.args.get("by", "subject")
    actor = int(search) if by == "actor" and search.isascii() and search.isdigit() and len(search) < 10 else None
    told = (search if by == "action" else "", search if by == "subject" else "", actor)
    return lists.page("backoffice/audit.html", AUDIT, partial(audit.page, *told), search=search, by=by)
