"""Staff pages of the back office: operations."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.backoffice import service
from portal.core.errors import IllegalMove
from portal.platform.http import access, commit_on_success, page, shell_counts
from portal.platform.paging import row_id

blueprint = Blueprint("backoffice_staff", __name__)
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
