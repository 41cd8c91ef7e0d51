"""What every list offers: files made by a job, for everybody; views that staff keep."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, request, stream_with_context
from flask.typing import ResponseReturnValue

from portal.core.errors import BadInput
from portal.platform import files, saved_views
from portal.platform.http import access, commit_on_success, current_identity, fragment_or_page, page
from portal.platform.http.redirects import safe_path

blueprint = Blueprint("lists", __name__)


@blueprint.get("/account/files")
@access.signed_in
def made_files() -> ResponseReturnValue:
    """My files: under way, ready to be fetched, failed."""
    return page("platform/files.html", files=files.files_of(current_identity().user_id))


@blueprint.post("/account/files")
@access.signed_in
@commit_on_success
def make_file() -> ResponseReturnValue:
    """Have a long list made as a file by a job."""
    told = request.form.get("address", ""), request.form.get("form", "")
    started = files.start(*told, by=current_identity())
    return redirect(f"/account/files/{started.public_id}", code=303)


@blueprint.get("/account/files/<file_id>")
@access.signed_in
def made_file(file_id: str) -> ResponseReturnValue:
    """How far one of my files is; asked again until it is there."""
    found = files.file_of(current_identity().user_id, file_id)
    return fragment_or_page("platform/file.html", "platform/_file.html", file=found)


@blueprint.get("/account/files/<file_id>/download")
@access.signed_in
def fetch_file(file_id: str) -> ResponseReturnValue:
    """The file itself."""
    found, parts = files.read(current_identity().user_id, file_id)
    answer = Response(stream_with_context(parts), content_type=files.media_type(found))
    answer.headers.set("Content-Disposition", "attachment", filename=found.file_name)
    return answer


@blueprint.post("/staff/views")
@access.staff()
@commit_on_success
def save_view() -> ResponseReturnValue:
    """Keep this filter under a name."""
    address, me = safe_path(request.form.get("address"), "/staff"), current_identity()
    parts = urlsplit(address)
    if not parts.path.startswith("/staff"):
        raise BadInput("This is not a list of ours.")
    usual = request.form.get("usual") == "yes"
    saved = saved_views.save(me.user_id, parts.path, request.form.get("name", ""), parts.query, usual=usual)
    flash(f"“{saved.name}” is kept.", "done")
    return redirect(saved.address, code=303)


@blueprint.post("/staff/views/<int:view_id>/usual")
@access.staff()
@commit_on_success
def usual_view(view_id: int) -> ResponseReturnValue:
    """The list opens with this view from now on, or no longer."""
    usual = request.form.get("usual") != "no"
    saved = saved_views.make_usual(current_identity().user_id, view_id, usual=usual)
    return redirect(saved.address, code=303)


@blueprint.post("/staff/views/<int:view_id>/delete")
@access.staff()
@commit_on_success
def delete_view(view_id: int) -> ResponseReturnValue:
    """Forget this view."""
    gone = saved_views.delete(current_identity().user_id, view_id)
    flash(f"“{gone.name}” is gone.", "done")
    return redirect(f"{gone.path}?view=all", code=303)
